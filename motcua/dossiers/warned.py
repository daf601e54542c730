"""Reads on warnings: what stands, as far as the reader answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from motcua.dossiers.audiences import office_audiences_of
from motcua.dossiers.enums import State, WarningLevel
from motcua.dossiers.models import Access, Dossier, DueWarning, Extension
from motcua.dossiers.models.warned import WATCHED
from motcua.identity import queries as identity
from motcua.kernel import paging
from motcua.kernel.actor import Actor, Role
from motcua.places import queries as places

LEADING = (Role.HEAD, Role.LEADER, Role.DIRECTOR)
ORDER = ("level", "due_at", "pk")
COUNTED = 100  # a badge says no more than this


@dataclass(frozen=True, slots=True)
class Shown:
    """A warning with the working minutes left (negative: over) and whether the reader may open the dossier."""

    warning: DueWarning
    left: int
    is_reached: bool


def agencies_led(actor: Actor) -> frozenset[UUID]:
    """The agencies whose warnings the actor sees: those led, and all below them."""
    led = actor.agencies(*LEADING)
    return places.with_below(led) if led else frozenset()


def warnings_of(
    actor: Actor, *, level: int | None = None, agency_id: UUID | None = None, is_own: bool = False
) -> QuerySet[DueWarning]:
    """The warnings that stand for this actor: one's own and one's desk's; who leads, the agency's and those below."""
    found = DueWarning.objects.standing().filter(_own(actor) if is_own else _own(actor) | _led(actor))
    if level is not None:
        found = found.filter(level=level)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    return found


def page(found: QuerySet[DueWarning], *, cursor: str = "", size: int = 25) -> paging.Page[DueWarning]:
    """A keyset page, the most urgent first."""
    related = found.select_related("dossier__procedure", "dossier__run", "step", "agency")
    return paging.page(related, order=ORDER, cursor=cursor, size=size)


def shown(rows: Sequence[DueWarning], actor: Actor, now: datetime) -> list[Shown]:
    """What a page says of its rows, with one query for all: who leads from above may not open every dossier."""
    calendar = cache(lambda agency_id: places.working_calendar(places.kept_agency(agency_id)))
    keys = {row.dossier_id for row in rows}
    reached = set(
        Access.objects.filter(dossier__in=keys, audience__in=office_audiences_of(actor)).values_list(
            "dossier_id", flat=True
        )
    )
    return [
        Shown(
            row, calendar(_counting(row)).minutes_between(now, row.due_at), row.dossier_id in reached
        )
        for row in rows
    ]  # fmt: skip


def late_acceptances(actor: Actor) -> int:
    """How much of what this actor answers for waits to be accepted longer than the law allows, at most `COUNTED`."""
    found = warnings_of(actor, level=WarningLevel.LATE).filter(dossier__state=State.NEW)
    return found.order_by()[:COUNTED].count()


def apologies(actor: Actor) -> QuerySet[Extension]:
    """The drafts of apologies this actor may see to, those due first; a draft of a date that has moved is none."""
    reached = Access.objects.filter(dossier=OuterRef("dossier"), audience__in=office_audiences_of(actor))
    found = Extension.objects.filter(
        _own(actor) | _led(actor), Exists(reached), granted_at__isnull=True, dossier__due_at=F("old_due_at"),
        dossier__state__in=WATCHED, dossier__paused_at__isnull=True,
    )  # fmt: skip
    return found.select_related("dossier__procedure").order_by("old_due_at", "pk")


def count(actor: Actor) -> int:
    """How many warnings stand for this actor (for a badge), at most `COUNTED`."""
    return warnings_of(actor).order_by()[:COUNTED].count() if actor.grants else 0


def of_dossier(dossier: Dossier) -> list[tuple[DueWarning, list[str]]]:
    """The warnings that stand for a dossier, the most urgent first, each with the names of those it was brought to."""
    rows = list(DueWarning.objects.standing().filter(dossier=dossier).select_related("step", "agency").order_by(*ORDER))
    names = identity.names_of({key for row in rows for key in row.told}) if rows else {}
    return [(row, [names[key] for key in row.told if key in names]) for row in rows]


def _counting(row: DueWarning) -> UUID:
    """The agency whose calendar counts: the one that receives, then the one that decides."""
    return row.agency_id if row.is_of_acceptance else row.dossier.competent_agency_id


def _own(actor: Actor) -> Q:
    """What stands with the actor, or untaken at a desk of theirs, in an agency of theirs."""
    own = Q(dossier__assignee_id=actor.account_id) if actor.account_id else Q(pk__in=[])
    for grant in actor.grants:
        own |= Q(
            dossier__assignee_id__isnull=True, dossier__step_agency=grant.agency_id, dossier__step_role=grant.role.value
        )
    return own & Q(dossier__step_agency__in=actor.agencies())


def _led(actor: Actor) -> Q:
    """What stands in an agency that the actor leads or below it; a centre's director follows all it received."""
    directed = actor.agencies(Role.DIRECTOR)
    received = Q(dossier__receiving_agency__in=directed) | Q(dossier__heir_agency__in=directed)
    return Q(dossier__step_agency__in=agencies_led(actor)) | (received if directed else Q(pk__in=[]))
