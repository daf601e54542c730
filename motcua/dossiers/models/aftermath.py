"""After the end: a result that is corrected, a closed dossier that is opened again."""

from django.db import models
from django.db.models import F, Q

from motcua.dossiers.enums import Fault, State
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.db import LockingQuerySet, Record


class Correction(Record):
    """One mending of an issued result, at the agency's own cost (Decree 61/2018, art. 21).

    `version` is that of the result it makes; `run` has its own clock, beside the dossier's first one. It ends when
    that version is issued, or is given up with a reason.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="corrections")
    version = models.PositiveSmallIntegerField()
    run = models.OneToOneField("workflow.Run", models.PROTECT, related_name="+")
    wrong = models.TextField()  # what is wrong, as the applicant is told
    reason = models.TextField()
    at_fault = models.TextField(choices=Fault.choices, db_collation="C")
    basis = models.TextField()
    was = models.SmallIntegerField(choices=State.choices)
    was_closed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    due_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.TextField(blank=True)
    dropped_why = models.TextField(blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(issued_at__isnull=True, dropped_at__isnull=True),
                name="dossiers_correction_one_open",
            ),
            models.UniqueConstraint(
                fields=["dossier", "version"], condition=Q(dropped_at__isnull=True), name="dossiers_correction_version"
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | Q(dropped_at__isnull=True), name="dossiers_correction_one_end"
            ),
            models.CheckConstraint(condition=Q(version__gte=2), name="dossiers_correction_is_later"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(wrong=""), name="dossiers_correction_has_reason"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["started_at"], name="dossiers_correction_started")]


class Reopening(Record):
    """A closed dossier opened again by privilege: why, on which basis, what it had been and since when."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reopenings")
    was = models.SmallIntegerField(choices=State.choices)
    closed_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.TextField()
    reason = models.TextField()
    basis = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(at__gte=F("closed_at")), name="dossiers_reopening_order"),
            models.CheckConstraint(
                condition=Q(was__in=[State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED]),
                name="dossiers_reopening_was_closed",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(basis=""), name="dossiers_reopening_has_reason"),
        ]
        indexes = [models.Index(fields=["dossier", "at"], name="dossiers_reopening_of")]
