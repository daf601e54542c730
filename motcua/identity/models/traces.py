"""Who looked at whom, and who tried to sign in. Both only grow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from motcua.identity.enums import Outcome, Purpose, Way
from motcua.kernel.db import Record


class AccessEntry(Record):
    """Somebody read personal data: when, whose, what for (Law 91/2025/QH15, art. 4). Append-only by trigger."""

    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    actor_name = models.TextField(blank=True)
    person_id = models.UUIDField()  # whose data
    subject_kind = models.TextField(db_collation="C")
    subject_id = models.UUIDField()
    purpose = models.TextField()
    fields = ArrayField(models.TextField(db_collation="C"), default=list)
    address = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="identity_access_person"),
            models.Index(fields=["account_id", "-at"], name="identity_access_account"),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}"

    @property
    def purpose_words(self) -> str:
        """The purpose in the reader's language; one that is not among ours stands as it was written."""
        return str(Purpose(self.purpose).label) if self.purpose in Purpose.values else self.purpose


class SignInEvent(Record):
    """One attempt to sign in and how it ended. The name typed is kept only where an account bears it."""

    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    way = models.TextField(choices=Way)
    outcome = models.TextField(choices=Outcome)
    level = models.TextField(blank=True, db_collation="C")
    methods = ArrayField(models.TextField(db_collation="C"), default=list)
    address = models.TextField(blank=True, db_collation="C")
    browser = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-at"], name="identity_signin_account"),
            models.Index(fields=["address", "-at"], name="identity_signin_address"),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
