"""Situations for tests of workflow: a commune's agencies, hours, days off, a process and a run."""

import tomllib
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from motcua.kernel.ids import uuid7
from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.places.models import Agency, CalendarDay, OfficeHours
from motcua.workflow import services
from motcua.workflow.enums import DurationUnit
from motcua.workflow.models import Run
from motcua.workflow.rules import Duration
from motcua.workflow.rules import regime as regimes

PACK = Path(__file__).parents[3] / "packs" / "quangninh"
MONDAY = datetime(2026, 6, 1, 8, tzinfo=ZONE)
HOURS = [(time(7, 30), time(11, 30)), (time(13), time(17))]
CALENDAR = WorkingCalendar.of(dict.fromkeys(range(1, 6), HOURS))
LAW = {
    year: regimes.read(tomllib.loads((PACK / "law" / f"one-stop-{year}.toml").read_text("utf-8")))
    for year in (2018, 2025)
}


def at(text: str) -> datetime:
    """A moment of June 2026: `03 09:00`."""
    return datetime.fromisoformat(f"2026-06-{text}").replace(tzinfo=ZONE)


def agency(code: str, level: str = "commune", kind: str = "people_committee") -> Agency:
    return Agency.objects.create(
        code=code, name=code, sort_key=code, folded=code, kind=kind, level=level, valid_from=date(2025, 7, 1)
    )


def office_hours() -> None:
    """Office hours and one holiday in the database, for acts that read the calendar themselves."""
    OfficeHours.objects.bulk_create(
        OfficeHours(key="standard", weekday=weekday, opens=opens, closes=closes)
        for weekday in range(1, 6)
        for opens, closes in HOURS
    )
    CalendarDay.objects.create(date=date(2026, 6, 5), kind="holiday", note="Ngày nghỉ", is_verified=True)


def processes() -> None:
    """The law and the processes of the pack."""
    services.load_law(PACK, now=MONDAY)
    services.load_processes(PACK, now=MONDAY)


def days(amount: str) -> Duration:
    return Duration(Decimal(amount), DurationUnit.WORKING_DAY)


def run(
    *,
    started_at: datetime = MONDAY,
    duration: Duration | None = None,
    has_limit: bool = True,
    definition_key: str = "commune-standard",
    subject_id: UUID | None = None,
) -> Run:
    """A run of five working days unless told otherwise; processes must be loaded."""
    competent = Agency.objects.filter(code="UB").first() or agency("UB")
    receiving = Agency.objects.filter(code="TT").first() or agency("TT", kind="centre")
    return services.start(
        subject_id=subject_id or uuid7(),
        definition_key=definition_key,
        duration=(duration or days("5")) if has_limit else None,
        agency_id=competent.pk,
        receiving_agency_id=receiving.pk,
        calendar=CALENDAR,
        started_at=started_at,
    )
