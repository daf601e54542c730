"""Dossiers as records: the yearly book, holds, and what was disposed of and by which decision."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.dossiers.enums import PackageState
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.db import LockingQuerySet, Record


class ClosedBook(Record):
    """The book of a receiving agency and a year, closed for good (sổ theo dõi hồ sơ).

    `digest` is SHA-256 over the lines in their order. Once a book is closed the agency gives no number of that year.
    """

    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    opened_on = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.TextField()
    count = models.PositiveIntegerField()
    carried_over = models.PositiveIntegerField()
    digest = models.TextField(db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="dossiers_closedbook_once")]


class ClosedLine(models.Model):
    """A dossier's line in a closed book. `facts` hold no personal data: names stay with the dossier."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(ClosedBook, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="closed_line")
    facts = models.JSONField()
    is_carried_over = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="dossiers_closedline_number")]


class HoldQuerySet(LockingQuerySet["Hold"]):
    """Holds."""

    def in_force(self, on: date) -> Self:
        """Those that stop a disposal on a day: not lifted, and their last day, if they have one, not over."""
        return self.filter(Q(lifted_at__isnull=True) & (Q(until__isnull=True) | Q(until__gte=on)))


class Hold(Record):
    """A reason for which a dossier must not be disposed of: a complaint, a lawsuit, an inspection.

    `until` is its last day; without one it holds until somebody lifts it.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="holds")
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.TextField()
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(blank=True)
    lift_reason = models.TextField(blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(lifted_at__isnull=True), name="dossiers_hold_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dossiers_hold_has_reason"),
        ]

    def is_over(self, on: date) -> bool:
        """Whether it stops nothing any more on a day."""
        return self.lifted_at is not None or (self.until is not None and self.until < on)


class Package(Record):
    """An export package that is made by a job, for the person who asked; its file goes after some days.

    `state` is waiting, ready or failed; `failure` says in a sentence why. The audit trail keeps who took what out.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="packages")
    purpose = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    state = models.TextField(choices=PackageState, default=PackageState.WAITING, db_collation="C")
    failure = models.TextField(blank=True)
    ready_at = models.DateTimeField(null=True)
    files = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    digest = models.TextField(blank=True, db_collation="C")
    document_id = models.UUIDField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="dossiers_package_asked")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PackageState.values), name="dossiers_package_state"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(document_id__isnull=False, ready_at__isnull=False),
                name="dossiers_package_ready",
            ),
        ]


class Disposition(Record):
    """A list of dossiers whose time of keeping is over, proposed by one person and decided by another."""

    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    class_key = models.TextField(db_collation="C")
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    proposer = models.TextField()
    decision = models.TextField(blank=True)
    decided_on = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approver = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | (~Q(decision="") & Q(decided_on__isnull=False, approved_by__isnull=False)),
                name="dossiers_disposition_decided",
                violation_error_message="Nothing is disposed of without a numbered decision.",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("proposed_by")),
                name="dossiers_disposition_two_persons",
                violation_error_message="Whoever proposes does not decide.",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(approved_at__isnull=False), name="dossiers_disposition_in_order"
            ),
        ]


class Disposed(models.Model):
    """What is left of a dossier on a list: its code, procedure, days and the digest of what there was."""

    id = models.BigAutoField(primary_key=True)
    disposition = models.ForeignKey(Disposition, models.PROTECT, related_name="lines")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="disposals")
    code = models.TextField(db_collation="C")
    procedure_code = models.TextField(db_collation="C")
    accepted_on = models.DateField(null=True)
    ended_on = models.DateField()
    kept_until = models.DateField()
    files = models.PositiveIntegerField(default=0)
    digests = ArrayField(models.TextField(db_collation="C"), default=list)
    disposed_at = models.DateTimeField(null=True)
    spared = models.TextField(blank=True)  # why it was left out after all

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disposition", "dossier"], name="dossiers_disposed_once"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(disposed_at__isnull=False), name="dossiers_disposed_one_end"
            ),
        ]

    @property
    def is_due(self) -> bool:
        """Still to be carried out."""
        return self.disposed_at is None and not self.spared

    def is_kept_on(self, day: date) -> bool:
        """Whether the time of keeping still runs on a day."""
        return day <= self.kept_until
