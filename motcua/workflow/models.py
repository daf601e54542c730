"""Process definitions as versioned data, and the runs of dossiers through them."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from motcua.kernel.actor import Role
from motcua.kernel.db import LockingQuerySet, Record, holds_on
from motcua.places.models import Agency
from motcua.workflow.enums import DurationUnit, Outcome, PauseKind, ResumePolicy, StepKind

if TYPE_CHECKING:
    from motcua.workflow.rules import StepView

V = TypeVar("V", bound=models.Model)
ROLES = [(role.value, role.name) for role in Role]


class VersionQuerySet(models.QuerySet[V]):
    """Versions by the days they are in force."""

    def in_force(self, on: date) -> Self:
        """Versions in force on a day, the latest version first."""
        found = self.filter(holds_on(on))
        return found.order_by("-version")


class Version(Record):
    """One version of what a pack says, in force from a day to a day; a version never changes."""

    key = models.TextField(db_collation="C")
    version = models.PositiveIntegerField()
    name = models.TextField()
    legal_basis = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    content = models.JSONField()
    digest = models.TextField(db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    loaded_at = models.DateTimeField()

    class Meta:
        abstract = True


class ProcessDefinition(Version):
    """One version of a process (quy trình nội bộ). A version never changes; other content is a new version.

    `content` holds what `rules.Process` reads: the steps with their shares of `total`, the cut-off, the defaults.
    """

    objects = VersionQuerySet["ProcessDefinition"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="workflow_definition_version"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(valid_to__isnull=True), name="workflow_definition_one_open"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="workflow_definition_counts"),
        ]


class Regime(Version):
    """One version of the law of the clock (`one-stop`), of silence (`tacit`), or of the warnings (`warnings`).

    A version never changes: a correction is another version with the same days, and the highest in force holds.
    """

    objects = VersionQuerySet["Regime"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="workflow_regime_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="workflow_regime_period"
            ),
        ]


class Run(Record):
    """The way of one subject (a dossier) through a process, with its legal clock.

    `policy` says how the limit starts and ends, `clock` keeps the ended pauses, `budgets` the working minutes of each
    step (empty without a due date). `regime_key` and `regime_version` name the law it was received under,
    `pause_policy` what the present pause will do (empty: decided when it ends), `extended_to` the date it was put off
    to. `present` is not stored: the services leave the present step there.
    """

    definition = models.ForeignKey(ProcessDefinition, models.PROTECT, related_name="runs")
    subject_id = models.UUIDField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    receiving_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    original_due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    amount = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    unit = models.TextField(choices=DurationUnit, blank=True, db_collation="C")
    policy = models.JSONField()
    budgets = models.JSONField(default=list)
    paused_at = models.DateTimeField(null=True)
    pause_kind = models.TextField(choices=PauseKind, blank=True, db_collation="C")
    pause_policy = models.TextField(choices=ResumePolicy, blank=True, db_collation="C")
    clock = models.JSONField(default=list)
    extended_at = models.DateTimeField(null=True)
    extended_to = models.DateTimeField(null=True)
    regime_key = models.TextField(blank=True, db_collation="C")
    regime_version = models.PositiveIntegerField(null=True)
    is_provisional = models.BooleanField(default=False)
    touches_unverified = models.BooleanField(default=False)

    objects = LockingQuerySet["Run"].as_manager()
    present: "StepView | None" = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=Q(ended_at__isnull=True), name="workflow_run_one_open"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, unit="", due_at__isnull=True, original_due_at__isnull=True)
                | Q(amount__gt=Decimal(0), due_at__isnull=False, original_due_at__isnull=False) & ~Q(unit=""),
                name="workflow_run_due_has_limit",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, pause_kind="")
                | Q(paused_at__isnull=False, ended_at__isnull=True) & ~Q(pause_kind=""),
                name="workflow_run_pause_has_kind",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True, extended_to__isnull=True)
                | Q(extended_at__isnull=False, extended_to__gt=F("extended_at"), due_at__isnull=False),
                name="workflow_run_extension_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id"], name="workflow_run_subject"),
            models.Index(fields=["due_at"], condition=Q(is_provisional=True), name="workflow_run_provisional"),
            models.Index(fields=["due_at", "id"], condition=Q(ended_at__isnull=True), name="workflow_run_open_due"),
        ]

    @property
    def is_paused(self) -> bool:
        """Whether its limit stands still; a pause that counts does not stop it."""
        return self.paused_at is not None and self.pause_policy != ResumePolicy.COUNTS


class StepRun(Record):
    """One stay at a step: entered, perhaps given to an account, left. Sent back, a step is entered again."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.TextField(db_collation="C")
    name = models.TextField()
    kind = models.TextField(choices=StepKind, db_collation="C")
    role = models.TextField(choices=ROLES, db_collation="C")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    assignee_id = models.UUIDField(null=True)
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    budget_minutes = models.PositiveIntegerField(null=True)
    left_at = models.DateTimeField(null=True)
    left_by_id = models.UUIDField(null=True)
    outcome = models.TextField(choices=Outcome, blank=True, db_collation="C")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(left_at__isnull=True), name="workflow_step_one_open"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, outcome="")
                | Q(left_at__isnull=False, left_at__gte=F("entered_at")) & ~Q(outcome=""),
                name="workflow_step_left_has_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "entered_at"], name="workflow_step_order"),
            models.Index(fields=["due_at", "id"], condition=Q(left_at__isnull=True), name="workflow_step_open_due"),
        ]
