"""Acts on places. The pack's files are the source; loading them twice changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from motcua.kernel.actor import Actor
from motcua.kernel.text import fold, sort_key
from motcua.places import daysoff, packfiles, queries
from motcua.places.enums import AgencyKind, AgencyLevel, DayKind, Part, UnitKind
from motcua.places.models import Agency, CalendarDay, Centre, Counter, OfficeHours, Succession, Unit
from motcua.places.packfiles import LOADER, BadValue, FileReport, Row
from motcua.places.reorganisation import loading
from motcua.places.reorganisation.acts import (
    Disturbed,
    Homeless,
    Trial,
    apply,
    carry_on,
    may_order,
    order,
    order_job,
    reverse,
    try_plan,
)

__all__ = [
    "Disturbed", "Homeless", "LoadReport", "Trial", "apply", "carry_on", "load_places", "may_order", "order",
    "order_job", "reverse", "try_plan",
]  # fmt: skip

READER = "3"  # raise it when these readers change, so that unchanged files are read again
FILES = "places/*.csv"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a part of a pack, file by file."""

    files: tuple[FileReport, ...]
    is_skipped: bool = False


@transaction.atomic
def load_places(root: Path, *, now: datetime, actor: Actor = LOADER, force: bool = False) -> LoadReport:
    """Load units, agencies, centres, hours and days of the pack at `root`; skipped when nothing changed.

    A row that cannot be used is refused with its column and reason and kept (`places.models.Refusal`).
    """
    packfiles.one_at_a_time("places")
    mark = packfiles.digest(root, FILES, *loading.PATTERNS, salt=READER)
    if not force and packfiles.loaded_digest("places") == mark:
        return LoadReport((), is_skipped=True)
    reports = [_load_hours(root), _load_units(root), _load_successions(root)]
    reports += [_load_agencies(root), _load_days(root), _load_centres(root), _load_counters(root)]
    reports += loading.load_plans(root)
    packfiles.keep("places", mark, reports, now=now, actor=actor)
    transaction.on_commit(queries.forget_calendars)
    return LoadReport(tuple(reports))


def _load_hours(root: Path) -> FileReport:
    def make(row: Row) -> OfficeHours:
        hours = OfficeHours(
            key=row.text("key", required=True),
            weekday=int(row.choice("weekday", "1234567")),
            opens=row.clock("opens"),
            closes=row.clock("closes"),
        )
        if hours.closes <= hours.opens:
            raise BadValue("closes", "The office closes before it opens.")
        return hours

    key = ("key", "weekday", "opens")
    rows, report = packfiles.read(root, "places/office_hours.csv", make, key=key)
    existing = packfiles.assign_keys(OfficeHours, rows, key=key)
    OfficeHours.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    packfiles.upsert(rows, existing, key=key, report=report)
    return report


def _load_days(root: Path) -> FileReport:
    agencies = dict(Agency.objects.values_list("code", "pk"))
    seen: dict[daysoff.DayKey, Row] = {}

    def make(row: Row) -> CalendarDay:
        code = row.text("agency_code")
        day = CalendarDay(
            date=_real_day(row, "date"),
            agency_id=_known(agencies, row, "agency_code", "There is no agency of this code.") if code else None,
            kind=row.choice("kind", DayKind.values),
            note=row.text("note"),
            legal_basis=row.text("legal_basis"),
            is_verified=row.flag("verified"),
            paired_on=_real_day(row, "paired_date") if row.text("paired_date") else None,
        )
        seen[day.date, code] = row
        return day

    key = ("date", "agency_id")
    rows, report = packfiles.read(root, "places/calendar.csv", make, key=key)
    codes: dict[UUID | None, str] = {None: "", **{pk: code for code, pk in agencies.items()}}
    found = {(day.date, codes[day.agency_id]): day for day in rows}
    working = set(OfficeHours.objects.filter(key="standard").values_list("weekday", flat=True))
    while faults := daysoff.faults({at: (day.kind, day.paired_on) for at, day in found.items()}, working):
        for at, fault in faults.items():
            report.refused.append(packfiles.refused(report.file, seen[at].number, fault, seen[at].values))
            del found[at]
    rows = list(found.values())
    existing = packfiles.assign_keys(CalendarDay, rows, key=key)
    CalendarDay.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    packfiles.upsert(rows, existing, key=key, report=report)
    return report


