"""Linked procedures and consultation: other agencies get their share of a dossier, each with its own limit and answer.

A step opens its parts in the transaction that enters it; the lead may ask for opinions besides. Every act locks the
dossier first, so agencies that answer at the same moment come one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.dossiers import linking, reading, substitution
from motcua.dossiers.audiences import office_audiences_of
from motcua.dossiers.enums import Action, Happening, PartAct, PartState
from motcua.dossiers.events import PartEnded, PartLate, PartMoved, PartReminded, PartsOpened
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.services import base, impartial
from motcua.identity import queries as identity
from motcua.kernel import acts, clock, outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.places import queries as places
from motcua.workflow import queries as workflow
from motcua.workflow.enums import PartKind
from motcua.workflow.rules import Part as Plan
from motcua.workflow.rules import part_minutes

PART = "dossiers.part"  # under which a file lies until its answer is given
BATCH = 500
OPINION = "Ý kiến"  # kept in the language of the law, whoever asks


@dataclass(frozen=True, slots=True)
class Taken:
    """A part with its dossier, locked for an act, and all parts of that dossier."""

    part: Part
    dossier: Dossier
    parts: Sequence[Part]
    is_repeat: bool = False


def open_at_step(dossier: Dossier, together: Together, *, actor: Actor, now: datetime) -> None:
    """Open the parts that the process gives to other agencies at the present step; nothing for a process without.

    What was opened before, when the dossier came to the step for the first time, is not asked again.
    """
    if dossier.is_in_correction:
        return  # the other agencies have answered
    run = base.run_of(dossier)
    process = workflow.process(run.definition_id)
    plans = [plan for plan in process.parts if plan.opens_at == dossier.step_key]
    if not plans:
        return
    old = list(dossier.parts.select_related("agency"))
    known = {part.key for part in old}
    made = [
        _planned(plan, dossier, part_minutes(plan, process.steps, run.budgets), actor, now)
        for plan in plans
        if plan.key not in known
    ]
    if not made:
        return
    for part in linking.ready([*old, *made], dossier):
        _start(part, dossier, now)
    dossier.open_parts = linking.entries([*old, *made])
    names = "; ".join(part.who or part.name for part in made)
    line = base.tell(dossier, Happening.PARTS_OPENED, actor=actor, now=now, note=names, is_public=True)
    together.insert(*made, line, *outbox.entries(PartsOpened(dossier.pk, now, len(made))))


@transaction.atomic
def ask_opinion(
    *,
    dossier_id: UUID,
    agency_id: UUID,
    question: str,
    day: date,
    actor: Actor,
    now: datetime,
    is_required: bool = True,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Ask another agency for its opinion, by the end of `day` at the latest (Decree 61/2018, art. 19).

    The limit must be stated, lie ahead and within that of the dossier. The present step waits for a required opinion.
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.ASK_OPINION, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not question.strip():
        raise Refused("no_question", _("Write what the agency is asked."), field="question")
    due = _limit_of(dossier, day, now)
    parts = list(dossier.parts.select_related("agency"))
    part = Part(
        dossier=dossier, key=f"opinion-{len(parts) + 1}", name=OPINION, kind=PartKind.CONSULTATION,
        agency=_agency_asked(dossier, agency_id, now), role=Role.HANDLER, is_required=is_required,
        opens_at=dossier.step_key, closes_at=dossier.step_key, question=question.strip(), asked_by=actor.name,
        asked_at=now, state=PartState.RUNNING, started_at=now, due_at=due,
    )  # fmt: skip
    dossier.open_parts = linking.entries([*parts, part])
    base.write(
        dossier, Action.ASK_OPINION, Happening.PARTS_OPENED, PartsOpened(dossier.pk, now, 1), actor=actor, now=now,
        note=part.who, rows=[part], part=str(part.pk),
    )  # fmt: skip
    return dossier


@transaction.atomic
def claim_part(*, part_id: UUID, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """Take a part from the desk of one's agency."""
    taken = _take(part_id, PartAct.CLAIM, actor, now, key)
    if not taken.is_repeat and actor.account_id:
        taken.part.assignee_id, taken.part.assignee_name = actor.account_id, actor.name
        _moved(taken, PartAct.CLAIM, Happening.PART_TAKEN, ["assignee_id", "assignee_name"], actor, now)
    return taken.part


