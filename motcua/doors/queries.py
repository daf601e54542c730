"""Reads for the doors: what needs a person, what was served lately, where help is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.utils.dates import WEEKDAYS

from motcua.dossiers import queries as dossiers
from motcua.dossiers.enums import FINISHED, OPEN, State
from motcua.dossiers.models import Dossier, Draft, Rating, Result, Supplement
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.notifications.models import Message
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.places.models import Centre, OfficeHours
from motcua.workflow import queries as workflow
from motcua.workflow.rules import ClockSegment

PERIOD = timedelta(days=30)
KEPT_SECONDS = 600  # figures of whole past days hardly move
SHOWN = 5
RATED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Served:
    """What the province finished in a period of whole days.

    `dated` of the `finished` had a due date, and `on_time` of those were finished by it; the others are in no share.
    """

    first: date
    last: date
    finished: int
    dated: int
    on_time: int

    @property
    def share(self) -> float | None:
        """Per cent on time of those with a due date; None when there were none."""
        return 100 * self.on_time / self.dated if self.dated else None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A dossier on its way: how far it is, and its explained clock."""

    dossier: Dossier
    done: int
    total: int
    segments: list[ClockSegment]

    @property
    def is_new(self) -> bool:
        """Filed, not yet looked at: the legal clock has not begun."""
        return self.dossier.state == State.NEW


@dataclass(frozen=True, slots=True)
class Ended:
    """A dossier that ended: whether a result may be opened, and whether an opinion is still awaited."""

    dossier: Dossier
    has_result: bool
    may_rate: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours that neighbouring weekdays share (1 is Monday)."""

    first: int
    last: int
    stretches: tuple[tuple[time, time], ...]

    @property
    def days(self) -> str:
        """The days in the reader's words."""
        names = [str(WEEKDAYS[day - 1]) for day in dict.fromkeys((self.first, self.last))]
        return " – ".join(names)


def served(today: date) -> Served:
    """What was finished in the 30 whole days before today, counted from the dossiers and kept for ten minutes."""
    first = today - PERIOD
    key = f"doors.served.{first}"
    kept: Served | None = cache.get(key)
    if kept is None:
        kept = _count_served(first, today)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _count_served(first: date, today: date) -> Served:
    start, end = (datetime.combine(day, time(), tzinfo=clock.ZONE) for day in (first, today))
    counted = Dossier.objects.filter(finished_at__gte=start, finished_at__lt=end).aggregate(
        finished=Count("pk"),
        dated=Count("pk", filter=Q(due_at__isnull=False)),
        on_time=Count("pk", filter=Q(finished_at__lte=F("due_at"))),
    )
    return Served(first=first, last=today - timedelta(days=1), **counted)


def drafts(actor: Actor, most: int = 3) -> list[Draft]:
    """The drafts a person may go on with, latest first."""
    return list(dossiers.drafts_of(actor)[:most])


def own_matches(actor: Actor, typed: str) -> Sequence[Dossier]:
    """A person's own dossiers for what was typed: a code, a number, words. Never those of the office worked in."""
    citizen = replace(actor, grants=())
    if not typed.strip() or not (citizen.person_id or citizen.businesses):
        return []
    return dossiers.dossiers_of(citizen, filters=dossiers.Filters(text=typed), size=SHOWN).rows


def is_code(typed: str) -> bool:
    """Whether what was typed can be the code of a dossier."""
    words = dossiers.words_for(typed) if typed.strip() else []
    return len(words) == 1 and words[0].startswith("c:")


def asked(rows: Sequence[Dossier]) -> dict[UUID, Supplement]:
    """The open supplement request of each dossier, in one query."""
    found = Supplement.objects.filter(dossier__in=[row.pk for row in rows], answered_at__isnull=True)
    return {one.dossier_id: one for one in found}


def under_way(rows: Sequence[Dossier], now: datetime) -> list[UnderWay]:
    """Those still to be resolved, with their steps and clocks; one query for all, one calendar an agency."""
    unresolved = [row for row in rows if row.state in OPEN]
    runs = workflow.runs_for([row.pk for row in unresolved])
    calendars: dict[UUID, WorkingCalendar] = {}
    found = []
    for row in unresolved:
        run = runs.get(row.pk)
        if run is None:
            found.append(UnderWay(row, 0, 0, []))
            continue
        if run.agency_id not in calendars:
            calendars[run.agency_id] = workflow.calendar_of(run)
        total = len(workflow.plan(run))
        segments = workflow.explained(run, now=now, calendar=calendars[run.agency_id])
        found.append(UnderWay(row, min(row.step_position, total), total, segments))
    return found


def ended(rows: Sequence[Dossier], now: datetime) -> list[Ended]:
    """Ended dossiers with what may still be done about them; two queries for all."""
    keys = [row.pk for row in rows]
    issued = set(Result.objects.filter(dossier__in=keys, issued_at__isnull=False).values_list("dossier_id", flat=True))
    rated = set(Rating.objects.filter(dossier__in=keys).values_list("dossier_id", flat=True))
    return [
        Ended(
            row,
            has_result=row.pk in issued and row.state in FINISHED,
            may_rate=row.state == State.HANDED_OVER
            and row.pk not in rated
            and row.closed_at is not None
            and now - row.closed_at < RATED_WITHIN,
        )
        for row in rows
    ]


def latest_messages(actor: Actor, most: int = 3) -> list[Message]:
    """What a person was told last."""
    return list(Message.objects.visible_to(actor).order_by("-created_at", "-pk")[:most])


def communes(today: date) -> list[tuple[str, str]]:
    """Code and name of the communes of today, in dictionary order."""
    return list(places.communes_at(today).values_list("code", "name"))


def nearest(unit_code: str, today: date) -> Centre | None:
    """The centre of a commune."""
    return places.centre_of(unit_code, today) if unit_code else None


def hours(key: str = "standard") -> list[Hours]:
    """When offices are open, with neighbouring days of the same hours together."""
    by_day: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in (
        OfficeHours.objects.filter(key=key).order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    ):
        by_day.setdefault(weekday, []).append((opens, closes))
    found: list[Hours] = []
    for weekday, stretches in by_day.items():
        if found and found[-1].last == weekday - 1 and found[-1].stretches == tuple(stretches):
            found[-1] = replace(found[-1], last=weekday)
        else:
            found.append(Hours(weekday, weekday, tuple(stretches)))
    return found
