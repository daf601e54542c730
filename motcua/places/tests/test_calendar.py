"""The working calendar against the real days of 2018–2026 and against a clock that counts minute by minute."""

import csv
import time as timer
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.places import enums
from motcua.places.calendar import (
    ZONE,
    DateOutsideCalendar,
    DayKind,
    SegmentKind,
    SpecialDay,
    WorkingCalendar,
)

PLACES = Path(__file__).parents[3] / "packs" / "quangninh" / "places"
OFFICE = [(time(7, 30), time(11, 30)), (time(13), time(17))]


def pack_calendar() -> WorkingCalendar:
    """The province's own days, read straight from the pack."""
    hours: dict[int, list[tuple[time, time]]] = {}
    with (PLACES / "office_hours.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["key"] == "standard":
                stretch = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
                hours.setdefault(int(row["weekday"]), []).append(stretch)
    with (PLACES / "calendar.csv").open(encoding="utf-8") as rows:
        days = {
            date.fromisoformat(row["date"]): SpecialDay(
                DayKind(row["kind"]),
                row["note"],
                is_verified=row["verified"] == "1",
                basis=row["legal_basis"],
                paired_on=date.fromisoformat(row["paired_date"]) if row["paired_date"] else None,
            )
            for row in csv.DictReader(rows)
        }
    return WorkingCalendar.of(hours, days)


CALENDAR = pack_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-02-13 09:00", True),
        ("2026-02-13 07:29", False),
        ("2026-02-13 07:30", True),
        ("2026-02-13 11:30", False),
        ("2026-02-13 12:59:59", False),
        ("2026-02-13 16:59:59", True),
        ("2026-02-13 17:00", False),
        ("2026-02-14 09:00", False),  # a Saturday
        ("2026-02-16 09:00", False),  # Tết
        ("2026-02-20 09:00", False),
        ("2026-02-23 09:00", True),
        ("2026-04-27 09:00", False),  # for the kings' day on a Sunday
        ("2026-04-30 09:00", False),
        ("2026-05-01 09:00", False),
        ("2026-08-22 09:00", True),  # a Saturday worked for 31 August
        ("2026-08-31 09:00", False),
        ("2026-09-01 09:00", False),
        ("2024-05-04 15:00", True),
        ("2018-09-03 09:00", False),  # for the national day on a Sunday
        ("2018-12-31 09:00", False),
        ("2019-01-05 09:00", True),  # a Saturday worked for 31 December
        ("2019-04-15 09:00", False),
        ("2020-09-03 09:00", True),  # one day only, before the Labour Code of 2019 was in force
        ("2021-02-16 09:00", False),
        ("2021-02-17 09:00", True),
        ("2021-09-03 09:00", False),  # since 2021 two days
        ("2022-05-03 09:00", False),
    ],
)
def test_real_days(moment: str, works: bool) -> None:
    assert CALENDAR.is_working(at(moment)) is works


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-13 09:12:40", "2026-02-13 09:12"),
        ("2026-02-13 05:00", "2026-02-13 07:30"),
        ("2026-02-13 11:30", "2026-02-13 13:00"),
        ("2026-02-13 17:00", "2026-02-23 07:30"),
        ("2026-02-18 10:00", "2026-02-23 07:30"),
        ("2026-08-21 17:30", "2026-08-22 07:30"),
        ("2026-04-25 08:00", "2026-04-28 07:30"),
    ],
)
def test_next_working(moment: str, expected: str) -> None:
    assert CALENDAR.next_working(at(moment)) == at(expected)


