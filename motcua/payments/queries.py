"""Reads on charges."""

from uuid import UUID

from django.db.models import Sum

from motcua.payments.enums import ChargeState
from motcua.payments.models import Charge


def charges_of(subject_id: UUID) -> list[Charge]:
    """Everything charged for a subject, in the order it was raised."""
    return list(Charge.objects.filter(subject_id=subject_id).order_by("pk"))


def due_amount(subject_id: UUID) -> int:
    """What is still to pay for a subject, in đồng."""
    total = Charge.objects.filter(subject_id=subject_id, state=ChargeState.DUE).aggregate(total=Sum("amount"))["total"]
    return int(total or 0)
