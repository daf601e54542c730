"""A clock that looks at every minute, written from the law and not from the engine: slow, plain, its own calendar.

What it takes as given (Decree 61/2018/NĐ-CP, art. 17–19; Labour Code, art. 111–112; Civil Code, art. 147–148):
a minute is worked when the office is open in it; a limit begins at the first worked minute from receipt, a cut-off puts
it off to the next day that is worked; a limit in working time is over when its last minute was worked, one in calendar
time when it has run out and the office is at work (or has just closed); while something is waited for no minute counts,
unless the wait is the agency's own; when a supplement has come the whole limit begins anew.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from motcua.places.calendar import ZONE

DAY = 1440
EPOCH = datetime(2019, 1, 1, tzinfo=ZONE)
REACH = 2 * 365 * DAY  # minutes after which a walk is given up


def minute_of(moment: datetime) -> int:
    """The number of a minute since the epoch; seconds are cut off."""
    return int((moment - EPOCH).total_seconds() // 60)


def moment_of(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


@dataclass
class Office:
    """Who works when: opening times by weekday (0 = Monday), days off, days made up with the hours of another day."""

    week: list[list[tuple[time, time]]]
    off: set[date] = field(default_factory=set)
    made_up: dict[date, date | None] = field(default_factory=dict)
    _minutes: dict[int, bytes] = field(default_factory=dict, init=False)

    def works(self, minute: int) -> bool:
        """Whether the office is open in this minute."""
        day, at = divmod(minute, DAY)
        return bool((self._minutes.get(day) or self._day(day))[at])

    def works_on(self, day: int) -> bool:
        return any(self._minutes.get(day) or self._day(day))

    def _day(self, number: int) -> bytes:
        day = (EPOCH + timedelta(days=number)).date()
        hours = self.week[day.weekday()]
        if day in self.off:
            hours = []
        elif day in self.made_up:
            other = self.made_up[day]
            hours = self.week[other.weekday()] if other else []
            hours = hours or max(self.week, key=_length)
        open_at = (any(opens <= time(*divmod(at, 60)) < closes for opens, closes in hours) for at in range(DAY))
        self._minutes[number] = bytes(open_at)
        return self._minutes[number]


def _length(hours: list[tuple[time, time]]) -> int:
    return sum(c.hour * 60 + c.minute - o.hour * 60 - o.minute for o, c in hours)


@dataclass
class Wait:
    """Something is waited for, from a minute to another; `then`: go_on, anew or counts."""

    start: int
    end: int
    then: str


@dataclass
class Limit:
    """What the law gives: an amount of days, calendar_days, hours or months, and how it starts and ends."""

    unit: str
    amount: float
    cut_off: int = 15 * 60  # minute of the day
    before_closing: int | None = None
    moves_start: bool = False
    same_day: bool = False


@dataclass
class Walked:
    """Where the walk came to: the due minute, and the minutes that were counted since the last beginning."""

    due: int
    began: int
    counted: set[int]


def first_worked(office: Office, minute: int) -> int:
    while not office.works(minute):
        minute += 1
    return minute


def next_day_worked(office: Office, minute: int) -> int:
    """The first worked minute of a later day."""
    return first_worked(office, (minute // DAY + 1) * DAY)


def closing_of(office: Office, minute: int) -> int:
    """When the last worked minute of this day is over."""
    end = (minute // DAY + 1) * DAY
    while not office.works(end - 1):
        end -= 1
    return end


def is_cut_off(office: Office, limit: Limit, received: int) -> bool:
    if limit.before_closing is not None:
        return received >= closing_of(office, received) - limit.before_closing
    return received % DAY >= limit.cut_off


def beginning(office: Office, limit: Limit, received: int) -> int:
    at = first_worked(office, received)
    if limit.moves_start and at // DAY == received // DAY and is_cut_off(office, limit, received):
        return next_day_worked(office, at)
    return at


def transfer_by(office: Office, limit: Limit, received: int, *, cut_off_holds: bool) -> int:
    at = beginning(office, limit, received)
    is_late = at // DAY == received // DAY and is_cut_off(office, limit, received)
    return next_day_worked(office, at) if cut_off_holds and is_late else closing_of(office, at)


def worked_minutes(office: Office, limit: Limit, began: int) -> int:
    """What a limit in working time is worth in worked minutes, from a beginning on, if nothing is waited for."""
    if limit.unit == "hours":
        return _up(limit.amount * 60)
    if limit.same_day:
        return _worked(office, began, _last_closing(office, began, _up(limit.amount)))
    days, minute, worth = 0, began, 0
    while days < int(limit.amount) or minute % DAY != began % DAY:  # the same time, so many worked days later
        worth += office.works(minute)
        minute += 1
        if minute % DAY == 0 and office.works_on(minute // DAY):
            days += 1
    return worth + _up(limit.amount % 1 * 480)


def _last_closing(office: Office, began: int, days: int) -> int:
    for _ in range(days - 1):
        began = next_day_worked(office, began)
    return closing_of(office, began)


def _worked(office: Office, start: int, end: int) -> int:
    return sum(office.works(minute) for minute in range(start, end))


def calendar_minutes(limit: Limit, began: int) -> int:
    if limit.unit == "calendar_days":
        return int(limit.amount) * DAY
    start, months = moment_of(began), int(limit.amount)
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = start.day
    while True:  # the day of that number, or the last of the month
        try:
            return minute_of(start.replace(year=year, month=month, day=day)) - began
        except ValueError:
            day -= 1


def walk(
    office: Office, limit: Limit, received: int, waits: list[Wait], put_off: tuple[int, int] | None = None
) -> Walked:
    """Walk from receipt to the due minute. `put_off`: granted in one minute, to another."""
    in_working_time = limit.unit in ("days", "hours")

    def begin(at: int) -> tuple[int, int]:
        began = beginning(office, limit, at)
        return began, worked_minutes(office, limit, began) if in_working_time else calendar_minutes(limit, began)

    began, left = begin(received)
    promised, due, counted = 0, -1, set[int]()
    minute, last = received, max([received, *(wait.end for wait in waits)])
    while minute < received + REACH:
        if put_off is not None and minute == put_off[0]:
            more = _until(office, max(minute, began), put_off[1], in_working_time)
            is_later = put_off[1] > _end(office, max(minute, began), left, in_working_time)
            left, promised = (more, put_off[1]) if is_later else (left, promised)
        if any(wait.end == minute and wait.then == "anew" for wait in waits):
            began, left = begin(minute)
            promised, due, counted = 0, -1, set()
        is_held = bool(waits) and any(wait.start <= minute < wait.end and wait.then != "counts" for wait in waits)
        if due < 0 and left == 0 and minute >= max(promised, began):
            starts_waiting = any(wait.start < minute < wait.end and wait.then != "counts" for wait in waits)
            if not starts_waiting and (office.works(minute) or office.works(minute - 1)):
                due = minute
        if due >= 0 and minute >= last:
            return Walked(due, began, counted)
        if due < 0 and not is_held and left > 0 and minute >= began and (office.works(minute) or not in_working_time):
            left -= 1
            counted.add(minute)
        minute += 1
    raise AssertionError("The limit does not end.")


def _until(office: Office, minute: int, end: int, in_working_time: bool) -> int:
    return _worked(office, minute, end) if in_working_time else end - minute


def _end(office: Office, minute: int, left: int, in_working_time: bool) -> int:
    """When so many minutes from here are over."""
    while left:
        left -= office.works(minute) if in_working_time else 1
        minute += 1
    return minute


def _up(amount: float) -> int:
    return int(amount) + (amount > int(amount))
