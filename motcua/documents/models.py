"""Files as bytes (blobs), their uses (documents), and the papers that anybody may check (verifications)."""

from django.db import models

from motcua.documents.enums import Kind, Retention, Scan
from motcua.kernel.db import LockingQuerySet, Record


class Blob(models.Model):
    """Bytes in the store, named by their SHA-256, stored once. Internal: nothing outside refers to it."""

    sha256 = models.TextField(primary_key=True, db_collation="C")
    size = models.PositiveBigIntegerField()
    media_type = models.TextField(db_collation="C")
    scan = models.TextField(choices=Scan, default=Scan.NOT_SCANNED, db_collation="C")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="documents_blob_sha256",
                condition=models.Q(sha256__regex="^[0-9a-f]{64}$"),
                violation_error_message="A blob is named by its SHA-256 in hexadecimal.",
            ),
            models.CheckConstraint(name="documents_blob_not_empty", condition=models.Q(size__gt=0)),
            models.CheckConstraint(name="documents_blob_scan", condition=models.Q(scan__in=Scan.values)),
        ]

    def __str__(self) -> str:
        """What it is called."""
        return self.sha256


class Document(Record):
    """One use of a blob: whose it is, as what, under which name. Reached only through its owner's view."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT)
    name = models.TextField()
    title = models.TextField(blank=True)
    owner_kind = models.TextField(db_collation="C")
    owner_id = models.UUIDField()
    kind = models.TextField(choices=Kind, db_collation="C")
    retention = models.TextField(choices=Retention, db_collation="C")
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = LockingQuerySet["Document"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "created_at"], name="documents_of_owner"),
            models.Index(
                fields=["owner_kind", "created_at"], condition=models.Q(retention="draft"), name="documents_of_drafts"
            ),
        ]
        constraints = [
            models.CheckConstraint(name="documents_document_kind", condition=models.Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="documents_document_retention", condition=models.Q(retention__in=Retention.values)
            ),
            models.CheckConstraint(name="documents_document_name", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        """What it is called."""
        return self.title or self.name


class Printed(models.Model):
    """What a kept print was made of: layout with its digest, data, moment. With it the same bytes are made again."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, primary_key=True)
    layout = models.TextField(db_collation="C")
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="documents_printed_layout", condition=models.Q(layout__regex="^[a-z0-9-]+:[0-9a-f]{16}$")
            ),
        ]

    def __str__(self) -> str:
        """What it is called."""
        return self.layout


class Verification(Record):
    """A paper issued with a code that anybody may check. Holds facts of the paper, never a name of a person."""

    code = models.TextField(unique=True, db_collation="C")
    title = models.TextField()
    digest = models.TextField(db_collation="C", db_index=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)
    subject_id = models.UUIDField(null=True)
    reference = models.TextField(blank=True, db_collation="C")
    issued_by = models.TextField()
    issued_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    # What became of it: a later version took its place (`replaced_by` is that one's number), or it holds no more.
    replaced_at = models.DateTimeField(null=True)
    replaced_version = models.PositiveSmallIntegerField(null=True)
    replaced_by = models.TextField(blank=True)
    annulled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_id"], name="documents_verification_subject")]
        constraints = [
            models.CheckConstraint(
                name="documents_verification_digest", condition=models.Q(digest__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        """What it is called."""
        return f"{self.title} {self.code}"
