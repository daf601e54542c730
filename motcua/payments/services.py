"""Acts on charges. Only this module writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel import audit, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.payments.enums import ChargeState, Method
from motcua.payments.events import ChargesPaid
from motcua.payments.models import Charge


@dataclass(frozen=True, slots=True)
class Line:
    """One amount to raise, in whole đồng, with where it comes from."""

    kind: str
    label: str
    amount: int
    basis: str = ""
    is_verified: bool = False


def raise_charges(
    *, subject_id: UUID, subject_code: str, agency_id: UUID, lines: Sequence[Line], now: datetime
) -> list[Charge]:
    """Write what is owed for a subject, inside the caller's transaction; lines of zero đồng owe nothing."""
    return Charge.objects.bulk_create(
        Charge(
            subject_id=subject_id, subject_code=subject_code, agency_id=agency_id, kind=line.kind, label=line.label,
            amount=line.amount, basis=line.basis, is_verified=line.is_verified, created_at=now,
        )
        for line in lines
        if line.amount > 0
    )  # fmt: skip


def pass_on(*, subject_id: UUID, agency_id: UUID) -> None:
    """Let what is still due for a subject be owed to the heir of its agency, inside the caller's transaction."""
    Charge.objects.filter(subject_id=subject_id, state=ChargeState.DUE).update(agency_id=agency_id)


@transaction.atomic
def record_counter_payment(
    *, subject_id: UUID, method: Method, receipt_number: str, actor: Actor, now: datetime
) -> int:
    """Record that everything still due for a subject was paid at the counter; returns the amount in đồng.

    Raises `Refused` (nothing_due) when there is nothing left to pay: a second click takes no money twice.
    """
    charges = list(Charge.objects.filter(subject_id=subject_id, state=ChargeState.DUE).for_update())
    if not charges:
        raise Refused("nothing_due", _("Nothing is left to pay for this dossier."))
    amount = sum(charge.amount for charge in charges)
    keys = [charge.pk for charge in charges]
    Charge.objects.filter(pk__in=keys).update(
        state=ChargeState.PAID, paid_at=now, method=method, receipt_number=receipt_number, taken_by=actor.account_id
    )
    audit.record(actor, "payments.pay", ("dossier", subject_id), now=now, amount=amount, method=str(method))
    outbox.publish(ChargesPaid(subject_id, tuple(keys), amount, now))
    return amount
