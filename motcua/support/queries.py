"""Reads of feedback cases, and their figures."""

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from motcua.kernel import ids
from motcua.kernel.actor import Actor, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.paging import Page, page
from motcua.kernel.text import fold
from motcua.places.enums import AgencyKind, AgencyLevel
from motcua.places.models import Agency
from motcua.support.enums import Kind, Outcome, Shelf
from motcua.support.models import DESK, Feedback, PublishedAnswer, Stay, StoryLine

SIZE = 25
OLDEST_FIRST, NEWEST_FIRST = ("sort_at", "pk"), ("-sort_at", "-pk")


# ── for the office ──────────────────────────────────────────────────────────────────────────────────────────────────


def watches_all(actor: Actor) -> bool:
    """Whether the actor directs the province's own centre and so follows the cases of every agency."""
    mine = actor.agencies(Role.DIRECTOR)
    centres = Agency.objects.filter(pk__in=mine, kind=AgencyKind.CENTRE, level=AgencyLevel.PROVINCE)
    return bool(mine) and centres.exists()


def inbox(actor: Actor, shelf: Shelf, *, is_everywhere: bool = False, cursor: str = "") -> Page[Feedback]:
    """The cases on a shelf: at the actor's own desks, or of all agencies the actor may see. What ends first, first."""
    rows = Feedback.objects.at_work_of(actor).filter(shelf=shelf).select_related("agency")
    if not is_everywhere:
        rows = rows.filter(agency_id__in=actor.agencies(*DESK))
    return page(rows, order=NEWEST_FIRST if shelf == Shelf.DONE else OLDEST_FIRST, cursor=cursor, size=SIZE)


def shelf_counts(actor: Actor, *, is_everywhere: bool = False) -> dict[str, int]:
    """How many cases lie on the shelves that somebody has to look at."""
    rows = Feedback.objects.at_work_of(actor).filter(shelf__in=(Shelf.TO_DO, Shelf.WAITING))
    if not is_everywhere:
        rows = rows.filter(agency_id__in=actor.agencies(*DESK))
    return dict(rows.values_list("shelf").annotate(Count("pk")))


def case_at_work(actor: Actor, feedback_id: UUID) -> Feedback:
    """A case with what its page in the office shows; raises `Feedback.DoesNotExist`."""
    return _whole(Feedback.objects.at_work_of(actor)).get(pk=feedback_id)


def of_dossier(actor: Actor, dossier_id: UUID) -> list[tuple[Feedback, bool]]:
    """The cases about a dossier, the newest first, each with whether the actor may open it. The caller saw to it that
    the actor works on the dossier.
    """
    rows = Feedback.objects.filter(dossier=dossier_id).select_related("agency").order_by("-received_at", "-pk")
    open_ones = set(Feedback.objects.at_work_of(actor).filter(dossier=dossier_id).values_list("pk", flat=True))
    return [(one, one.pk in open_ones) for one in rows]


# ── for the reporter ────────────────────────────────────────────────────────────────────────────────────────────────


def own_cases(actor: Actor, cursor: str = "", *, dossier_id: UUID | None = None) -> Page[Feedback]:
    """The cases the actor sent, newest first; those about one dossier only, if it is named."""
    rows = Feedback.objects.own_of(actor).select_related("agency")
    if dossier_id is not None:
        rows = rows.filter(dossier=dossier_id)
    return page(rows, order=("-received_at", "-pk"), cursor=cursor, size=SIZE)


def own_case(actor: Actor, feedback_id: UUID, *, has_pass: bool = False) -> Feedback:
    """A case its reporter may read: their own, or one sent without an account whose code and contact they showed.

    Raises `Feedback.DoesNotExist`.
    """
    rows = Feedback.objects.filter(person=None, forgotten_at=None) if has_pass else Feedback.objects.own_of(actor)
    return _whole(rows).get(pk=feedback_id)


def track(typed: str) -> Feedback | None:
    """The public look-up by code; the page shows state, agency and dates only."""
    code = ids.normalise(typed)
    rows = Feedback.objects.select_related("agency").prefetch_related("stays")
    return rows.filter(code=code).first() if code else None


