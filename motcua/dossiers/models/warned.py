"""Warnings before a due date, of a step or of the whole dossier, and once it has passed."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.dossiers.enums import OPEN, State, WarningLevel
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.db import LockingQuerySet, Record

WATCHED = sorted(OPEN - {State.NEW})  # the states in which a limit may run


class DueWarningQuerySet(LockingQuerySet["DueWarning"]):
    """Warnings by whether what they warn of still holds."""

    def standing(self) -> Self:
        """Only warnings whose step or dossier still goes towards that due date, in that agency, and does not wait."""
        corrected = Q(step__isnull=True, dossier__correction_due_at=F("due_at"))
        of_dossier = Q(step__isnull=True, dossier__correction_run__isnull=True, dossier__due_at=F("due_at"))
        of_step = Q(step__isnull=False, step__left_at__isnull=True, dossier__step_due_at=F("due_at"))
        of_acceptance = Q(step__isnull=True, dossier__state=State.NEW, dossier__acceptance_due_at=F("due_at"))
        under_way = (corrected | of_dossier | of_step) & Q(dossier__state__in=WATCHED)
        return self.filter(
            under_way | of_acceptance, ended_at__isnull=True, dossier__paused_at__isnull=True,
            dossier__step_agency=F("agency"),
        )  # fmt: skip


class DueWarning(Record):
    """One warning (cảnh báo): of which due date, at which level, in which agency, and who was told.

    `step` None: the due date of the whole dossier, before acceptance the time to accept it. A more urgent warning of
    the same ends the one before; so does leaving the step, waiting, another due date. `ended_at` is written by the next
    look at it: whether a warning stands is asked with `standing`.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="warnings")
    step = models.ForeignKey("workflow.StepRun", models.CASCADE, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(choices=WarningLevel.choices)
    due_at = models.DateTimeField()
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    told = ArrayField(models.UUIDField())  # accounts
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DueWarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "step", "due_at", "agency", "level"], nulls_distinct=False,
                name="dossiers_warning_once",
            ),
            models.UniqueConstraint(
                fields=["dossier", "step"], condition=Q(ended_at__isnull=True), nulls_distinct=False,
                name="dossiers_warning_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")), name="dossiers_warning_order"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["agency", "level", "due_at", "id"], condition=Q(ended_at__isnull=True),
                name="dossiers_warning_list",
            )
        ]  # fmt: skip

    @property
    def is_of_acceptance(self) -> bool:
        """Whether it warns of the time to accept what was filed."""
        return self.step_id is None and self.due_at == self.dossier.acceptance_due_at != self.dossier.due_at
