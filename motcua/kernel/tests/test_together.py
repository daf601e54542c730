"""Several writes as one statement."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from motcua.kernel import audit, clock, outbox
from motcua.kernel.actor import ActorKind, system
from motcua.kernel.ids import uuid7
from motcua.kernel.models import Act, AuditEntry, Cursor, Event
from motcua.kernel.together import Together

pytestmark = pytest.mark.django_db
ACTOR = system("test")


def entry(key: UUID, **detail: object) -> AuditEntry:
    """The evidence of an act nobody did."""
    return audit.entry(ACTOR, "test.try", ("test", key), now=clock.now(), **detail)


def test_rows_of_several_tables_are_one_statement(django_assert_num_queries) -> None:
    cursor, key = Cursor.objects.create(consumer="test", xid=1), uuid7()
    with django_assert_num_queries(1):
        together = Together().insert(entry(key, words=["một", "hai"]), Event(name="test.Tried", payload={"a": None}))
        together.add("UPDATE kernel_cursor SET xid = %s WHERE consumer = %s", 7, "test").write()
    written = AuditEntry.objects.get(subject_id=key)
    assert (written.detail, written.actor_kind) == ({"words": ["một", "hai"]}, ActorKind.SYSTEM.value)
    event = Event.objects.get(name="test.Tried")
    assert event.payload == {"a": None}
    assert event.xid > 0, "the database gives the transaction's number"
    cursor.refresh_from_db()
    assert cursor.xid == 7


def test_a_row_is_changed_in_the_fields_named_and_no_other() -> None:
    one, other = Cursor.objects.create(consumer="one"), Cursor.objects.create(consumer="other")
    one.xid, one.event_id = 5, 9
    Together().change(one, ["xid"]).change(other, []).write()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.xid, one.event_id, other.xid) == (5, 0, 0)


def test_all_or_nothing() -> None:
    key = uuid7()
    Act.objects.create(key=key, name="test.first", result_id=uuid7())
    with pytest.raises(IntegrityError), transaction.atomic():
        Together().insert(entry(key), Act(key=key, name="test.second", result_id=uuid7())).write()
    assert not AuditEntry.objects.filter(subject_id=key).exists()


def test_nothing_collected_is_nothing_sent(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        Together().write()


def test_written_once() -> None:
    together = Together().insert(entry(key := uuid7()))
    together.write()
    together.write()
    assert AuditEntry.objects.filter(subject_id=key).count() == 1


@pytest.mark.django_db(transaction=True)
def test_events_need_a_transaction() -> None:
    with pytest.raises(outbox.OutsideTransaction):
        outbox.entries()


class Gone(Exception):
    """What must be there is not."""


MOVE = "UPDATE kernel_cursor SET consumer = %s WHERE consumer = %s"


def test_what_is_required_happens_first_and_the_rest_with_it(django_assert_num_queries) -> None:
    Cursor.objects.create(consumer="place", xid=1)
    together = Together().insert(entry(key := uuid7()), Cursor(consumer="place", xid=2))
    with django_assert_num_queries(1):
        together.require(MOVE, "elsewhere", "place", error=Gone()).insert(Event(name="test.Moved", payload={})).write()
    assert dict(Cursor.objects.values_list("consumer", "xid")) == {"elsewhere": 1, "place": 2}
    assert AuditEntry.objects.filter(subject_id=key).exists()
    assert Event.objects.filter(name="test.Moved").exists()


@pytest.mark.parametrize(("there", "rows"), [(0, 1), (1, 2), (2, 1)])
def test_another_number_of_rows_than_required_is_an_error(there: int, rows: int) -> None:
    for number in range(there):
        Cursor.objects.create(consumer=f"place-{number}")
    first = Together().require("UPDATE kernel_cursor SET xid = 1", error=ValueError(), rows=there)
    first.require("UPDATE kernel_event SET xid = 1", error=Gone(), rows=rows).insert(entry(key := uuid7()))
    with pytest.raises(Gone), transaction.atomic():
        first.write()
    second = Together().require("UPDATE kernel_cursor SET xid = 1", error=Gone(), rows=rows).insert(entry(key))
    with pytest.raises(Gone), transaction.atomic():
        second.write()
    assert not AuditEntry.objects.filter(subject_id=key).exists()
