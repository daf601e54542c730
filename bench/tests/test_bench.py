"""What the benches promise, without measuring anything."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from bench import bulk, clock, forms, inside, output
from bench.__main__ import parse
from motcua.documents import examples, services
from motcua.doors.demo.browser import Browser
from motcua.workflow.enums import DurationUnit, ResumePolicy


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 3.0), (0.95, 5.0), (1.0, 5.0)])
def test_percentiles(share: float, expected: float) -> None:
    assert output.percentile([5.0, 1.0, 4.0, 2.0, 3.0], share) == expected


def test_a_line_is_json_with_the_promised_fields(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("life", [0.1, 0.2, 0.3], cpu=0.09, sql=12, rss_mb=80.5)
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "what": "life", "n": 3, "p50_ms": 200.0, "p95_ms": 300.0, "cpu_ms": 30.0, "sql": 12, "rss_mb": 80.5,
    }  # fmt: skip


def test_the_questions_to_the_clock_are_of_every_kind_and_always_the_same() -> None:
    calendar = clock.pack_calendar(Path(settings.PACK))
    asked = clock.questions(300, calendar)
    assert asked == clock.questions(300, calendar)
    assert {one.duration.unit for one in asked} == set(DurationUnit)
    assert {pause.policy for one in asked for pause in one.pauses} == set(ResumePolicy)
    put_off = [one for one in asked if one.extension]
    assert put_off
    assert all(clock.compute(one, calendar).at == one.extension.to for one in put_off if one.extension)


def test_the_bench_of_the_clock_fails_below_its_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clock.run(parse(["clock", "--n", "200"])) in {0, 1}
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["what"], line["per_second"] > 0) for line in told] == [("clock", True), ("clock.explained", True)]
    monkeypatch.setattr(clock, "FEWEST", 10**9)
    assert clock.run(parse(["clock", "--n", "200"])) == 1


def test_the_bench_of_the_forms_fails_above_its_bar_and_for_other_bytes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parse(["forms"]).n == 50
    forms.measure("slip", examples.slip(), 2)
    told = json.loads(capsys.readouterr().out)
    assert (told["what"], told["n"], told["pages"]) == ("forms.slip", 2, 1)
    assert told["per_second"] > 0
    assert forms.reworded({"form": {"key": "a"}, "rows": [{"name": "b", "count": 1, "note": ""}]}, "!") == {
        "form": {"key": "a"}, "rows": [{"name": "b!", "count": 1, "note": ""}],
    }  # fmt: skip
    monkeypatch.setattr(forms, "MOST_MS", 0)
    assert not forms.measure("slip", examples.slip(), 1)
    assert forms.measure("register", examples.register(), 10)
    printed = iter([services.print_form(examples.slip()), b"%PDF other"])
    monkeypatch.setattr(services, "set_form", lambda filled: next(printed))
    assert not forms.measure("slip", examples.slip(), 1)


@pytest.mark.parametrize(
    ("arguments", "first"), [(["clock", "--n", "50"], "clock"), (["forms", "--n", "1"], "forms.slip")]
)
def test_a_bench_without_a_database_starts_by_itself(arguments: list[str], first: str) -> None:
    """In a process of its own: here the applications are loaded already."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=settings.ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["what"] == first


def test_bulk_rows_fill_every_column_that_must_be_filled() -> None:
    assert "SELECT" in bulk._insert()


def test_names_are_as_common_as_in_the_province() -> None:
    names = bulk._names(settings.PACK / "people")
    share = sum(name.startswith("Nguyễn ") for name in names) / len(names)
    assert 0.3 < share < 0.5


@pytest.mark.django_db
def test_a_browser_turned_inside_reaches_the_application() -> None:
    browser = inside.turned_inside(Browser("http://127.0.0.1:1"), WSGIHandler())
    with inside.counted() as found:
        answer = browser.get("/track/?code=H49.106-260101-0001")
    assert answer.status_code in (200, 404)
    assert found.count >= 1
    assert browser.get(f"/office/dossiers/{uuid4()}/", follows=0).is_redirect


def test_layers_add_up() -> None:
    shares = inside.layers(lambda: json.loads(json.dumps(list(range(2000)))))
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_command_line_has_the_sizes_of_the_issue() -> None:
    options = parse(["list", "--size", "500000"])
    assert (options.name, options.size) == ("list", 500_000)
    assert parse(["life"]).n == 500
