"""Who is away from the office, until when, and who stands in."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from motcua.identity.enums import AbsenceState
from motcua.identity.models.accounts import Account
from motcua.kernel.db import LockingQuerySet, Record, holds_on

STANDING = (AbsenceState.ASKED, AbsenceState.GRANTED)


class AbsenceQuerySet(LockingQuerySet["Absence"]):
    """Absences by time."""

    def running(self, on: date) -> Self:
        """Granted and in force on a day."""
        return self.filter(holds_on(on), state=AbsenceState.GRANTED)


class Absence(Record):
    """Days on which somebody is away and a colleague stands in for them in all their roles but administrator.

    It begins and ends by itself: nothing is moved, so nothing has to be moved back.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(Account, models.PROTECT, related_name="substitutions")
    valid_from = models.DateField()
    valid_to = models.DateField()
    basis = models.TextField()
    state = models.TextField(choices=AbsenceState.choices, default=AbsenceState.ASKED, db_collation="C")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was declined, or ended early

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="identity_absence_period"),
            models.CheckConstraint(condition=~Q(account=F("substitute")), name="identity_absence_another"),
            models.CheckConstraint(
                condition=Q(state=AbsenceState.ASKED) | Q(decided_at__isnull=False), name="identity_absence_decided"
            ),
            ExclusionConstraint(
                name="identity_absence_no_overlap",
                expressions=[
                    (F("account"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"), F("valid_to"), Value("[]"), function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=STANDING),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["substitute", "valid_to"], condition=Q(state="granted"), name="identity_absence_substitute"
            ),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.account_id}: {self.valid_from} – {self.valid_to}"

    @property
    def is_asked(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == AbsenceState.ASKED
