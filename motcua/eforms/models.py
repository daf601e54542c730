"""Form definitions and result templates as dated, versioned data. Answers belong to whoever asked."""

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from motcua.kernel.db import LockingQuerySet, Record, holds_on

V = TypeVar("V", bound="Versioned")


class VersionedQuerySet(LockingQuerySet[V]):
    """Versions of definitions."""

    def in_force(self, on: date) -> Self:
        """Those in force on a day. Versions of one key may overlap: the highest counts."""
        return self.filter(holds_on(on))


class Versioned(Record):
    """One version of a definition: what it says never changes, a change is a new version."""

    key = models.TextField(db_collation="C")
    version = models.PositiveIntegerField()
    title = models.JSONField()
    legal_basis = models.TextField()
    procedures = ArrayField(models.TextField(db_collation="C"), default=list)
    content = models.JSONField()
    digest = models.TextField(db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    is_verified = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.key} {self.version}"


class FormDefinition(Versioned):
    """An e-form in one version; `procedures` are the codes it is filled in for."""

    objects = VersionedQuerySet["FormDefinition"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="eforms_form_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="eforms_form_period"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="eforms_form_version_counts"),
        ]
        indexes = [GinIndex(fields=["procedures"], name="eforms_form_procedures")]


class ResultTemplate(Versioned):
    """The draft of a result in one version; `procedures` are the codes whose result it is."""

    objects = VersionedQuerySet["ResultTemplate"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="eforms_result_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="eforms_result_period"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="eforms_result_version_counts"),
        ]
        indexes = [GinIndex(fields=["procedures"], name="eforms_result_procedures")]
