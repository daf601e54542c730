"""Browsing procedures by life event, field, agency, level, audience."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q, QuerySet

from motcua.catalogue.enums import Audience, HandledBy, Level
from motcua.catalogue.models import Field, LifeEvent, Procedure
from motcua.catalogue.queries.search import with_level
from motcua.places.models import Agency

ORDER = ("sort_key", "code")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means all."""

    life: str = ""
    field: str = ""
    agency: str = ""
    level: str = ""
    audience: str = ""
    online: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """From an address; what is not one of our words is left out."""
        raw = {name: str(query.get(name, "")).replace("\x00", "").strip()[:200] for name in cls.__slots__}
        words = {"level": Level.values, "audience": Audience.values, "online": ["1"]}
        return cls(**{name: value if value in words.get(name, [value]) else "" for name, value in raw.items()})

    @property
    def active(self) -> dict[str, str]:
        """The filters in use."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    def without(self, name: str) -> "Filters":
        """The same without one of them."""
        return replace(self, **{name: ""})

    def also(self, name: str, value: str) -> "Filters":
        """The same with one more."""
        return replace(self, **{name: value})


def filtered(filters: Filters, on: date) -> QuerySet[Procedure]:
    """Procedures in force on a day that match every filter."""
    found = Procedure.objects.in_force(on)
    if filters.audience:
        found = found.for_audience(filters.audience)
    if filters.online:
        found = found.online(on)
    if filters.level:
        found = found.filter(level=filters.level)
    if filters.field:
        found = found.filter(field__code=filters.field)
    if filters.agency:
        found = found.filter(
            Q(competent_agency__code=filters.agency)
            | Q(competent_agency__isnull=True, field__agency_2025__code=filters.agency) & ~Q(level=Level.COMMUNE)
        )
    if filters.life:
        found = found.filter(memberships__life_event__key=filters.life)
    return found


def listed(filters: Filters, on: date) -> QuerySet[Procedure]:
    """The same, with what a row of the list shows."""
    return with_level(filtered(filters, on), on).select_related("field").defer("search")


def field_counts(filters: Filters, on: date, *, most: int = 400) -> list[tuple[Field, int]]:
    """Fields with how many matching procedures each has; those with most that the province carries come first."""
    counts = (
        filtered(filters.without("field"), on)
        .values_list("field")
        .annotate(total=Count("pk"), here=Count("pk", filter=Q(handled_by=HandledBy.PROVINCE)))
        .order_by("-here", "-total", "field")[:most]
    )
    numbers = {key: total for key, total, _here in counts}
    fields = Field.objects.in_bulk(list(numbers))
    return [(fields[key], total) for key, total in numbers.items()]


def agency_counts(on: date) -> list[tuple[Agency, int]]:
    """Agencies that decide, with how many procedures in force each has, in dictionary order."""
    counts = dict(
        Procedure.objects.in_force(on)
        .filter(competent_agency__isnull=False)
        .values_list("competent_agency")
        .annotate(total=Count("pk"))
        .order_by()
    )
    agencies = Agency.objects.filter(pk__in=list(counts)).order_by("sort_key", "code")
    return [(agency, counts[agency.pk]) for agency in agencies]


def life_events() -> dict[str, list[LifeEvent]]:
    """Life events by audience, in their order."""
    events = LifeEvent.objects.order_by("position", "key")
    return {audience.value: [event for event in events if event.audience == audience] for audience in Audience}


def common(on: date, *, most: int = 12) -> list[Procedure]:
    """What people do most."""
    found = Procedure.objects.in_force(on).filter(common_position__isnull=False)
    return list(with_level(found, on).select_related("field").defer("search").order_by("common_position")[:most])


def names(filters: Filters) -> dict[str, str]:
    """The names of the filters in use, for the reader; one that names nothing is left out."""
    found: dict[str, str] = {}
    if filters.life and (event := LifeEvent.objects.filter(key=filters.life).first()):
        found["life"] = event.display_name
    if filters.field and (field := Field.objects.filter(code=filters.field).first()):
        found["field"] = field.display_name
    if filters.agency and (agency := Agency.objects.filter(code=filters.agency).first()):
        found["agency"] = agency.display_name
    if filters.level:
        found["level"] = str(Level(filters.level).label)
    if filters.audience:
        found["audience"] = str(Audience(filters.audience).label)
    return found
