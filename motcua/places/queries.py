"""Reading places: what is in force on a day, who is competent there, when they work."""

from collections.abc import Set
from datetime import date
from datetime import time as clock_time
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from motcua.places import kept
from motcua.places.calendar import DayKind, SpecialDay, WorkingCalendar
from motcua.places.enums import COMMUNES, AgencyKind, AgencyLevel, LineKind, UnitKind
from motcua.places.models import Agency, CalendarDay, Centre, OfficeHours, Plan, PlanLine, Succession, Unit


def units_at(on: date) -> QuerySet[Unit]:
    """Units in force on a day, in dictionary order."""
    return Unit.objects.in_force(on).order_by("sort_key", "code")


def communes_at(on: date) -> QuerySet[Unit]:
    """Units of the commune level in force on a day, in dictionary order."""
    return units_at(on).filter(kind__in=COMMUNES)


def unit(code: str, on: date) -> Unit | None:
    """The unit that carries a code on a day."""
    return Unit.objects.in_force(on).filter(code=code).select_related("parent").first()


def province(on: date) -> Unit | None:
    """The province of this installation."""
    return Unit.objects.in_force(on).filter(kind=UnitKind.PROVINCE).first()


def successors(of: Unit) -> QuerySet[Succession]:
    """Where a unit went: the main successor first."""
    return of.successors.select_related("to_unit").order_by("-is_default", "to_unit__sort_key")


def address(street: str, of: Unit | None) -> str:
    """An address in Vietnam's order, from the street up to the province. Parents come from memory."""
    parts = [street.strip()]
    while of is not None:
        parts.append(of.name)
        of = _kept_unit(of.parent_id) if of.parent_id else None
    return ", ".join(part for part in parts if part)


def _kept_unit(unit_id: UUID) -> Unit:
    return kept.value(("unit", unit_id), lambda: Unit.objects.get(pk=unit_id))


def agencies_at(on: date) -> QuerySet[Agency]:
    """Agencies that exist on a day, in dictionary order."""
    return Agency.objects.in_force(on).order_by("sort_key", "code")


def agency(code: str) -> Agency:
    """The agency of a code; raises `Agency.DoesNotExist`."""
    return Agency.objects.select_related("unit", "successor").get(code=code)


def peoples_committee(of: Unit, on: date) -> Agency | None:
    """The people's committee of a unit on a day. A unit keeps its committee over rows of one code."""
    committees = Agency.objects.in_force(on).filter(unit__code=of.code, kind=AgencyKind.PEOPLE_COMMITTEE)
    return kept.value(("committee", of.code, on), committees.order_by("code").first)


def centres_open(on: date) -> QuerySet[Centre]:
    """Service centres open on a day, the province's first, then in dictionary order."""
    return (
        Centre.objects.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=on), Q(closed_on__isnull=True) | Q(closed_on__gte=on)
        )
        .filter(Q(agency__valid_to__isnull=True) | Q(agency__valid_to__gte=on), agency__valid_from__lte=on)
        .select_related("agency", "agency__unit")
        .order_by("-agency__level", "agency__sort_key")
    )


def province_centre(on: date) -> Centre | None:
    """The province's own service centre."""
    return centres_open(on).filter(agency__level=AgencyLevel.PROVINCE).first()


def centre_of(unit_code: str, on: date) -> Centre | None:
    """The service centre of a unit on a day."""
    return kept.value(("centre", unit_code, on), centres_open(on).filter(agency__unit__code=unit_code).first)


def working_calendar(of: Agency | str = "standard") -> WorkingCalendar:
    """The working calendar of an agency, or of a key of office hours.

    An agency's own closures, and those of the agencies above it at its level, are days off to it. Kept in the process
    (`kept`), one for all agencies that share hours and have no closure; places that no pack has loaded are read each
    time. Raises ValueError when no hours are entered for the key.
    """
    if isinstance(of, Agency):
        return kept.value(("calendar of", of.pk), lambda: _calendar_of(of))
    return kept.value(("calendar", of), lambda: _calendar(of, list(CalendarDay.objects.all())))


def kept_agency(agency_id: UUID) -> Agency:
    """An agency from memory, without its unit; raises `Agency.DoesNotExist`. The row is shared: nobody changes it."""
    return kept.value(("agency", agency_id), lambda: Agency.objects.get(pk=agency_id))


