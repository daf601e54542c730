"""Runs through their processes: started, moved, paused, sent back, ended."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7
from motcua.places import kept
from motcua.places import queries as places
from motcua.places.models import Agency
from motcua.workflow import queries, services
from motcua.workflow.enums import ClockKind, Outcome, PauseKind, ResumePolicy
from motcua.workflow.models import ProcessDefinition, Run, StepRun
from motcua.workflow.rules import Duration
from motcua.workflow.services.steps import StepPassed
from motcua.workflow.tests.factories import CALENDAR, MONDAY, agency, at, days, office_hours, processes, run

pytestmark = pytest.mark.django_db
OFFICER = UUID(int=7)


@pytest.fixture(autouse=True)
def _loaded() -> Iterator[None]:
    places.forget_calendars()
    processes()
    yield
    places.forget_calendars()


def through(made: Run, steps: int) -> None:
    for _ in range(steps):
        services.advance(run=made, by=OFFICER, now=at("01 09:00"), calendar=CALENDAR)


def test_a_run_starts_at_its_first_step() -> None:
    made = run()
    made.refresh_from_db()
    assert (made.due_at, made.original_due_at) == (at("08 08:00"), at("08 08:00"))
    assert (made.started_at, made.received_at, made.ended_at) == (MONDAY, MONDAY, None)
    assert sum(made.budgets) == 5 * 480
    step = services.present_step(made)
    assert step is not None
    assert (step.position, step.key, step.kind, step.role) == (0, "receive", "reception", "reception")
    assert step.agency_id == made.receiving_agency_id
    assert step.due_at == CALENDAR.add_minutes(MONDAY, made.budgets[0])


def test_starting_costs_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    kept.renew("places", "test")  # the process and the law have been read
    run()
    with django_assert_num_queries(3):  # two of them look up the factory's agencies
        made = run()
    with django_assert_num_queries(0):
        assert services.present_step(made) is not None


def test_acceptance_may_be_the_whole_of_the_reception(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    kept.renew("places", "test")
    first = run(definition_key="same-day")
    with django_assert_num_queries(1):
        made = services.start(
            subject_id=uuid7(),
            definition_key="same-day",
            duration=days("1"),
            agency_id=first.agency_id,
            receiving_agency_id=first.receiving_agency_id,
            calendar=CALENDAR,
            started_at=at("01 15:30"),
            received_by=OFFICER,
        )
    received, present = queries.steps(made.pk)
    assert (received.key, received.left_at, received.left_by_id, received.outcome) == (
        "receive", at("01 15:30"), OFFICER, "done",
    )  # fmt: skip
    assert (present.key, present.left_at, present.agency_id) == ("appraise", None, made.agency_id)
    assert present.due_at == CALENDAR.add_minutes(at("02 07:30"), made.budgets[1])
    assert services.present_step(made).due_at == present.due_at  # type: ignore[union-attr]


def test_without_a_calendar_the_competent_agency_s_is_used() -> None:
    office_hours()
    made = Run.objects.get(pk=run().pk)
    step = services.advance(run=made, by=OFFICER, now=at("04 16:30"))  # the 5th is a holiday there
    assert step is not None
    assert step.due_at == CALENDAR.add_minutes(at("08 07:30"), made.budgets[1] - 30)


def test_what_comes_in_after_hours_starts_at_the_opening() -> None:
    made = run(started_at=at("01 19:00"), duration=days("1"))
    assert (made.received_at, made.started_at, made.due_at) == (at("01 19:00"), at("02 07:30"), at("02 17:00"))
    step = services.present_step(made)
    assert step is not None
    assert step.entered_at == at("01 19:00")
    assert step.due_at == CALENDAR.add_minutes(at("02 07:30"), made.budgets[0])


@pytest.mark.parametrize(("started", "due"), [("01 14:59", "01 17:00"), ("01 15:00", "02 17:00")])
def test_same_day_processes_move_the_start_at_fifteen(started: str, due: str) -> None:
    made = run(started_at=at(started), duration=days("1"), definition_key="same-day")
    assert made.due_at == at(due)
    clock = queries.clock(made, CALENDAR)
    assert clock is not None
    assert clock.at == at(due)


def test_without_a_limit_there_is_no_due_date() -> None:
    made = run(has_limit=False)
    assert (made.due_at, made.amount, made.unit, made.budgets) == (None, None, "", [])
    step = services.advance(run=made, by=OFFICER, now=at("01 09:00"), calendar=CALENDAR)
    assert step is not None
    assert step.due_at is None
    assert queries.explained(made, now=at("30 09:00"), calendar=CALENDAR) == []


def test_without_a_key_the_level_of_the_agency_decides() -> None:
    for level, key in (("commune", "commune-standard"), ("province", "province-standard")):
        made = services.start(
            subject_id=uuid7(),
            definition_key="",
            duration=None,
            agency_id=agency(f"A-{level}", level=level).pk,
            receiving_agency_id=agency(f"R-{level}", level=level).pk,
            calendar=CALENDAR,
            started_at=MONDAY,
        )
        assert made.definition.key == key


def test_an_unknown_process_is_said() -> None:
    with pytest.raises(queries.NoProcess, match="Load the processes"):
        run(definition_key="nobody-knows")


def test_a_subject_has_one_open_run() -> None:
    first = run()
    with pytest.raises(IntegrityError), transaction.atomic():
        run(subject_id=first.subject_id)
    services.finish(run=first, now=at("02 09:00"))
    assert run(subject_id=first.subject_id).pk != first.pk


def test_step_after_step_to_the_end(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = run()
    seen = []
    for _ in range(6):
        with django_assert_num_queries(2):
            step = services.advance(run=made, by=OFFICER, now=at("01 09:00"), calendar=CALENDAR)
        assert step is not None
        seen.append((step.kind, step.agency_id == made.agency_id))
    assert seen == [
        ("assign", True), ("appraise", True), ("approve", True), ("sign", True), ("clerk", True), ("return", False),
    ]  # fmt: skip
    assert step.due_at is None
    assert services.advance(run=made, by=OFFICER, now=at("01 09:00"), calendar=CALENDAR) is None
    with pytest.raises(StepPassed, match="moved this dossier on"):
        services.advance(run=made, by=OFFICER, now=at("01 09:00"), calendar=CALENDAR)
    left = StepRun.objects.filter(run=made).values_list("left_by_id", "outcome").distinct()
    assert list(left) == [(OFFICER, Outcome.DONE)]


def test_a_step_may_be_entered_by_name_and_given_away() -> None:
    made = run()
    services.advance(run=made, by=OFFICER, now=at("01 09:00"), assignee_id=UUID(int=9), calendar=CALENDAR)
    assert services.present_step(made).assignee_id == UUID(int=9)  # type: ignore[union-attr]
    services.assign(run=made, account_id=UUID(int=10), now=at("01 09:30"))
    step = queries.current_step(made.pk)
    assert step is not None
    assert step.assignee_id == UUID(int=10)
    services.finish(run=made, now=at("01 10:00"))
    with pytest.raises(StepPassed):
        services.assign(run=made, account_id=OFFICER, now=at("01 11:00"))


def test_sent_back_it_returns_to_who_had_it() -> None:
    made = run()
    through(made, 2)
    services.assign(run=made, account_id=UUID(int=9), now=at("01 09:30"))
    services.advance(run=made, by=UUID(int=9), now=at("02 09:00"), calendar=CALENDAR)
    step = services.go_back(
        run=made, to_position=2, now=at("02 10:00"), reason="Thiếu căn cứ", by=OFFICER, calendar=CALENDAR
    )
    assert (step.position, step.key, step.assignee_id) == (2, "appraise", UUID(int=9))
    assert made.due_at == at("08 08:00")
    stays = queries.steps(made.pk)
    assert [(stay.position, stay.outcome) for stay in stays] == [
        (0, "done"), (1, "done"), (2, "done"), (3, "returned"), (2, ""),
    ]  # fmt: skip
    assert stays[3].reason == "Thiếu căn cứ"


@pytest.mark.parametrize("position", [-1, 1, 2])
def test_back_means_back(position: int) -> None:
    made = run()
    through(made, 1)
    with pytest.raises(Refused, match="no earlier step"), transaction.atomic():
        services.go_back(run=made, to_position=position, now=at("01 10:00"), reason="", calendar=CALENDAR)
    assert queries.current_step(made.pk).position == 1  # type: ignore[union-attr]


def test_with_the_result_it_jumps_to_the_hand_over() -> None:
    made = run()
    through(made, 3)
    step = services.jump_to_return(run=made, by=OFFICER, now=at("02 09:00"), calendar=CALENDAR)
    assert step is not None
    assert (step.kind, step.position, step.due_at) == ("return", 6, None)


def test_a_supplement_starts_the_limit_again_for_the_steps_left() -> None:
    made = run()
    through(made, 2)
    services.pause(run=made, kind="supplement", now=at("02 10:00"))
    assert (made.is_paused, made.pause_kind) == (True, PauseKind.SUPPLEMENT)
    services.resume(run=made, now=at("04 14:00"), calendar=CALENDAR)
    made.refresh_from_db()
    assert (made.due_at, made.original_due_at, made.started_at) == (at("11 14:00"), at("08 08:00"), at("04 14:00"))
    assert sum(made.budgets) == 5 * 480
    assert made.budgets[:2] == [0, 0]
    step = queries.current_step(made.pk)
    assert step is not None
    assert (step.position, step.budget_minutes) == (2, made.budgets[2])
    assert step.due_at == CALENDAR.add_minutes(at("04 14:00"), made.budgets[2])


def test_an_obligation_only_moves_the_due_dates() -> None:
    made = run()
    through(made, 2)
    before = queries.current_step(made.pk)
    services.pause(run=made, kind=PauseKind.FINANCIAL_OBLIGATION, now=at("02 10:00"))
    services.resume(run=made, now=at("03 11:00"), calendar=CALENDAR)
    assert made.due_at == at("09 09:00")
    after = services.present_step(made)
    assert before is not None
    assert after is not None
    assert after.due_at == CALENDAR.add_minutes(before.due_at, 540)  # type: ignore[arg-type]
    assert made.original_due_at == at("08 08:00")


def test_the_policy_may_be_given() -> None:
    made = run()
    services.pause(run=made, kind=PauseKind.SUPPLEMENT, now=at("02 10:00"))
    services.resume(run=made, now=at("02 11:00"), calendar=CALENDAR, policy=ResumePolicy.PAUSE)
    assert made.due_at == at("08 09:00")


def test_several_pauses_add_up() -> None:
    made = run()
    for day in ("02", "03"):
        services.pause(run=made, kind=PauseKind.APPRAISAL, now=at(f"{day} 10:00"))
        services.resume(run=made, now=at(f"{day} 11:00"), calendar=CALENDAR)
    made = Run.objects.get(pk=made.pk)
    assert made.due_at == at("08 10:00")
    assert [kept["kind"] for kept in made.clock] == ["appraisal", "appraisal"]


def test_a_clock_is_paused_once() -> None:
    made = run()
    services.pause(run=made, kind=PauseKind.SUPPLEMENT, now=at("02 10:00"))
    stale = Run.objects.get(pk=made.pk)
    with pytest.raises(Refused, match="cannot be paused"):
        services.pause(run=stale, kind=PauseKind.SUPPLEMENT, now=at("02 11:00"))
    services.resume(run=made, now=at("02 12:00"), calendar=CALENDAR)
    with pytest.raises(Refused, match="not paused"):
        services.resume(run=made, now=at("02 13:00"), calendar=CALENDAR)


def test_ending_closes_step_and_pause() -> None:
    made = run()
    services.pause(run=made, kind=PauseKind.SUPPLEMENT, now=at("02 10:00"))
    services.finish(run=made, now=at("04 10:00"), by=OFFICER, outcome=Outcome.STOPPED, reason="Rút hồ sơ")
    made = Run.objects.get(pk=made.pk)
    assert (made.ended_at, made.paused_at, made.pause_kind) == (at("04 10:00"), None, "")
    assert made.clock[0]["ended_at"] == at("04 10:00").isoformat()
    assert queries.current_step(made.pk) is None
    with pytest.raises(Refused):
        services.pause(run=made, kind=PauseKind.SUPPLEMENT, now=at("05 10:00"))


def test_the_clock_is_explained_from_the_database() -> None:
    office_hours()
    made = services.start(
        subject_id=uuid7(),
        definition_key="commune-standard",
        duration=days("4"),
        agency_id=agency("UB").pk,
        receiving_agency_id=agency("TT").pk,
        calendar=places.working_calendar(),
        started_at=MONDAY,
    )
    services.pause(run=made, kind="supplement", now=at("02 10:00"))
    services.resume(run=made, now=at("03 10:00"))
    kept = Run.objects.select_related("agency").get(pk=made.pk)
    told = queries.explained(kept, now=at("03 11:00"))
    assert told[-1].end == kept.due_at == at("10 10:00")
    assert sum(part.counted_minutes for part in told) == 4 * 480
    assert {ClockKind.WAITING, ClockKind.HOLIDAY, ClockKind.WEEKLY_REST} <= {part.kind for part in told}
    late = queries.explained(kept, now=at("20 11:00"))
    assert (late[-1].kind, late[-1].start) == (ClockKind.OVERDUE, at("10 10:00"))


def test_latest_runs_of_many_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = [run() for _ in range(3)]
    services.finish(run=made[0], now=at("02 09:00"))
    again = run(subject_id=made[0].subject_id, started_at=at("03 09:00"))
    with django_assert_num_queries(1):
        found = queries.runs_for([one.subject_id for one in made])
    assert found == {
        made[0].subject_id: again,
        made[1].subject_id: made[1],
        made[2].subject_id: made[2],
    }


def test_months_count_to_the_calendar_and_steps_share_their_working_time() -> None:
    made = run(duration=Duration(days("1").amount, "month"))  # type: ignore[arg-type]
    assert made.due_at == made.due_at.replace(month=7, day=1)  # type: ignore[union-attr]
    assert sum(made.budgets) == CALENDAR.minutes_between(MONDAY, made.due_at)  # type: ignore[arg-type]


def test_the_version_of_the_day_is_kept() -> None:
    old = run()
    ProcessDefinition.objects.filter(key="commune-standard").update(valid_to=at("02 00:00").date())
    newer = ProcessDefinition.objects.get(key="commune-standard")
    newer.pk, newer.version, newer.valid_from, newer.valid_to = uuid7(), 2, at("03 00:00").date(), None
    newer.save(force_insert=True)
    assert run(started_at=at("02 09:00")).definition_id == old.definition_id
    assert run(started_at=at("03 09:00")).definition_id == newer.pk
    assert Agency.objects.count() == 2
