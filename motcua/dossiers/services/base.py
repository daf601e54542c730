"""What every act on a dossier does the same way: lock, check, write down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.dossiers import correcting, reading, rules, substitution
from motcua.dossiers.audiences import audiences_of
from motcua.dossiers.enums import OPEN, Action, Happening
from motcua.dossiers.models import ClosedLine, Dossier, Paper, Result, StoryLine
from motcua.dossiers.services import access, capacities, closed_heirs, on_the_spot
from motcua.kernel import acts, audit, clock, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, NotReady, Refused
from motcua.kernel.together import Together
from motcua.payments import queries as payments
from motcua.workflow import queries as workflow_queries
from motcua.workflow import services as workflow
from motcua.workflow.models import Run, StepRun

OWNER = "dossiers.dossier"  # under which documents belong to a dossier
_DROPPED = "UPDATE dossiers_part SET state = 'dropped', done_at = %s WHERE dossier_id = %s AND done_at IS NULL"
SIGNING = [
    "signed_at",
    "signed_by",
    "capacity",
    "signed_as",
    "mandate_id",
    "register_id",
    "number",
    "symbol",
    "issued_on",
    "issued_at",
    "issued_by",
    "sealed_at",
]  # fmt: skip -- what signing and issuing change in a result


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
    name = f"dossiers.{action.value}"
    claiming = acts.claiming(key, name=name, result_id=dossier_id, actor=actor) if key else None
    dossier, is_new = reading.taken(dossier_id, None if actor.is_system else audiences_of(actor), claiming)
    dossier.before = values_of(dossier)
    if key and not is_new:
        if acts.first(key, name=name, actor=actor) != dossier_id:
            raise Conflict(_("This form belongs to another dossier. Open this one again and repeat the act."))
        return Taken(dossier, rules.Facts(), is_repeat=True)
    if expected is not None and dossier.version != expected:
        rules.check_version(dossier, expected, last=last_words(dossier))
    facts = facts_of(dossier, action, now=now, actor=actor)
    rules.require(action, dossier, actor, facts)
    if dossier.took_over is not None:
        closed_heirs.pass_on(dossier, actor=actor, now=now)
    dossier.acted_for = substitution.absent_for(action, dossier, actor, facts.law)
    return Taken(dossier, facts)


def facts_of(
    dossier: Dossier, action: Action | None = None, *, now: datetime, actor: Actor | None = None
) -> rules.Facts:
    """The facts the rules need; the charges are read only for the acts they decide (or for a page: action None)."""
    result = getattr(dossier, "result", None)
    passage = _passage(dossier) if action in (None, Action.RECALL) else None
    asks_money = action in (None, Action.HAND_OVER, Action.RECORD_PAYMENT)
    asks_rating = action in (None, Action.RATE)
    asks_after = action in correcting.AFTERMATH or action is None
    if asks_after:
        dossier.took_over = closed_heirs.took_over(dossier, clock.local(now).date())
    return rules.Facts(
        has_draft=result is not None,
        is_signed=result is not None and result.signed_at is not None,
        unpaid=payments.due_amount(dossier.pk) if asks_money else 0,
        position=dossier.step_position,
        passed_by=passage.left_by_id if passage else None,
        passed_from=passage.position if passage else 0,
        is_touched=passage is not None and _is_touched(dossier, passage),
        is_annulled=result is not None and result.annulled_at is not None,
        closed_year=_closed_year(dossier) if asks_after else None,
        law=workflow_queries.regime(clock.local(now).date()) if asks_after else None,
        has_rating=asks_rating and hasattr(dossier, "rating"),
        is_external=dossier.procedure.issuing_system != "motcua",
        why_not_sign=_why_not_sign(dossier, actor, now) if actor and action in (None, Action.FORWARD) else None,
        why_not_extend=_why_not_extend(dossier, now) if action in (None, Action.EXTEND) else "",
    )


def _closed_year(dossier: Dossier) -> int | None:
    """The year in whose closed book the dossier stands as ended; None where it may still change."""
    if dossier.state not in correcting.REOPENED or dossier.code is None:
        return None
    line = ClosedLine.objects.filter(dossier=dossier, is_carried_over=False).select_related("book").first()
    return line.book.year if line else None


def _why_not_sign(dossier: Dossier, actor: Actor, now: datetime) -> Refused | None:
    """Why leaving the step of signing is not the actor's: asked there alone."""
    if dossier.step_kind != "sign" or getattr(dossier, "result", None) is None:
        return None
    return on_the_spot.why_not_sign(dossier, actor, now) if dossier.spot_id else capacities.why_not(dossier, actor, now)


