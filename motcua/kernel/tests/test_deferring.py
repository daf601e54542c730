"""Jobs are deferred with the act, wait for their moment, and are not piled up; consumers read on in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from motcua.kernel import clock, jobs, outbox
from motcua.kernel.ids import uuid7
from motcua.kernel.models import Cursor, Event

TASK = "notifications.send"


def waiting() -> list[dict[str, Any]]:
    """The jobs of these tests, as the queue holds them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lock, queueing_lock, scheduled_at, args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id",
            [TASK],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_a_job_keeps_its_ids_its_lock_and_its_moment() -> None:
    key, moment = uuid7(), clock.now() + timedelta(hours=2)
    jobs.defer(TASK, lock="dossier-1", at=moment, dossier_id=key)
    jobs.defer(TASK, other=5)
    later, soon = waiting()
    assert (later["lock"], later["scheduled_at"]) == ("dossier-1", moment)
    assert later["args"] in ({"dossier_id": str(key)}, f'{{"dossier_id": "{key}"}}')
    assert (soon["scheduled_at"], soon["queueing_lock"]) == (None, None)


@pytest.mark.django_db
def test_one_waiting_under_a_word_is_enough_and_the_caller_goes_on() -> None:
    with transaction.atomic():
        jobs.defer(TASK, once="sweep-1")
        jobs.defer(TASK, once="sweep-1")
        jobs.defer(TASK, once="sweep-2")
        Cursor.objects.create(consumer="goes-on")
    assert [job["queueing_lock"] for job in waiting()] == ["sweep-1", "sweep-2"]
    assert Cursor.objects.filter(consumer="goes-on").exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_dies_with_its_transaction() -> None:
    with transaction.atomic():
        jobs.defer(TASK, lock="gone")
        transaction.set_rollback(True)
    assert waiting() == []


@dataclass(frozen=True)
class Tried:
    """A fact of these tests."""

    number: int


@dataclass(frozen=True)
class Ignored:
    """A fact nobody here asks for."""

    number: int


Tried.__module__ = Ignored.__module__ = "motcua.kernel.events"
BATCHES: list[list[int]] = []


@pytest.fixture
def consumer() -> Iterator[str]:
    BATCHES.clear()
    registry = outbox._consumers  # a test may put another in its place, and that may still stand when this one ends

    def collect(facts: Sequence[outbox.Fact]) -> None:
        BATCHES.append([fact.payload["number"] for fact in facts])

    outbox.consumer("batches", collect, Tried)
    yield "batches"
    registry.pop("batches", None)


@pytest.mark.django_db(transaction=True)
def test_a_long_log_is_read_batch_by_batch_without_loss(consumer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "BATCH", 3)
    with transaction.atomic():
        outbox.publish(*(Tried(n) if n % 4 else Ignored(n) for n in range(10)))
    assert outbox.pending(consumer)
    assert outbox.consume(consumer, batches=2) == 6
    assert outbox.pending(consumer)
    assert outbox.consume(consumer) == 4
    assert not outbox.pending(consumer)
    assert BATCHES == [[1, 2], [3, 5], [6, 7], [9]], "facts of other kinds are passed over"
    cursor = Cursor.objects.get(consumer=consumer)
    last = Event.objects.order_by("id").last()
    assert last is not None
    assert (cursor.event_id, cursor.xid, cursor.moved_at) == (last.id, last.xid, last.at)


@pytest.mark.django_db(transaction=True)
def test_lag_is_that_of_the_slowest_and_has_a_bound(consumer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has read on does not hide whoever has not."""
    monkeypatch.setattr(outbox, "_consumers", {consumer: outbox._consumers[consumer]})
    assert outbox.lag() == 0
    with transaction.atomic():
        outbox.publish(*(Tried(n) for n in range(5)))
    assert outbox.lag() == 5
    outbox.consumer("ahead", lambda facts: None, Tried)
    outbox.consume("ahead")
    assert outbox.lag() == 5
    monkeypatch.setattr(outbox, "FAR_BEHIND", 4)
    assert outbox.lag() == 4
    outbox.consume(consumer)
    assert outbox.lag() == 0
    monkeypatch.setattr(outbox, "_consumers", {})
    assert outbox.lag() == 0


@pytest.mark.django_db(transaction=True)
def test_every_consumer_reads_for_itself(consumer: str) -> None:
    with transaction.atomic():
        outbox.publish(Tried(1))
    outbox.consume(consumer)
    seen: list[int] = []
    outbox.consumer("second", lambda facts: seen.extend(fact.payload["number"] for fact in facts), Tried)
    try:
        assert outbox.consume("second") == 1
        assert (seen, BATCHES) == ([1], [[1]])
        assert {"second", consumer} <= set(outbox.consumers())
    finally:
        outbox._consumers.pop("second")
