"""What happens to a dossier's clock: put off, stopped."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.db import LockingQuerySet, Record
from motcua.workflow.enums import PauseKind


class Extension(Record):
    """The due date put off once, with an apology (gia hạn; Decree 61/2018, art. 19.9). Not granted: a draft."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="extension")
    reason = models.TextField(blank=True)
    at_fault = models.TextField(blank=True)  # who is late, as the letter names it
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    basis = models.TextField()
    drafted_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    granted_by = models.TextField(blank=True)
    signed_as = ArrayField(models.TextField(), default=list)  # the lines above their name; empty: signed by hand

    objects = LockingQuerySet.as_manager()

    def is_draft_of(self, due_at: datetime | None) -> bool:
        """Whether it still waits to be granted for this due date."""
        return self.granted_at is None and self.old_due_at == due_at

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(new_due_at__gt=F("old_due_at")), name="dossiers_extension_later"),
            models.CheckConstraint(
                condition=Q(granted_at__isnull=True) | ~Q(reason="") & ~Q(granted_by=""),
                name="dossiers_extension_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["old_due_at"], condition=Q(granted_at__isnull=True), name="dossiers_extension_drafts")
        ]


class TacitGrant(Record):
    """The request counts as granted because nobody decided in time and a law says so; the result is still issued.

    Nothing else changes: the dossier stays open and late. `rule_key` names the row of the pack, `since` the moment.
    """

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="tacit")
    rule_key = models.TextField(db_collation="C")
    basis = models.TextField()
    is_verified = models.BooleanField()
    since = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(noted_at__gte=F("since")), name="dossiers_tacit_order"),
            models.CheckConstraint(condition=~Q(basis=""), name="dossiers_tacit_has_basis"),
        ]


class Pause(Record):
    """A stretch for which an officer stopped the clock: why, by which rule, until when at the latest expected."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pauses")
    kind = models.TextField(choices=PauseKind.choices, db_collation="C")
    reason = models.TextField()
    basis = models.TextField()
    paper = models.TextField(blank=True)  # number and date of the paper that shows it
    expected_end = models.DateField()
    due_before = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)
    note = models.TextField(blank=True)
    warned_at = models.DateTimeField(null=True)  # when those who hold it were told that it lasts longer than expected

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at__isnull=True), name="dossiers_pause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="dossiers_pause_order"
            ),
        ]
        indexes = [
            models.Index(fields=["expected_end"], condition=Q(ended_at__isnull=True), name="dossiers_pause_expected")
        ]
