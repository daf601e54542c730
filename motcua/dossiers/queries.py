"""Reads on dossiers: lists driven from the access rows, one dossier with its parts, the public look-up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Prefetch, QuerySet, Sum
from psycopg import sql

from motcua.catalogue import queries as catalogue
from motcua.dossiers import reading
from motcua.dossiers.audiences import agencies_of, audiences_of, desks_of, office_audiences_of
from motcua.dossiers.enums import OPEN, State
from motcua.dossiers.models import Access, Batch, Dossier, Draft, Mandate, Part, Register, SavedFilter, StoryLine, Tally
from motcua.kernel import ids
from motcua.kernel.actor import Actor, Role
from motcua.kernel.text import fold
from motcua.places import queries as places

SIZE = 25
# As codes are written. Not whatever passes the check character: one name in thirty-one would be taken for a code.
TRACKING = re.compile(r"\w{4}[- ]?\w{4}[- ]?\w", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `text` is what a person typed: names, codes, numbers, words."""

    text: str = ""
    state: int | None = None
    is_open: bool | None = None
    procedure: str = ""
    day: date | None = None
    id_fingerprint: str = ""

    def words(self) -> list[str]:
        """The words every row must have."""
        words = words_for(self.text) if self.text else []
        if self.procedure:
            words.append(f"p:{self.procedure}")
        if self.day:
            words.append(f"d:{self.day.isoformat()}")
        if self.id_fingerprint:
            words.append(f"i:{self.id_fingerprint}")
        return words


@dataclass(frozen=True, slots=True)
class Listing:
    """A keyset page of dossiers, in list order, with the marks of its neighbours (empty when there is none)."""

    rows: Sequence[Dossier]
    next: str = ""
    previous: str = ""


def minutes_left(dossiers: Sequence[Dossier], now: datetime) -> dict[UUID, int]:
    """The working minutes until the limit of each dossier whose time runs; negative since it has passed.

    Before acceptance the limit of acceptance counts, by the calendar of the agency that received it.
    """
    calendar = cache(lambda agency_id: places.working_calendar(places.kept_agency(agency_id)))
    found = {}
    for dossier in dossiers:
        is_new = dossier.state == State.NEW
        due = dossier.acceptance_due_at if is_new else dossier.present_due_at
        if due and dossier.state in OPEN and not dossier.is_clock_stopped:
            agency_id = dossier.receiving_agency_id if is_new else dossier.competent_agency_id
            found[dossier.pk] = calendar(agency_id).minutes_between(now, due)
    return found


def words_for(text: str) -> list[str]:
    """The words to look for, from what a person typed: a whole code is one word, anything else is folded."""
    typed = text.strip()
    if typed.upper().startswith(("H", "0")) and typed.count("-") == 2:
        return [f"c:{typed.lower()}"]
    tracking = ids.normalise(typed) if TRACKING.fullmatch(typed) else None
    if tracking:
        return [f"c:{tracking.lower()}"]
    if typed.isdigit() and len(typed) <= 6:
        return [f"n:{typed.lstrip('0')}"]
    return fold(typed).split()


def inbox(actor: Actor, *, cursor: str = "", size: int = SIZE, filters: Filters | None = None) -> Listing:
    """What waits for this actor, about to be late first."""
    return _listing(desks_of(actor), filters or Filters(), cursor, size, only_turn=True)


def dossiers_of(actor: Actor, *, cursor: str = "", size: int = SIZE, filters: Filters | None = None) -> Listing:
    """Every dossier the actor may see: open ones by what is due first, or those the filters leave."""
    return _listing(audiences_of(actor), filters or Filters(), cursor, size)


def office_dossiers(
    actor: Actor, *, cursor: str = "", size: int = SIZE, filters: Filters | None = None
) -> Listing:  # fmt: skip
    """Every dossier the actor may see at work, without those that are theirs as a private person."""
    return _listing(office_audiences_of(actor), filters or Filters(), cursor, size)


