"""Style sheets hold what pages use, and nothing else."""

import re
from functools import cache
from pathlib import Path

import pytest

from config.env import ROOT

SHEETS = sorted((ROOT / "motcua").glob("*/static/*/*.css"))
GIVEN = ("htmx-", "mc-office")  # set by a library in the browser; the density block of `ui/base.html`


@cache
def sources() -> str:
    """All templates, scripts and code that may name a class."""
    found = [path for end in ("html", "py", "js") for path in (ROOT / "motcua").glob(f"**/*.{end}")]
    return "\n".join(path.read_text("utf-8") for path in found if "tests" not in path.parts)


def is_named(word: str) -> bool:
    """Whether some page may carry the class: written out, or put together as `mc-tone-{{ tone }}`."""
    if word.startswith(GIVEN) or re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", sources()):
        return True
    stems = [word[: hit.end()] for hit in re.finditer("-", word)][1:]  # `mc-` alone names nothing
    return any(f"{stem}{{" in sources() for stem in stems)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_class_of_a_sheet_is_named_somewhere(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", sheet.read_text("utf-8"), flags=re.S)
    words = set(re.findall(r"\.([a-zA-Z][\w-]*)", text))
    assert [word for word in sorted(words) if not is_named(word)] == []
