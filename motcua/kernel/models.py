"""The kernel's own tables: the event log with its cursors, the audit trail, the keys of acts already done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now

from motcua.kernel.db import Record


class Event(models.Model):
    """One fact that happened, in the transaction that made it true. Consumers read it in (xid, id) order."""

    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(
        db_default=Cast(Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())
    )
    name = models.TextField(db_collation="C")
    payload = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["xid", "id"], name="kernel_event_order"),
            # The facts of one dossier, for those who take it out: without reading the whole log.
            models.Index(KT("payload__dossier_id"), name="kernel_event_dossier"),
        ]


class Cursor(models.Model):
    """How far one consumer has read the event log."""

    consumer = models.TextField(primary_key=True, db_collation="C")
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=Now())


class AuditEntry(Record):
    """Evidence of one act: who, what, on what. Append-only: a trigger refuses change and removal."""

    at = models.DateTimeField()
    action = models.TextField(db_collation="C")
    actor_kind = models.TextField(db_collation="C")
    actor_name = models.TextField(blank=True)
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    subject_kind = models.TextField(db_collation="C")
    subject_id = models.UUIDField()
    detail = models.JSONField(default=dict)
    address = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "at"], name="kernel_audit_subject"),
            models.Index(fields=["account_id", "at"], name="kernel_audit_account"),
        ]


class Act(models.Model):
    """The key of a form already carried out, with its result: the same form sent twice acts once."""

    key = models.UUIDField(primary_key=True)
    name = models.TextField(db_collation="C")
    result_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())


class Setting(models.Model):
    """A named list of words kept by the system itself, such as the loaded pack's digest."""

    name = models.TextField(primary_key=True, db_collation="C")
    words = ArrayField(models.TextField())
