"""Warnings: found in order, written once, told to those who can act, over when nothing is left to warn of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from motcua.dossiers import services as dossiers
from motcua.dossiers import warned, warning, warnmessages
from motcua.dossiers.enums import Action, WarningLevel
from motcua.dossiers.models import Dossier, DueWarning
from motcua.dossiers.services import warnings
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, step, submitted, world
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Role
from motcua.kernel.models import Event
from motcua.notifications.models import Message
from motcua.places import queries as places
from motcua.workflow import queries as workflow
from motcua.workflow.rules import Thresholds, Watched

LEVELS = WarningLevel


@pytest.fixture
def here(db: None) -> World:
    return world()


@pytest.fixture
def standing(here: World) -> Dossier:
    """A dossier at the handler's step, due on Monday the 30th at nine."""
    return at_step(here, "appraise")


def of_dossier(dossier: Dossier) -> list[DueWarning]:
    return list(DueWarning.objects.filter(dossier=dossier, step=None).order_by("made_at"))


def alone(dossier: Dossier) -> None:
    """Only the due date of the whole is looked at: the step has none."""
    Dossier.objects.filter(pk=dossier.pk).update(step_due_at=None)


# ── the rule ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    left=st.integers(-5000, 20_000), later=st.integers(0, 3000), limit=st.integers(1, 20_000), is_step=st.booleans(),
    hands=st.tuples(*[st.integers(1, 5000)] * 3), share=st.integers(1, 100),
)  # fmt: skip
def test_no_level_is_reached_before_the_one_below(
    left: int, later: int, limit: int, is_step: bool, hands: tuple[int, ...], share: int
) -> None:
    handler, head, leader = sorted(hands, reverse=True)
    levels = {Role.HANDLER: handler, Role.HEAD: head, Role.LEADER: leader}
    found = Thresholds("warnings", 1, "", "", date(2020, 1, 1), None, True, share, levels, levels, 0)
    what = Watched.STEP if is_step else Watched.DOSSIER
    now = found.reached(left, limit=limit, what=what)
    after = found.reached(left - later, limit=limit, what=what)
    order = [None, Role.HANDLER, Role.HEAD, Role.LEADER]
    assert order.index(after) >= order.index(now), "time passes, urgency never falls"
    if now is not None:
        assert left * 100 <= limit * share
        assert left <= levels[now]


def test_each_level_is_told_once_and_late_tells_all() -> None:
    told: list[WarningLevel] = []
    for level in (LEVELS.HANDLER, LEVELS.HEAD, LEVELS.LEADER):
        assert warning.to_tell(level, told) == [level]
        told.append(level)
    assert warning.to_tell(LEVELS.LATE, told) == list(warning.UPWARDS)
    assert warning.to_tell(LEVELS.LEADER, [LEVELS.HANDLER]) == [LEVELS.HEAD, LEVELS.LEADER], "the job had slept"


def test_where_nobody_holds_a_role_the_next_answers() -> None:
    def member(role: Role) -> Any:
        return SimpleNamespace(account_id=uuid4(), role=role)

    leader, handlers = member(Role.LEADER), [member(Role.HANDLER), member(Role.HANDLER)]
    staff = cast(Any, [leader, *handlers])
    who = warning.answering([LEVELS.HEAD], staff, assignee=None, role="handler")
    assert who == [leader.account_id]
    who = warning.answering([LEVELS.HANDLER], staff, assignee=None, role="handler")
    assert who == [one.account_id for one in handlers], "nobody has taken it: the whole desk"
    mine = handlers[1].account_id
    assert warning.answering([LEVELS.HANDLER, LEVELS.HANDLER], staff, assignee=mine, role="handler") == [mine]
    assert warning.answering([LEVELS.LEADER], [], assignee=None, role="handler") == []


