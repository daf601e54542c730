"""What every act on a dossier does the same way: lock, check, write down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.dossiers import rules
from motcua.dossiers.audiences import desk
from motcua.dossiers.enums import OPEN, WAITING, Action, Happening, Reason, State
from motcua.dossiers.models import Dossier, Paper, StoryLine
from motcua.kernel import acts, audit, clock, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, NotReady
from motcua.kernel.text import fold
from motcua.payments import queries as payments
from motcua.workflow import services as workflow
from motcua.workflow.models import Run

OWNER = "dossiers.dossier"  # under which documents belong to a dossier
FAR = timedelta(days=3650)  # lists put what has no due date behind everything that has one


@dataclass(frozen=True, slots=True)
class Taken:
    """A dossier locked for an act. `is_repeat`: the same form came before, nothing is left to do."""

    dossier: Dossier
    facts: rules.Facts
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class PaperIn:
    """One component as handed in: how many originals and copies, and the file if there is one."""

    name: str
    component_key: str = ""
    originals: int = 0
    copies: int = 0
    document_id: UUID | None = None
    document_name: str = ""


def take(
    *, dossier_id: UUID, action: Action, actor: Actor, expected: int | None, key: UUID | None, now: datetime
) -> Taken:
    """Claim the form, lock the dossier among those the actor may see, compare the version, ask the rules.

    Raises `Dossier.DoesNotExist`, `Conflict` or `Refused`.
    """
    done = acts.claim(key, name=f"dossiers.{action.value}", result_id=dossier_id, actor=actor)
    dossier = (
        Dossier.objects.visible_to(actor)
        .for_update()
        .select_related("result", "receiving_agency", "competent_agency", "step_agency", "run", "procedure")
        .get(pk=dossier_id)
    )
    if done is not None:
        if done != dossier_id:
            raise Conflict(_("This form belongs to another dossier. Open this one again and repeat the act."))
        return Taken(dossier, rules.Facts(), is_repeat=True)
    if expected is not None and dossier.version != expected:
        rules.check_version(dossier, expected, last=last_words(dossier))
    facts = facts_of(dossier, action)
    rules.require(action, dossier, actor, facts)
    return Taken(dossier, facts)


def facts_of(dossier: Dossier, action: Action | None = None) -> rules.Facts:
    """The facts the rules need; the charges are read only for the acts they decide (or for a page: action None)."""
    result = getattr(dossier, "result", None)
    asks_money = action in (None, Action.HAND_OVER, Action.RECORD_PAYMENT)
    asks_rating = action in (None, Action.RATE)
    return rules.Facts(
        has_draft=result is not None,
        is_signed=result is not None and result.signed_at is not None,
        unpaid=payments.due_amount(dossier.pk) if asks_money else 0,
        position=dossier.step_position,
        has_rating=asks_rating and hasattr(dossier, "rating"),
        is_external=dossier.procedure.issuing_system != "motcua",
    )


def last_words(dossier: Dossier) -> str:
    """“X did Y at hh:mm”, for a person whose page is out of date."""
    line = dossier.story.order_by("-at", "-pk").first()
    if line is None:
        return ""
    facts = {"who": line.who, "what": line.get_what_display(), "time": clock.local(line.at).strftime("%H:%M")}
    return _("%(what)s (%(who)s, %(time)s)") % facts


def run_of(dossier: Dossier) -> Run:
    """The run of an accepted dossier; a dossier in a step always has one."""
    if dossier.run is None:
        raise NotReady
    return dossier.run


def set_step(dossier: Dossier, step: workflow.StepView | None) -> None:
    """Copy the present step of the run into the dossier's own row, for lists and rules."""
    dossier.step_key = step.key if step else ""
    dossier.step_kind = step.kind if step else ""
    dossier.step_name = step.name if step else ""
    dossier.step_role = step.role if step else ""
    dossier.step_agency_id = step.agency_id if step else None
    dossier.step_position = step.position if step else dossier.step_position
    dossier.step_due_at = step.due_at if step else None
    dossier.assignee_id, dossier.assignee_name = None, ""


def write(
    dossier: Dossier,
    action: Action | str,
    what: Happening,
    event: Any,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    is_public: bool = True,
    step_name: str = "",
    **facts: Any,
) -> None:
    """Save the dossier with its next version, its lists, its story, the evidence and the event."""
    dossier.version += 1
    dossier.save()
    spread(dossier)
    tell(dossier, what, actor=actor, now=now, note=note, is_public=is_public, step_name=step_name)
    audit.record(actor, f"dossiers.{action}", dossier, now=now, state=dossier.state, **facts)
    outbox.publish(event)


def tell(
    dossier: Dossier, what: Happening, *, actor: Actor, now: datetime, note: str, is_public: bool, step_name: str = ""
) -> None:
    """Add a line to the dossier's story."""
    agencies = actor.agencies()
    agency_id = next((a for a in (dossier.receiving_agency_id, dossier.competent_agency_id) if a in agencies), None)
    StoryLine(
        dossier=dossier, at=now, what=what, state=dossier.state, who=actor.name, agency_id=agency_id, note=note,
        step_name=step_name or dossier.step_name, is_public=is_public,
    ).save(force_insert=True)  # fmt: skip


