"""Financial obligations announced during the work: the clock waits until they are met (domain rule of §4.4)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.events import ObligationAnnounced, ObligationMet
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import base
from motcua.kernel.actor import Actor
from motcua.payments import services as payments
from motcua.payments.enums import ChargeKind
from motcua.places import queries as places
from motcua.workflow import services as workflow
from motcua.workflow.enums import PauseKind


@transaction.atomic
def announce_obligation(
    *,
    dossier_id: UUID,
    label: str,
    amount: int,
    reason: str,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Tell the applicant what has to be paid before the work goes on; the time until then does not count.

    `amount` is in đồng and positive; `reason` names the notice or the rule it rests on.
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.ANNOUNCE_OBLIGATION, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    payments.raise_charges(
        subject_id=dossier.pk, subject_code=dossier.shown_code, agency_id=dossier.reception_agency_id,
        lines=[payments.Line(ChargeKind.UNKNOWN, label, amount, reason)], now=now,
    )  # fmt: skip
    workflow.pause(run=base.run_of(dossier), kind=PauseKind.FINANCIAL_OBLIGATION, now=now)
    dossier.state, dossier.paused_at = State.OBLIGATION, now
    base.write(
        dossier, Action.ANNOUNCE_OBLIGATION, Happening.OBLIGATION, ObligationAnnounced(dossier.pk, now, amount),
        actor=actor, now=now, note=reason, amount=amount,
    )  # fmt: skip
    return dossier


def meet(dossier: Dossier, *, actor: Actor, now: datetime) -> None:
    """The payment is in: the clock goes on, the due date moves by what was waited."""
    run = base.run_of(dossier)
    workflow.resume(run=run, now=now, calendar=places.working_calendar(dossier.competent_agency))
    step = workflow.present_step(run)
    dossier.due_at, dossier.step_due_at = run.due_at, step.due_at if step else None
    dossier.state, dossier.paused_at = State.IN_PROGRESS, None
    base.write(dossier, Action.RECORD_PAYMENT, Happening.PAID, ObligationMet(dossier.pk, now), actor=actor, now=now)