def test_the_end_of_a_limit_may_be_the_closing_but_not_the_lunch() -> None:
    assert CALENDAR.roll_forward(at("2026-02-13 17:00")) == at("2026-02-13 17:00")
    assert CALENDAR.roll_forward(at("2026-02-13 11:30")) == at("2026-02-13 11:30")
    assert CALENDAR.roll_forward(at("2026-02-13 12:00")) == at("2026-02-13 13:00")
    assert CALENDAR.roll_forward(at("2026-02-14 10:00")) == at("2026-02-23 07:30")


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-02-13 09:00", 0, "2026-02-13 09:00"),
        ("2026-02-13 09:00", 150, "2026-02-13 11:30"),
        ("2026-02-13 09:00", 151, "2026-02-13 13:01"),
        ("2026-02-13 07:30", 480, "2026-02-13 17:00"),
        ("2026-02-13 09:00", 480, "2026-02-23 09:00"),  # over Tết
        ("2026-04-24 16:00", 120, "2026-04-28 08:30"),
        ("2026-04-29 16:00", 61, "2026-05-04 07:31"),
        ("2026-08-21 16:00", 540, "2026-08-22 17:00"),
        ("2026-08-28 16:00", 120, "2026-09-03 08:30"),
        ("2026-02-17 09:00", 60, "2026-02-23 08:30"),
    ],
)
def test_adding_minutes(start: str, minutes: int, expected: str) -> None:
    assert CALENDAR.add_minutes(at(start), minutes) == at(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-02-12 09:15", 1, "2026-02-13 09:15"),
        ("2026-02-13 09:15", 1, "2026-02-23 09:15"),
        ("2026-02-13 09:15", 0, "2026-02-13 09:15"),
        ("2026-02-12 20:00", 1, "2026-02-13 17:00"),  # a whole day of work from the opening
        ("2026-02-11 12:00", 1, "2026-02-12 11:30"),
        ("2026-02-11 13:00", 2, "2026-02-13 11:30"),
        ("2026-08-21 10:00", 1, "2026-08-22 10:00"),
        ("2026-08-21 10:00", 7, "2026-09-03 10:00"),
    ],
)
def test_adding_days(start: str, days: int, expected: str) -> None:
    assert CALENDAR.add_days(at(start), days) == at(expected)


def test_a_shorter_day_ends_at_its_closing() -> None:
    mornings = WorkingCalendar.of({1: OFFICE, 2: OFFICE[:1], 3: OFFICE})
    assert mornings.add_days(at("2026-06-01 15:00"), 1) == at("2026-06-02 11:30")
    assert mornings.add_days(at("2026-06-01 15:00"), 2) == at("2026-06-03 15:00")


def test_a_make_up_day_has_the_hours_of_the_day_it_replaces() -> None:
    days = {date(2026, 6, 6): SpecialDay(DayKind.MAKEUP_WORKDAY, paired_on=date(2026, 6, 2))}
    calendar = WorkingCalendar.of({1: OFFICE, 2: OFFICE[:1]}, days)
    assert calendar.closing(date(2026, 6, 6)) == at("2026-06-06 11:30")
    unpaired = WorkingCalendar.of({1: OFFICE, 2: OFFICE[:1]}, {date(2026, 6, 6): SpecialDay(DayKind.MAKEUP_WORKDAY)})
    assert unpaired.closing(date(2026, 6, 6)) == at("2026-06-06 17:00")


def test_segments_name_every_stretch() -> None:
    kinds = [
        (part.kind, part.minutes, part.note)
        for part in CALENDAR.segments(at("2026-02-13 16:00"), at("2026-02-23 08:00"))
    ]
    assert kinds == [
        (SegmentKind.WORKED, 60, ""),
        (SegmentKind.NIGHT, 420, ""),
        (SegmentKind.WEEKLY_REST, 2 * 1440, ""),
        (SegmentKind.HOLIDAY, 1440, "Giao thừa Tết Nguyên Đán"),
        (SegmentKind.HOLIDAY, 1440, "Tết Nguyên Đán"),
        (SegmentKind.HOLIDAY, 1440, "Mùng hai Tết Nguyên Đán"),
        (SegmentKind.HOLIDAY, 1440, "Mùng ba Tết Nguyên Đán"),
        (SegmentKind.HOLIDAY, 1440, "Mùng bốn Tết Nguyên Đán"),
        (SegmentKind.WEEKLY_REST, 2 * 1440, ""),
        (SegmentKind.NIGHT, 450, ""),
        (SegmentKind.WORKED, 30, ""),
    ]


