"""What officers do at the counter besides dossiers."""

from django.db import models
from django.db.models import Q

from motcua.counter.enums import GuidanceKind
from motcua.kernel.db import Record


class Guidance(Record):
    """Once a person was guided to do it online: by whom, where, how long, for which procedure (if any)."""

    at = models.DateTimeField()
    kind = models.TextField(choices=GuidanceKind.choices, default=GuidanceKind.FILED, db_collation="C")
    minutes = models.PositiveSmallIntegerField()
    procedure = models.ForeignKey("catalogue.Procedure", models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    officer = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=240), name="counter_guidance_minutes",
                violation_error_message="Guidance takes between one minute and four hours.",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["officer", "-at"], name="counter_guidance_officer"),
            models.Index(fields=["agency", "at"], name="counter_guidance_agency"),
        ]
