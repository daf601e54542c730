"""The end: hand over, withdraw, stop, rate; and the fee at the counter."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.enums import Action, Happening, Receiver, State
from motcua.dossiers.events import DossierHandedOver, DossierRated, DossierStopped, DossierWithdrawn
from motcua.dossiers.models import Dossier, HandOver, Rating
from motcua.dossiers.services import base, corrections, pauses
from motcua.dossiers.services.obligations import meet
from motcua.kernel import audit, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.payments import services as payments
from motcua.payments.enums import Method
from motcua.workflow import services as workflow


@transaction.atomic
def hand_over(
    *,
    dossier_id: UUID,
    receiver: Receiver,
    receiver_name: str,
    signed_for: str,
    actor: Actor,
    now: datetime,
    receiver_paper: str = "",
    authority: str = "",
    is_slip_lost: bool = False,
    is_at_once: bool = False,
    is_wrong_returned: bool = False,
    wrong_missing: str = "",
    returned_papers: Sequence[UUID] = (),
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Give the result to its owner or to a representative whose authority is recorded, and have it signed for.

    `signed_for` says how receipt was confirmed; `returned_papers` are the originals given back; `is_at_once`: the
    result followed the reception at once, so no slip was needed (Decree 61/2018 art. 17.4). A corrected result is given
    for the wrong one: `is_wrong_returned`, or why that is `wrong_missing`.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.HAND_OVER, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if receiver == Receiver.REPRESENTATIVE and not authority.strip():
        raise Refused("no_authority", _("Write down the paper that authorises the representative."), field="authority")
    handing = HandOver(
        dossier=dossier, at=now, by=actor.name, agency_id=dossier.reception_agency_id, receiver=receiver,
        receiver_name=receiver_name, receiver_paper=receiver_paper, authority=authority, is_slip_lost=is_slip_lost,
        signed_for=signed_for, is_at_once=is_at_once, version=dossier.result.version,
        is_wrong_returned=is_wrong_returned, wrong_missing=wrong_missing.strip(),
    )  # fmt: skip
    if dossier.correction_run_id is not None:
        corrections.require_exchange(dossier, handing)
    if returned_papers:
        dossier.papers.filter(pk__in=returned_papers).update(returned_at=now)
    workflow.finish(run=base.run_of(dossier), now=now)
    base.set_step(dossier, None)
    dossier.correction_run, dossier.correction_due_at = None, None
    dossier.state, dossier.closed_at = State.HANDED_OVER, now
    base.write(
        dossier, Action.HAND_OVER, Happening.HANDED_OVER, DossierHandedOver(dossier.pk, now),
        actor=actor, now=now, rows=[handing], receiver=str(receiver), lost_slip=is_slip_lost,
    )  # fmt: skip
    return dossier


@transaction.atomic
def withdraw(
    *, dossier_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """The applicant takes the dossier back before there is a result."""
    return _close(
        dossier_id, Action.WITHDRAW, State.WITHDRAWN, Happening.WITHDRAWN, DossierWithdrawn(dossier_id, now),
        reason=reason, actor=actor, now=now, expected=expected, key=key,
    )  # fmt: skip


@transaction.atomic
def stop(
    *, dossier_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """Stop handling, with the reason in writing (Circular 03/2025 art. 7, form 05)."""
    return _close(
        dossier_id, Action.STOP, State.STOPPED, Happening.STOPPED, DossierStopped(dossier_id, now),
        reason=reason, actor=actor, now=now, expected=expected, key=key,
    )  # fmt: skip


@transaction.atomic
def rate(
    *,
    dossier_id: UUID,
    score: int,
    comment: str,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """The applicant's opinion, from 1 (bad) to 5 (very good), once a dossier."""
    taken = base.take(dossier_id=dossier_id, action=Action.RATE, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if score not in range(1, 6):
        raise Refused("score", _("Choose one of the five marks."), field="score")
    rating = Rating(dossier=dossier, score=score, comment=comment, at=now)
    line = base.tell(dossier, Happening.RATED, actor=actor, now=now, note="", is_public=False)
    entry = audit.entry(actor, "dossiers.rate", dossier, now=now, score=score)
    Together().insert(rating, line, entry, *outbox.entries(DossierRated(dossier.pk, now, score))).write()
    return dossier


@transaction.atomic
def record_payment(
    *,
    dossier_id: UUID,
    method: Method,
    receipt_number: str,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Write down that the fee was paid at the counter."""
    taken = base.take(
        dossier_id=dossier_id, action=Action.RECORD_PAYMENT, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    payments.record_counter_payment(
        subject_id=dossier.pk, method=method, receipt_number=receipt_number, actor=actor, now=now
    )
    if dossier.state == State.OBLIGATION:
        meet(dossier, actor=actor, now=now)
        return dossier
    dossier.version += 1
    line = base.tell(dossier, Happening.PAID, actor=actor, now=now, note="", is_public=True)
    Together().change(dossier, ["version"]).insert(line).write()
    return dossier


def _close(
    dossier_id: UUID,
    action: Action,
    state: State,
    what: Happening,
    event: DossierWithdrawn | DossierStopped,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    expected: int | None,
    key: UUID | None,
) -> Dossier:
    taken = base.take(dossier_id=dossier_id, action=action, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    if dossier.run:
        workflow.finish(run=dossier.run, now=now)
    dossier.supplements.filter(answered_at__isnull=True).update(answered_at=now, answer="")
    if dossier.is_clock_stopped:
        pauses.close(dossier, actor=actor, now=now)
    dossier.state, dossier.closed_at, dossier.paused_at = state, now, None
    base.set_step(dossier, None)
    base.write(dossier, action, what, event, actor=actor, now=now, note=reason)
    return dossier
