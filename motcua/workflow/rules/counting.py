"""The arithmetic of a time limit: where it begins, where it ends, what a pause moves. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING

from motcua.places.calendar import WorkingCalendar
from motcua.workflow.enums import CutOff, DurationUnit
from motcua.workflow.rules.limits import WORKING_DAY_MINUTES, Duration, Pause, Policy, to_minute, whole_minutes

MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class PausesOutOfOrder(ValueError):
    """Pauses of one clock follow each other, and only the last may still be open."""


def begin(received_at: datetime, calendar: WorkingCalendar, policy: Policy) -> datetime:
    """Where a limit begins: the next working moment, or the next working day when a cut-off moves the start."""
    at = calendar.next_working(received_at)
    is_moved = policy.effect is CutOff.START_NEXT_DAY and is_cut_off(received_at, at, calendar, policy)
    return calendar.next_opening(at.date()) if is_moved else at


def is_cut_off(received_at: datetime, at: datetime, calendar: WorkingCalendar, policy: Policy) -> bool:
    """Whether it came in after the cut-off of a day that it could still have begun on."""
    if received_at.date() != at.date():
        return False
    if policy.before_closing is None:
        return received_at.time() >= policy.cut_off
    return received_at >= closing(at, calendar) - policy.before_closing * MINUTE


def end(began: datetime, duration: Duration, calendar: WorkingCalendar, policy: Policy) -> datetime:
    """The end of a limit that begins at a working moment, not yet moved to a working moment itself."""
    match duration.unit:
        case DurationUnit.WORKING_HOUR:
            return calendar.add_minutes(began, duration.nominal_minutes or 0)
        case DurationUnit.WORKING_DAY:
            return _end_of_days(began, duration, calendar, policy)
        case DurationUnit.CALENDAR_DAY:
            return began + int(duration.amount) * _DAY
        case DurationUnit.MONTH:
            return _months_later(began, int(duration.amount))


def moved(
    ends: datetime,
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    duration: Duration,
    calendar: WorkingCalendar,
) -> datetime:
    """The end after a pause; `due_at` is the end moved to a working moment, `paused_at` not before the start."""
    if paused_at >= min(resumed_at, due_at):
        return ends
    if not duration.is_working_time:
        return max(ends, paused_at) + (resumed_at - paused_at)
    lost = calendar.minutes_between(paused_at, resumed_at)
    return calendar.add_minutes(ends, lost) if lost else ends


def closing(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """The closing of a working moment's day."""
    return calendar.closing(moment.date()) or moment


def in_order(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses in whole minutes; refused when they overlap or one that is not the last is open."""
    if not pauses:
        return ()
    cut = tuple(
        Pause(pause.kind, to_minute(pause.started_at), pause.ended_at and to_minute(pause.ended_at), pause.policy)
        for pause in pauses
    )
    for index, pause in enumerate(cut):
        follows = cut[index + 1].started_at if index + 1 < len(cut) else None
        last = pause.ended_at
        if (last is None and follows) or (last and last < pause.started_at) or (last and follows and follows < last):
            raise PausesOutOfOrder(PausesOutOfOrder.__doc__)
    return cut


def _end_of_days(began: datetime, duration: Duration, calendar: WorkingCalendar, policy: Policy) -> datetime:
    if policy.is_same_day:
        last = began
        for _ in range(int(duration.amount.to_integral_value(ROUND_CEILING)) - 1):
            last = calendar.next_opening(last.date())
        return closing(last, calendar)
    whole, part = divmod(duration.amount, 1)
    at = calendar.add_days(began, int(whole))
    return calendar.add_minutes(at, whole_minutes(part * WORKING_DAY_MINUTES)) if part else at


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month (Civil Code, art. 148)."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
