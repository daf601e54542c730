"""Loading the law: twice changes nothing, a version never changes, a bad file stops nothing; runs keep theirs."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from motcua.kernel.errors import Refused
from motcua.places.calendar import ZONE
from motcua.places.models import Refusal
from motcua.workflow import queries, services
from motcua.workflow.enums import ClockKind, PauseKind, ResumePolicy
from motcua.workflow.models import Regime
from motcua.workflow.tests.factories import (
    CALENDAR,
    LAW,
    MONDAY,
    PACK,
    at,
    days,
    office_hours,
    processes,
    run,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(PACK / "law", tmp_path / "law")
    return tmp_path


def edit(pack: Path, name: str, old: str, new: str) -> None:
    file = pack / "law" / f"{name}.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_twice_changes_nothing(pack: Path) -> None:
    report = services.load_law(pack, now=MONDAY)
    assert [(file.file, file.new, file.refused) for file in report.files] == [
        ("law/one-stop-2018.toml", 1, []), ("law/one-stop-2025.toml", 1, []), ("law/tacit.toml", 1, []),
        ("law/warnings.toml", 1, []),
    ]  # fmt: skip
    assert services.load_law(pack, now=MONDAY).is_skipped
    assert [file.same for file in services.load_law(pack, now=MONDAY, force=True).files] == [1, 1, 1, 1]
    assert Regime.objects.count() == 4


def test_each_day_has_its_law(pack: Path) -> None:
    services.load_law(pack, now=MONDAY)
    assert queries.regime(date(2025, 6, 30)) == LAW[2018]
    assert queries.regime(date(2025, 7, 1)) == LAW[2025]
    assert queries.thresholds(date(2026, 1, 1)).share_at_most == 50
    with pytest.raises(queries.NoRegime):
        queries.regime(date(2018, 6, 20))


def test_acceptance_takes_what_the_law_of_the_day_gives(pack: Path) -> None:
    edit(pack, "one-stop-2025", "minutes = 480", "minutes = 240")
    services.load_law(pack, now=MONDAY)
    assert queries.acceptance_due(at("01 09:00"), CALENDAR) == at("01 14:30")
    assert queries.acceptance_due(at("01 09:00"), CALENDAR, paid_at=at("02 09:00")) == at("02 14:30")
    before = datetime(2025, 6, 2, 9, tzinfo=ZONE)
    assert queries.acceptance_due(before, CALENDAR) == datetime(2025, 6, 3, 9, tzinfo=ZONE)


def test_a_version_never_changes(pack: Path) -> None:
    services.load_law(pack, now=MONDAY)
    edit(pack, "one-stop-2018", "minutes = 480", "minutes = 240")
    refused = [bad for file in services.load_law(pack, now=MONDAY).files for bad in file.refused]
    assert [(bad.file, bad.column) for bad in refused] == [("law/one-stop-2018.toml", "version")]
    assert queries.regime(date(2024, 1, 1)).acceptance_minutes == 480
    edit(pack, "one-stop-2018", "version = 1", "version = 3")
    assert [file.new for file in services.load_law(pack, now=MONDAY).files] == [1, 0, 0, 0]
    assert queries.regime(date(2024, 1, 1)).acceptance_minutes == 240
    assert queries.regime(date(2026, 1, 1)).version == 2
    assert not Refusal.objects.exists()


def test_two_files_of_one_version_and_other_faults(pack: Path) -> None:
    edit(pack, "one-stop-2025", "version = 2", "version = 1")
    edit(pack, "warnings", "share_at_most = 50", "share_at_most =")
    report = services.load_law(pack, now=MONDAY)
    assert [bad.column for file in report.files for bad in file.refused] == ["version", "file"]
    assert Refusal.objects.count() == 2


# ── runs under the law ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_keeps_the_law_it_was_received_under() -> None:
    processes()
    old = run(started_at=datetime(2025, 6, 30, 9, tzinfo=ZONE))
    new = run(started_at=datetime(2025, 7, 1, 9, tzinfo=ZONE))
    old.refresh_from_db()
    assert (old.regime_key, old.regime_version, new.regime_version) == ("one-stop", 1, 2)
    assert (queries.regime_of(old), queries.regime_of(new)) == (LAW[2018], LAW[2025])


def test_without_a_law_nothing_starts() -> None:
    services.load_processes(PACK, now=MONDAY)
    with pytest.raises(queries.NoRegime):
        run()


def test_a_second_request_does_not_stop_the_limit() -> None:
    processes()
    office_hours()
    made = run()
    services.pause(run=made, kind="supplement", now=at("01 10:00"))
    assert (made.is_paused, made.pause_policy) == (True, "restart")
    services.resume(run=made, now=at("02 10:00"), calendar=CALENDAR)
    due = made.due_at
    step = services.present_step(made)
    services.pause(run=made, kind="supplement", now=at("03 08:00"))
    made.refresh_from_db()
    assert (made.is_paused, made.pause_policy) == (False, "counts")
    told = queries.explained(made, now=at("03 09:00"), calendar=CALENDAR)
    waiting = [part for part in told if part.kind is ClockKind.WAITING][-1]
    assert (waiting.minutes, waiting.counted_minutes, waiting.basis) == (60, 60, LAW[2025].supplement.again_basis)
    services.resume(run=made, now=at("05 10:00"), calendar=CALENDAR)
    assert (made.due_at, services.present_step(made)) == (due, step)
    assert [one["policy"] for one in made.clock] == ["restart", "counts"]


def test_ending_keeps_a_wait_that_counts() -> None:
    processes()
    made = run()
    services.pause(run=made, kind=PauseKind.APPRAISAL, now=at("02 10:00"), policy=ResumePolicy.COUNTS)
    services.finish(run=made, now=at("03 10:00"))
    made.refresh_from_db()
    assert (made.clock[0]["policy"], made.pause_policy) == ("counts", "")


# ── extension ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_due_date_is_put_off_once() -> None:
    processes()
    made = run()  # due on Monday the 8th at 08:00
    assert made.due_at == at("08 08:00")
    before, step = list(made.budgets), services.present_step(made)
    services.extend(run=made, to=at("10 16:00"), now=at("05 16:00"), calendar=CALENDAR)
    made.refresh_from_db()
    assert (made.due_at, made.original_due_at) == (at("10 16:00"), at("08 08:00"))
    assert (made.extended_at, made.extended_to) == (at("05 16:00"), at("10 16:00"))
    gained = CALENDAR.minutes_between(at("08 08:00"), at("10 16:00"))
    more = [after - old for old, after in zip(before, made.budgets, strict=True)]
    assert (sum(more), min(more)) == (gained, 0), "the steps still to be done share what is gained, the hand-over none"
    assert more[0] > 0
    assert len([minutes for minutes in more if minutes]) > 2, "by their shares of the limit"
    now_due = services.present_step(made)
    assert now_due is not None
    assert step is not None
    assert now_due.due_at == CALENDAR.add_minutes(step.due_at, more[0])  # type: ignore[arg-type]
    with pytest.raises(Refused, match="no second time") as again:
        services.extend(run=made, to=at("12 16:00"), now=at("05 16:30"), calendar=CALENDAR)
    assert (again.value.code, "118/2025/NĐ-CP" in str(again.value)) == ("extended_already", True)


def test_too_late_to_put_off_leaves_the_run_as_it_was() -> None:
    processes()
    made = run()
    with pytest.raises(Refused, match="too late") as late:
        services.extend(run=made, to=at("10 16:00"), now=at("08 07:30"), calendar=CALENDAR)
    assert late.value.code == "too_late"
    made.refresh_from_db()
    assert (made.due_at, made.extended_at) == (at("08 08:00"), None)


def test_a_run_without_a_due_date_has_nothing_to_put_off() -> None:
    processes()
    with pytest.raises(Refused) as none:
        services.extend(run=run(has_limit=False), to=at("10 16:00"), now=at("02 09:00"), calendar=CALENDAR)
    assert none.value.code == "no_due_date"


def test_a_limit_that_starts_again_starts_without_the_extension() -> None:
    processes()
    office_hours()
    made = run(duration=days("2"))
    services.extend(run=made, to=at("10 16:00"), now=at("01 09:00"), calendar=CALENDAR)
    services.pause(run=made, kind="supplement", now=at("01 10:00"))
    services.resume(run=made, now=at("02 10:00"), calendar=CALENDAR)
    made.refresh_from_db()
    assert made.due_at == at("04 10:00")
    assert sum(made.budgets) == 960
