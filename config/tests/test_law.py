"""docs/law.md says the truth: every rule it names exists, and so does every test."""

import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings

PAPER = Path(settings.ROOT) / "docs" / "law.md"
ARTICLE = re.compile(r"\d+/(\d{4}/)?[A-ZĐ][\w-]*")
ROW = re.compile(r"^\|(.+)\|(.+)\|(.+)\|(.+)\|$")


def rows(text: str) -> list[tuple[str, ...]]:
    """The cells of every row but the heads and their rules."""
    found = [match.groups() for line in text.splitlines() if (match := ROW.match(line))]
    cells = [tuple(cell.strip().replace("`", "") for cell in row) for row in found]
    return [row for row in cells if row[0] != "Article" and not set(row[0]) <= {"-", ":", " "}]


def fault(row: tuple[str, ...]) -> str | None:
    """What is wrong with a row; None when nothing is."""
    article, meaning, functions, tests = row
    if not ARTICLE.search(article):
        return f"{article}: no law is named"
    if not meaning:
        return f"{article}: nothing is said"
    for name in functions.split(", "):
        if not _exists(f"motcua.{name}"):
            return f"{article}: there is no {name}"
    for name in tests.split(", "):
        path, _, test = name.partition("::")
        file = Path(settings.ROOT) / path
        if not file.is_file() or not re.search(rf"^ *def {re.escape(test)}\(", file.read_text("utf-8"), re.MULTILINE):
            return f"{article}: there is no {name}"
    return None


def _exists(name: str) -> bool:
    """Whether a dotted name leads to something in a module."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return length < len(parts)
    return False


def test_every_rule_and_every_test_of_the_table_exists() -> None:
    found = rows(PAPER.read_text("utf-8"))
    assert len(found) >= 25
    assert [told for row in found if (told := fault(row))] == []


def test_no_row_stands_twice() -> None:
    found = [(row[0], row[1]) for row in rows(PAPER.read_text("utf-8"))]
    assert sorted(set(found)) == sorted(found)


GOOD = (
    "61/2018/NĐ-CP, Điều 18",
    "it starts",
    "workflow.rules.clock.start",
    "motcua/workflow/tests/test_clock.py::test_start",
)


def test_a_good_row_has_no_fault() -> None:
    assert fault(GOOD) is None


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "Điều 18"),
        (1, ""),
        (2, "workflow.rules.clock.stop"),
        (2, "workflow.rules.clock"),
        (2, "workflow.nothing.due"),
        (2, "workflow.rules.clock.due, workflow.rules.clock.stop"),
        (3, "motcua/workflow/tests/test_clock.py::test_stop"),
        (3, "motcua/workflow/tests/test_watch.py::test_start"),
        (3, "motcua/workflow/tests/test_clock.py"),
    ],
)
def test_a_row_that_is_not_true_is_found(place: int, value: str) -> None:
    row = [*GOOD[:place], value, *GOOD[place + 1 :]]
    assert fault(tuple(row)) is not None
