"""Charges: what is owed for a dossier, and its payment at the counter. The ledger and the gateways build on them."""

from django.db import models
from django.db.models import Q

from motcua.kernel.db import LockingQuerySet, Record
from motcua.payments.enums import ChargeKind, ChargeState, Method


class Charge(Record):
    """One amount owed by the owner of a subject (a dossier, by its id) to an agency, in whole đồng."""

    subject_id = models.UUIDField()
    subject_code = models.TextField(blank=True, db_collation="C")
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    kind = models.TextField(choices=ChargeKind.choices, db_collation="C")
    label = models.TextField()
    amount = models.BigIntegerField()
    basis = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    state = models.TextField(choices=ChargeState.choices, default=ChargeState.DUE, db_collation="C")
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    method = models.TextField(choices=Method.choices, blank=True, db_collation="C")
    receipt_number = models.TextField(blank=True)
    taken_by = models.UUIDField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_charge_positive",
                                   violation_error_message="A charge is a positive number of đồng."),
            models.CheckConstraint(condition=Q(state="paid", paid_at__isnull=False) | ~Q(state="paid"),
                                   name="payments_charge_paid_has_time",
                                   violation_error_message="A paid charge says when it was paid."),
        ]  # fmt: skip
        indexes = [models.Index(fields=["subject_id"], name="payments_charge_subject")]
