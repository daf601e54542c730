"""One form that did the same act to many dossiers, and what became of each."""

from django.db import models

from motcua.kernel.db import Record


class Batch(Record):
    """A batch by its form's key: what was asked, and the outcome of each row, in the order sent.

    `outcomes` holds `{"dossier", "code", "ok", "message"}`; `finished_at` is empty while it runs or after a crash.
    """

    action = models.TextField(db_collation="C")
    mode = models.TextField(db_collation="C")
    account_id = models.UUIDField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcomes = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["started_at"], name="dossiers_batch_started")]
