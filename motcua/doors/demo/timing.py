"""Passed times for the demo's dossiers: pure, by the working calendar."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from motcua.kernel.clock import ZONE
from motcua.places.calendar import WorkingCalendar

TIMES = (time(16, 40), time(15, 50), time(15, 5), time(14, 20), time(13, 30), time(10, 50), time(9, 40), time(8, 10))
BACK = 130  # days: as far as the demo's past reaches
DueOf = Callable[[datetime], datetime | None]


def due_day(calendar: WorkingCalendar, now: datetime) -> date:
    """Today, or on a day off the next working day: nothing falls due while offices are closed."""
    return now.date() if calendar.is_working_day(now.date()) else calendar.next_opening(now.date()).date()


def desk_moments(calendar: WorkingCalendar, now: datetime) -> Iterator[datetime]:
    """Working moments before now, newest first."""
    for back in range(BACK):
        day = now.date() - timedelta(days=back)
        for at in TIMES:
            moment = datetime.combine(day, at, ZONE)
            if moment < now and calendar.is_working(moment):
                yield moment


def accepted_for(
    due_of: DueOf, calendar: WorkingCalendar, now: datetime, *, first: datetime, last: datetime, turn: int = 0
) -> datetime | None:
    """When a dossier that falls due between two moments was accepted; None when the calendar gives no such moment.

    `turn` chooses among the possible moments, so that not all stand at the same minute.
    """
    found = []
    for moment in desk_moments(calendar, now):
        due = due_of(moment)
        if due is not None and first <= due <= last:
            found.append(moment)
            if len(found) > turn:
                return moment
    return found[turn % len(found)] if found else None


def spread(calendar: WorkingCalendar, start: datetime, end: datetime, shares: Sequence[float]) -> list[datetime]:
    """Moments between two others, each at its share of the working time between them, never after the end."""
    minutes = max(0, calendar.minutes_between(start, end))
    return [
        max(start, min(end, calendar.add_minutes(start, int(minutes * share)) if minutes * share >= 1 else start))
        for share in shares
    ]
