"""What all models share: the key, and the one way to lock."""

from typing import Self, TypeVar

from django.db import models

from motcua.kernel.ids import uuid7

M = TypeVar("M", bound=models.Model)


class LockingQuerySet(models.QuerySet[M]):
    """Rows locked in one order, so that two acts never wait for each other in a circle."""

    def for_update(self) -> Self:
        """Lock these rows, and only these, until the transaction ends."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Record(models.Model):
    """A row with a time-ordered key made here, not in the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
