"""One event log: `publish` writes it inside the act's transaction, consumers read it in batches behind a cursor.

Only events whose transaction is older than every running one are read, so that a late commit is never skipped.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from motcua.kernel.models import Cursor, Event
from motcua.kernel.together import Together

BATCH = 500
FAR_BEHIND = 10_000
log = structlog.get_logger(__name__)
Handler = Callable[[Sequence["Fact"]], None]
_consumers: dict[str, tuple[Handler, frozenset[str]]] = {}


class OutsideTransaction(RuntimeError):
    """An event was published outside a transaction: it could survive the act it reports."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as consumers see it."""

    id: int
    name: str
    payload: dict[str, Any]
    at: datetime


def publish(*events: Any) -> None:
    """Append frozen event dataclasses (ids and primitives only) to the log, in one statement."""
    Together().insert(*entries(*events)).write()


def entries(*events: Any) -> list[Event]:
    """The unsaved rows of events, for a service that writes them together with its other rows."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("Publish events inside transaction.atomic, together with the change they report.")
    return [Event(name=name_of(type(event)), payload=_payload(event)) for event in events]


def name_of(event_type: type[Any]) -> str:
    """`motcua.dossiers.events.DossierAccepted` is written as `dossiers.DossierAccepted`."""
    return f"{event_type.__module__.split('.')[1]}.{event_type.__name__}"


def consumer(name: str, handler: Handler, *events: type[Any]) -> None:
    """Register a consumer of these event types (called from an upper module's `apps.ready`)."""
    _consumers[name] = (handler, frozenset(name_of(event) for event in events))


def consumers() -> tuple[str, ...]:
    """The names of all registered consumers."""
    return tuple(sorted(_consumers))


def pending(name: str) -> bool:
    """Whether this consumer has something to read now."""
    return bool(_read(name, *_position(name), limit=1))


def consume(name: str, *, batches: int = 1000) -> int:
    """Read on from the cursor until nothing is left; returns how many events passed. A second runner steps aside."""
    seen = 0
    for _ in range(batches):
        count = _consume_batch(name)
        seen += count
        if count < BATCH:
            break
    return seen


@transaction.atomic
def _consume_batch(name: str) -> int:
    handler, wanted = _consumers[name]
    Cursor.objects.bulk_create([Cursor(consumer=name)], ignore_conflicts=True)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=name).first()
    if cursor is None:
        return 0
    rows = _read(name, cursor.xid, cursor.event_id, limit=BATCH)
    if not rows:
        return 0
    facts = [fact for _, fact in rows if fact.name in wanted]
    if facts:
        handler(facts)
    cursor.xid, cursor.event_id = rows[-1][0], rows[-1][1].id
    cursor.moved_at = rows[-1][1].at
    cursor.save(update_fields=["xid", "event_id", "moved_at"])
    return len(rows)


def _position(name: str) -> tuple[int, int]:
    return Cursor.objects.filter(consumer=name).values_list("xid", "event_id").first() or (0, 0)


def _read(name: str, xid: int, event_id: int, *, limit: int) -> list[tuple[int, Fact]]:
    rows = Event.objects.raw(
        "SELECT id, xid, name, payload, at FROM kernel_event WHERE (xid, id) > (%s, %s)"
        " AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid, id LIMIT %s",
        [xid, event_id, limit],
    )
    return [(row.xid, Fact(row.id, row.name, row.payload, row.at)) for row in rows]


def lag() -> int:
    """Events the slowest consumer has not read yet, counted up to `FAR_BEHIND`: anybody may ask `/health/ready`."""
    if not _consumers:
        return 0
    behind = 0
    for name in _consumers:
        xid, event_id = _position(name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT FROM kernel_event WHERE (xid, id) > (%s, %s) LIMIT %s) AS unread",
                [xid, event_id, FAR_BEHIND],
            )
            row = cursor.fetchone()
        behind = max(behind, row[0] if row else 0)
    return behind


def _payload(event: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event)}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    return value
