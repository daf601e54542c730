"""Ended runs: a second way beside the first, or the first one gone on with."""

import pytest
from django.db import IntegrityError, transaction

from motcua.workflow import queries, services
from motcua.workflow.enums import ClockKind, Owner, PauseKind, StepKind
from motcua.workflow.models import Run, StepRun
from motcua.workflow.tests.factories import CALENDAR, LAW, at, days, office_hours, processes, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world() -> None:
    processes()
    office_hours()


def values(made: Run) -> dict[str, object]:
    return Run.objects.filter(pk=made.pk).values().get()


def again(first: Run, now: str = "08 08:00") -> Run:
    return services.start_again(
        first=first, kind=StepKind.APPRAISE, duration=days("3"), agency_id=first.agency_id,
        receiving_agency_id=first.receiving_agency_id, calendar=CALENDAR, now=at(now),
    )  # fmt: skip


def test_another_run_of_an_ended_subject_leaves_the_first_as_it_was() -> None:
    first = run()
    services.finish(run=first, now=at("04 10:00"))
    before = values(first)
    second = again(first)
    assert values(first) == before
    assert (second.subject_id, second.definition_id) == (first.subject_id, first.definition_id)
    assert (second.due_at, second.original_due_at) == (at("11 08:00"), at("11 08:00"))
    step = services.present_step(second)
    assert step is not None
    assert step.kind == StepKind.APPRAISE
    assert sum(second.budgets) == 3 * 480
    assert not any(second.budgets[: step.position])
    assert queries.current_step(second.pk) is not None


def test_a_second_run_is_refused_while_one_is_open() -> None:
    first = run()
    with pytest.raises(IntegrityError), transaction.atomic():
        again(first)
    services.finish(run=first, now=at("04 10:00"))
    again(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        again(first)


def test_an_ended_run_goes_on_with_what_was_left() -> None:
    made = run()
    services.advance(run=made, by=None, now=at("01 09:00"), calendar=CALENDAR)
    due, original, step = made.due_at, made.original_due_at, queries.current_step(made.pk)
    assert due is not None
    assert step is not None
    assert step.due_at is not None
    services.finish(run=made, now=at("01 09:30"))
    entered = services.reopen(run=made, now=at("03 09:30"), calendar=CALENDAR)
    assert entered is not None
    assert (entered.position, entered.due_at) == (step.position, CALENDAR.add_days(step.due_at, 2))
    made.refresh_from_db()
    assert (made.ended_at, made.due_at, made.original_due_at) == (None, CALENDAR.add_days(due, 2), original)
    closed = [part for part in queries.explained(made, now=at("03 11:00"), calendar=CALENDAR) if part.cause]
    assert [(part.kind, part.cause) for part in closed] == [(ClockKind.WAITING, PauseKind.CLOSED)]
    law = LAW[2025].pauses[PauseKind.CLOSED]
    assert (closed[0].owner, closed[0].basis, closed[0].counted_minutes) == (Owner.OTHER, law.basis, 0)
    assert (closed[0].start, closed[0].end) == (at("01 09:30"), at("03 09:30"))
    assert StepRun.objects.filter(run=made, position=entered.position).count() == 2


def test_a_limit_that_was_over_is_not_given_back() -> None:
    made = run()
    due = made.due_at
    services.finish(run=made, now=at("29 10:00"))
    services.reopen(run=made, now=at("30 10:00"), calendar=CALENDAR)
    assert made.due_at == due


def test_a_run_without_a_limit_goes_on_without_one() -> None:
    made = run(has_limit=False)
    services.finish(run=made, now=at("04 10:00"))
    entered = services.reopen(run=made, now=at("05 10:00"), calendar=CALENDAR)
    assert entered is not None
    assert (made.due_at, entered.due_at) == (None, None)


def test_closed_while_waiting_both_waits_are_told() -> None:
    made = run()
    services.pause(run=made, kind=PauseKind.APPRAISAL, now=at("02 08:00"))
    services.finish(run=made, now=at("03 08:00"))
    services.reopen(run=made, now=at("04 08:00"), calendar=CALENDAR)
    assert [pause.kind for pause in queries.pauses(made)] == [PauseKind.APPRAISAL, PauseKind.CLOSED]
    waits = [part.cause for part in queries.explained(made, now=at("04 09:00"), calendar=CALENDAR) if part.cause]
    assert waits == [PauseKind.APPRAISAL, PauseKind.CLOSED]