def _whole(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    story = StoryLine.objects.select_related("agency").order_by("at", "pk")
    stays = Stay.objects.select_related("agency").order_by("-number")
    related = rows.select_related("agency", "person", "dossier__procedure", "repeats", "repeated_by", "published")
    return related.prefetch_related(Prefetch("story", queryset=story), Prefetch("stays", queryset=stays))


# ── for everybody ───────────────────────────────────────────────────────────────────────────────────────────────────


def published(words: str = "", cursor: str = "") -> Page[PublishedAnswer]:
    """Published answers, newest first, with all the words typed (without accents, in any order)."""
    rows = PublishedAnswer.objects.select_related("agency").defer("search", "folded")
    typed = fold(words[:200])
    if typed.strip():
        rows = rows.filter(search=SearchQuery(typed, config="simple"))
    return page(rows, order=("-published_at", "-pk"), cursor=cursor, size=10)


def published_answer(key: UUID) -> PublishedAnswer:
    """One published answer; raises `PublishedAnswer.DoesNotExist`."""
    return PublishedAnswer.objects.select_related("agency").defer("search", "folded").get(pk=key)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the cases that reached an agency in a period, as things stood at its end (or now, if it runs)."""

    agency_id: UUID | None = None
    name: str = ""
    received: int = 0
    answered: int = 0
    refused: int = 0
    transferred: int = 0
    late: int = 0
    published: int = 0
    liked: int = 0
    disliked: int = 0
    repeated: int = 0

    @property
    def open(self) -> int:
        """Still at the agency."""
        return self.received - self.answered - self.refused - self.transferred

    @property
    def on_time(self) -> int:
        """All that broke no limit."""
        return self.received - self.late


COUNTED = ("received", "answered", "refused", "transferred", "late", "published", "liked", "disliked", "repeated")


def feedback_counts(
    first: date, last: date, *, now: datetime, agencies: Collection[UUID] | None = None
) -> list[Counts]:
    """The figures by agency for the cases that arrived there from a day to a day (None: of every agency).

    A case that was passed on counts at each agency for its own stay there; late is whoever broke a limit
    (`rules.breaches`; Decision 766/QĐ-TTg, indicators 5.2 and 5.3). One query.
    """
    start = datetime.combine(first, time(), ZONE)
    end = datetime.combine(last + timedelta(days=1), time(), ZONE)
    as_of = min(end, now)
    rows = Stay.objects.filter(arrived_at__gte=start, arrived_at__lt=end, arrived_at__lte=now)
    if agencies is not None:
        rows = rows.filter(agency_id__in=agencies)
    left, rated = Q(left_at__lte=as_of), Q(feedback__rated_at__lte=as_of, outcome=Outcome.ANSWERED)
    found: Any = rows.values("agency_id", "agency__name", "agency__sort_key").annotate(
        received=Count("pk"), late=Count("pk", filter=_is_late(as_of)),
        answered=Count("pk", filter=left & Q(outcome=Outcome.ANSWERED)),
        refused=Count("pk", filter=left & Q(outcome=Outcome.REFUSED)),
        transferred=Count("pk", filter=left & Q(outcome=Outcome.TRANSFERRED)),
        published=Count("pk", filter=Q(published_at__lte=as_of)),
        liked=Count("pk", filter=rated & Q(feedback__is_liked=True)),
        disliked=Count("pk", filter=rated & Q(feedback__is_liked=False)),
        repeated=Count(
            "pk",
            filter=left & ~Q(outcome=Outcome.TRANSFERRED) & Q(feedback__repeated_by__received_at__lte=as_of),
        ),
    )  # fmt: skip
    ordered = found.order_by("agency__sort_key", "agency_id")
    return [Counts(row["agency_id"], row["agency__name"], **{key: row[key] for key in COUNTED}) for row in ordered]


def total(rows: Iterable[Counts]) -> Counts:
    """The sum of rows."""
    rows = list(rows)
    return dataclasses.replace(Counts(), **{key: sum(getattr(row, key) for row in rows) for key in COUNTED})


def _is_late(as_of: datetime) -> Q:
    """`rules.breaches` as a condition: a test holds the two together."""
    left = Q(left_at__lte=as_of)
    is_complaint = Q(feedback__kind=Kind.COMPLAINT)
    stays = Q(left_at=None) | Q(left_at__gt=as_of)
    pass_by = Coalesce("forward_due_at", "sort_due_at")
    refused_late = Q(outcome=Outcome.REFUSED, left_at__gt=F("sort_due_at"))
    sorted_late = (
        ~is_complaint & left & Q(asked_at=None)
        & (refused_late | Q(outcome=Outcome.TRANSFERRED, left_at__gt=pass_by))
    )  # fmt: skip
    in_hand = Q(taken_up_at__lte=F("sort_due_at")) | Q(left_at__lte=F("sort_due_at"))
    unsorted = is_complaint & Q(sort_due_at__lt=as_of) & ~in_hand
    asked_late = Q(asked_at__lte=as_of, asked_at__gt=F("ask_due_at"))
    waits = Q(asked_at__lte=as_of) & (Q(replied_at=None) | Q(replied_at__gt=as_of))
    answered_late = left & Q(outcome=Outcome.ANSWERED, left_at__gt=F("handle_due_at"))
    waits_late = stays & waits & Q(asked_at__gt=F("handle_due_at"))
    open_late = stays & ~waits & Q(handle_due_at__lt=as_of)
    decided = Q(published_at__lte=F("publish_due_at")) | Q(held_back_at__lte=F("publish_due_at"))
    unpublished = left & Q(outcome=Outcome.ANSWERED, publish_due_at__lt=as_of) & ~decided
    return sorted_late | unsorted | asked_late | answered_late | waits_late | open_late | unpublished
