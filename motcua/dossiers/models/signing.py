"""Mandates to sign: who signs results for the head of an agency, in which capacity, by which decision."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.dossiers.enums import CAPACITIES
from motcua.kernel.db import LockingQuerySet, Record
from motcua.places.models import Agency


class Mandate(Record):
    """A dated decision that lets somebody sign (KT., TL., TUQ.), or names who is head (TM., own title).

    Decree 30/2020/NĐ-CP art. 13. Without procedures or kinds it covers all results of the agency.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    delegate = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    giver = models.ForeignKey("identity.Account", models.PROTECT, null=True, related_name="+")  # None: the head
    upon = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # the order (TL.) passed on
    capacity = models.TextField(choices=CAPACITIES, db_collation="C")
    head_title = models.TextField()
    delegate_title = models.TextField()
    procedures = ArrayField(models.TextField(db_collation="C"), default=list)
    kinds = ArrayField(models.TextField(db_collation="C"), default=list)
    decision = models.TextField()
    decided_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="dossiers_mandate_period"
            ),
            models.CheckConstraint(
                condition=~Q(capacity="tuq") | Q(valid_to__isnull=False) & Q(procedures__len__gt=0),
                name="dossiers_mandate_tuq_limited",
                violation_error_message="An authority (TUQ.) is limited in time and matter.",
            ),
            models.CheckConstraint(condition=~Q(decision=""), name="dossiers_mandate_by_decision"),
        ]
        indexes = [models.Index(fields=["agency", "delegate"], name="dossiers_mandate_agency")]

    @property
    def is_ended(self) -> bool:
        """Whether it was ended early."""
        return self.ended_at is not None
