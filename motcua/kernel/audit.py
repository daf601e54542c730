"""Evidence: one row an act, written by the service in the act's own transaction. Logs are something else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from motcua.kernel.actor import Actor
from motcua.kernel.models import AuditEntry
from motcua.kernel.together import Together


def entry(
    actor: Actor, action: str, subject: models.Model | tuple[str, UUID], *, now: datetime, **detail: Any
) -> AuditEntry:
    """The unsaved audit row of an act; `detail` holds facts, never whole personal data."""
    kind, key = subject if isinstance(subject, tuple) else (subject._meta.label_lower, subject.pk)
    return AuditEntry(
        at=now, action=action, actor_kind=actor.kind.value, actor_name=actor.name, account_id=actor.account_id,
        person_id=actor.person_id, on_behalf_of=actor.on_behalf_of, subject_kind=kind, subject_id=key, detail=detail,
        address=actor.address,
    )  # fmt: skip


def record(
    actor: Actor, action: str, subject: models.Model | tuple[str, UUID], *, now: datetime, **detail: Any
) -> None:
    """Write that `actor` did `action` (`module.verb`) to `subject`."""
    Together().insert(entry(actor, action, subject, now=now, **detail)).write()