def take_papers(
    dossier: Dossier, papers: Sequence[PaperIn], files_from: tuple[str, UUID] | None, *, actor: Actor, now: datetime
) -> None:
    """Enter the components handed in, and pass their files from where they were kept until now to the dossier."""
    Paper.objects.bulk_create(
        Paper(
            dossier=dossier, component_key=paper.component_key, name=paper.name, originals=paper.originals,
            copies=paper.copies, document_id=paper.document_id, document_name=paper.document_name, added_at=now,
        )
        for paper in papers
    )  # fmt: skip
    files = [paper.document_id for paper in papers if paper.document_id]
    if files and files_from:
        documents.attach(
            document_ids=files, from_kind=files_from[0], from_id=files_from[1], owner_kind=OWNER, owner_id=dossier.pk,
            kind=Kind.COMPONENT, actor=actor, now=now,
        )  # fmt: skip


def sort_moment(dossier: Dossier) -> datetime:
    """Where a dossier stands in lists: by what is due first while open, by when it ended afterwards."""
    if dossier.state not in OPEN:
        return dossier.closed_at or dossier.finished_at or dossier.submitted_at
    if dossier.state in WAITING:
        return dossier.submitted_at + FAR
    due = dossier.acceptance_due_at if dossier.state == State.NEW else dossier.due_at
    return due or dossier.submitted_at + FAR


def is_listed_open(dossier: Dossier) -> bool:
    """Whether lists show it among the open ones: to be resolved, or to be handed over."""
    return dossier.state in OPEN or dossier.state == State.RESOLVED


def audience_rows(dossier: Dossier) -> Iterable[tuple[UUID, str, bool]]:
    """(audience, reason, whose turn) of everybody who may reach the dossier now."""
    rows: dict[UUID, tuple[str, bool]] = {}
    is_applicants_turn = dossier.state in WAITING
    for person_id, reason in (
        (dossier.submitter_person_id, Reason.SUBMITTER),
        (dossier.owner_person_id, Reason.OWNER),
        (dossier.owner_business_id, Reason.OWNER),
    ):
        if person_id:
            rows[person_id] = (reason, is_applicants_turn)
    for agency_id in (dossier.receiving_agency_id, dossier.competent_agency_id):
        rows[agency_id] = (Reason.AGENCY, False)
    if dossier.assignee_id:
        rows[dossier.assignee_id] = (Reason.ASSIGNED, dossier.state not in WAITING)
    elif dossier.step_role and dossier.step_agency_id:
        rows[desk(dossier.step_agency_id, dossier.step_role)] = (Reason.DESK, dossier.state not in WAITING)
    return [(audience, str(reason), turn) for audience, (reason, turn) in rows.items()]


def spread(dossier: Dossier, words: list[str] | None = None) -> None:
    """Rewrite the dossier's access rows in one statement; rows of desks that are no longer concerned go.

    `words` (folded) are given when they change: at filing and when the code is issued.
    """
    rows = list(audience_rows(dossier))
    with connection.cursor() as cursor:
        cursor.execute(
            _SPREAD,
            {
                "dossier": dossier.pk,
                "audiences": [row[0] for row in rows],
                "reasons": [row[1] for row in rows],
                "turns": [row[2] for row in rows],
                "state": dossier.state,
                "is_open": is_listed_open(dossier),
                "sort_at": sort_moment(dossier),
                "words": words if words is not None else words_of(dossier),
            },
        )


def words_of(dossier: Dossier) -> list[str]:
    """What a dossier is found by: names, codes, day, procedure, and the fingerprint of the owner's number."""
    names = fold(f"{dossier.owner_name} {dossier.submitter_name}").split()
    day = clock.local(dossier.submitted_at).date().isoformat()
    codes = [f"c:{code.lower()}" for code in (dossier.code, dossier.tracking_code) if code]
    if dossier.code:
        codes.append(f"n:{dossier.code.rsplit('-', 1)[1].lstrip('0')}")
    numbers = [f"i:{number}" for number in _fingerprints(dossier)]
    return sorted({*names, *codes, *numbers, f"d:{day}", f"p:{dossier.procedure.code}"})


def _fingerprints(dossier: Dossier) -> list[str]:
    owner = dossier.owner_person
    numbers = [bytes(owner.id_number_hash).hex()[:32]] if owner and owner.id_number_hash else []
    return [*numbers, dossier.owner_business.tax_code] if dossier.owner_business else numbers


_SPREAD = """
WITH wanted AS (
    SELECT * FROM unnest(%(audiences)s::uuid[], %(reasons)s::text[], %(turns)s::boolean[])
        AS w(audience, reason, is_turn)
), gone AS (
    DELETE FROM dossiers_access WHERE dossier_id = %(dossier)s AND reason = 'desk'
        AND audience <> ALL (%(audiences)s::uuid[])
), idle AS (
    UPDATE dossiers_access SET is_turn = false, state = %(state)s, is_open = %(is_open)s, sort_at = %(sort_at)s
    WHERE dossier_id = %(dossier)s AND reason <> 'desk' AND audience <> ALL (%(audiences)s::uuid[])
)
INSERT INTO dossiers_access (audience, dossier_id, reason, state, is_open, is_turn, sort_at, words)
SELECT audience, %(dossier)s, reason, %(state)s, %(is_open)s, is_turn, %(sort_at)s, array_to_tsvector(%(words)s::text[])
FROM wanted
ON CONFLICT (dossier_id, audience) DO UPDATE SET reason = excluded.reason, state = excluded.state,
    is_open = excluded.is_open, is_turn = excluded.is_turn, sort_at = excluded.sort_at, words = excluded.words
"""
