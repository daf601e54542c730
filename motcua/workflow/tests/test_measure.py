"""By both measures: the due date in force, and the national index (Decision 766/QĐ-TTg, indicator 2.1)."""

from decimal import Decimal
from typing import Any

import pytest

from motcua.places.tests.test_calendar import CALENDAR, at
from motcua.workflow import rules
from motcua.workflow.enums import DurationUnit, PauseKind, Standing
from motcua.workflow.rules import Duration, Facts, Pause

DUE, PUT_OFF, END = "2026-06-10 09:00", "2026-06-17 09:00", "2026-06-30 17:00"


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "started_at": "2026-06-01 09:00", "due_at": DUE, "synchronised_due_at": DUE, **changes,
    }  # fmt: skip
    moments = {name: at(value) if isinstance(value, str) else value for name, value in values.items()}
    return Facts(**moments)


def asked(start: str, end: str | None, kind: PauseKind = PauseKind.SUPPLEMENT) -> Pause:
    return Pause(kind, at(start), at(end) if end else None)


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        ({"resolved_at": "2026-06-05 09:00", "returned_at": "2026-06-04 09:00", "stopped_at": "2026-06-03 09:00"},
         "2026-06-05 09:00"),
        ({"returned_at": "2026-06-04 09:00", "stopped_at": "2026-06-03 09:00"}, "2026-06-04 09:00"),
        ({"stopped_at": "2026-06-03 09:00"}, "2026-06-03 09:00"),
        ({"stopped_at": "2026-06-03 09:00", "was_received": False}, END),
        ({"pauses": [asked("2026-06-02 09:00", None)]}, "2026-06-02 09:00"),
        ({"pauses": [asked("2026-06-02 09:00", "2026-06-03 09:00")]}, END),
        ({"pauses": [asked("2026-06-02 09:00", "2026-06-03 09:00"), asked("2026-06-04 09:00", None)]}, END),
        ({"pauses": [asked("2026-06-02 09:00", None, PauseKind.APPRAISAL)]}, END),
        ({}, END),
    ],
)  # fmt: skip
def test_when_handling_ended_by_priority(changes: dict[str, Any], ended: str) -> None:
    assert rules.end_of_processing(facts(**changes), period_end=at(END)) == at(ended)


@pytest.mark.parametrize(
    ("changes", "standing", "index"),
    [
        ({"resolved_at": "2026-06-09 17:00"}, Standing.EARLY, Standing.EARLY),
        ({"resolved_at": "2026-06-10 08:00"}, Standing.ON_TIME, Standing.ON_TIME),
        ({"resolved_at": "2026-06-10 09:01"}, Standing.LATE, Standing.LATE),
        # put off: in time by the letter, late by the date that was synchronised
        ({"resolved_at": "2026-06-16 09:00", "due_at": PUT_OFF}, Standing.EARLY, Standing.LATE),
        ({"resolved_at": "2026-06-09 09:00", "due_at": PUT_OFF}, Standing.EARLY, Standing.EARLY),
        # a second request is late whatever the date
        ({"resolved_at": "2026-06-05 09:00", "pauses": [
            asked("2026-06-02 09:00", "2026-06-02 10:00"), asked("2026-06-03 09:00", "2026-06-03 10:00")]},
         Standing.EARLY, Standing.LATE),
        # a stop is no early result, but late when it comes late
        ({"stopped_at": "2026-06-05 09:00"}, Standing.ON_TIME, Standing.ON_TIME),
        ({"stopped_at": "2026-06-19 09:00"}, Standing.LATE, Standing.LATE),
        ({}, Standing.OPEN_LATE, Standing.OPEN_LATE),
        ({"pauses": [asked("2026-06-02 09:00", None)]}, Standing.OPEN_IN_TIME, Standing.OPEN_IN_TIME),
        # waits for an appraisal: in time for the office, past its date for the index
        ({"pauses": [asked("2026-06-02 09:00", None, PauseKind.APPRAISAL)]}, Standing.OPEN_IN_TIME, Standing.OPEN_LATE),
        ({"due_at": None, "synchronised_due_at": None}, Standing.OPEN_IN_TIME, Standing.OPEN_IN_TIME),
    ],
)  # fmt: skip
def test_both_measures(changes: dict[str, Any], standing: Standing, index: Standing) -> None:
    found = rules.measure(facts(**changes), period_end=at(END), calendar=CALENDAR)
    assert (found.standing, found.index) == (standing, index)


@pytest.mark.parametrize(
    ("resolved", "index"), [("2026-06-09 09:00", Standing.ON_TIME), ("2026-06-09 09:01", Standing.LATE)]
)
def test_without_a_due_date_the_longest_limit_decides_less_the_supplement(resolved: str, index: Standing) -> None:
    dossier = facts(
        due_at=None,
        synchronised_due_at=None,
        resolved_at=resolved,
        pauses=[asked("2026-06-02 09:00", "2026-06-03 09:00")],
        longest=Duration(Decimal(5), DurationUnit.WORKING_DAY),
    )
    found = rules.measure(dossier, period_end=at(END), calendar=CALENDAR)
    assert (found.standing, found.index) == (Standing.ON_TIME, index)