def _why_not_extend(dossier: Dossier, now: datetime) -> str:
    if dossier.run is None or dossier.run.ended_at is not None:
        return ""  # its state says so
    return str(workflow_queries.why_not_extend(dossier.run, now=now) or "")


def _passage(dossier: Dossier) -> StepRun | None:
    """The stay that ended when the dossier came to its present step; None when it is on no way."""
    run_id = dossier.correction_run_id or dossier.run_id
    return workflow_queries.last_left(run_id) if run_id else None


def _is_touched(dossier: Dossier, passage: StepRun) -> bool:
    """Whether an officer acted since. Looking is no touching, nor what happens beside the work, such as a payment."""
    return dossier.story.filter(at__gt=passage.left_at).exclude(what=Happening.PAID).exists()


def last_words(dossier: Dossier) -> str:
    """“X, hh:mm: Y was done.”, for a person whose page is out of date; empty when there is no story."""
    line = dossier.story.order_by("-at", "-pk").first()
    if line is None:
        return ""
    facts = {"who": line.told_by, "what": line.get_what_display(), "time": clock.local(line.at).strftime("%H:%M")}
    return _("%(who)s, %(time)s: %(what)s") % facts


def run_of(dossier: Dossier) -> Run:
    """The run an accepted dossier is on; a dossier in a step always has one."""
    run = dossier.present_run
    if run is None:
        raise NotReady
    return run


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


def values_of(dossier: Dossier) -> dict[str, Any]:
    """What the dossier's row holds, by attribute."""
    return {field.attname: getattr(dossier, field.attname) for field in Dossier._meta.concrete_fields}


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
    words: Sequence[str] = (),
    rows: Sequence[Model] = (),
    signed: Result | None = None,
    together: Together | None = None,
    **facts: Any,
) -> None:
    """Save the dossier with its next version, its lists, its story, the evidence and the event: one statement.

    `words` are new words to find it by, `rows` belong to the act and are added, `signed` is its changed result;
    `together` holds what other modules write for the act.
    """
    dossier.version += 1
    together = (together or Together()).insert(*rows)
    if dossier.open_parts and dossier.state not in OPEN:
        dossier.open_parts = []  # nobody waits any more for what other agencies still have
        together.add(_DROPPED, now, dossier.pk)
    if signed is not None:
        together.change(signed, SIGNING)
    now_held = values_of(dossier)
    if dossier.before is not None:
        together.change(dossier, [name for name, value in now_held.items() if dossier.before[name] != value])
    access.spread(dossier, words, together)
    line = tell(dossier, what, actor=actor, now=now, note=note, is_public=is_public, step_name=step_name)
    if dossier.acted_for:
        facts["instead_of"] = str(dossier.acted_for.account_id)
    entry = audit.entry(actor, f"dossiers.{action}", dossier, now=now, state=dossier.state, **facts)
    together.insert(line, entry, *outbox.entries(event)).write()
    dossier.before = now_held


def tell(
    dossier: Dossier, what: Happening, *, actor: Actor, now: datetime, note: str, is_public: bool, step_name: str = ""
) -> StoryLine:
    """A line of the dossier's story, to be written with the act."""
    agencies = actor.agencies()
    agency_id = next((a for a in (dossier.reception_agency_id, dossier.competent_agency_id) if a in agencies), None)
    return StoryLine(
        dossier=dossier, at=now, what=what, state=dossier.state, who=actor.name, agency_id=agency_id, note=note,
        step_name=step_name or dossier.step_name, is_public=is_public,
        instead_of=dossier.acted_for.name if dossier.acted_for else "",
    )  # fmt: skip


def take_papers(
    dossier: Dossier,
    papers: Sequence[PaperIn],
    files_from: tuple[str, UUID] | None,
    together: Together,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the components handed in with the act; their files pass from where they were to the dossier."""
    files = [paper.document_id for paper in papers if paper.document_id]
    if files and files_from:
        documents.attach(
            document_ids=files, from_kind=files_from[0], from_id=files_from[1], owner_kind=OWNER, owner_id=dossier.pk,
            kind=Kind.COMPONENT, actor=actor, now=now, together=together,
        )  # fmt: skip
    together.insert(
        *(
            Paper(
                dossier=dossier, component_key=paper.component_key, name=paper.name, originals=paper.originals,
                copies=paper.copies, document_id=paper.document_id, document_name=paper.document_name, added_at=now,
            )
            for paper in papers
        )
    )  # fmt: skip