@transaction.atomic
def reassign_part(*, part_id: UUID, account_id: UUID, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """A head of the agency gives its part to an officer who holds the role asked for."""
    taken = _take(part_id, PartAct.REASSIGN, actor, now, key)
    part = taken.part
    if taken.is_repeat or part.agency_id is None:
        return part
    staff = identity.on_duty(part.agency_id, Role(part.role), on=clock.local(now).date())
    member = next((one for one in staff if one.account_id == account_id), None)
    if member is None:
        raise Refused("not_on_desk", _("Choose somebody who works on this part in this agency."), field="account")
    refusal = impartial.refusal_of(taken.dossier, member, now)
    if refusal:
        raise refusal
    if member.absent_until:
        raise substitution.refusal_of_absent(member)
    part.assignee_id, part.assignee_name = member.account_id, member.name
    _moved(taken, PartAct.REASSIGN, Happening.PART_MOVED, ["assignee_id", "assignee_name"], actor, now)
    return part


@transaction.atomic
def send_part(*, part_id: UUID, agency_id: UUID, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """The lead names the agency of a part, or sends it to another one; its limit begins with its stage, once."""
    taken = _take(part_id, PartAct.SEND, actor, now, key)
    part = taken.part
    if taken.is_repeat:
        return part
    part.agency, part.outside = _agency_asked(taken.dossier, agency_id, now), ""
    part.assignee_id, part.assignee_name = None, ""
    if part in linking.ready(taken.parts, taken.dossier):
        _start(part, taken.dossier, now)
    changed = ["agency_id", "outside", "assignee_id", "assignee_name", "state", "started_at", "due_at"]
    _moved(taken, PartAct.SEND, Happening.PART_MOVED, changed, actor, now)
    return part


@transaction.atomic
def remind(*, part_id: UUID, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """Remind the agency of its part."""
    taken = _take(part_id, PartAct.REMIND, actor, now, key)
    if not taken.is_repeat:
        taken.part.reminded_at = now
        event = PartReminded(taken.dossier.pk, now, taken.part.pk)
        _write(taken, PartAct.REMIND, Happening.PART_REMINDED, event, ["reminded_at"], actor, now)
    return taken.part


@transaction.atomic
def answer_part(
    *,
    part_id: UUID,
    answer: str,
    actor: Actor,
    now: datetime,
    upload: Any = None,
    key: UUID | None = None,
) -> Part:
    """The agency's answer, with a file if there is one; it goes to the lead and to the one-stop at once.

    Of an agency outside this system the lead writes down what it answered. The next stage starts when this was the
    last required part of its own.
    """
    taken = _take(part_id, PartAct.ANSWER, actor, now, key)
    part = taken.part
    if taken.is_repeat:
        return part
    if not answer.strip():
        raise Refused("no_answer", _("Write the answer in a sentence, also when a file says more."), field="answer")
    if upload is not None:
        document = documents.store(
            upload=upload, name=upload.name, owner_kind=base.OWNER, owner_id=taken.dossier.pk, kind=Kind.COMPONENT,
            actor=actor, now=now, title=part.name,
        )  # fmt: skip
        part.document_id, part.document_name = document.pk, document.name
    _end(taken, PartAct.ANSWER, PartState.ANSWERED, Happening.PART_ANSWERED, answer, actor, now)
    return part


@transaction.atomic
def refuse_part(*, part_id: UUID, reason: str, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """The agency declines, with its reason; the lead decides what follows from it."""
    taken = _take(part_id, PartAct.REFUSE, actor, now, key)
    if not taken.is_repeat:
        _end(taken, PartAct.REFUSE, PartState.REFUSED, Happening.PART_REFUSED, reason, actor, now)
    return taken.part


@transaction.atomic
def proceed_without(*, part_id: UUID, reason: str, actor: Actor, now: datetime, key: UUID | None = None) -> Part:
    """Go on without an opinion whose limit has passed; the head of the one-stop is told (Decree 61/2018, art. 19)."""
    taken = _take(part_id, PartAct.PASS_OVER, actor, now, key)
    if not taken.is_repeat:
        _end(taken, PartAct.PASS_OVER, PartState.PASSED_OVER, Happening.PART_PASSED_OVER, reason, actor, now)
    return taken.part


@transaction.atomic
def assent_by_silence(*, part_id: UUID, words: str, actor: Actor, now: datetime) -> Part:
    """The consulted agency agrees by its silence, as the law named in `words` says; only once its limit has passed."""
    taken = _take(part_id, PartAct.PASS_OVER, actor, now, None)
    _end(taken, "assent_by_silence", PartState.ASSENTED, Happening.PART_ASSENTED, words, actor, now)
    return taken.part


def warn_of_late_parts(*, now: datetime) -> int:
    """Tell the lead and the one-stop of every part whose limit has passed, each once; how many."""
    told = 0
    while True:
        with transaction.atomic():
            late = Part.objects.filter(state=PartState.RUNNING, warned_at__isnull=True, due_at__lt=now).order_by("pk")
            batch = list(late.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
            Part.objects.filter(pk__in=[part.pk for part in batch]).update(warned_at=now)
            outbox.publish(*(PartLate(part.dossier_id, now, part.pk) for part in batch))
        told += len(batch)
        if len(batch) < BATCH:
            return told


def _planned(plan: Plan, dossier: Dossier, minutes: int | None, actor: Actor, now: datetime) -> Part:
    """A part as the process plans it; without an agency that exists it waits for the lead to name one."""
    agency = places.agency(plan.agency) if plan.agency else None
    if agency is not None and not agency.exists_on(clock.local(now).date()):
        agency = None
    return Part(
        dossier=dossier, key=plan.key, name=plan.name, kind=plan.kind, agency=agency, outside=plan.outside,
        role=plan.role, stage=plan.stage, is_required=plan.is_required, opens_at=plan.opens_at,
        closes_at=plan.closes_at, minutes=minutes, asked_by=actor.name, asked_at=now, state=PartState.WAITING,
    )  # fmt: skip


def _start(part: Part, dossier: Dossier, now: datetime) -> None:
    part.state, part.started_at = PartState.RUNNING, now
    if part.minutes:
        part.due_at = places.working_calendar(dossier.competent_agency).add_minutes(now, part.minutes)


def _limit_of(dossier: Dossier, day: date, now: datetime) -> datetime:
    basis = workflow.regime_of(base.run_of(dossier)).consultation_basis
    due = places.working_calendar(dossier.competent_agency).closing(day)
    if due is None or due <= now:
        raise Refused(
            "no_limit", _("Choose a working day that lies ahead (%(basis)s).") % {"basis": basis}, field="day"
        )
    if dossier.due_at is not None and due > dossier.due_at and day > clock.local(dossier.due_at).date():
        sentence = _("The dossier is due on %(due)s: the opinion must be there by then (%(basis)s).")
        facts = {"due": clock.local(dossier.due_at).strftime("%d/%m/%Y"), "basis": basis}
        raise Refused("beyond_due", sentence % facts, field="day")
    return min(due, dossier.due_at) if dossier.due_at else due


def _agency_asked(dossier: Dossier, agency_id: UUID, now: datetime) -> Any:
    agency = places.agencies_at(clock.local(now).date()).filter(pk=agency_id).first()
    if agency is None or agency.pk == dossier.competent_agency_id:
        raise Refused("agency", _("Choose another agency that exists today."), field="agency")
    return agency


def _take(part_id: UUID, act: PartAct, actor: Actor, now: datetime, key: UUID | None) -> Taken:
    """Claim the form, lock the dossier among those the actor reaches, read its parts, ask the rules.

    Raises `Dossier.DoesNotExist`, `Part.DoesNotExist`, `Conflict` or `Refused`.
    """
    name = f"dossiers.{act.value}"
    claiming = acts.claiming(key, name=name, result_id=part_id, actor=actor) if key else None
    dossier_id = Part.objects.values_list("dossier_id", flat=True).get(pk=part_id)
    audiences = None if actor.is_system else office_audiences_of(actor)
    dossier, is_new = reading.taken(dossier_id, audiences, claiming)
    dossier.before = base.values_of(dossier)
    parts = list(dossier.parts.select_related("agency").order_by("stage", "pk"))
    part = next(one for one in parts if one.pk == part_id)
    part.dossier = dossier
    if key and not is_new and acts.first(key, name=name, actor=actor) == part_id:
        return Taken(part, dossier, parts, is_repeat=True)
    refusal = linking.refusal_of(act, part, dossier, actor, now)
    if refusal:
        raise refusal
    dossier.acted_for = substitution.absent_with(
        actor, part.assignee_id, lambda one: linking.refusal_of(act, part, dossier, one, now) is None
    )
    return Taken(part, dossier, parts)


def _moved(taken: Taken, act: PartAct, what: Happening, changed: list[str], actor: Actor, now: datetime) -> None:
    _write(taken, act, what, PartMoved(taken.dossier.pk, now, taken.part.pk), changed, actor, now)


def _end(
    taken: Taken, act: PartAct | str, state: PartState, what: Happening, words: str, actor: Actor, now: datetime
) -> None:
    """End the part and start the stages that waited for it."""
    if not words.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    part, together = taken.part, Together()
    part.state, part.done_at, part.done_by, part.answer = state, now, actor.name, words.strip()
    for following in linking.ready(taken.parts, taken.dossier):
        _start(following, taken.dossier, now)
        together.change(following, ["state", "started_at", "due_at"])
    changed = ["state", "done_at", "done_by", "answer", "document_id", "document_name"]
    event = PartEnded(taken.dossier.pk, now, part.pk, str(state))
    _write(taken, act, what, event, changed, actor, now, together)


def _write(
    taken: Taken,
    act: PartAct | str,
    what: Happening,
    event: Any,
    changed: list[str],
    actor: Actor,
    now: datetime,
    together: Together | None = None,
) -> None:
    part, dossier = taken.part, taken.dossier
    dossier.open_parts = linking.entries(taken.parts)
    write = partial(base.write, dossier, str(act), what, event, actor=actor, now=now, note=part.who or part.name)
    write(is_public=False, part=str(part.pk), together=(together or Together()).change(part, changed))
