"""How a dossier's clock looks: each stretch with its tone, and with days of the length it is counted in."""

from datetime import timedelta

import pytest

from motcua.dossiers.templatetags.dossiers import clock_rows
from motcua.dossiers.tests.factories import MONDAY
from motcua.workflow.enums import ClockKind, Owner
from motcua.workflow.rules import ClockSegment


@pytest.mark.parametrize(
    ("kind", "day_minutes", "tone"),
    [
        (ClockKind.WORKED, 480, "progress"),
        (ClockKind.CALENDAR_TIME, 1440, "progress"),
        (ClockKind.OVERDUE, 480, "late"),
    ],
)
def test_a_day_of_the_calendar_is_not_a_day_at_work(kind: ClockKind, day_minutes: int, tone: str) -> None:
    stretch = ClockSegment(
        kind=kind, owner=next(iter(Owner)), start=MONDAY, end=MONDAY + timedelta(days=20), minutes=28_800,
        counted_minutes=28_800,
    )  # fmt: skip
    [row] = clock_rows([stretch])
    assert (row["day_minutes"], row["tone"]) == (day_minutes, tone)