def own_dossiers(actor: Actor, *, cursor: str = "", size: int = SIZE, is_open: bool | None = None) -> Listing:
    """The dossiers of a citizen and of the businesses represented."""
    own = [*([actor.person_id] if actor.person_id else []), *actor.businesses]
    return _listing(own, Filters(is_open=is_open), cursor, size, newest_first=True)


def own_turns(actor: Actor, *, size: int = SIZE) -> Listing:
    """The dossiers that wait for this citizen, or for a business represented: a supplement or a payment."""
    own = [*([actor.person_id] if actor.person_id else []), *actor.businesses]
    return _listing(own, Filters(), "", size, only_turn=True, newest_first=True)


def uncollected(actor: Actor, *, cursor: str = "", size: int = SIZE) -> Listing:
    """Results ready at the actor's counters that nobody has fetched yet, oldest first."""
    return _listing(agencies_of(actor), Filters(state=State.RESOLVED), cursor, size)


def counts(actor: Actor) -> dict[State, int]:
    """How many dossiers of the actor's agencies are in each state, from the maintained tallies."""
    rows = (
        Tally.objects.filter(agency__in=agencies_of(actor) or list(actor.agencies()))
        .values("state")
        .annotate(total=Sum("count"))
        .values_list("state", "total")
    )
    return {State(state): total for state, total in rows if total}


def turn_count(actor: Actor) -> int:
    """How many dossiers wait for this actor (for a badge), at most 1,000."""
    return _count(desks_of(actor), limit=1000)


def dossier_for(actor: Actor, dossier_id: UUID) -> Dossier:
    """One dossier with what its page shows, in a constant number of queries; raises `Dossier.DoesNotExist`."""
    return _with_parts(Dossier.objects.visible_to(actor)).get(pk=dossier_id)


def case_for(actor: Actor, dossier_id: UUID) -> Dossier:
    """`dossier_for` as the office sees it: only through an office held, never as its applicant."""
    return _with_parts(Dossier.objects.at_work_of(actor)).get(pk=dossier_id)


def part_for(actor: Actor, part_id: UUID) -> Part:
    """One part of another agency with its dossier; raises `Part.DoesNotExist`.

    Its agency keeps seeing what it was asked and what it answered; the dossier only while it has the part.
    """
    part = Part.objects.select_related("agency", "dossier__procedure", "dossier__competent_agency").get(pk=part_id)
    own = part.agency_id is not None and actor.has((Role(part.role), Role.HEAD, Role.LEADER), part.agency_id)
    if not own and not reading.reaches(part.dossier_id, office_audiences_of(actor)):
        raise Part.DoesNotExist
    return part


def holder_at_desk(actor: Actor, dossier_id: UUID) -> str:
    """Who took a dossier from one of the actor's own desks; empty when nobody did or it is no desk of theirs."""
    found = Dossier.objects.filter(pk=dossier_id, assignee_id__isnull=False).only(
        "step_role", "step_agency_id", "assignee_name"
    )
    for dossier in found:
        if any(g.role == dossier.step_role and g.agency_id == dossier.step_agency_id for g in actor.grants):
            return dossier.assignee_name
    return ""


