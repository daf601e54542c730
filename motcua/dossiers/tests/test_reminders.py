"""Reminders, each once: of a supplement that is still missing, of a clock that stands longer than expected."""

from datetime import date, timedelta

import pytest

from motcua.dossiers import messages, warnmessages
from motcua.dossiers.enums import Action
from motcua.dossiers.models import Dossier, Supplement
from motcua.dossiers.services import reminders
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import World, at, at_step, world
from motcua.kernel import outbox
from motcua.kernel.actor import Role
from motcua.kernel.models import Event
from motcua.notifications.models import Message
from motcua.workflow.enums import PauseKind


@pytest.fixture
def here(db: None) -> World:
    return world()


def facts(name: str) -> list[outbox.Fact]:
    return [outbox.Fact(e.id, e.name, e.payload, e.at) for e in Event.objects.filter(name=name)]


@pytest.fixture
def asked(here: World) -> Dossier:
    """Asked on Tuesday the 24th, to be answered by Thursday the 24th of December."""
    return act(Action.REQUEST_SUPPLEMENT, at_step(here, "appraise"), here.actor(Role.HANDLER), here, at(24))


def test_the_applicant_is_reminded_once_three_working_days_before(here: World, asked: Dossier) -> None:
    limit = asked.supplements.get().limit_at
    assert limit is not None
    assert limit.astimezone(at(24).tzinfo).date() == date(2026, 12, 24)
    assert reminders.remind_applicants(now=at(18, 9, month=12)) == 0
    assert reminders.remind_applicants(now=at(23, 9, month=12)) == 1
    assert reminders.remind_applicants(now=at(23, 10, month=12)) == 0
    messages.tell_people(facts("dossiers.SupplementReminded"))
    letter = Message.objects.get(template="dossiers.supplement_reminded")
    assert letter.recipient_id == here.citizen.pk
    assert "Giấy chứng sinh" in letter.body


def test_not_what_was_answered_has_passed_or_was_given_a_short_time(here: World, asked: Dossier) -> None:
    limit = asked.supplements.get().limit_at
    assert limit is not None
    assert reminders.remind_applicants(now=limit + timedelta(minutes=1)) == 0
    Supplement.objects.update(asked_at=at(23, 9, month=12), limit_at=at(24, 9, month=12))
    assert reminders.remind_applicants(now=at(23, 9, 30, month=12)) == 0, "a day was given: at half of it"
    assert reminders.remind_applicants(now=at(23, 15, month=12)) == 1
    Supplement.objects.update(reminded_at=None)
    act(Action.ANSWER_SUPPLEMENT, asked, here.actor("citizen"), here, at(23, 16, month=12))
    assert reminders.remind_applicants(now=at(23, 17, month=12)) == 0


def test_officer_and_head_hear_of_a_clock_that_stands_too_long(here: World) -> None:
    dossier = at_step(here, "appraise")
    act(
        Action.PAUSE_CLOCK, dossier, here.actor(Role.HANDLER), here, at(24), kind=PauseKind.APPRAISAL,
        reason="Chờ giám định.", expected_end=date(2026, 11, 27),
    )  # fmt: skip
    assert reminders.tell_of_pauses(now=at(27, 23)) == 0
    assert reminders.tell_of_pauses(now=at(28, 1)) == 1
    assert reminders.tell_of_pauses(now=at(29)) == 0
    warnmessages.tell_officers(facts("dossiers.PauseOverdue"))
    told = Message.objects.filter(template="dossiers.pause_overdue")
    assert {one.recipient_id for one in told} == {here.staff[role].person_id for role in (Role.HANDLER, Role.HEAD)}
    assert all("Chờ giám định." in one.body for one in told)


def test_a_pause_that_ended_is_not_told(here: World) -> None:
    dossier = at_step(here, "appraise")
    paused = act(Action.PAUSE_CLOCK, dossier, here.actor(Role.HANDLER), here, at(24), expected_end=date(2026, 11, 27))
    act(Action.RESUME_CLOCK, paused, here.actor(Role.HANDLER), here, at(30))
    assert reminders.tell_of_pauses(now=at(30, 10)) == 0
