"""What people sign in with, what staff may do, who is signed in."""

from datetime import date
from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.identity.enums import ROLE_LABELS
from motcua.identity.models.people import Person
from motcua.kernel.actor import Role
from motcua.kernel.db import LockingQuerySet, Record, holds_on
from motcua.kernel.ids import uuid7

ROLES = [(role.value, role.value) for role in Role]


class AccountManager(BaseUserManager["Account"]):
    """Look-up by user name; accounts are made by `services.create_account`."""


class Account(AbstractBaseUser):
    """What a person signs in with. There is no superuser: every power is a dated role in an agency."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.TextField(unique=True, db_collation="C")
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")
    email = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    national_hash = models.BinaryField(null=True, unique=True, max_length=32)  # of the provider's issuer and subject
    created_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = AccountManager()

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.username


class StaffRoleQuerySet(LockingQuerySet["StaffRole"]):
    """Roles by time."""

    def valid(self, on: date) -> Self:
        """In force on a day and not ended."""
        return self.filter(holds_on(on), ended_at__isnull=True)


class StaffRole(Record):
    """One role of an account in an agency, from a day to a day (inclusive), by a decision. Ending it acts at once."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="staff_roles")
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    role = models.TextField(choices=ROLES, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "agency", "role"],
                condition=Q(ended_at__isnull=True),
                name="identity_staffrole_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="identity_staffrole_period"
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="identity_staffrole_role"),
        ]
        indexes = [models.Index(fields=["agency", "role"], name="identity_staffrole_agency")]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.account_id}: {self.role} in {self.agency_id}"

    @property
    def label(self) -> str:
        """The role in the reader's language."""
        return str(ROLE_LABELS[Role(self.role)])


class SecondFactor(models.Model):
    """An authenticator app of an account (RFC 6238) with its recovery codes. Each code counts once."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="second_factor")
    secret_sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_counter = models.BigIntegerField(default=0)
    recovery_hashes = ArrayField(models.BinaryField(max_length=32), default=list)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """As logs and shells show it."""
        return str(self.account_id)


class Session(models.Model):
    """Somebody's browser. The key is kept as its SHA-256 only: who reads the table cannot become anybody."""

    key_hash = models.BinaryField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="identity_session_expiry")]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.key_hash.hex()[:12]
