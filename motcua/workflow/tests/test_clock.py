"""The legal clock: real days, and a clock that walks minute by minute."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.places.calendar import ZONE, DayKind, SpecialDay, WorkingCalendar
from motcua.places.tests.test_calendar import CALENDAR, OFFICE, at, calendars, moments
from motcua.workflow import rules
from motcua.workflow.enums import ClockKind, CutOff, DurationUnit, Owner, PauseKind, ResumePolicy, Standing
from motcua.workflow.rules import Duration, Pause, Policy
from motcua.workflow.tests.factories import LAW

DAYS, HOURS = DurationUnit.WORKING_DAY, DurationUnit.WORKING_HOUR
PLAIN, MONTHS = DurationUnit.CALENDAR_DAY, DurationUnit.MONTH


def lasting(amount: str, unit: DurationUnit = DAYS) -> Duration:
    return Duration(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("received", "amount", "unit", "expected"),
    [
        # working days, over the real days off of 2026
        ("2026-02-13 09:17:40", "5", DAYS, "2026-02-27 09:17"),  # Tết, 16–20 February
        ("2026-04-24 10:00", "1", DAYS, "2026-04-28 10:00"),  # 27 April
        ("2026-04-29 10:00", "1", DAYS, "2026-05-04 10:00"),  # 30 April, 1 May
        ("2026-08-21 10:00", "1", DAYS, "2026-08-22 10:00"),  # the Saturday worked for 31 August
        ("2026-08-28 10:00", "1", DAYS, "2026-09-03 10:00"),
        ("2026-02-11 16:00", "0.5", DAYS, "2026-02-12 10:30"),
        ("2026-02-11 09:00", "2.5", DAYS, "2026-02-13 14:30"),
        # received outside hours
        ("2026-02-11 05:00", "1", DAYS, "2026-02-11 17:00"),
        ("2026-02-11 12:10", "1", DAYS, "2026-02-12 11:30"),
        ("2026-02-11 19:00", "1", DAYS, "2026-02-12 17:00"),
        ("2026-02-14 10:00", "1", DAYS, "2026-02-23 17:00"),
        # working hours
        ("2026-02-11 16:30", "8", HOURS, "2026-02-12 16:30"),
        ("2026-02-13 16:30", "1", HOURS, "2026-02-23 08:00"),
        ("2026-02-13 10:30", "1.5", HOURS, "2026-02-13 13:30"),
        # calendar days and months end at a working moment
        ("2026-03-02 09:00", "30", PLAIN, "2026-04-01 09:00"),
        ("2026-02-11 09:00", "3", PLAIN, "2026-02-23 07:30"),
        ("2026-04-23 09:00", "3", PLAIN, "2026-04-28 07:30"),
        ("2026-01-30 09:00", "1", MONTHS, "2026-03-02 07:30"),  # 28 February is a Saturday
        ("2026-03-31 09:00", "1", MONTHS, "2026-05-04 07:30"),  # 30 April
        ("2026-11-30 09:00", "3", MONTHS, "2027-03-01 07:30"),  # 28 February 2027 is a Sunday
    ],
)
def test_due(received: str, amount: str, unit: DurationUnit, expected: str) -> None:
    assert rules.due(at(received), lasting(amount, unit), CALENDAR).at == at(expected)


@pytest.mark.parametrize(
    ("received", "amount", "expected"),
    [
        ("2026-02-11 09:00", "1", "2026-02-11 17:00"),
        ("2026-02-11 14:59:59", "1", "2026-02-11 17:00"),
        ("2026-02-11 15:00", "1", "2026-02-12 17:00"),
        ("2026-02-13 15:00", "1", "2026-02-23 17:00"),
        ("2026-02-11 20:00", "1", "2026-02-12 17:00"),
        ("2026-02-11 09:00", "0.5", "2026-02-11 17:00"),
        ("2026-02-11 09:00", "2", "2026-02-12 17:00"),
        ("2026-02-13 07:00", "2", "2026-02-23 17:00"),
    ],
)
def test_same_day_results_are_due_by_closing(received: str, amount: str, expected: str) -> None:
    assert rules.due(at(received), lasting(amount), CALENDAR, rules.SAME_DAY).at == at(expected)


@pytest.mark.parametrize(
    ("received", "effect", "starts", "transfer_by", "was_moved"),
    [
        ("2026-02-11 09:00", CutOff.TRANSFER_ONLY, "2026-02-11 09:00", "2026-02-11 17:00", False),
        ("2026-02-11 15:00", CutOff.TRANSFER_ONLY, "2026-02-11 15:00", "2026-02-12 07:30", False),
        ("2026-02-11 15:00", CutOff.NONE, "2026-02-11 15:00", "2026-02-11 17:00", False),
        ("2026-02-11 14:59", CutOff.START_NEXT_DAY, "2026-02-11 14:59", "2026-02-11 17:00", False),
        ("2026-02-11 15:00", CutOff.START_NEXT_DAY, "2026-02-12 07:30", "2026-02-12 17:00", True),
        ("2026-02-11 11:45", CutOff.NONE, "2026-02-11 13:00", "2026-02-11 17:00", True),
        ("2026-02-13 15:30", CutOff.START_NEXT_DAY, "2026-02-23 07:30", "2026-02-23 17:00", True),
    ],
)
def test_start(received: str, effect: CutOff, starts: str, transfer_by: str, was_moved: bool) -> None:
    assert rules.start(at(received), CALENDAR, Policy(effect=effect)) == rules.Start(
        at(starts), at(transfer_by), was_moved
    )


def test_the_cut_off_is_of_the_day_of_receipt() -> None:
    afternoons = WorkingCalendar.of({1: OFFICE[1:], 2: OFFICE[1:], 3: OFFICE})
    early = Policy(time(10), CutOff.START_NEXT_DAY)
    assert rules.start(at("2026-06-01 09:59"), afternoons, early).at == at("2026-06-01 13:00")
    assert rules.start(at("2026-06-01 10:00"), afternoons, early).at == at("2026-06-02 13:00")
    assert rules.start(at("2026-06-07 10:00"), afternoons, early).at == at("2026-06-08 13:00")  # a Sunday


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("2026-02-11 09:00", "2026-02-12 09:00"),
        ("2026-02-11 22:00", "2026-02-12 17:00"),
        ("2026-02-13 16:00", "2026-02-23 16:00"),
        ("2026-02-15 10:00", "2026-02-23 17:00"),
    ],
)
def test_acceptance_takes_eight_working_hours(submitted: str, expected: str) -> None:
    assert rules.acceptance_due(at(submitted), CALENDAR) == at(expected)


def pause(start: str, end: str | None, policy: ResumePolicy = ResumePolicy.PAUSE) -> Pause:
    return Pause(PauseKind.SUPPLEMENT, at(start), at(end) if end else None, policy)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], "2026-06-10 09:00"),
        ([pause("2026-06-04 09:00", "2026-06-05 11:00")], "2026-06-11 11:00"),
        ([pause("2026-06-04 18:00", "2026-06-05 07:00")], "2026-06-10 09:00"),  # a night
        ([pause("2026-06-05 16:00", "2026-06-08 08:30")], "2026-06-10 11:00"),
        ([pause("2026-06-04 09:00", None)], "2026-06-10 09:00"),
        (
            [pause("2026-06-04 09:00", "2026-06-04 10:00"), pause("2026-06-08 09:00", "2026-06-08 10:00")],
            "2026-06-10 11:00",
        ),
        ([pause("2026-06-04 09:00", "2026-06-08 10:00", ResumePolicy.RESTART)], "2026-06-15 10:00"),
        ([pause("2026-06-11 09:00", "2026-06-12 09:00")], "2026-06-10 09:00"),  # over before the pause
        ([pause("2026-06-11 09:00", "2026-06-12 09:00", ResumePolicy.RESTART)], "2026-06-19 09:00"),
    ],
)
def test_pauses_move_five_days_from_3_june(pauses: list[Pause], expected: str) -> None:
    found = rules.due(at("2026-06-03 09:00"), lasting("5"), CALENDAR, pauses=pauses)
    assert found.at == at(expected)
    assert found.original_at == at("2026-06-10 09:00")


def test_calendar_days_are_moved_by_calendar_time() -> None:
    ten = lasting("10", PLAIN)
    found = rules.due(at("2026-06-01 09:00"), ten, CALENDAR, pauses=[pause("2026-06-05 09:00", "2026-06-08 10:00")])
    assert found.at == at("2026-06-15 07:30")  # 11 June 09:00 and 73 hours: Sunday, so Monday
    restarted = rules.due(
        at("2026-06-01 09:00"),
        ten,
        CALENDAR,
        pauses=[pause("2026-06-05 09:00", "2026-06-08 10:00", ResumePolicy.RESTART)],
    )
    assert restarted.at == at("2026-06-18 10:00")


@pytest.mark.parametrize(
    "pauses",
    [
        [pause("2026-06-04 09:00", None), pause("2026-06-05 09:00", "2026-06-06 09:00")],
        [pause("2026-06-04 09:00", "2026-06-05 09:00"), pause("2026-06-04 10:00", None)],
        [pause("2026-06-04 09:00", "2026-06-03 09:00")],
    ],
)
def test_pauses_out_of_order_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(rules.PausesOutOfOrder, match="follow each other"):
        rules.due(at("2026-06-03 09:00"), lasting("5"), CALENDAR, pauses=pauses)


@pytest.mark.parametrize(("amount", "unit"), [("0", DAYS), ("-1", HOURS), ("1.5", PLAIN), ("0.5", MONTHS)])
def test_impossible_limits_are_refused(amount: str, unit: DurationUnit) -> None:
    with pytest.raises(ValueError, match="longer than nothing|counted whole"):
        lasting(amount, unit)


def test_due_dates_beyond_the_decided_years_are_provisional() -> None:
    assert rules.due(at("2026-12-28 09:00"), lasting("10"), CALENDAR).is_provisional
    assert not rules.due(at("2026-12-01 09:00"), lasting("10"), CALENDAR).is_provisional


@pytest.mark.parametrize(
    ("received", "touches"),
    [("2026-11-23 09:00", True), ("2026-11-25 09:00", False), ("2025-12-31 09:00", True), ("2026-01-05 09:00", True)],
)
def test_unconfirmed_days_are_flagged(received: str, touches: bool) -> None:
    assert rules.due(at(received), lasting("5"), CALENDAR).touches_unverified is touches


# ── standing ────────────────────────────────────────────────────────────────────────────────────────────────────

DUE = "2026-06-10 09:00"


@pytest.mark.parametrize(
    ("finished", "due", "now", "is_paused", "expected"),
    [
        ("2026-06-09 16:59", DUE, "2026-07-01 09:00", False, Standing.EARLY),
        ("2026-06-10 07:30", DUE, "2026-07-01 09:00", False, Standing.ON_TIME),
        ("2026-06-10 09:00", DUE, "2026-07-01 09:00", False, Standing.ON_TIME),
        ("2026-06-10 09:01", DUE, "2026-07-01 09:00", False, Standing.LATE),
        ("2026-06-10 16:00", DUE, "2026-07-01 09:00", True, Standing.LATE),
        ("2026-06-11 09:00", DUE, "2026-07-01 09:00", False, Standing.LATE),
        ("2026-06-11 09:00", None, "2026-07-01 09:00", False, Standing.ON_TIME),
        (None, DUE, "2026-06-10 09:00", False, Standing.OPEN_IN_TIME),
        (None, DUE, "2026-06-10 09:01", False, Standing.OPEN_LATE),
        (None, DUE, "2026-06-20 09:00", True, Standing.OPEN_IN_TIME),
        (None, None, "2026-06-20 09:00", False, Standing.OPEN_IN_TIME),
    ],
)
def test_classification(finished: str | None, due: str | None, now: str, is_paused: bool, expected: Standing) -> None:
    found = rules.classify(
        at(finished) if finished else None, at(due) if due else None, now=at(now), is_paused=is_paused
    )
    assert found is expected


def test_classification_knows_days_of_vietnam_only() -> None:
    finished = datetime.fromisoformat("2026-06-09T17:30:00+00:00")  # 00:30 of the 10th here
    assert rules.classify(finished, at(DUE), now=at("2026-07-01 09:00")) is Standing.ON_TIME


def test_remaining_minutes() -> None:
    due_at = at("2026-06-10 09:00")
    assert rules.remaining_minutes(due_at, now=at("2026-06-09 16:00"), calendar=CALENDAR) == 150
    assert rules.remaining_minutes(due_at, now=at("2026-06-10 11:00"), calendar=CALENDAR) == -120
    assert rules.remaining_minutes(None, now=at("2026-06-10 11:00"), calendar=CALENDAR) is None
    paused = rules.remaining_minutes(
        due_at, now=at("2026-06-30 11:00"), calendar=CALENDAR, paused_at=at("2026-06-09 16:00")
    )
    assert paused == 150


# ── the explained clock ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_supplement_is_explained() -> None:
    found = rules.due(
        at("2026-06-04 15:00"), lasting("1"), CALENDAR, pauses=[pause("2026-06-04 16:00", "2026-06-05 10:00")],
        law=LAW[2018],
    )  # fmt: skip
    told = [(part.kind, part.owner, part.minutes, part.counted_minutes, part.cause) for part in found.segments]
    assert told == [
        (ClockKind.WORKED, Owner.AGENCY, 60, 60, None),
        (ClockKind.WAITING, Owner.CITIZEN, 18 * 60, 0, PauseKind.SUPPLEMENT),
        (ClockKind.WORKED, Owner.AGENCY, 90, 90, None),
        (ClockKind.LUNCH, Owner.AGENCY, 90, 0, None),
        (ClockKind.WORKED, Owner.AGENCY, 240, 240, None),
        (ClockKind.NIGHT, Owner.AGENCY, 7 * 60, 0, None),
        (ClockKind.WEEKLY_REST, Owner.AGENCY, 2 * 1440, 0, None),
        (ClockKind.NIGHT, Owner.AGENCY, 450, 0, None),
        (ClockKind.WORKED, Owner.AGENCY, 90, 90, None),
    ]
    assert found.segments[1].basis == "61/2018/NĐ-CP, Điều 19 khoản 4"
    assert found.segments[6].basis == "10/2012/QH13, Điều 110; 45/2019/QH14, Điều 111"
    assert all(part.basis for part in found.segments)


def test_a_restart_sets_aside_what_ran_before() -> None:
    found = rules.due(
        at("2026-06-04 15:00"),
        lasting("1"),
        CALENDAR,
        pauses=[pause("2026-06-04 16:00", "2026-06-05 10:00", ResumePolicy.RESTART)],
    )
    assert [part.is_set_aside for part in found.segments[:3]] == [True, True, False]
    assert sum(part.counted_minutes for part in found.segments) == 480
    assert found.started_at == at("2026-06-05 10:00")


def test_a_moved_start_is_explained() -> None:
    segments = rules.due(at("2026-06-04 15:30"), lasting("1"), CALENDAR, rules.SAME_DAY, law=LAW[2018]).segments
    assert [(part.kind, part.minutes) for part in segments[:2]] == [
        (ClockKind.BEFORE_START, 90),
        (ClockKind.NIGHT, 14 * 60 + 30),
    ]
    assert segments[0].basis == "61/2018/NĐ-CP, Điều 18 khoản 2, khoản 3"


def test_an_open_pause_and_overdue_time_are_told_until_now() -> None:
    waiting = rules.due(at("2026-06-04 09:00"), lasting("1"), CALENDAR, pauses=[pause("2026-06-04 10:00", None)])
    told = rules.explain(waiting, now=at("2026-06-10 10:00"))
    assert [(part.kind, part.end) for part in told] == [
        (ClockKind.WORKED, at("2026-06-04 10:00")),
        (ClockKind.WAITING, at("2026-06-10 10:00")),
    ]
    late = rules.due(at("2026-06-04 09:00"), lasting("1"), CALENDAR, pauses=[pause("2026-06-08 10:00", None)])
    told = rules.explain(late, now=at("2026-06-10 10:00"))
    assert [part.kind for part in told[-2:]] == [ClockKind.OVERDUE, ClockKind.WAITING]
    assert told[-2].start == at("2026-06-05 09:00")
    over = rules.explain(rules.due(at("2026-06-04 09:00"), lasting("1"), CALENDAR), now=at("2026-06-10 10:00"))
    assert (over[-1].kind, over[-1].start) == (ClockKind.OVERDUE, at("2026-06-05 09:00"))


def test_unconfirmed_days_are_told() -> None:
    segments = rules.due(at("2026-11-23 15:00"), lasting("1"), CALENDAR).segments
    assert [(part.note, part.is_verified) for part in segments if part.kind is ClockKind.HOLIDAY] == [
        ("Ngày Văn hóa Việt Nam", False)
    ]


def test_condensed_it_is_told_in_a_few_lines() -> None:
    found = rules.due(
        at("2026-02-12 09:00"), lasting("5"), CALENDAR, pauses=[pause("2026-02-23 10:00", "2026-02-24 10:00")]
    )
    told = rules.condense(found.segments)
    assert [(part.kind, part.start, part.counted_minutes) for part in told] == [
        (ClockKind.WORKED, at("2026-02-12 09:00"), 390 + 480),
        (ClockKind.WEEKLY_REST, at("2026-02-13 17:00"), 0),
        *[(ClockKind.HOLIDAY, at(f"2026-02-{day} 00:00"), 0) for day in range(16, 21)],
        (ClockKind.WEEKLY_REST, at("2026-02-21 00:00"), 0),
        (ClockKind.WORKED, at("2026-02-23 07:30"), 150),
        (ClockKind.WAITING, at("2026-02-23 10:00"), 0),
        (ClockKind.WORKED, at("2026-02-24 10:00"), 330 + 2 * 480 + 90),
    ]
    assert told[1].end == at("2026-02-16 00:00")


# ── what holds for every clock ──────────────────────────────────────────────────────────────────────────────────

amounts = st.integers(1, 40).map(lambda halves: Duration(Decimal(halves) / 2, HOURS))
gaps = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from(ResumePolicy)), max_size=3)
durations = st.one_of(
    amounts,
    st.integers(1, 12).map(lambda halves: Duration(Decimal(halves) / 2, DAYS)),
    st.integers(1, 20).map(lambda days: Duration(Decimal(days), PLAIN)),
    st.just(Duration(Decimal(1), MONTHS)),
)
policies = st.sampled_from([rules.ORDINARY, rules.SAME_DAY, Policy(time(10), CutOff.START_NEXT_DAY)])


def laid_out(received: datetime, gaps: list[tuple[int, int, ResumePolicy]]) -> list[Pause]:
    pauses, edge = [], received
    for before, length, policy in gaps:
        begin = edge + timedelta(minutes=before)
        edge = begin + timedelta(minutes=length)
        pauses.append(Pause(PauseKind.SUPPLEMENT, begin, edge, policy))
    return pauses


@settings(max_examples=120, deadline=None)
@given(calendars(), moments, durations, gaps, policies)
def test_the_explanation_adds_up(
    calendar: WorkingCalendar,
    received: datetime,
    duration: Duration,
    gaps: list[tuple[int, int, ResumePolicy]],
    policy: Policy,
) -> None:
    found = rules.due(received, duration, calendar, policy, laid_out(received, gaps))
    edges = [received, *(part.end for part in found.segments)]
    assert [part.start for part in found.segments] == edges[:-1]
    assert edges[-1] == found.at
    assert all(part.minutes == (part.end - part.start) / timedelta(minutes=1) for part in found.segments)
    counted = sum(part.counted_minutes for part in found.segments)
    told = rules.condense(found.segments)
    assert [part.start for part in told] == [received, *(part.end for part in told)][:-1]
    assert (sum(part.counted_minutes for part in told), told[-1].end) == (counted, found.at)
    assert sum(part.minutes for part in told) == sum(part.minutes for part in found.segments)
    if duration.is_working_time:
        assert counted == found.budget_minutes
    else:
        nominal = [part for part in found.segments if part.kind is ClockKind.CALENDAR_TIME and not part.is_set_aside]
        waited = sum(part.counted_minutes for part in found.segments if part.kind is ClockKind.WAITING)
        assert counted == sum(part.minutes for part in nominal) + waited


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, durations, policies)
def test_a_due_moment_is_at_work_or_at_a_closing(
    calendar: WorkingCalendar, received: datetime, duration: Duration, policy: Policy
) -> None:
    found = rules.due(received, duration, calendar, policy).at
    assert calendar.roll_forward(found) == found
    assert found > received


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, moments, durations, policies)
def test_who_comes_later_is_due_no_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, duration: Duration, policy: Policy
) -> None:
    first, second = sorted([one, other])
    assert rules.due(first, duration, calendar, policy).at <= rules.due(second, duration, calendar, policy).at


def test_a_local_closure_moves_the_due_date() -> None:
    closed = {date(2026, 6, 5): SpecialDay(DayKind.LOCAL_CLOSURE, "Bão")}
    calendar = WorkingCalendar.of(dict.fromkeys(range(1, 6), OFFICE), closed)
    found = rules.due(at("2026-06-04 09:00"), lasting("1"), calendar)
    assert found.at == at("2026-06-08 09:00")
    assert (ClockKind.LOCAL_CLOSURE, "Bão") in [(part.kind, part.note) for part in found.segments]


def test_times_of_other_zones_mean_the_same() -> None:
    received = datetime.fromisoformat("2026-02-11T02:00:59.5+00:00")
    found = rules.due(received, lasting("1"), CALENDAR)
    assert found.at == at("2026-02-12 09:00")
    assert found.at.tzinfo is ZONE