# ── the job ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_officer_head_leader_then_late(here: World, standing: Dossier) -> None:
    alone(standing)
    assert standing.due_at == at(30)
    seen = []
    for now in (at(25, 17), at(26, 9), at(27, 9), at(27, 15), at(30, 9, 1)):
        warnings.warn(now=now)
        seen.append([WarningLevel(row.level) for row in of_dossier(standing)])
    assert seen == [
        [],
        [LEVELS.HANDLER],
        [LEVELS.HANDLER, LEVELS.HEAD],
        [LEVELS.HANDLER, LEVELS.HEAD, LEVELS.LEADER],
        [LEVELS.HANDLER, LEVELS.HEAD, LEVELS.LEADER, LEVELS.LATE],
    ]
    rows = of_dossier(standing)
    assert [row.ended_at for row in rows] == [at(27, 9), at(27, 15), at(30, 9, 1), None], "one stands at a time"
    told = [row.told for row in rows]
    handler, head, leader = (here.staff[role].pk for role in (Role.HANDLER, Role.HEAD, Role.LEADER))
    assert told == [[handler], [head], [leader], [handler, head, leader]]


def test_a_step_warns_by_its_own_budget(here: World, standing: Dossier) -> None:
    assert standing.step_due_at is not None
    calendar = places.working_calendar(here.committee)
    warnings.warn(now=standing.step_due_at + timedelta(minutes=1))
    row = DueWarning.objects.get(dossier=standing, step__isnull=False)
    assert (row.level, row.due_at, row.agency_id) == (LEVELS.LATE, standing.step_due_at, here.committee.pk)
    assert calendar.is_working(standing.step_due_at - timedelta(minutes=1))


def test_twice_is_once(here: World, standing: Dossier) -> None:
    assert warnings.warn(now=at(30, 10)) == 2, "the step and the dossier"
    assert warnings.warn(now=at(30, 10)) == 0
    assert warnings.warn(now=at(30, 10, 5)) == 0
    assert Event.objects.filter(name="dossiers.DueWarned").count() == 2


def test_killed_in_the_middle_it_is_gone_on_with(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        alone(at_step(here, "appraise"))
    monkeypatch.setattr(warnings, "BATCH", 1)
    write, calls = warnings._write, []

    def dies(*args: Any) -> int:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*args)

    with mock.patch.object(warnings, "_write", dies), pytest.raises(KeyboardInterrupt):
        warnings.warn(now=at(30, 10))
    assert DueWarning.objects.count() == 1, "the batch before stays"
    assert warnings.warn(now=at(30, 10)) == 2
    assert DueWarning.objects.count() == 3
    assert Event.objects.filter(name="dossiers.DueWarned").count() == 3


def test_what_another_act_holds_is_passed_over_and_found_next_time(
    here: World, standing: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warnings, "_batch", lambda *_: [])
    assert warnings.warn(now=at(30, 10)) == 0
    monkeypatch.undo()
    assert warnings.warn(now=at(30, 10)) == 2


def test_a_moved_due_date_ends_it_and_warns_anew(here: World, standing: Dossier) -> None:
    warnings.warn(now=at(27, 9))
    dossiers.extend(
        dossier_id=standing.pk, day=date(2026, 12, 3), reason="Xác minh.", actor=here.actor(Role.HANDLER), now=at(27, 9)
    )
    assert not DueWarning.objects.standing().filter(step=None).exists(), "even before the job looks"
    warnings.warn(now=at(27, 9, 5))
    assert [row.ended_at for row in of_dossier(standing)] == [at(27, 9, 5)]
    warnings.warn(now=at(2, 10, month=12))
    rows = of_dossier(standing)
    assert [(row.level, row.due_at) for row in rows] == [
        (LEVELS.HEAD, at(30)),
        (LEVELS.HEAD, at(3, month=12)),
    ]
    assert here.staff[Role.HANDLER].pk in rows[1].told, "the officer was not told of the new date yet"


def test_waiting_ends_it_and_running_on_opens_it_again_without_a_second_message(here: World, standing: Dossier) -> None:
    warnings.warn(now=at(27, 15))
    act(Action.PAUSE_CLOCK, standing, here.actor(Role.HANDLER), here, at(27, 17, 30))
    assert warnings.warn(now=at(27, 18)) == 0
    assert not DueWarning.objects.filter(ended_at=None).exists()
    dossiers.resume_clock(dossier_id=standing.pk, note="Xong.", actor=here.actor(Role.HEAD), now=at(27, 19))
    assert Dossier.objects.get(pk=standing.pk).due_at == at(30), "no working time was waited"
    assert warnings.warn(now=at(27, 20)) <= 1, "only the step, if its own date moved"
    assert [row.ended_at for row in of_dossier(standing)] == [None]