def forget_calendars() -> None:
    """Read calendars, and all else kept of the packs, anew at the next question."""
    kept.forget()


def _calendar_of(agency: Agency) -> WorkingCalendar:
    days = list(CalendarDay.objects.all())
    closed = {day.agency_id for day in days if day.agency_id}
    scope = _scope(agency) if closed else set()
    if closed & scope:
        return _calendar(agency.office_hours, days, scope)
    return kept.value(("calendar", agency.office_hours), lambda: _calendar(agency.office_hours, days))


def _scope(agency: Agency) -> set[UUID]:
    """The agency and those above it at its level: who closes, closes what is under it, but not the level below."""
    scope = {agency.pk}
    while agency.parent_id and agency.parent_id not in scope:
        above = kept_agency(agency.parent_id)
        if above.level != agency.level:
            break
        scope.add(above.pk)
        agency = above
    return scope


def _calendar(key: str, rows: list[CalendarDay], scope: Set[UUID] = frozenset()) -> WorkingCalendar:
    hours: dict[int, list[tuple[clock_time, clock_time]]] = {}
    for stretch in OfficeHours.objects.filter(key=key):
        hours.setdefault(stretch.weekday, []).append((stretch.opens, stretch.closes))
    everyone = {day.date: _special(day) for day in rows if day.agency_id is None}
    own = {day.date: _special(day) for day in rows if day.agency_id in scope}
    own = {day: what for day, what in own.items() if day not in everyone or not everyone[day].is_off}
    return WorkingCalendar.of(hours, everyone | own)


def _special(day: CalendarDay) -> SpecialDay:
    return SpecialDay(
        kind=DayKind(day.kind), note=day.note, is_verified=day.is_verified, basis=day.legal_basis,
        paired_on=day.paired_on,
    )  # fmt: skip


def counts(on: date) -> list[tuple[str, int]]:
    """Labels and numbers for an operator: what is in force on a day."""
    return [
        ("units in force", units_at(on).count()),
        ("of them communes, wards and special zones", communes_at(on).count()),
        ("agencies", agencies_at(on).count()),
        ("service centres open", centres_open(on).count()),
    ]


def agency_names(keys: set[UUID]) -> dict[UUID, str]:
    """Names of agencies by key, for lists that hold only the key, in one query."""
    return {found.pk: found.display_name for found in Agency.objects.filter(pk__in=keys)}


_BEFORE = """
WITH RECURSIVE before AS (
    SELECT id FROM places_agency WHERE id = ANY (%s::uuid[])
    UNION SELECT a.id FROM places_agency a JOIN before b ON a.successor_id = b.id
) SELECT id FROM before
"""


def with_predecessors(keys: Set[UUID]) -> frozenset[UUID]:
    """These agencies and all whose work came to them since: who reads figures of the past reads theirs as well."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [sorted(keys)])
        return frozenset(row[0] for row in cursor.fetchall())


_BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM places_agency WHERE id = ANY (%s::uuid[])
    UNION SELECT a.id FROM places_agency a JOIN below b ON a.parent_id = b.id
) SELECT id FROM below
"""


def with_below(keys: Set[UUID]) -> frozenset[UUID]:
    """These agencies and all that stand under them, of whatever day; kept in the process."""
    return kept.value(("below", frozenset(keys)), lambda: _with_below(keys))


def _with_below(keys: Set[UUID]) -> frozenset[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [sorted(keys)])
        return frozenset(row[0] for row in cursor.fetchall())


def plans() -> list[Plan]:
    """Plans of reorganisation, the latest first, each with the number of its lines and of those applied."""
    counted = Plan.objects.annotate(total=Count("lines"), done=Count("lines__applied_at"))
    return list(counted.order_by("-on"))


def plan(plan_id: UUID) -> Plan:
    """A plan with its numbers; raises `Plan.DoesNotExist`."""
    return Plan.objects.annotate(total=Count("lines"), done=Count("lines__applied_at")).get(pk=plan_id)


def decided_lines(of: Plan) -> list[PlanLine]:
    """The lines of a plan that needed a decision: divided units, and levels that end."""
    lines = of.lines.select_related("from_agency", "to_agency").exclude(kind=LineKind.WHOLE)
    return list(lines.order_by("position"))