def test_segments_tell_swapped_and_make_up_days() -> None:
    kinds = {part.kind for part in CALENDAR.segments(at("2026-08-21 00:00"), at("2026-09-03 00:00"))}
    assert {SegmentKind.MAKEUP_WORKDAY, SegmentKind.SWAPPED_OFF, SegmentKind.HOLIDAY} <= kinds
    made_up = [
        part
        for part in CALENDAR.segments(at("2026-08-22 00:00"), at("2026-08-23 00:00"))
        if part.kind is SegmentKind.MAKEUP_WORKDAY
    ]
    assert sum(part.minutes for part in made_up) == 480
    assert all(part.is_worked and part.is_verified for part in made_up)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        ("2025-12-31 08:00", "2026-01-05 08:00", True),
        ("2026-01-03 08:00", "2026-01-09 17:00", False),
        ("2026-01-09 08:00", "2026-01-10 08:00", True),
        ("2026-11-20 08:00", "2026-11-24 00:00", True),
        ("2026-11-25 08:00", "2026-12-31 17:00", False),
    ],
)
def test_unverified_days_are_noticed(start: str, end: str, touches: bool) -> None:
    assert CALENDAR.touches_unverified(at(start), at(end)) is touches


def test_beyond_the_decided_years_fixed_holidays_hold_and_all_is_provisional() -> None:
    assert not CALENDAR.is_provisional(at("2026-12-31 23:59"))
    assert CALENDAR.is_provisional(at("2027-01-01 00:00"))
    assert not CALENDAR.is_working(at("2027-01-01 09:00"))
    assert not CALENDAR.is_working(at("2027-05-03 09:00"))  # for 1 May, a Saturday
    assert CALENDAR.is_working(at("2027-05-04 09:00"))
    assert all(part.is_provisional for part in CALENDAR.segments(at("2027-03-01 08:00"), at("2027-03-03 08:00")))
    assert CALENDAR.touches_unverified(at("2027-04-30 08:00"), at("2027-04-30 09:00"))


def test_kinds_of_days_are_those_of_the_database() -> None:
    assert set(DayKind) == set(enums.DayKind)
    assert {kind.value for kind in DayKind} < {kind.value for kind in SegmentKind}


def test_too_far_away_is_refused() -> None:
    with pytest.raises(DateOutsideCalendar, match="Enter the days off"):
        CALENDAR.is_working(at("2190-01-01 09:00"))
    with pytest.raises(DateOutsideCalendar):
        CALENDAR.add_minutes(at("2026-01-01 09:00"), 10**9)
    with pytest.raises(DateOutsideCalendar):
        CALENDAR.add_days(at("2026-01-01 09:00"), 10**6)


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {1: []},
        {1: [(time(9), time(9))]},
        {1: [(time(9), time(12)), (time(11), time(15))]},
    ],
)
def test_impossible_hours_are_refused(hours: dict[int, list[tuple[time, time]]]) -> None:
    with pytest.raises(ValueError, match="hours"):
        WorkingCalendar.of(hours)


def test_working_time_is_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_minutes(at("2026-01-05 09:00"), -1)


def test_other_zones_mean_the_same_moment() -> None:
    moment = datetime.fromisoformat("2026-02-13T02:00:00+00:00")
    assert CALENDAR.is_working(moment)
    assert CALENDAR.add_minutes(moment, 30) == at("2026-02-13 09:30")


# ── a clock that counts minute by minute ────────────────────────────────────────────────────────────────────────

MONDAY = datetime(2026, 6, 1, tzinfo=ZONE)
stretches = st.sampled_from([OFFICE, OFFICE[:1], OFFICE[1:], [(time(7), time(11)), (time(13, 30), time(18))], []])
weeks = st.lists(stretches, min_size=7, max_size=7).filter(lambda week: sum(map(bool, week)) >= 2)
special = st.dictionaries(
    st.integers(0, 25).map(lambda days: date(2026, 6, 1) + timedelta(days=days)),
    st.builds(SpecialDay, st.sampled_from(DayKind), is_verified=st.booleans()),
    max_size=8,
)
moments = st.integers(0, 18 * 1440).map(lambda minute: MONDAY + timedelta(minutes=minute))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    week = draw(weeks)
    return WorkingCalendar.of(
        {day + 1: hours for day, hours in enumerate(week)},
        draw(special),
        decided_from=date(2026, 1, 1),
        decided_to=date(2026, 12, 31),
    )


