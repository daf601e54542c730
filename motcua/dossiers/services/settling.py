"""Settled at once: everything between reception and hand-over in one act of the delegate."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import reading, rules
from motcua.dossiers.audiences import audiences_of
from motcua.dossiers.enums import Receiver, ResultKind, State
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import base, on_the_spot
from motcua.dossiers.services.acceptance import accept
from motcua.dossiers.services.closing import hand_over, record_payment
from motcua.dossiers.services.prints import sign_of
from motcua.dossiers.services.results import draft_result, issue
from motcua.dossiers.services.steps import forward
from motcua.kernel import acts, audit
from motcua.kernel.actor import Actor, Grant, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.payments.enums import Method

NAME = "dossiers.settle_at_once"
FIVE = (Role.RECEPTION, Role.HANDLER, Role.LEADER, Role.CLERK)  # what the delegate is at once
REACH = (State.NEW, State.ACCEPTED, State.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Paid:
    """How a fee was paid at the counter."""

    method: Method
    receipt_number: str


@dataclass(frozen=True, slots=True)
class Handing:
    """Who takes the result, and how receipt was confirmed."""

    receiver_name: str
    signed_for: str
    receiver: Receiver = Receiver.OWNER
    receiver_paper: str = ""
    authority: str = ""
    returned_papers: tuple[UUID, ...] = field(default_factory=tuple)


@transaction.atomic
def settle_at_once(
    *,
    dossier_id: UUID,
    title: str,
    template_key: str,
    body: dict[str, Any],
    handing: Handing,
    actor: Actor,
    now: datetime,
    paid: Paid | None = None,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Accept if need be, draft, sign, number, seal and hand over in one transaction (Decree 61/2018 art. 17.4).

    Every part is the act it always is, with its rules, story, evidence and event: together they hold or nothing does.
    The decision makes the delegate each officer of the centre for this dossier, and only for it. No slip is needed;
    who asks for one gets it. Raises `Conflict`, or `Refused`: not the delegate, no delegation,
    unpaid, or whatever a part refuses.
    """
    done = acts.claim(key, name=NAME, result_id=dossier_id, actor=actor) if key else None
    dossier, _is_new = reading.taken(dossier_id, None if actor.is_system else audiences_of(actor), None)
    if done is not None:
        if done != dossier_id:
            raise Conflict(_("This form belongs to another dossier. Open this one again and repeat the act."))
        return dossier
    rules.check_version(dossier, expected, last=base.last_words(dossier))
    delegate = _delegate(dossier, actor, now)
    common: dict[str, Any] = {"dossier_id": dossier_id, "actor": delegate, "now": now}
    if dossier.state == State.NEW:
        dossier = accept(on_the_spot=True, **common)
    if paid:
        record_payment(method=paid.method, receipt_number=paid.receipt_number, **common)
    while dossier.step_kind != "clerk":
        if dossier.step_kind == "appraise":
            draft_result(kind=ResultKind.GRANTED, title=title, template_key=template_key, body=body, **common)
        dossier = forward(**common)
    dossier = issue(symbol=sign_of(dossier), **common)
    dossier = hand_over(
        receiver=handing.receiver, receiver_name=handing.receiver_name, signed_for=handing.signed_for,
        receiver_paper=handing.receiver_paper, authority=handing.authority, returned_papers=handing.returned_papers,
        is_at_once=True, **common,
    )  # fmt: skip
    audit.record(actor, NAME, dossier, now=now, delegation=str(dossier.spot_id), code=dossier.code)
    return dossier


def why_not_settle(dossier: Dossier, actor: Actor, now: datetime) -> Refused | None:
    """Why the actor may not settle this dossier at once; None when they may try."""
    if dossier.state not in REACH or dossier.step_kind in (rules.CLERK_STEP, rules.RETURN_STEP_KIND):
        return Refused("state", _("Only a dossier that is not signed yet is settled at once."))
    if dossier.spot is None:
        message = _("This dossier was not sent the way inside the centre, so it goes through the steps of its process.")
        return Refused("not_on_the_spot", message)
    if dossier.assignee_id and dossier.assignee_id not in actor.accounts:
        return Refused("taken", _("%(who)s already has it.") % {"who": dossier.assignee_name})
    return on_the_spot.why_not_sign(dossier, actor, now)


def _delegate(dossier: Dossier, actor: Actor, now: datetime) -> Actor:
    """The actor as each officer of the centre, if the delegation covers the dossier and the person."""
    if dossier.state == State.NEW:
        if not actor.has(Role.RECEPTION, dossier.reception_agency_id):
            raise Refused("person", _("This act is for somebody else."))
        on_the_spot.route(dossier, now)  # the acceptance that follows asks for itself
    refusal = why_not_settle(dossier, actor, now)
    if refusal:
        raise refusal
    centre = dossier.receiving_agency_id
    return replace(actor, grants=(*actor.grants, *(Grant(role, centre) for role in FIVE)))
