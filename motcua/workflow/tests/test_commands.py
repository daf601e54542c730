"""`motcua clock due` for people and for machines."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.places import queries as places
from motcua.places.models import CalendarDay, OfficeHours
from motcua.places.services import load_places
from motcua.places.tests.test_calendar import pack_calendar
from motcua.workflow.tests.factories import MONDAY, PACK, agency, office_hours

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hours() -> Iterator[None]:
    places.forget_calendars()
    office_hours()
    yield
    places.forget_calendars()


def due(*arguments: str) -> str:
    out = StringIO()
    call_command("clock", "due", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> dict[str, Any]:
    return json.loads(due(*arguments, "--json"))  # type: ignore[no-any-return]


def test_for_machines() -> None:
    found = told("--start", "2026-06-04T09:00", "--amount", "1", "--unit", "working_day", "--office", "standard")
    assert found["due_at"] == "2026-06-08T09:00:00+07:00"
    assert found["budget_minutes"] == sum(part["counted_minutes"] for part in found["segments"]) == 480
    assert [part["note"] for part in found["segments"] if part["kind"] == "holiday"] == ["Ngày nghỉ"]


def test_for_people() -> None:
    table = due("--start", "2026-06-04T09:00", "--amount", "0.5")
    assert table.splitlines()[-1] == "due 2026-06-04 14:30"
    assert [line.split()[4:6] for line in table.splitlines()[1:-1]] == [["150", "150"], ["90", "0"], ["90", "90"]]


def test_by_an_agency_and_by_the_same_day() -> None:
    agency("H49.1")
    found = told("--start", "2026-06-03T15:10+07:00", "--amount", "1", "--office", "H49.1", "--same-day")
    assert (found["started_at"], found["due_at"]) == ("2026-06-04T07:30:00+07:00", "2026-06-04T17:00:00+07:00")


def test_with_the_days_of_the_pack_as_they_are_loaded() -> None:
    OfficeHours.objects.all().delete()
    CalendarDay.objects.all().delete()
    load_places(PACK, now=MONDAY)
    assert places.working_calendar() == pack_calendar()
    found = told("--start", "2026-02-13T09:17", "--amount", "3")
    assert (found["due_at"], found["touches_unverified"]) == ("2026-02-25T09:17:00+07:00", False)
    found = told("--start", "2026-11-23T15:30", "--amount", "1", "--same-day")
    assert (found["due_at"], found["touches_unverified"]) == ("2026-11-25T17:00:00+07:00", True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--start", "yesterday", "--amount", "1"], "isoformat"),
        (["--start", "2026-06-03T15:10", "--amount", "many"], "write a number"),
        (["--start", "2026-06-03T15:10", "--amount", "0"], "longer than nothing"),
        (["--start", "2026-06-03T15:10", "--amount", "1.5", "--unit", "month"], "counted whole"),
        (["--start", "2190-06-03T15:10", "--amount", "1"], "too far"),
        (["--start", "2026-06-03T15:10", "--amount", "1", "--office", "nowhere"], "hours"),
    ],
)
def test_what_cannot_be_computed_is_said(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        due(*arguments)