def _real_day(row: Row, column: str) -> date:
    """A day that exists; an invented one is refused with the article that decides days off."""
    try:
        return row.required_day(column)
    except BadValue as bad:
        raise BadValue(column, f"{bad.reason} There is no such day in the calendar ({daysoff.DAYS_OFF}).") from bad


def _load_units(root: Path) -> FileReport:
    key = ("code", "valid_from")
    parents: dict[tuple[str, date], tuple[str, Row]] = {}
    seen: dict[str, list[tuple[date, date | None]]] = {}

    def make(row: Row) -> Unit:
        valid_from, valid_to = row.period()
        code, name = row.text("code", required=True), row.text("name", required=True)
        for start, end in seen.get(code, []):
            if start <= (valid_to or date.max) and valid_from <= (end or date.max):
                raise BadValue("valid_from", "Another row of this unit is in force on one of these days.")
        unit = Unit(
            code=code, name=name, sort_key=sort_key(name), folded=fold(name),
            kind=row.choice("kind", UnitKind.values), valid_from=valid_from, valid_to=valid_to,
            legal_basis=row.text("legal_basis"), lat=row.real("lat"), lon=row.real("lon"),
            area_km2=row.decimal("area_km2"), population=row.whole("population"), note=row.text("note"),
        )  # fmt: skip
        seen.setdefault(code, []).append((valid_from, valid_to))
        parents[code, valid_from] = (row.text("parent_code"), row)
        return unit

    rows, report = packfiles.read(root, "places/units.csv", make, key=key)
    existing = packfiles.assign_keys(Unit, rows, key=key)
    settled = list(rows)
    while refused := [unit for unit in settled if not _placed(unit, settled, parents[unit.code, unit.valid_from][0])]:
        bad = BadValue("parent_code", "No unit of this code is in force on the first day of the row.")
        for unit in refused:
            row = parents[unit.code, unit.valid_from][1]
            report.refused.append(packfiles.refused(report.file, row.number, bad, row.values))
        settled = [unit for unit in settled if unit not in refused]
    packfiles.upsert(settled, existing, key=key, report=report)
    return report


def _placed(unit: Unit, units: list[Unit], parent_code: str) -> bool:
    """Put the unit under the parent in force on its first day, if there is one."""
    parent = _dated(units, parent_code, unit.valid_from) if parent_code else None
    unit.parent_id = parent.pk if parent else None
    return parent is not None or not parent_code


def _dated(units: list[Unit], code: str, on: date) -> Unit | None:
    return next((u for u in units if u.code == code and u.valid_from <= on and (u.valid_to or date.max) >= on), None)


def _load_successions(root: Path) -> FileReport:
    units = {(unit.code, unit.valid_from): unit.pk for unit in Unit.objects.only("code", "valid_from")}
    has_default: set[UUID] = set()

    def unit_id(row: Row, side: str) -> UUID:
        found = units.get((row.text(f"{side}_code"), row.required_day(f"{side}_valid_from")))
        if found is None:
            raise BadValue(f"{side}_code", "No unit of this code begins on this day.")
        return found

    def make(row: Row) -> Succession:
        on, is_default = row.required_day("on"), row.flag("is_default")
        from_id = unit_id(row, "from")
        if is_default and from_id in has_default:
            raise BadValue("is_default", "The unit already has a main successor.")
        edge = Succession(
            from_unit_id=from_id, to_unit_id=unit_id(row, "to"), on=on, part=row.choice("part", Part.values),
            is_default=is_default, legal_basis=row.text("legal_basis"),
        )  # fmt: skip
        has_default.update({from_id} if is_default else set())
        return edge

    key = ("from_unit_id", "to_unit_id")
    rows, report = packfiles.read(root, "places/successions.csv", make, key=key)
    existing = packfiles.assign_keys(Succession, rows, key=key)
    Succession.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    packfiles.upsert(rows, existing, key=key, report=report)
    return report