@settings(max_examples=150, deadline=None)
@given(weeks, special, moments)
def test_is_working_agrees_with_the_plain_rule(
    week: list[list[tuple[time, time]]], days: dict[date, SpecialDay], moment: datetime
) -> None:
    calendar = WorkingCalendar.of({day + 1: hours for day, hours in enumerate(week)}, days)
    what = days.get(moment.date())
    hours = week[moment.weekday()]
    if what and what.kind is DayKind.MAKEUP_WORKDAY:
        hours = max(
            week,
            key=lambda stretches: sum(
                end.hour * 60 + end.minute - begin.hour * 60 - begin.minute for begin, end in stretches
            ),
        )
    elif what:
        hours = []
    assert calendar.is_working(moment) is any(begin <= moment.time() < end for begin, end in hours)


def counted(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    minutes = round((end - start) / timedelta(minutes=1))
    return sum(calendar.is_working(start + timedelta(minutes=minute)) for minute in range(minutes))


def walked(calendar: WorkingCalendar, start: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= calendar.is_working(start)
        start += timedelta(minutes=1)
    return start


@settings(max_examples=40, deadline=None)
@given(calendars(), moments, moments)
def test_minutes_between_agrees_with_counting(calendar: WorkingCalendar, one: datetime, other: datetime) -> None:
    start, end = min(one, other), max(one, other)
    assert calendar.minutes_between(start, end) == counted(calendar, start, end)
    assert calendar.minutes_between(end, start) == -calendar.minutes_between(start, end)


@settings(max_examples=40, deadline=None)
@given(calendars(), moments, st.integers(1, 1500))
def test_adding_agrees_with_walking(calendar: WorkingCalendar, start: datetime, minutes: int) -> None:
    end = calendar.add_minutes(start, minutes)
    assert end == walked(calendar, start, minutes)
    assert calendar.minutes_between(start, end) == minutes


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, moments)
def test_segments_cover_everything_once(calendar: WorkingCalendar, one: datetime, other: datetime) -> None:
    start, end = min(one, other), max(one, other)
    parts = calendar.segments(start, end)
    assert sum(part.minutes for part in parts) == round((end - start) / timedelta(minutes=1))
    assert sum(part.minutes for part in parts if part.is_worked) == calendar.minutes_between(start, end)
    edges = [start, *(part.end for part in parts)]
    assert [part.start for part in parts] == edges[: len(parts)]
    for part in parts:
        middle = part.start + timedelta(minutes=part.minutes // 2)
        assert calendar.is_working(middle) is part.is_worked


@settings(max_examples=60, deadline=None)
@given(special, moments, st.integers(1, 15))
def test_whole_days_are_eight_hours_where_every_day_has_eight(
    days: dict[date, SpecialDay], start: datetime, count: int
) -> None:
    calendar = WorkingCalendar.of(dict.fromkeys(range(1, 6), OFFICE), days)
    assert calendar.add_days(start, count) == calendar.add_minutes(start, count * 480)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments)
def test_next_working_is_the_first_working_minute(calendar: WorkingCalendar, start: datetime) -> None:
    found = calendar.next_working(start)
    assert calendar.is_working(found)
    assert calendar.minutes_between(start, found) == 0


@pytest.mark.slow
def test_due_moments_are_quick() -> None:
    start = at("2026-02-11 09:17")
    begun = timer.perf_counter()
    for minutes in range(5000):
        CALENDAR.add_minutes(start, minutes)
    assert 5000 / (timer.perf_counter() - begun) > 20_000


def test_three_days_before_tet_end_after_it() -> None:
    """8 February 2021 was a Monday, Tết of that year began on the Wednesday."""
    assert CALENDAR.add_minutes(at("2021-02-08 09:00"), 3 * 480) == at("2021-02-18 09:00")
    assert CALENDAR.touches_unverified(at("2021-02-08 09:00"), at("2021-02-18 09:00"))
