"""What is gathered while a dossier is handled: papers, supplements, its story, the day's numbers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.dossiers.enums import Happening, State
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.actor import shown_name
from motcua.kernel.db import LockingQuerySet, Record


class Paper(Record):
    """A component handed in: file, paper, or both (thành phần hồ sơ)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="papers")
    component_key = models.TextField(blank=True, db_collation="C")
    name = models.TextField()
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    document_id = models.UUIDField(null=True)
    document_name = models.TextField(blank=True)
    added_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier"], name="dossiers_paper_dossier")]


class Supplement(Record):
    """One written request to complete the dossier (form 02) and its answer."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplements")
    number = models.PositiveSmallIntegerField()
    items = ArrayField(models.TextField())
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    limit_at = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    due_after = models.DateTimeField(null=True)
    not_visible_before = models.TextField(blank=True)  # of a further request: what could not be seen at the first
    sector_law = models.TextField(blank=True)  # which law lets it be asked so late
    is_counted = models.BooleanField(default=False)  # the wait is the agency's own time
    reminded_at = models.DateTimeField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="dossiers_supplement_number"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(answered_at__isnull=True),
                                    name="dossiers_supplement_one_open"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["limit_at"], condition=Q(answered_at__isnull=True), name="dossiers_supplement_limit")
        ]


class StoryLine(Record):
    """One line of the dossier's story: what happened, by whom, when; shown to those who may see the dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="story")
    at = models.DateTimeField()
    what = models.TextField(choices=Happening.choices, db_collation="C")
    state = models.SmallIntegerField(choices=State.choices)
    who = models.TextField(blank=True)
    instead_of = models.TextField(blank=True)  # the absent colleague it was done for
    agency = models.ForeignKey("places.Agency", models.PROTECT, null=True, related_name="+")
    step_name = models.TextField(blank=True)
    note = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "at"], name="dossiers_story_order")]

    @property
    def told_by(self) -> str:
        """Who did it, and for which absent colleague."""
        if not self.instead_of:
            return shown_name(self.who)
        return _("%(who)s, instead of %(absent)s") % {"who": self.who, "absent": self.instead_of}


class Inheritance(Record):
    """A dossier passed to an heir when its agency ended: from whom, to whom, by which plan (biên bản bàn giao).

    `is_competent`: the work passed; else only its reception. `at` is the first moment of the plan's day, so that
    figures of the days before still count it where it was then; of what had been closed, when the heir took it up.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="inheritances")
    at = models.DateTimeField()
    is_competent = models.BooleanField()
    from_agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    to_agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    plan_key = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "plan_key", "is_competent"], name="dossiers_inheritance_once")
        ]
        indexes = [models.Index(fields=["at", "dossier"], name="dossiers_inheritance_day")]


class DayNumber(models.Model):
    """The last dossier number of a receiving agency on a day."""

    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="dossiers_daynumber_once")]