def test_a_step_that_is_left_and_a_dossier_that_ended_warn_nobody(here: World, standing: Dossier) -> None:
    warnings.warn(now=at(30, 10))
    passed = step(here, standing, at(30, 11))
    assert not DueWarning.objects.standing().filter(step__isnull=False).exists()
    while passed.step_kind != "return":
        passed = step(here, passed, at(30, 11))
    assert not DueWarning.objects.standing().exists()
    assert warnings.warn(now=at(30, 11, 30)) == 0
    assert not DueWarning.objects.filter(ended_at=None).exists()


def test_what_waits_to_be_accepted_warns_the_desk_the_head_and_the_leader(here: World) -> None:
    filed = submitted(here)
    assert filed.acceptance_due_at == at(24, 9), "eight working hours"
    here.staff[Role.HEAD] = people.officer(Role.HEAD, of=filed.receiving_agency, name="Trưởng bộ phận")
    director = people.officer(Role.DIRECTOR, of=filed.receiving_agency, name="Giám đốc trung tâm")
    desk, head = here.staff[Role.RECEPTION].pk, here.staff[Role.HEAD].pk
    moments = (at(23, 13), at(23, 15), at(23, 16, 30), at(24, 8), at(24, 9, 1))
    assert [warnings.warn(now=now) for now in moments] == [0, 1, 1, 1, 1]
    rows = of_dossier(filed)
    assert [row.level for row in rows] == [LEVELS.HANDLER, LEVELS.HEAD, LEVELS.LEADER, LEVELS.LATE]
    assert [row.told for row in rows] == [[desk], [head], [director.pk], [desk, head, director.pk]]
    assert all(row.is_of_acceptance for row in rows)
    assert warned.late_acceptances(here.actor(Role.RECEPTION)) == 1
    assert warned.late_acceptances(here.actor(Role.CLERK)) == 0
    facts = [outbox.Fact(e.id, e.name, e.payload, e.at) for e in Event.objects.filter(name="dossiers.DueWarned")]
    warnmessages.tell_officers(facts)
    found = Message.objects.filter(template__in=["dossiers.acceptance_due_soon", "dossiers.acceptance_late"])
    assert found.count() == 3 + 3
    act(Action.ACCEPT, filed, here.actor(Role.RECEPTION), here, at(24, 10))
    assert not DueWarning.objects.standing().filter(dossier=filed, due_at=at(24, 9)).exists(), "it was accepted"


