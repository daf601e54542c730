"""The parts that other agencies take in a dossier: linked procedures and consultation."""

from django.db import models
from django.db.models import F, Q

from motcua.dossiers.enums import OPEN_PARTS, PartState
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.actor import Role
from motcua.kernel.db import LockingQuerySet, Record
from motcua.workflow.enums import PartKind

ROLES = [(role.value, role.name) for role in Role]


class Part(Record):
    """One agency's share of a dossier (Decree 61/2018, art. 19): its task, its limit, its own answer.

    `agency` None: an agency outside this system (`outside` names it), or one still to be named. `minutes` are working
    minutes from the start of its stage; `due_at` of an ad-hoc opinion stands in the request. `closes_at` is the step
    that waits for it when it is required.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="parts")
    key = models.TextField(db_collation="C")
    name = models.TextField()
    kind = models.TextField(choices=PartKind.choices, db_collation="C")
    agency = models.ForeignKey("places.Agency", models.PROTECT, null=True, related_name="+")
    outside = models.TextField(blank=True)
    role = models.TextField(choices=ROLES, db_collation="C")
    stage = models.PositiveSmallIntegerField(default=1)
    is_required = models.BooleanField(default=True)
    opens_at = models.TextField(db_collation="C")
    closes_at = models.TextField(db_collation="C")
    minutes = models.PositiveIntegerField(null=True)
    question = models.TextField(blank=True)
    asked_by = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    state = models.TextField(choices=PartState.choices, db_collation="C")
    assignee_id = models.UUIDField(null=True)
    assignee_name = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(blank=True)
    answer = models.TextField(blank=True)  # the opinion, or why it was declined or not waited for
    document_id = models.UUIDField(null=True)
    document_name = models.TextField(blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "key"], condition=Q(state__in=OPEN_PARTS), name="dossiers_part_once_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_PARTS, done_at__isnull=True)
                | ~Q(state__in=OPEN_PARTS) & Q(done_at__isnull=False),
                name="dossiers_part_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(PartState.WAITING, PartState.DROPPED)) | Q(started_at__isnull=False),
                name="dossiers_part_running_has_start",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(started_at__isnull=True) | Q(done_at__gte=F("started_at")),
                name="dossiers_part_order",
            ),
            models.CheckConstraint(condition=Q(stage__gte=1), name="dossiers_part_stage"),
        ]
        indexes = [
            models.Index(fields=["dossier"], name="dossiers_part_dossier"),
            models.Index(
                fields=["due_at"],
                condition=Q(state=PartState.RUNNING, warned_at__isnull=True),
                name="dossiers_part_due",
            ),
            models.Index(fields=["agency", "done_at"], name="dossiers_part_agency"),
        ]

    @property
    def who(self) -> str:
        """The agency, as people read it; empty while it is still to be named."""
        return self.agency.name if self.agency else self.outside

    @property
    def is_open(self) -> bool:
        """Still to be answered."""
        return self.state in OPEN_PARTS

    @property
    def is_running(self) -> bool:
        """Asked, and not yet answered."""
        return self.state == PartState.RUNNING