def _load_agencies(root: Path) -> FileReport:
    units = list(Unit.objects.all())
    links: dict[str, tuple[str, str, Row]] = {}

    def make(row: Row) -> Agency:
        valid_from, valid_to = row.period()
        code, name, unit_code = row.text("code", required=True), row.text("name", required=True), row.text("unit_code")
        unit = _dated(units, unit_code, valid_from) if unit_code else None
        if unit_code and unit is None:
            raise BadValue("unit_code", "No unit of this code is in force on the agency's first day.")
        links[code] = (row.text("parent_code"), row.text("successor_code"), row)
        return Agency(
            code=code, name=name, short_name=row.text("short_name"), name_en=row.text("name_en"),
            name_pt=row.text("name_pt"), sort_key=sort_key(name), folded=fold(name),
            kind=row.choice("kind", AgencyKind.values), level=row.choice("level", AgencyLevel.values), unit=unit,
            valid_from=valid_from, valid_to=valid_to, is_verified=row.flag("verified"), basis=row.text("basis"),
            office_hours=row.text("office_hours") or "standard",
        )  # fmt: skip

    rows, report = packfiles.read(root, "places/agencies.csv", make, key=("code",))
    existing = packfiles.assign_keys(Agency, rows, key=("code",))
    settled = {agency.code: agency for agency in rows}
    before = {code for (code,) in existing}
    while unknown := {
        code: column
        for code in settled
        for column, named in zip(("parent_code", "successor_code"), links[code][:2], strict=True)
        if named and named not in settled and named not in before
    }:
        for code, column in unknown.items():
            bad = BadValue(column, "There is no agency of this code.")
            report.refused.append(packfiles.refused(report.file, links[code][2].number, bad, links[code][2].values))
            del settled[code]
    keys = {old.code: old.pk for old in existing.values()} | {code: agency.pk for code, agency in settled.items()}
    decided = loading.decided()
    for code, agency in settled.items():
        agency.parent_id, agency.successor_id = keys.get(links[code][0]), keys.get(links[code][1])
        decided.overlay(agency)
    packfiles.upsert(list(settled.values()), existing, key=("code",), report=report)
    return report


def _load_centres(root: Path) -> FileReport:
    agencies = dict(Agency.objects.filter(kind=AgencyKind.CENTRE).values_list("code", "pk"))

    def make(row: Row) -> Centre:
        return Centre(
            agency_id=_known(agencies, row, "agency_code", "There is no service centre of this code."),
            address=row.text("address", required=True), phone=row.text("phone"), lat=row.real("lat"),
            lon=row.real("lon"), opened_on=row.day("opened_on"), closed_on=row.day("closed_on"),
            is_verified=row.flag("verified"),
        )  # fmt: skip

    rows, report = packfiles.read(root, "places/centres.csv", make, key=("agency_id",))
    existing = packfiles.assign_keys(Centre, rows, key=("agency_id",))
    ended = {line.from_agency_id: line.from_agency.valid_to for line in loading.decided().ends.values()}
    for centre in rows:
        if end := ended.get(centre.agency_id):
            centre.closed_on = min(centre.closed_on or end, end)
    packfiles.upsert(rows, existing, key=("agency_id",), report=report)
    return report


def _load_counters(root: Path) -> FileReport:
    centres = dict(Centre.objects.values_list("agency__code", "pk"))

    def make(row: Row) -> Counter:
        return Counter(
            centre_id=_known(centres, row, "centre_code", "There is no service centre of this code."),
            number=row.text("number", required=True), name=row.text("name", required=True),
            fields=[code for code in row.text("fields").split("|") if code],
        )  # fmt: skip

    rows, report = packfiles.read(root, "places/counters.csv", make, key=("centre_id", "number"))
    existing = packfiles.assign_keys(Counter, rows, key=("centre_id", "number"))
    closed = {line.from_agency_id for line in loading.decided().ends.values()}
    gone = set(Centre.objects.filter(agency_id__in=closed).values_list("pk", flat=True))
    rows = [row for row in rows if row.centre_id not in gone or (row.centre_id, row.number) in existing]
    packfiles.upsert(rows, existing, key=("centre_id", "number"), report=report)
    return report


def _known(keys: dict[str, UUID], row: Row, column: str, reason: str) -> UUID:
    found = keys.get(row.text(column, required=True))
    if found is None:
        raise BadValue(column, reason)
    return found
