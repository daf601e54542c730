"""The published figures S1 and S2, computed from rows: value, numerator, denominator, filter."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from motcua.catalogue.models import ServiceLevel
from motcua.dossiers.enums import Source
from motcua.kernel import clock
from motcua.kernel.db import holds_on
from motcua.places.models import Agency
from motcua.reporting import queries
from motcua.reporting.enums import Split
from motcua.reporting.rules import Period

HALF_YEAR = Period(date(2023, 1, 1), date(2023, 6, 30))
CENTRE = "H49.23"  # the provincial service centre in the pack

# What was published in 2023, in the same units as the figures.
PUBLISHED = {
    "services_online": 1462, "services_full": 1017, "services_partial": 445, "new_dossiers": 56_600,
    "online_all_systems": 41_000, "online_share_all_systems": 72.4, "portal_dossiers": 18_404,
    "portal_online": 18_149, "online_share_portal": 98.6, "on_time_share": 99.8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as a report shows it; shares are percent with one decimal."""

    key: str
    value: float
    numerator: int
    denominator: int | None
    filter: str

    def as_json(self) -> dict[str, Any]:
        """For machines, with what was published beside it."""
        return {**asdict(self), "published": PUBLISHED.get(self.key)}


def figures() -> list[Figure]:
    """All figures of S1 and S2, each computed from the rows."""
    return [*_services(), *_dossiers()]


def _services() -> list[Figure]:
    day = HALF_YEAR.last
    counted = ServiceLevel.objects.filter(holds_on(day), level__in=("full", "partial")).aggregate(
        full=Count("procedure", filter=Q(level="full"), distinct=True),
        partial=Count("procedure", filter=Q(level="partial"), distinct=True),
        all=Count("procedure", distinct=True),
    )
    said = f"dated service levels in force on {day}"
    return [
        Figure("services_online", counted["all"], counted["all"], None, f"{said}, full or partial"),
        Figure("services_full", counted["full"], counted["full"], None, f"{said}, full"),
        Figure("services_partial", counted["partial"], counted["partial"], None, f"{said}, partial"),
    ]


def _dossiers() -> list[Figure]:
    centre = frozenset(Agency.objects.filter(code=CENTRE).values_list("pk", flat=True))
    now = clock.now()
    whole = queries.report(HALF_YEAR, now=now, split=Split.CENTRE, scope=queries.Scope(receiving=centre)).total
    scope = queries.Scope(receiving=centre, sources=frozenset({Source.PORTAL.value}))
    portal = queries.report(HALF_YEAR, now=now, split=Split.CENTRE, scope=scope).total
    new, new_portal, in_time = whole.online + whole.direct, portal.online + portal.direct, whole.early + whole.on_time
    here = f"received by {CENTRE}, accepted {HALF_YEAR.first} to {HALF_YEAR.last}"
    return [
        Figure("new_dossiers", new, new, None, here),
        Figure("online_all_systems", whole.online, whole.online, None, f"{here}, channel online, every source system"),
        _share("online_share_all_systems", whole.online, new, f"{here}, every source system"),
        Figure("portal_dossiers", new_portal, new_portal, None, f"{here}, source system portal"),
        Figure("portal_online", portal.online, portal.online, None, f"{here}, source system portal, channel online"),
        _share("online_share_portal", portal.online, new_portal, f"{here}, source system portal"),
        Figure("resolved", whole.resolved, whole.resolved, None, f"received by {CENTRE}, ended in the period"),
        Figure("late", whole.late, whole.late, None, f"received by {CENTRE}, ended in the period after the due moment"),
        _share("on_time_share", in_time, whole.resolved, "on or before the due date, of all resolved in the period"),
        Figure("in_hand", whole.open, whole.open, None, f"received by {CENTRE}, not ended on {HALF_YEAR.last}"),
    ]


def _share(key: str, part: int, whole: int, said: str) -> Figure:
    return Figure(key, round(100 * part / whole, 1) if whole else 0.0, part, whole, said)
