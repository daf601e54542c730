"""The engine against the simulator: ten years of random calendars, every unit, policy, pause, and extension."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from motcua.places.calendar import DayKind, SpecialDay, WorkingCalendar
from motcua.workflow import rules
from motcua.workflow.enums import CutOff, DurationUnit, PauseKind, ResumePolicy
from motcua.workflow.rules import Duration, Extension, Pause, Policy, clock, counting
from motcua.workflow.tests import simulator
from motcua.workflow.tests.simulator import Limit, Office, Wait, minute_of, moment_of

FIRST, YEARS = 2020, 10
UNITS = {
    DurationUnit.WORKING_DAY: "days", DurationUnit.WORKING_HOUR: "hours", DurationUnit.CALENDAR_DAY: "calendar_days",
    DurationUnit.MONTH: "months",
}  # fmt: skip
THEN = {ResumePolicy.PAUSE: "go_on", ResumePolicy.RESTART: "anew", ResumePolicy.COUNTS: "counts"}
WEEKS = [
    "07:30-11:30 13:00-17:00|" * 5 + "|",
    "07:00-11:30 13:30-17:00|" * 5 + "|",
    "08:00-12:00 13:00-17:00|" * 5 + "08:00-11:00|",
    "07:30-11:30 13:00-17:00|" * 4 + "07:30-11:30||",  # a short Friday
    "09:00-10:00 10:30-11:00 20:00-23:59|13:15-13:16|||10:00-16:00|00:00-06:00|",
    "||06:45-18:00||||",
]


@dataclass(frozen=True)
class Case:
    """One dossier in one office, as both clocks take it."""

    seed: int
    week: int
    received: int
    duration: Duration
    policy: Policy
    waits: tuple[tuple[int, int, ResumePolicy, PauseKind], ...]
    put_off: tuple[int, int] | None  # granted so long after receipt, for so long


def week_of(number: int) -> list[list[tuple[time, time]]]:
    days = WEEKS[number].split("|")
    return [
        [tuple(time.fromisoformat(edge) for edge in part.split("-")) for part in day.split()]  # type: ignore[misc]
        for day in (days + [""] * 7)[:7]
    ]


def ten_years(seed: int, week: list[list[tuple[time, time]]]) -> dict[date, SpecialDay]:
    """Holidays, swaps and closures of ten years, at random."""
    random, days = Random(seed), dict[date, SpecialDay]()  # noqa: S311 -- a made-up calendar

    def some_day(year: int) -> date:
        return date(year, 1, 1) + timedelta(days=random.randrange(365))

    for year in range(FIRST, FIRST + YEARS):
        tet = date(year, 1, 20) + timedelta(days=random.randrange(30))
        for offset in range(random.randrange(5, 9)):
            days[tet + timedelta(days=offset)] = SpecialDay(DayKind.HOLIDAY)
        for _ in range(random.randrange(12)):
            days[some_day(year)] = SpecialDay(DayKind.HOLIDAY, is_verified=random.random() < 0.7)
        for _ in range(random.randrange(4)):
            off, worked = some_day(year), some_day(year)
            days[off] = SpecialDay(DayKind.SWAPPED_OFF, paired_on=worked)
            days[worked] = SpecialDay(DayKind.MAKEUP_WORKDAY, is_verified=random.random() < 0.7, paired_on=off)
        for _ in range(random.randrange(5)):
            days[some_day(year)] = SpecialDay(DayKind.LOCAL_CLOSURE)
    return days


offices: dict[tuple[int, int], tuple[WorkingCalendar, Office]] = {}


def office_of(case: Case) -> tuple[WorkingCalendar, Office]:
    """The calendar of the engine and the office of the simulator, from the same days."""
    key = (case.seed, case.week)
    if key not in offices:
        week = week_of(case.week)
        days = ten_years(case.seed, week)
        calendar = WorkingCalendar.of(
            {number + 1: hours for number, hours in enumerate(week)},
            days,
            decided_from=date(FIRST, 1, 1),
            decided_to=date(FIRST + YEARS, 12, 31),
        )
        made_up = {day: what.paired_on for day, what in days.items() if what.kind is DayKind.MAKEUP_WORKDAY}
        offices[key] = calendar, Office(week, {day for day, what in days.items() if what.is_off}, made_up)
    return offices[key]


def halves(least: int, most: int, unit: DurationUnit) -> st.SearchStrategy[Duration]:
    return st.integers(least, most).map(lambda count: Duration(Decimal(count) / 4, unit))


def whole(most: int, unit: DurationUnit) -> st.SearchStrategy[Duration]:
    return st.integers(1, most).map(lambda count: Duration(Decimal(count), unit))


durations = st.one_of(
    halves(1, 24, DurationUnit.WORKING_DAY),
    whole(8, DurationUnit.WORKING_DAY),
    halves(1, 60, DurationUnit.WORKING_HOUR),
    whole(20, DurationUnit.CALENDAR_DAY),
    whole(2, DurationUnit.MONTH),
)
policies = st.builds(
    Policy,
    st.sampled_from([time(9), time(15), time(15), time(23, 30)]),
    st.sampled_from(CutOff),
    st.booleans(),
    st.sampled_from([None, None, 60, 120]),
)
waits = st.lists(
    st.tuples(
        st.integers(0, 4000),
        st.one_of(st.integers(0, 5000), st.integers(0, 90)),
        st.sampled_from(ResumePolicy),
        st.sampled_from(PauseKind),
    ),
    max_size=4,
).map(tuple)
puts_off = st.none() | st.tuples(st.integers(0, 3000), st.integers(1, 9000))
cases = st.builds(
    Case,
    st.integers(0, 11),
    st.integers(0, len(WEEKS) - 1),
    st.integers(
        minute_of(datetime(FIRST, 1, 1, tzinfo=moment_of(0).tzinfo)), minute_of(moment_of(0)) + 10 * 365 * 1440
    ),
    durations,
    policies,
    waits,
    puts_off,
)


def pauses_of(case: Case) -> list[Pause]:
    found, edge = list[Pause](), case.received
    for after, length, policy, kind in case.waits:
        start, edge = edge + after, edge + after + length
        found.append(Pause(kind, moment_of(start), moment_of(edge), policy))
    return found


def extension_of(case: Case, pauses: list[Pause], calendar: WorkingCalendar) -> Extension | None:
    """The extension, unless it would be granted while the limit stands still or after it is over."""
    if case.put_off is None:
        return None
    after, length = case.put_off
    at = moment_of(case.received + after)
    before = [pause for pause in pauses if pause.started_at <= at]
    if any(at < (pause.ended_at or at) and pause.policy is not ResumePolicy.COUNTS for pause in before):
        return None
    due = rules.due(moment_of(case.received), case.duration, calendar, case.policy, before)
    to = calendar.roll_forward(due.at + timedelta(minutes=length))
    return Extension(at, to) if due.started_at <= at <= due.at else None


def by_engine(case: Case) -> rules.Due:
    calendar, pauses = office_of(case)[0], pauses_of(case)
    extension = extension_of(case, pauses, calendar)
    return rules.due(moment_of(case.received), case.duration, calendar, case.policy, pauses, extension=extension)


def both(case: Case) -> tuple[rules.Due, simulator.Walked]:
    """The same dossier by the engine and by the simulator."""
    found = by_engine(case)
    waits = [
        Wait(minute_of(pause.started_at), minute_of(pause.ended_at), THEN[pause.policy])
        for pause in found.pauses
        if pause.ended_at is not None
    ]
    extension = found.extension
    put_off = (minute_of(extension.at), minute_of(extension.to)) if extension else None
    return found, simulator.walk(office_of(case)[1], limit_of(case), case.received, waits, put_off)


def limit_of(case: Case) -> Limit:
    policy = case.policy
    return Limit(
        UNITS[case.duration.unit], float(case.duration.amount), policy.cut_off.hour * 60 + policy.cut_off.minute,
        policy.before_closing, policy.effect is CutOff.START_NEXT_DAY,
        policy.is_same_day and case.duration.unit is DurationUnit.WORKING_DAY,
    )  # fmt: skip


def differs(case: Case) -> bool:
    """Whether the two clocks disagree on the due date, or on what each stretch counts."""
    found, walked = both(case)
    return (
        minute_of(found.at) != walked.due
        or minute_of(found.started_at) != walked.began
        or sum(part.counted_minutes for part in found.segments) != len(walked.counted)
    )


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_the_engine_agrees_with_the_simulator(case: Case) -> None:
    found, walked = both(case)
    assert (found.at, found.started_at) == (moment_of(walked.due), moment_of(walked.began))
    for part in found.segments:
        minutes = range(minute_of(part.start), minute_of(part.end))
        assert part.counted_minutes == sum(minute in walked.counted for minute in minutes), part
        if part.kind in {"worked", "makeup_workday", "lunch", "night"}:
            is_worked = part.kind in {"worked", "makeup_workday"}
            assert all(office_of(case)[1].works(minute) is is_worked for minute in minutes), part


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_start_transfer_and_acceptance_agree_with_the_simulator(case: Case) -> None:
    calendar, office = office_of(case)
    received, limit = moment_of(case.received), limit_of(case)
    found = rules.start(received, calendar, case.policy)
    cut_off_holds = case.policy.effect is CutOff.TRANSFER_ONLY
    assert minute_of(found.at) == simulator.beginning(office, limit, case.received)
    assert minute_of(found.transfer_by) == simulator.transfer_by(
        office, limit, case.received, cut_off_holds=cut_off_holds
    )
    eight = Limit("hours", 8, limit.cut_off, limit.before_closing, limit.moves_start)
    paid = case.received + case.put_off[0] if case.put_off else case.received  # a fee paid after filing
    due = rules.acceptance_due(received, calendar, paid_at=moment_of(paid), policy=case.policy)
    assert minute_of(due) == simulator.walk(office, eight, paid, []).due


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_a_clock_is_flagged_where_it_touches_an_unconfirmed_day(case: Case) -> None:
    found = by_engine(case)
    first, last = found.received_at.date(), found.at.date()
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    special = (found.calendar.special_day(day) for day in days)
    assert found.touches_unverified is any(day is not None and not day.is_verified for day in special)
    unverified = [part for part in found.segments if not part.is_verified]
    assert found.touches_unverified or not unverified


def no_pause(ends: datetime, *_rest: Any) -> datetime:
    return ends


def end_of_february(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, 28))


def never_before_closing(received_at: datetime, at: datetime, _calendar: WorkingCalendar, policy: Policy) -> bool:
    return received_at.date() == at.date() and received_at.time() >= policy.cut_off


def no_days_off(_self: WorkingCalendar, start: datetime, days: int) -> datetime:
    return start + timedelta(days=days)


def never_put_off(self: Any, _to: datetime) -> None:
    self.extension = None


def to_the_next_opening(self: WorkingCalendar, moment: datetime) -> datetime:
    return self.next_working(moment)


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (counting, "moved", no_pause),
        (counting, "_months_later", end_of_february),
        (counting, "is_cut_off", never_before_closing),
        (clock._Limit, "_put_off", never_put_off),
        (WorkingCalendar, "add_days", no_days_off),
        (WorkingCalendar, "roll_forward", to_the_next_opening),
    ],
    ids=["pauses", "months", "last hour", "extension", "working days", "end of a limit"],
)
def test_a_broken_engine_is_found(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, broken: Callable[..., Any]
) -> None:
    quick = settings(max_examples=4000, deadline=None, phases=[Phase.generate], database=None, derandomize=True)
    monkeypatch.setattr(where, name, broken)
    try:
        find(cases, differs, settings=quick)
    except NoSuchExample:
        pytest.fail("The simulator agrees with an engine that is wrong.")
