"""The way through the office: take, assign, pass on, send back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import rules, signing, substitution
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.events import DossierAssigned, StepPassed
from motcua.dossiers.models import Dossier, Result
from motcua.dossiers.services import base, capacities, impartial, on_the_spot, parts
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.workflow import services as workflow


@transaction.atomic
def claim(
    *, dossier_id: UUID, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """Take a dossier from the desk; the second officer is told who has it."""
    taken = base.take(dossier_id=dossier_id, action=Action.CLAIM, actor=actor, expected=expected, key=key, now=now)
    if not taken.is_repeat and actor.account_id:
        workflow.assign(run=base.run_of(taken.dossier), account_id=actor.account_id, now=now)
        _give(taken.dossier, actor.account_id, actor.name, Action.CLAIM, Happening.CLAIMED, actor=actor, now=now)
    return taken.dossier


@transaction.atomic
def assign(
    *,
    dossier_id: UUID,
    account_id: UUID,
    actor: Actor,
    now: datetime,
    note: str = "",
    despite_absence: bool = False,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Give the present step to a member of staff who holds its role in its agency, or stands in for one who does.

    Somebody who is absent gets it only when that is meant (`despite_absence`), else `Refused` absent names who stands
    in.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.ASSIGN, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    together = Together()
    if dossier.step_kind == "assign":
        _pass_on(dossier, together, actor=actor, now=now, assignee_id=account_id)
    else:
        workflow.assign(run=base.run_of(dossier), account_id=account_id, now=now)
    name = _name_in_desk(dossier, account_id, now, despite_absence=despite_absence)
    _give(
        dossier, account_id, name, Action.ASSIGN, Happening.ASSIGNED, actor=actor, now=now, note=note, together=together
    )
    return dossier


@transaction.atomic
def forward(
    *,
    dossier_id: UUID,
    actor: Actor,
    now: datetime,
    note: str = "",
    mandate_id: UUID | None = None,
    as_head: bool = False,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """End the present step and open the next. Leaving the signing step is signing (Decree 30/2020 art. 13).

    Signed in the capacity of the mandate `mandate_id`, in the signer's own one (`as_head`), or, without a word, in
    the first that fits (`capacities.ways`); `Refused` no_mandate and the like where none does.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.FORWARD, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    left, together = dossier.step_key, Together()
    signed = _sign(dossier, actor, now, mandate_id, as_head=as_head) if dossier.step_kind == "sign" else None
    name = _pass_on(dossier, together, actor=actor, now=now)
    base.write(
        dossier, Action.FORWARD, Happening.FORWARDED, StepPassed(dossier.pk, now, left),
        actor=actor, now=now, note=note, is_public=not note, step_name=name, signed=signed, together=together,
        left=left, **_as_signed(signed),
    )  # fmt: skip
    return dossier


@transaction.atomic
def return_step(
    *,
    dossier_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    to_position: int | None = None,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Send the dossier back to an earlier step with a reason; a signature already given is void.

    Without `to_position` it goes back one step, else to that one (`Refused` no_such_step unless it lies between the
    reception and the present step).
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.RETURN_STEP, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    to_position = dossier.step_position - 1 if to_position is None else to_position
    rules.require_earlier(dossier.step_position, to_position)
    _go_back(
        taken, Action.RETURN_STEP, Happening.RETURNED, to_position=to_position, reason=reason, actor=actor, now=now
    )
    return dossier


@transaction.atomic
def recall(
    *, dossier_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """Take back what one has just passed on, while the next desk has not touched it; one's own signature is void.

    Looking is no touching; taking, assigning, drafting or any other act on the dossier is.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.RECALL, actor=actor, expected=expected, key=key, now=now)
    if not taken.is_repeat:
        _go_back(
            taken, Action.RECALL, Happening.RECALLED, to_position=taken.facts.passed_from, reason=reason,
            actor=actor, now=now,
        )  # fmt: skip
    return taken.dossier


def _go_back(
    taken: base.Taken,
    action: Action,
    what: Happening,
    *,
    to_position: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave the present step for an earlier one, where whoever had it has it again."""
    dossier = taken.dossier
    left, name, together = dossier.step_key, dossier.step_name, Together()
    step = workflow.go_back(
        run=base.run_of(dossier), to_position=to_position, now=now, reason=reason, by=actor.account_id,
        at=dossier.step_position, together=together,
    )  # fmt: skip
    base.set_step(dossier, step)
    if step.assignee_id:
        dossier.assignee_id = step.assignee_id
        dossier.assignee_name = identity.names_of({step.assignee_id}).get(step.assignee_id, "")
    dossier.state = State.IN_PROGRESS
    signed = dossier.result if taken.facts.is_signed else None
    if signed is not None:
        signed.signed_at, signed.signed_by = None, ""
        signed.capacity, signed.signed_as, signed.mandate_id = "", [], None
    base.write(
        dossier, action, what, StepPassed(dossier.pk, now, left),
        actor=actor, now=now, note=reason, is_public=False, step_name=name, signed=signed,
        together=together, left=left, to=step.key,
    )  # fmt: skip


def _pass_on(
    dossier: Dossier, together: Together, *, actor: Actor, now: datetime, assignee_id: UUID | None = None
) -> str:
    name = dossier.step_name
    step = workflow.advance(
        run=base.run_of(dossier), by=actor.account_id, now=now, assignee_id=assignee_id, at=dossier.step_position,
        together=together,
    )  # fmt: skip
    base.set_step(dossier, step)
    parts.open_at_step(dossier, together, actor=actor, now=now)
    dossier.state = State.IN_PROGRESS
    return name


def _sign(dossier: Dossier, actor: Actor, now: datetime, mandate_id: UUID | None, *, as_head: bool) -> Result:
    on_the_spot.require_delegate(dossier, actor, now)
    result = dossier.result
    result.signed_at, result.signed_by = now, actor.name
    if dossier.spot_id is None:
        way = signing.chosen(capacities.ways(dossier, actor, now), mandate_id, is_own=as_head)
        result.capacity, result.signed_as, result.mandate_id = way.capacity.value, list(way.lines), way.power_id
    return result


def _as_signed(signed: Result | None) -> dict[str, Any]:
    """What the audit keeps of a signature."""
    if signed is None:
        return {}
    return {"capacity": signed.capacity, "mandate": str(signed.mandate_id) if signed.mandate_id else ""}


def _give(
    dossier: Dossier,
    account_id: UUID,
    name: str,
    action: Action,
    what: Happening,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    together: Together | None = None,
) -> None:
    dossier.assignee_id, dossier.assignee_name = account_id, name
    dossier.state = State.IN_PROGRESS
    base.write(
        dossier, action, what, DossierAssigned(dossier.pk, now, account_id),
        actor=actor, now=now, note=note, is_public=not note, together=together, to=str(account_id),
    )  # fmt: skip


def _name_in_desk(dossier: Dossier, account_id: UUID, now: datetime, *, despite_absence: bool) -> str:
    agency_id = dossier.step_agency_id
    staff = identity.on_duty(agency_id, Role(dossier.step_role), on=clock.local(now).date()) if agency_id else []
    member = next((one for one in staff if one.account_id == account_id), None)
    if member is None:
        raise Refused("not_on_desk", _("Choose somebody who works on this step in this agency."), field="account")
    if member.absent_until and not despite_absence:
        raise substitution.refusal_of_absent(member, may_confirm=True)
    refusal = impartial.refusal_of(dossier, member, now)
    if refusal:
        raise refusal
    return member.name