def _with_parts(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    story = StoryLine.objects.select_related("agency").order_by("at", "pk")
    return (
        dossiers.select_related(
            "procedure__field", "receiving_agency", "heir_agency", "competent_agency", "step_agency", "owner_person",
            "owner_business", "submitter_person", "run", "correction_run", "result", "hand_over", "rating", "extension",
            "tacit",
        )
        .prefetch_related("papers", "supplements", "pauses", "parts__agency", Prefetch("story", queryset=story))
    )  # fmt: skip


def dossier_in_act(actor: Actor, dossier_id: UUID) -> Dossier:
    """One dossier with what the form of an act asks for, in one query; raises `Dossier.DoesNotExist`.

    A page that is shown reads `dossier_for` instead.
    """
    return reading.one(dossier_id, None if actor.is_system else audiences_of(actor))


def case_in_act(actor: Actor, dossier_id: UUID) -> Dossier:
    """`dossier_in_act` for the office, as `case_for` sees it."""
    return reading.one(dossier_id, office_audiences_of(actor))


def track(typed: str) -> Dossier | None:
    """The public look-up: by legal or tracking code.

    The page shows code and progress only (Circular 01/2018 art. 16.2.d).
    """
    code = typed.strip().upper()
    related = Dossier.objects.select_related("receiving_agency", "heir_agency", "run")
    found = related.filter(code=code).first()
    tracking = ids.normalise(typed)
    if found is None and tracking:
        found = related.filter(tracking_code=tracking).first()
    return found


def drafts_of(actor: Actor, *, procedure_id: UUID | None = None) -> QuerySet[Draft]:
    """The actor's unfinished drafts, latest first; of a procedure: without those of bundles."""
    drafts = Draft.objects.visible_to(actor).filter(dossier_id__isnull=True).select_related("procedure", "bundle")
    if procedure_id:
        drafts = drafts.filter(procedure_id=procedure_id, bundle=None)
    return drafts.order_by("-changed_at")


def draft_for(actor: Actor, draft_id: UUID) -> Draft:
    """One draft of the actor; raises `Draft.DoesNotExist`."""
    related = ("owner_person", "owner_business", "unit", "bundle")
    draft = Draft.objects.visible_to(actor).select_related(*related).get(pk=draft_id)
    draft.procedure = catalogue.kept_procedure(draft.procedure_id)
    return draft


def registers_of(agency_id: UUID, year: int) -> dict[str, int]:
    """The signs an agency's clerk used this year and the last, the busiest first, each with this year's last number."""
    rows = Register.objects.filter(agency_id=agency_id, year__in=(year - 1, year))
    counts = {row.kind: 0 for row in rows.order_by("-last", "kind")}
    return counts | {row.kind: row.last for row in rows if row.year == year}


def mandates_of(agency_id: UUID) -> QuerySet[Mandate]:
    """The mandates to sign in an agency, those that are over too."""
    return Mandate.objects.filter(agency_id=agency_id)


def desk_of(account_id: UUID, agency_id: UUID, *, procedure: str = "") -> QuerySet[Dossier]:
    """The dossiers that stand with one officer of an agency, waiting ones too, those due first."""
    rows = Dossier.objects.filter(
        access__audience=account_id, access__is_open=True, assignee_id=account_id, step_agency_id=agency_id
    )
    if procedure:
        rows = rows.filter(procedure__code=procedure)
    return rows.select_related("procedure").order_by("access__sort_at", "pk")


def desk_sizes(agency_id: UUID, account_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many dossiers stand with each of these officers in the agency, in one statement."""
    rows = Access.objects.filter(
        audience__in=account_ids, is_open=True, dossier__step_agency_id=agency_id, dossier__assignee_id=F("audience")
    )
    return dict(rows.values_list("audience").annotate(total=Count("pk")))


def batch_for(actor: Actor, batch_id: UUID) -> Batch | None:
    """A batch that has come to its end, for whoever sent it."""
    own = Batch.objects.filter(account_id__in=[actor.account_id] if actor.account_id else [])
    return own.filter(pk=batch_id, finished_at__isnull=False).first()


def saved_filters(actor: Actor) -> QuerySet[SavedFilter]:
    """The searches an officer has kept."""
    return SavedFilter.objects.filter(account_id__in=[actor.account_id] if actor.account_id else []).order_by("name")


def _listing(
    audiences: Sequence[UUID],
    filters: Filters,
    cursor: str,
    size: int,
    *,
    only_turn: bool = False,
    newest_first: bool = False,
) -> Listing:
    if not audiences:
        return Listing([])
    backwards, mark = _decode(cursor)
    rows = _keys(audiences, filters, mark, size + 1, only_turn, descending=newest_first != backwards)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    dossiers = Dossier.objects.select_related("procedure", "receiving_agency", "step_agency").in_bulk(
        [r[1] for r in rows]
    )
    has_next = more if not backwards else True
    has_previous = more if backwards else mark is not None
    return Listing(
        rows=[dossiers[key] for _, key in rows if key in dossiers],
        next=_encode("n", rows[-1]) if rows and has_next else "",
        previous=_encode("p", rows[0]) if rows and has_previous else "",
    )


def _keys(
    audiences: Sequence[UUID],
    filters: Filters,
    mark: tuple[datetime, UUID] | None,
    limit: int,
    only_turn: bool,
    *,
    descending: bool,
) -> list[tuple[datetime, UUID]]:
    """(sort moment, dossier) in order: each audience is read in its own index order, then the short runs are merged.

    Values stand in the statement itself: the planner must see how common a word and how large an audience is, or it
    reads every row of a leader's half million to find twenty-five.
    """
    way, beyond = (sql.SQL("DESC"), sql.SQL("<")) if descending else (sql.SQL("ASC"), sql.SQL(">"))
    conditions = _conditions(filters, only_turn)
    if mark:
        conditions.append(sql.SQL("(sort_at, dossier_id) {} ({}, {})").format(beyond, *mark))
    runs = [
        sql.SQL(
            "(SELECT sort_at, dossier_id FROM dossiers_access WHERE {} ORDER BY sort_at {}, dossier_id {} LIMIT {})"
        ).format(sql.SQL(" AND ").join([sql.SQL("audience = {}").format(key), *conditions]), way, way, limit)
        for key in dict.fromkeys(audiences)
    ]
    query = sql.SQL("SELECT DISTINCT sort_at, dossier_id FROM ({}) AS runs ORDER BY sort_at {}, dossier_id {} LIMIT {}")
    connection.ensure_connection()
    merged = query.format(sql.SQL(" UNION ALL ").join(runs), way, way, limit)
    with connection.cursor() as cursor:
        cursor.execute(merged.as_string(connection.connection))
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _conditions(filters: Filters, only_turn: bool) -> list[sql.Composable]:
    conditions: list[sql.Composable] = [sql.SQL("is_turn")] if only_turn else []
    if filters.is_open is not None:
        conditions.append(sql.SQL("is_open") if filters.is_open else sql.SQL("NOT is_open"))
    if filters.state is not None:
        conditions.append(sql.SQL("state = {}").format(int(filters.state)))
    words = filters.words()
    if words:
        conditions.append(sql.SQL("words @@ {}::tsquery").format(_tsquery(words)))
    return conditions


def _tsquery(words: Sequence[str]) -> str:
    quoted = ["'" + word.replace("\\", "").replace("'", "''") + "'" for word in words]
    last_is_word = ":" not in words[-1][:2]
    return " & ".join([*quoted[:-1], quoted[-1] + (":*" if last_is_word and len(words[-1]) > 1 else "")])


def _count(audiences: Sequence[UUID], *, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT DISTINCT dossier_id FROM dossiers_access WHERE is_turn"
            " AND audience = ANY (%s::uuid[]) LIMIT %s) AS mine",
            [list(audiences), limit],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _encode(direction: str, row: tuple[datetime, UUID]) -> str:
    return f"{direction}{row[0].timestamp():.6f}_{row[1].hex}"


def _decode(cursor: str) -> tuple[bool, tuple[datetime, UUID] | None]:
    try:
        moment, key = cursor[1:].split("_")
        from_stamp = datetime.fromtimestamp(float(moment), tz=UTC)
        return cursor[0] == "p", (from_stamp, UUID(key))
    except (ValueError, IndexError, OverflowError, OSError):
        return False, None
