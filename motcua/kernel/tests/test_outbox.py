"""The event log: written with the act, read once, in order, never skipped."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction

from motcua.kernel import acts, audit, clock, outbox
from motcua.kernel.actor import system
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Cursor, Event, Setting


@dataclass(frozen=True)
class Happened:
    """A fact of these tests."""

    dossier_id: UUID
    note: str = ""


Happened.__module__ = "motcua.kernel.events"
SEEN: list[outbox.Fact] = []


@pytest.fixture(autouse=True)
def consumer() -> Iterator[None]:
    SEEN.clear()

    def collect(facts: Sequence[outbox.Fact]) -> None:
        SEEN.extend(facts)

    outbox.consumer("test", collect, Happened)
    yield
    outbox._consumers.pop("test")


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(outbox.OutsideTransaction):
        outbox.publish(Happened(uuid7()))


@pytest.mark.django_db(transaction=True)
def test_an_event_dies_with_its_transaction() -> None:
    with transaction.atomic():
        outbox.publish(Happened(uuid7()))
        transaction.set_rollback(True)
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_events_are_read_once_and_in_order() -> None:
    keys = [uuid7() for _ in range(3)]
    for key in keys:
        with transaction.atomic():
            outbox.publish(Happened(key))
    assert outbox.consume("test") == 3
    assert outbox.consume("test") == 0
    assert [fact.payload["dossier_id"] for fact in SEEN] == [str(key) for key in keys]


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_not_skipped() -> None:
    """An older transaction that commits after a younger one: the reader waits for it."""
    started, finish = threading.Event(), threading.Event()
    old, young = uuid7(), uuid7()

    def slow() -> None:
        try:
            with transaction.atomic():
                outbox.publish(Happened(old))
                started.set()
                finish.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(10)
    with transaction.atomic():
        outbox.publish(Happened(young))
    assert outbox.consume("test") == 0, "nothing may pass while an older transaction runs"
    finish.set()
    thread.join(10)
    outbox.consume("test")
    assert [fact.payload["dossier_id"] for fact in SEEN] == [str(old), str(young)]


@pytest.mark.django_db(transaction=True)
def test_a_consumer_that_fails_reads_the_same_batch_again() -> None:
    with transaction.atomic():
        outbox.publish(Happened(uuid7()))

    def fail(facts: Sequence[outbox.Fact]) -> None:
        raise ZeroDivisionError

    good = outbox._consumers["test"]
    outbox._consumers["test"] = (fail, good[1])
    with pytest.raises(ZeroDivisionError):
        outbox.consume("test")
    outbox._consumers["test"] = good
    assert outbox.consume("test") == 1
    assert len(SEEN) == 1


@pytest.mark.django_db
def test_audit_rows_cannot_be_changed_or_removed() -> None:
    audit.record(system("test"), "kernel.try", ("thing", uuid7()), now=clock.now(), why="evidence")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditEntry.objects.update(action="other")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.django_db
def test_a_form_sent_twice_acts_once() -> None:
    key, first, second = uuid7(), uuid7(), uuid7()
    actor = system("test")
    assert acts.claim(key, name="try", result_id=first, actor=actor) is None
    assert acts.claim(key, name="try", result_id=second, actor=actor) == first
    assert acts.claim(None, name="try", result_id=second, actor=actor) is None


def killed_while_consuming(moment: str) -> int:
    """A process that dies by SIGKILL while it reads: in the handler after its writes, or before the cursor is kept."""
    connection.close()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    connections.close_all()

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def handle(facts: Sequence[outbox.Fact]) -> None:
        note(facts)
        if moment == "handler":
            die()

    if moment == "cursor":
        Cursor.save = die  # type: ignore[method-assign]
    outbox.consumer("test", handle, Happened)
    outbox.consume("test")
    os._exit(0)


def note(facts: Sequence[outbox.Fact]) -> None:
    """What a consumer does: a row for each event."""
    Setting.objects.bulk_create([Setting(name=fact.payload["dossier_id"], words=[]) for fact in facts])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["handler", "cursor"])
def test_killed_between_batch_and_cursor_nothing_is_lost_and_nothing_twice(moment: str) -> None:
    keys = {str(uuid7()) for _ in range(3)}
    for key in keys:
        with transaction.atomic():
            outbox.publish(Happened(UUID(key)))
    assert killed_while_consuming(moment) == signal.SIGKILL
    assert not Setting.objects.filter(name__in=keys).exists(), "the dead one's rows went with its transaction"
    outbox.consumer("test", note, Happened)
    assert outbox.consume("test") == 3
    assert outbox.consume("test") == 0
    assert set(Setting.objects.filter(name__in=keys).values_list("name", flat=True)) == keys