def test_a_version_without_acceptance_warns_nobody_of_it(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(here)
    known = replace(workflow.thresholds(MONDAY.date()), acceptance=None)
    monkeypatch.setattr(workflow, "thresholds", lambda _on: known)
    assert warnings.warn(now=at(1, 9, month=12)) == 0


def test_the_number_of_statements_does_not_grow(here: World) -> None:
    counts = []
    for number in (1, 12):
        for _ in range(number):
            alone(at_step(here, "appraise"))
        places.forget_calendars()
        with CaptureQueriesContext(connection) as seen:
            assert warnings.warn(now=at(30, 10)) == number
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_heir_is_warned_anew(here: World, standing: Dossier) -> None:
    alone(standing)
    warnings.warn(now=at(30, 10))
    heir = people.agency("H49.52", name="Ủy ban nhân dân phường Hạ Long", office_hours="standard")
    chief = people.officer(Role.LEADER, of=heir, name="Chủ tịch mới")
    Dossier.objects.filter(pk=standing.pk).update(step_agency=heir, assignee_id=None, assignee_name="")
    assert warnings.warn(now=at(30, 10, 5)) == 1
    before, after = of_dossier(standing)
    assert (before.ended_at, after.agency_id, after.told) == (at(30, 10, 5), heir.pk, [chief.pk])


# ── the messages ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_officers_are_told_in_their_inbox(here: World, standing: Dossier) -> None:
    warnings.warn(now=at(30, 10))
    facts = [
        outbox.Fact(event.id, event.name, event.payload, event.at)
        for event in Event.objects.filter(name="dossiers.DueWarned")
    ]
    warnmessages.tell_officers(facts)
    warnmessages.tell_officers(facts)
    told = Message.objects.filter(template__in=["dossiers.late", "dossiers.step_late"])
    assert told.count() == 2 * 3, "officer, head and leader: of the step and of the dossier"
    assert {message.recipient_id for message in told} == {
        here.staff[role].person_id for role in (Role.HANDLER, Role.HEAD, Role.LEADER)
    }


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def seen_by(here: World, role: Role) -> list[UUID]:
    return list(warned.warnings_of(here.actor(role)).order_by("pk").values_list("dossier_id", flat=True))


def test_who_sees_what(here: World, standing: Dossier) -> None:
    alone(standing)
    warnings.warn(now=at(30, 10))
    for role in (Role.HANDLER, Role.HEAD, Role.LEADER):
        assert seen_by(here, role) == [standing.pk]
    assert seen_by(here, Role.CLERK) == [], "not at the clerk's desk, and no leader"
    colleague = people.officer(Role.HANDLER, of=here.committee, name="Đồng nghiệp")
    stranger = people.officer(Role.LEADER, of=people.agency("H49.18", office_hours="standard"), name="Người lạ")
    here.staff[Role.CLERK], here.staff[Role.RECEPTION] = colleague, stranger
    assert seen_by(here, Role.CLERK) == ([] if standing.assignee_id else [standing.pk])
    assert seen_by(here, Role.RECEPTION) == []


def test_who_leads_from_above_sees_it_without_a_way_into_the_dossier(here: World, standing: Dossier) -> None:
    alone(standing)
    above = people.agency("H49", name="Ủy ban nhân dân tỉnh", office_hours="standard")
    here.committee.parent = above
    here.committee.save(update_fields=["parent"])
    places.forget_calendars()
    warnings.warn(now=at(30, 10))
    here.staff[Role.CLERK] = people.officer(Role.LEADER, of=above, name="Chủ tịch tỉnh")
    actor = here.actor(Role.CLERK)
    (row,) = warned.shown(warned.page(warned.warnings_of(actor)).rows, actor, at(30, 10))
    assert (row.warning.dossier_id, row.is_reached, row.left) == (standing.pk, False, -60)


@pytest.fixture
def page(here: World, client: Client) -> Iterator[Any]:
    with time_machine.travel(at(30, 10), tick=False):

        def get(role: Role = Role.LEADER, url: str = "dossiers:warnings", **query: object) -> Any:
            people.sign_in(client, here.staff[role])
            return client.get(reverse(url), query)

        yield get


def test_the_page_is_empty_in_words(page: Any) -> None:
    response = page()
    assert response.status_code == 200
    assert "Nothing comes near its due date" in response.content.decode()
    assert page(url="dossiers:warnings_count").content.decode().strip() == ""


def test_the_page_shows_what_is_late_and_narrows(here: World, standing: Dossier, page: Any) -> None:
    warnings.warn(now=at(30, 10))
    text = page().content.decode()
    assert standing.shown_code in text
    assert "1 h over" in text
    assert standing.owner_name not in text, "a list read from above names no citizen"
    assert standing.shown_code in page(level=1).content.decode()
    assert "No warning of this kind" in page(level=3).content.decode()
    assert "2" in page(url="dossiers:warnings_count").content.decode()
    case = page(url="dossiers:warnings").client.get(reverse("dossiers:case", args=[standing.pk])).content.decode()
    assert "Cán bộ leader" in case
    assert "The dossier is due on" in case


def test_the_list_costs_the_same_with_many_rows(here: World, page: Any) -> None:
    counts = []
    for number in (1, 10):
        for _ in range(number):
            alone(at_step(here, "appraise"))
        warnings.warn(now=at(30, 10))
        page()
        with CaptureQueriesContext(connection) as seen:
            page()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_thresholds_of_the_pack_are_in_order(here: World) -> None:
    found = workflow.thresholds(MONDAY.date())
    assert found.acceptance is not None
    for levels in (found.dossier, found.step, found.acceptance):
        minutes = [levels[role] for role in (Role.HANDLER, Role.HEAD, Role.LEADER)]
        assert all(one > other for one, other in pairwise(minutes))
