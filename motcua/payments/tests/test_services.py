"""Charges: what is raised is what is owed, what is paid is paid once, and the evidence adds up."""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, ActorKind
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Event
from motcua.payments import queries, services
from motcua.payments.enums import ChargeKind, ChargeState, Method
from motcua.payments.models import Charge

NOON = datetime(2026, 11, 23, 12, tzinfo=ZONE)
LATER = NOON + timedelta(hours=2)
CASHIER = Actor(kind=ActorKind.PERSON, name="Cán bộ", account_id=uuid7())


def line(amount: int, **facts: object) -> services.Line:
    return services.Line(kind=ChargeKind.CHARGE, label="Lệ phí hộ tịch", amount=amount, **facts)  # type: ignore[arg-type]


def owe(*amounts: int, subject: UUID | None = None) -> UUID:
    """A subject with these charges."""
    subject = subject or uuid7()
    services.raise_charges(
        subject_id=subject, subject_code="H49.51.01-261123-0001", agency_id=people.agency().pk,
        lines=[line(amount) for amount in amounts], now=NOON,
    )  # fmt: skip
    return subject


def pay(subject: UUID, *, now: datetime = LATER, method: Method = Method.CASH) -> int:
    return services.record_counter_payment(
        subject_id=subject, method=method, receipt_number="0000012", actor=CASHIER, now=now
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(st.integers(0, 10**12), max_size=4), min_size=1, max_size=4))
def test_the_sum_of_what_is_raised_is_owed_until_it_is_paid_and_paid_once(db: None, rounds: list[list[int]]) -> None:
    """Charges come in rounds (at acceptance, as an obligation, …), each paid before the next or not at all."""
    subject, other = uuid7(), owe(77)
    taken = 0
    for amounts in rounds:
        owe(*amounts, subject=subject)
        assert queries.due_amount(subject) == sum(amounts)
        if sum(amounts):
            taken += pay(subject)
        assert queries.due_amount(subject) == 0
        with pytest.raises(Refused) as refused:
            pay(subject)
        assert refused.value.code == "nothing_due"
    assert taken == sum(map(sum, rounds))
    assert sum(charge.amount for charge in queries.charges_of(subject)) == taken
    assert queries.due_amount(other) == 77, "another subject's charges are not touched"


def test_what_a_charge_keeps(db: None) -> None:
    subject, agency = uuid7(), people.agency()
    known, unknown = (
        services.Line(ChargeKind.FEE, "Phí thẩm định", 120_000, "Nghị quyết số 5", is_verified=True),
        services.Line(ChargeKind.UNKNOWN, "Tiền khác", 3),
    )
    services.raise_charges(
        subject_id=subject, subject_code="H49-1", agency_id=agency.pk, lines=[known, unknown], now=NOON
    )
    first, second = queries.charges_of(subject)
    assert (first.kind, first.label, first.amount, first.basis, first.is_verified) == (
        "phi", "Phí thẩm định", 120_000, "Nghị quyết số 5", True,
    )  # fmt: skip
    assert (second.kind, second.amount, second.basis, second.is_verified) == ("unknown", 3, "", False)
    assert {(c.subject_code, c.agency_id, c.state, c.created_at, c.paid_at) for c in (first, second)} == {
        ("H49-1", agency.pk, ChargeState.DUE, NOON, None)
    }


def test_a_payment_says_who_took_what_when_and_how(db: None) -> None:
    subject = owe(5000, 8000)
    assert pay(subject, method=Method.CARD) == 13_000
    charges = queries.charges_of(subject)
    assert [(c.state, c.paid_at, c.method, c.receipt_number, c.taken_by) for c in charges] == [
        (ChargeState.PAID, LATER, Method.CARD, "0000012", CASHIER.account_id)
    ] * 2
    evidence = AuditEntry.objects.get(subject_id=subject)
    assert (evidence.action, evidence.account_id, evidence.at) == ("payments.pay", CASHIER.account_id, LATER)
    assert evidence.detail == {"amount": 13_000, "method": "card"}
    event = Event.objects.get(name="payments.ChargesPaid")
    assert (event.payload["subject_id"], event.payload["amount"]) == (str(subject), 13_000)
    assert event.payload["charge_ids"] == [str(c.pk) for c in charges]


def test_a_later_charge_is_paid_by_itself(db: None) -> None:
    """What was paid before keeps its receipt: an obligation after the fee does not rewrite the fee."""
    subject = owe(5000)
    pay(subject, now=NOON)
    owe(2_500_000, subject=subject)
    assert pay(subject, now=LATER) == 2_500_000
    assert [c.paid_at for c in queries.charges_of(subject)] == [NOON, LATER]


def test_what_is_waived_is_not_owed(db: None) -> None:
    subject = owe(5000, 8000)
    Charge.objects.filter(subject_id=subject, amount=5000).update(state=ChargeState.WAIVED)
    assert queries.due_amount(subject) == 8000
    assert pay(subject) == 8000
    assert Charge.objects.get(subject_id=subject, amount=5000).paid_at is None


def test_charges_come_in_the_order_they_were_raised(db: None) -> None:
    subject = owe(3, 1, 2)
    owe(9, subject=subject)
    assert [c.amount for c in queries.charges_of(subject)] == [3, 1, 2, 9]


@pytest.mark.django_db(transaction=True)
def test_two_cashiers_take_the_money_once() -> None:
    subject = owe(5000)
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def take() -> None:
        try:
            start.wait(10)
            outcomes.append(pay(subject))
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, outcomes)) == ["5000", "nothing_due"]
    assert AuditEntry.objects.filter(action="payments.pay", subject_id=subject).count() == 1


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"amount": -1}, {"state": "paid", "paid_at": None}])
def test_the_database_holds_no_impossible_charge(db: None, wrong: dict[str, object]) -> None:
    subject = owe(5000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(subject_id=subject).update(**wrong)
