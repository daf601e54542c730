"""The working calendar of an office as a pure value: which minutes are worked, and how many lie between two moments.

Time is counted in whole minutes of Vietnam's time (seven hours ahead of UTC all year, since 1975); seconds are cut off.
A working minute is one that begins inside office hours of a day that is worked. Days off come from the Labour Code
(45/2019/QH14, art. 111 and 112) and the yearly decisions on it, entered as data. Outside the years for which these
days are decided the weekly rule and the holidays with a fixed date apply, and everything there is provisional.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY_MINUTES = 24 * 60
_MINUTE = timedelta(minutes=1)
_ORIGIN = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))  # minute 0 = start of the day with ordinal 1
_YEARS_BEFORE, _YEARS_AFTER = 3, 25
_LAST_CHANGE = 1975  # after that year the zone has one offset

# Labour Code 45/2019/QH14, art. 112: the paid holidays that have a date in the solar calendar.
FIXED_HOLIDAYS = {
    (1, 1): "Tết Dương lịch",
    (4, 30): "Ngày Chiến thắng",
    (5, 1): "Ngày Quốc tế Lao động",
    (9, 2): "Quốc khánh",
}

Hours = tuple[tuple[int, int], ...]  # (opens, closes) in minutes of the day, in order


class DayKind(StrEnum):
    """Why a day is not what its weekday says."""

    HOLIDAY = "holiday"
    COMPENSATORY_OFF = "compensatory_off"
    SWAPPED_OFF = "swapped_off"
    MAKEUP_WORKDAY = "makeup_workday"
    LOCAL_CLOSURE = "local_closure"


class SegmentKind(StrEnum):
    """What a stretch of time is for an office; the last five have the names of `DayKind`."""

    WORKED = "worked"
    LUNCH = "lunch"
    NIGHT = "night"
    WEEKLY_REST = "weekly_rest"
    HOLIDAY = "holiday"
    COMPENSATORY_OFF = "compensatory_off"
    SWAPPED_OFF = "swapped_off"
    MAKEUP_WORKDAY = "makeup_workday"
    LOCAL_CLOSURE = "local_closure"


_OF_A_DAY = frozenset(SegmentKind(kind.value) for kind in DayKind)
WORKED_KINDS = frozenset({SegmentKind.WORKED, SegmentKind.MAKEUP_WORKDAY})


class DateOutsideCalendar(ValueError):
    """The date lies too far from the years this calendar knows. Enter the days off of that year first."""

    def __str__(self) -> str:  # noqa: D105
        return self.__doc__ or ""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday. `paired_on`: the day whose hours a make-up day is worked with."""

    kind: DayKind
    note: str = ""
    is_verified: bool = True
    basis: str = ""
    paired_on: date | None = None

    @property
    def is_off(self) -> bool:
        """Whether nobody works on it."""
        return self.kind is not DayKind.MAKEUP_WORKDAY


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one kind, `start` included, `end` not; `minutes` is its length on the wall clock."""

    kind: SegmentKind
    start: datetime
    end: datetime
    minutes: int
    note: str = ""
    basis: str = ""
    is_verified: bool = True
    is_provisional: bool = False

    @property
    def is_worked(self) -> bool:
        """Whether the office works through this stretch."""
        return self.kind in WORKED_KINDS


_Label = tuple[SegmentKind, SpecialDay | None, bool]  # what joins neighbours: kind, the day's own reason, provisional


@dataclass(frozen=True)
class WorkingCalendar:
    """Office hours by weekday (1 = Monday … 7 = Sunday) and special days; build one with `WorkingCalendar.of`."""

    weekly: tuple[Hours, ...]
    special: tuple[tuple[date, SpecialDay], ...]
    decided_from: date
    decided_to: date
    _first: int = field(init=False, repr=False, compare=False)
    _hours: list[Hours] = field(init=False, repr=False, compare=False)
    _before: list[int] = field(init=False, repr=False, compare=False)  # working minutes before day i
    _worked_days: list[int] = field(init=False, repr=False, compare=False)
    _unverified: list[int] = field(init=False, repr=False, compare=False)
    _days: dict[int, SpecialDay] = field(init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        hours: Mapping[int, Sequence[tuple[time, time]]],
        days: Mapping[date, SpecialDay] | None = None,
        *,
        decided_from: date | None = None,
        decided_to: date | None = None,
    ) -> Self:
        """A calendar from office hours by ISO weekday and special days.

        The decided years run, unless told, from the first to the last year that has a holiday entered.
        Raises ValueError with a sentence when hours overlap, end before they begin or nobody ever works.
        """
        days = days or {}
        weekly = tuple(_hours_of(hours.get(weekday, ())) for weekday in range(1, 8))
        if not any(weekly):
            raise ValueError("An office needs hours on at least one weekday.")
        years = sorted(day.year for day, what in days.items() if what.kind is DayKind.HOLIDAY) or [2024]
        return cls(
            weekly=weekly,
            special=tuple(sorted(days.items())),
            decided_from=decided_from or date(years[0], 1, 1),
            decided_to=decided_to or date(years[-1], 12, 31),
        )

    def __post_init__(self) -> None:
        """Lay out every day once, so that each question later is two look-ups and a bisection."""
        years = [self.decided_from.year, self.decided_to.year, *(day.year for day, _ in self.special)]
        first = date(max(min(years) - _YEARS_BEFORE, 1), 1, 1)
        last = date(max(years) + _YEARS_AFTER, 12, 31)
        days = {day.toordinal(): what for day, what in self.special}
        days |= self._provisional_days(first, last, days)
        hours = [self._hours_on(ordinal, days) for ordinal in range(first.toordinal(), last.toordinal() + 1)]
        before, unverified = [0], [0]
        for index, stretches in enumerate(hours):
            before.append(before[-1] + sum(closes - opens for opens, closes in stretches))
            what = days.get(first.toordinal() + index)
            unverified.append(unverified[-1] + (what is not None and not what.is_verified))
        values = {
            "_first": first.toordinal(),
            "_hours": hours,
            "_before": before,
            "_worked_days": [index for index, stretches in enumerate(hours) if stretches],
            "_unverified": unverified,
            "_days": days,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    # ── questions about a moment ────────────────────────────────────────────────────────────────────────────────

    def is_working(self, moment: datetime) -> bool:
        """Whether the office is at work at this moment; at the minute of closing it no longer is."""
        day, minute = divmod(_minute(moment), DAY_MINUTES)
        return any(opens <= minute < closes for opens, closes in self._hours[self._index(day)])

    def next_working(self, moment: datetime) -> datetime:
        """The moment itself when the office is at work, else the next opening (of the afternoon or of a day)."""
        at = _minute(moment)
        day, minute = divmod(at, DAY_MINUTES)
        index = self._index(day)
        for opens, closes in self._hours[index]:
            if minute < closes:
                return _moment(at if minute >= opens else day * DAY_MINUTES + opens)
        return self._opening(self._worked_day(bisect_right(self._worked_days, index)))

    def roll_forward(self, moment: datetime) -> datetime:
        """The moment itself when it is at work or exactly at closing, else the next opening: for the end of a limit."""
        at = _minute(moment)
        day, minute = divmod(at, DAY_MINUTES)
        if any(opens <= minute <= closes for opens, closes in self._hours[self._index(day)]):
            return _moment(at)
        return self.next_working(moment)

    def is_working_day(self, day: date) -> bool:
        """Whether the office works at all on this day."""
        return bool(self._hours[self._index(_ordinal(day))])

    def opening(self, day: date) -> datetime | None:
        """When work begins on this day; None on a day off."""
        stretches = self._hours[self._index(_ordinal(day))]
        return _moment(_ordinal(day) * DAY_MINUTES + stretches[0][0]) if stretches else None

    def closing(self, day: date) -> datetime | None:
        """When work ends on this day; None on a day off."""
        stretches = self._hours[self._index(_ordinal(day))]
        return _moment(_ordinal(day) * DAY_MINUTES + stretches[-1][1]) if stretches else None

    def next_opening(self, day: date) -> datetime:
        """The opening of the first working day after this day."""
        return self._opening(self._worked_day(bisect_right(self._worked_days, self._index(_ordinal(day)))))

    def is_provisional(self, moment: datetime) -> bool:
        """Whether the days off of that year are not decided (any more, or yet)."""
        day = moment.astimezone(ZONE).date()
        return not self.decided_from <= day <= self.decided_to

    def special_day(self, day: date) -> SpecialDay | None:
        """What makes this day special, if anything does."""
        return self._days.get(day.toordinal())

    # ── counting ────────────────────────────────────────────────────────────────────────────────────────────────

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Working minutes from one moment to another; negative when they stand in the other order."""
        return self._worked_before(_minute(end)) - self._worked_before(_minute(start))

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The moment at which so many working minutes are over; with none, the next working moment.

        The end of the last minute counts, so eight hours from an opening end at the closing, not at the next opening.
        """
        if minutes < 0:
            raise ValueError("Working time is only added forwards.")
        if minutes == 0:
            return self.next_working(start)
        target = self._worked_before(_minute(start)) + minutes
        index = bisect_left(self._before, target) - 1
        if index >= len(self._hours):
            raise DateOutsideCalendar
        rest = target - self._before[index]
        for opens, closes in self._hours[index]:
            if rest <= closes - opens:
                return _moment((self._first - 1 + index) * DAY_MINUTES + opens + rest)
            rest -= closes - opens
        raise DateOutsideCalendar  # cannot be: the bisection found a day that holds the target

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day so many working days later, counted from the next working moment.

        Like `add_minutes` it ends with work done: not at an opening but at the closing before it, not inside a break
        but at its beginning, and at closing where the last day is shorter.
        """
        start = self.next_working(start)
        if days <= 0:
            return start
        day, minute = divmod(_minute(start), DAY_MINUTES)
        position = bisect_left(self._worked_days, self._index(day)) + days
        index = self._worked_day(position)
        begun = [closes for opens, closes in self._hours[index] if opens < minute]
        if not begun:
            index = self._worked_days[position - 1]
            begun, minute = [self._hours[index][-1][1]], DAY_MINUTES
        return _moment((self._first - 1 + index) * DAY_MINUTES + min(minute, begun[-1]))

    def touches_unverified(self, start: datetime, end: datetime) -> bool:
        """Whether a special day that nobody has confirmed lies between the two moments, their days included."""
        first, last = (self._index(_minute(moment) // DAY_MINUTES) for moment in (start, end))
        return self._unverified[last + 1] > self._unverified[first]

    def unverified_days(self, start: datetime, end: datetime) -> list[tuple[date, SpecialDay]]:
        """The special days nobody has confirmed between two moments, their days included, each with its reason."""
        if not self.touches_unverified(start, end):
            return []
        first, last = (_minute(moment) // DAY_MINUTES + 1 for moment in (start, end))
        days = ((date.fromordinal(day), self._days.get(day)) for day in range(first, last + 1))
        return [(day, what) for day, what in days if what is not None and not what.is_verified]

    # ── explaining ──────────────────────────────────────────────────────────────────────────────────────────────

    def segments(self, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """Everything between two moments, without a gap, like next to like joined."""
        joined: list[tuple[int, int, _Label]] = []
        for begin, close, label in self._pieces(_minute(start), _minute(end)):
            if joined and joined[-1][2] == label:
                begin = joined.pop()[0]
            joined.append((begin, close, label))
        return tuple(_segment(*piece) for piece in joined)

    def _pieces(self, first: int, last: int) -> Iterator[tuple[int, int, _Label]]:
        for day in range(first // DAY_MINUTES, (last - 1) // DAY_MINUTES + 1):
            what = self._days.get(day + 1)
            is_provisional = not self.decided_from <= date.fromordinal(day + 1) <= self.decided_to
            for begin, close, kind in _parts(self._hours[self._index(day)], what):
                begin, close = max(begin + day * DAY_MINUTES, first), min(close + day * DAY_MINUTES, last)
                if begin < close:
                    yield begin, close, (kind, what if kind in _OF_A_DAY else None, is_provisional)

    # ── the layout ──────────────────────────────────────────────────────────────────────────────────────────────

    def _hours_on(self, ordinal: int, days: Mapping[int, SpecialDay]) -> Hours:
        what = days.get(ordinal)
        weekday = (ordinal + 6) % 7
        if what is None:
            return self.weekly[weekday]
        if what.kind is not DayKind.MAKEUP_WORKDAY:
            return ()
        paired = self.weekly[what.paired_on.weekday()] if what.paired_on else ()
        return paired or max(self.weekly, key=lambda hours: sum(closes - opens for opens, closes in hours))

    def _provisional_days(self, first: date, last: date, days: Mapping[int, SpecialDay]) -> dict[int, SpecialDay]:
        """Holidays with a fixed date and their compensation (art. 111.3) in the years that are not decided."""
        found: dict[int, SpecialDay] = {}
        for year in range(first.year, last.year + 1):
            if self.decided_from.year <= year <= self.decided_to.year:
                continue
            fixed = {date(year, month, day).toordinal(): note for (month, day), note in FIXED_HOLIDAYS.items()}
            for ordinal, note in fixed.items():
                found[ordinal] = _provisional(DayKind.HOLIDAY, note)
            for ordinal, note in fixed.items():
                if self.weekly[(ordinal + 6) % 7]:
                    continue
                free = ordinal + 1
                while free in found or free in days or not self.weekly[(free + 6) % 7]:
                    free += 1
                found[free] = _provisional(DayKind.COMPENSATORY_OFF, note)
        return {ordinal: what for ordinal, what in found.items() if ordinal not in days}

    def _index(self, day: int) -> int:
        index = day - self._first + 1
        if not 0 <= index < len(self._hours):
            raise DateOutsideCalendar
        return index

    def _worked_day(self, position: int) -> int:
        if position >= len(self._worked_days):
            raise DateOutsideCalendar
        return self._worked_days[position]

    def _opening(self, index: int) -> datetime:
        return _moment((self._first - 1 + index) * DAY_MINUTES + self._hours[index][0][0])

    def _worked_before(self, at: int) -> int:
        day, minute = divmod(at, DAY_MINUTES)
        index = self._index(day)
        worked = self._before[index]
        for opens, closes in self._hours[index]:
            if minute <= opens:
                break
            worked += min(minute, closes) - opens
        return worked


def _hours_of(stretches: Sequence[tuple[time, time]]) -> Hours:
    hours = tuple(sorted((at.hour * 60 + at.minute, to.hour * 60 + to.minute) for at, to in stretches))
    if any(opens >= closes for opens, closes in hours):
        raise ValueError("Office hours must open before they close.")
    if any(closes > opens for (_, closes), (opens, _) in pairwise(hours)):
        raise ValueError("Office hours of one day must not overlap.")
    return hours


def _parts(hours: Hours, what: SpecialDay | None) -> Iterator[tuple[int, int, SegmentKind]]:
    """One day cut into its stretches, in minutes of the day."""
    if not hours:
        yield 0, DAY_MINUTES, SegmentKind(what.kind.value) if what else SegmentKind.WEEKLY_REST
        return
    worked = SegmentKind.MAKEUP_WORKDAY if what and what.kind is DayKind.MAKEUP_WORKDAY else SegmentKind.WORKED
    since = 0
    for opens, closes in hours:
        yield since, opens, SegmentKind.LUNCH if since else SegmentKind.NIGHT
        yield opens, closes, worked
        since = closes
    yield since, DAY_MINUTES, SegmentKind.NIGHT


def _segment(begin: int, close: int, label: _Label) -> Segment:
    kind, what, is_provisional = label
    bounds = _moment(begin), _moment(close), close - begin
    if what is None:
        return Segment(kind, *bounds, is_provisional=is_provisional)
    return Segment(kind, *bounds, what.note, what.basis, what.is_verified, is_provisional)


def _provisional(kind: DayKind, note: str) -> SpecialDay:
    return SpecialDay(kind, note, is_verified=False, basis="45/2019/QH14")


def _ordinal(day: date) -> int:
    return day.toordinal() - 1


def _minute(moment: datetime) -> int:
    if moment.tzinfo is ZONE and moment.year > _LAST_CHANGE:  # the same, at a third of the price
        return (moment.toordinal() - 1) * DAY_MINUTES + moment.hour * 60 + moment.minute
    return (moment - _ORIGIN) // _MINUTE


def _moment(minute: int) -> datetime:
    day, rest = divmod(minute, DAY_MINUTES)
    hour, rest = divmod(rest, 60)
    on = date.fromordinal(day + 1)
    return datetime(on.year, on.month, on.day, hour, rest, tzinfo=ZONE)
