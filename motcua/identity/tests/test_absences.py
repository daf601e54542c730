"""Absences: who may ask, confirm and end; what the substitute holds and for how long; what cannot be."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from motcua.identity import absence as rules
from motcua.identity import queries
from motcua.identity import services as identity
from motcua.identity.enums import AbsenceState
from motcua.identity.models import Absence, Account, StaffRole
from motcua.identity.tests import factories as make
from motcua.identity.tests.test_sessions import visit
from motcua.kernel.actor import Absent, Actor, Grant, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Event
from motcua.places.models import Agency

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
TODAY = NOW.date()
BASIS = "Đơn nghỉ phép ngày 20/11/2026"


class Office:
    """A ward with its centre and its people."""

    def __init__(self) -> None:
        self.ward: Agency = make.agency("H49.51", name="Ủy ban nhân dân phường Hồng Gai")
        self.centre: Agency = make.agency("H49.51.01", name="Trung tâm", kind="centre", parent=self.ward)
        self.away = make.officer(Role.HANDLER, of=self.ward, name="Trần Vắng Mặt")
        self.other = make.officer(Role.HANDLER, of=self.ward, name="Lê Thay")
        self.third = make.officer(Role.CLERK, of=self.ward, name="Phạm Ba")
        self.head = make.officer(Role.HEAD, of=self.ward, name="Vũ Trưởng Phòng")
        self.leader = make.officer(Role.LEADER, of=self.ward, name="Ngô Lãnh Đạo")

    def actor(self, who: Account, on: date = TODAY) -> Actor:
        return queries.actor_of(who.pk, on)

    def ask(self, by: Account | None = None, *, now: datetime = NOW, **changes: Any) -> Absence:
        values: dict[str, Any] = {
            "account_id": self.away.pk, "substitute_id": self.other.pk, "first_day": TODAY,
            "last_day": TODAY + timedelta(days=4), "basis": BASIS, **changes,
        }  # fmt: skip
        return identity.ask_absence(actor=self.actor(by or self.head), now=now, **values)


@pytest.fixture
def office() -> Office:
    return Office()


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.code


def test_the_substitute_holds_the_roles_while_it_runs_and_not_a_day_longer(office: Office) -> None:
    office.ask()
    own, held = Grant(Role.HANDLER, office.ward.pk), Grant(Role.HANDLER, office.ward.pk, office.away.pk)
    during = office.actor(office.other)
    assert during.grants == (own, held)
    assert during.absent == (Absent(office.away.pk, "Trần Vắng Mặt", TODAY + timedelta(days=4)),)
    assert during.accounts == (office.other.pk, office.away.pk)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=5)):
        outside = office.actor(office.other, day)
        assert (outside.grants, outside.absent, outside.accounts) == ((own,), (), (office.other.pk,))


def test_a_request_builds_it_in_its_one_query(
    office: Office, django_assert_num_queries: Any, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    office.ask(substitute_id=office.third.pk)
    key = identity.open_session(account_id=office.third.pk, has_second_factor=True)
    with django_assert_num_queries(1):
        actor, _response = visit(key)
    expected = office.actor(office.third)
    assert (actor.grants, actor.absent) == (expected.grants, expected.absent)
    assert actor.has(Role.HANDLER, office.ward.pk)
    assert not actor.has_own(Role.HANDLER, office.ward.pk)
    time_machine.move_to(NOW + timedelta(days=5))
    key = identity.open_session(account_id=office.third.pk, has_second_factor=True)
    assert visit(key)[0].absent == ()


def test_a_role_that_ends_ends_for_the_substitute_too(office: Office) -> None:
    office.ask(substitute_id=office.third.pk)
    role = StaffRole.objects.get(account=office.away)
    identity.end_role(staff_role_id=role.pk, actor=make.SYSTEM, now=NOW)
    actor = office.actor(office.third)
    assert (actor.has(Role.HANDLER), actor.absent) == (False, ())


def test_the_power_over_accounts_is_not_passed_on(office: Office) -> None:
    admin = make.officer(Role.ADMIN, Role.CLERK, of=office.ward)
    office.ask(office.leader, account_id=admin.pk, substitute_id=office.other.pk)
    actor = office.actor(office.other)
    assert actor.has(Role.CLERK, office.ward.pk)
    assert not actor.has(Role.ADMIN)


def test_no_chain_whatever_comes_first(office: Office) -> None:
    office.ask()
    assert refused(lambda: office.ask(account_id=office.other.pk, substitute_id=office.third.pk)) == "chain"
    later = TODAY + timedelta(days=5)
    office.ask(account_id=office.other.pk, substitute_id=office.third.pk, first_day=later, last_day=later)
    assert refused(lambda: office.ask(first_day=later, last_day=later)) == "substitute_absent"


def test_what_cannot_be(office: Office) -> None:
    office.ask()
    stranger = make.officer(Role.HANDLER, of=make.agency("H49.99"))
    yesterday = TODAY - timedelta(days=1)
    assert refused(office.ask) == "overlap"
    assert refused(lambda: office.ask(substitute_id=office.away.pk)) == "self"
    assert refused(lambda: office.ask(account_id=office.third.pk, substitute_id=stranger.pk)) == "not_colleague"
    assert refused(lambda: office.ask(account_id=office.third.pk, last_day=yesterday, first_day=TODAY)) == "period"
    assert refused(lambda: office.ask(account_id=office.third.pk, first_day=yesterday, last_day=yesterday)) == "past"
    assert refused(lambda: office.ask(account_id=office.third.pk, substitute_id=office.away.pk)) == "substitute_absent"
    assert refused(lambda: office.ask(account_id=office.third.pk, basis=" ")) == "no_basis"


def test_the_database_keeps_one_absence_at_a_time(office: Office) -> None:
    row = office.ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            account=office.away, substitute=office.third, valid_from=row.valid_to, valid_to=row.valid_to,
            basis=BASIS, asked_at=NOW,
        )  # fmt: skip


def test_who_decides(office: Office) -> None:
    cases: dict[Account, set[Account]] = {
        office.head: {office.away, office.third},
        office.leader: {office.away, office.third, office.head},
        office.other: set(),
    }
    everybody = {office.away, office.third, office.head, office.leader}
    for decider, those in cases.items():
        found = {who for who in everybody if identity.decides_on(office.actor(decider), who.pk, NOW)}
        assert found == those, decider
    above = make.officer(Role.LEADER, of=make.agency("H49", level="province"))
    assert not identity.decides_on(office.actor(above), office.leader.pk, NOW), "the ward stands under nobody here"
    Agency.objects.filter(pk=office.ward.pk).update(parent=make.agency("H49"))
    assert identity.decides_on(office.actor(above), office.leader.pk, NOW)


def test_whoever_works_in_two_agencies_is_led_in_both(office: Office) -> None:
    make.grant(office.away, Role.RECEPTION, make.agency("H49.99"))
    assert not identity.decides_on(office.actor(office.leader), office.away.pk, NOW)
    assert refused(office.ask) == "person"


def test_ones_own_waits_until_the_head_confirms(office: Office) -> None:
    asked = office.ask(office.away)
    assert asked.is_asked
    assert office.actor(office.other).absent == ()
    for nobody in (office.away, office.other):
        actor = office.actor(nobody)
        assert refused(lambda a=actor: identity.confirm_absence(absence_id=asked.pk, actor=a, now=NOW)) == "person"
    identity.confirm_absence(absence_id=asked.pk, actor=office.actor(office.head), now=NOW)
    assert office.actor(office.other).absent
    again = office.actor(office.leader)
    assert refused(lambda: identity.decline_absence(absence_id=asked.pk, reason="x", actor=again, now=NOW)) == "decided"
    kept = set(AuditEntry.objects.filter(subject_id=asked.pk).values_list("action", flat=True))
    assert kept == {"identity.ask_absence", "identity.decide_absence"}
    assert Event.objects.filter(name="identity.AbsenceDecided").count() == 1


def test_what_came_between_is_seen_when_it_is_confirmed(office: Office) -> None:
    asked = office.ask(office.away)
    Absence.objects.create(
        account=office.other, substitute=office.third, valid_from=TODAY, valid_to=TODAY, basis=BASIS, asked_at=NOW
    )
    head = office.actor(office.head)
    assert refused(lambda: identity.confirm_absence(absence_id=asked.pk, actor=head, now=NOW)) == "substitute_absent"


def test_declined_with_a_reason_leaves_the_days_free(office: Office) -> None:
    asked, head = office.ask(office.away), office.actor(office.head)
    assert (
        refused(lambda: identity.decline_absence(absence_id=asked.pk, reason=" ", actor=head, now=NOW)) == "no_reason"
    )
    identity.decline_absence(absence_id=asked.pk, reason="Nhiều hồ sơ.", actor=head, now=NOW)
    assert office.ask().state == AbsenceState.GRANTED


def test_back_early_ends_it_at_once(office: Office) -> None:
    row = office.ask()
    other = office.actor(office.third)
    assert refused(lambda: identity.end_absence(absence_id=row.pk, reason="", actor=other, now=NOW)) == "person"
    identity.end_absence(absence_id=row.pk, reason="Đã đi làm lại.", actor=office.actor(office.away), now=NOW)
    assert office.actor(office.other).absent == ()
    away = office.actor(office.away)
    assert refused(lambda: identity.end_absence(absence_id=row.pk, reason="", actor=away, now=NOW)) == "ended"


def test_who_is_on_duty_and_who_stands_in(office: Office, django_assert_max_num_queries: Any) -> None:
    office.ask(substitute_id=office.third.pk)
    with django_assert_max_num_queries(2):
        members = queries.on_duty(office.ward.pk, Role.HANDLER, on=TODAY)
    shown = {(one.name, bool(one.absent_until), one.substitute, one.instead_of) for one in members}
    assert shown == {
        ("Lê Thay", False, "", ""), ("Trần Vắng Mặt", True, "Phạm Ba", ""), ("Phạm Ba", False, "", "Trần Vắng Mặt"),
    }  # fmt: skip


@given(st.lists(st.tuples(*[st.integers(0, 3), st.integers(0, 3), st.integers(0, 20), st.integers(0, 6)]), max_size=14))
def test_whatever_is_asked_nobody_is_away_twice_and_no_substitute_is_away(asked: list[tuple[int, ...]]) -> None:
    keys, taken = [uuid7() for _one in range(4)], list[rules.Away]()
    for who, substitute, start, length in asked:
        first = TODAY + timedelta(days=start)
        wanted = rules.Away(keys[who], keys[substitute], first, first + timedelta(days=length))
        if rules.refusal_of(wanted, taken, TODAY) is None:
            taken.append(wanted)
    for day in (TODAY + timedelta(days=one) for one in range(28)):
        running = [one for one in taken if one.first_day <= day <= one.last_day]
        away = [one.account_id for one in running]
        assert len(away) == len(set(away))
        assert not set(away) & {one.substitute_id for one in running}
