"""The legal clock: when a time limit starts, when it is due, and every stretch in between. Pure.

Sources: Decree 61/2018/NĐ-CP art. 17–20 and Decree 118/2025/NĐ-CP (one-stop), the Labour Code 45/2019/QH14 art. 111–112
(days off), the Civil Code 91/2015/QH13 art. 145–148 (counting of periods).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING

from motcua.places.calendar import Segment as OfficeSegment
from motcua.places.calendar import WorkingCalendar
from motcua.workflow.enums import ClockKind, CutOff, DurationUnit, Owner, PauseKind, ResumePolicy
from motcua.workflow.rules.limits import (
    HOUR,
    ORDINARY,
    WORKING_DAY_MINUTES,
    Duration,
    Pause,
    Policy,
    to_minute,
    whole_minutes,
)

ACCEPTANCE_MINUTES = 8 * HOUR
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)

OWNERS = {
    PauseKind.SUPPLEMENT: Owner.CITIZEN,
    PauseKind.FINANCIAL_OBLIGATION: Owner.CITIZEN,
    PauseKind.OBLIGATION_ASSESSMENT: Owner.OTHER,
    PauseKind.VIOLATION: Owner.OTHER,
    PauseKind.APPRAISAL: Owner.OTHER,
    PauseKind.PUBLIC_POSTING: Owner.AGENCY,
    PauseKind.OTHER_BY_LAW: Owner.OTHER,
}
_LAND = "Quy định về thủ tục đất đai: thời gian này không tính vào thời hạn giải quyết"
PAUSE_BASIS = {
    PauseKind.SUPPLEMENT: "61/2018/NĐ-CP, Điều 19",
    PauseKind.FINANCIAL_OBLIGATION: _LAND,
    PauseKind.OBLIGATION_ASSESSMENT: _LAND,
    PauseKind.VIOLATION: _LAND,
    PauseKind.APPRAISAL: _LAND,
    PauseKind.PUBLIC_POSTING: _LAND,
}
BASIS = {
    ClockKind.WEEKLY_REST: "45/2019/QH14, Điều 111",
    ClockKind.BEFORE_START: "61/2018/NĐ-CP, Điều 18",
    ClockKind.CALENDAR_TIME: "91/2015/QH13, Điều 147–148",
}


class PausesOutOfOrder(ValueError):
    """Pauses of one clock follow each other, and only the last may still be open."""


@dataclass(frozen=True, slots=True)
class Start:
    """When a limit begins to run and by when the dossier must have reached the competent agency."""

    at: datetime
    transfer_by: datetime
    was_moved: bool


@dataclass(frozen=True, slots=True)
class ClockSegment:
    """A stretch of the explained clock: what it is, who has the dossier, under which rule.

    `minutes` is its length on the wall clock, `counted_minutes` what it takes from the limit. What ran before a
    limit started again `is_set_aside` and counts nothing. `cause` names the pause for a stretch of waiting.
    """

    kind: ClockKind
    owner: Owner
    start: datetime
    end: datetime
    minutes: int
    counted_minutes: int = 0
    basis: str = ""
    note: str = ""
    cause: PauseKind | None = None
    is_verified: bool = True
    is_provisional: bool = False
    is_set_aside: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A due date that can be explained.

    `original_at` is the date before any pause, `started_at` the last start; `budget_minutes` the working minutes from
    there to the due date without pauses; `is_provisional`: it lies in a year whose days off are not decided;
    `touches_unverified`: a day off or make-up day on the way is not confirmed.
    """

    at: datetime
    original_at: datetime
    received_at: datetime
    started_at: datetime
    budget_minutes: int
    is_provisional: bool
    touches_unverified: bool
    duration: Duration
    calendar: WorkingCalendar
    policy: Policy
    pauses: tuple[Pause, ...]

    @property
    def segments(self) -> tuple[ClockSegment, ...]:
        """Everything from receipt to the due date, stretch by stretch; counted minutes add up to the limit."""
        return explain(self)


def start(received_at: datetime, calendar: WorkingCalendar, policy: Policy = ORDINARY) -> Start:
    """When the limit of a dossier received at this moment begins (Decree 61/2018/NĐ-CP, art. 17–18).

    Received outside working hours: at the next opening, of the afternoon or of the next working day. Received from
    the cut-off on: the transfer, or with START_NEXT_DAY the limit too, waits for the next working day.
    """
    received_at = to_minute(received_at)
    at = _begin(received_at, calendar, policy)
    is_transfer_moved = policy.effect is CutOff.TRANSFER_ONLY and _is_cut_off(received_at, at, policy)
    transfer_by = calendar.next_opening(at.date()) if is_transfer_moved else _closing(at, calendar)
    return Start(at, transfer_by, was_moved=at > received_at)


def due(
    received_at: datetime,
    duration: Duration,
    calendar: WorkingCalendar,
    policy: Policy = ORDINARY,
    pauses: Sequence[Pause] = (),
) -> Due:
    """When the result of a dossier received at this moment is due.

    Working days are consumed as whole office days: due at the same time of day so many working days later, a day
    being what the office works that day; hours and fractions are working minutes. Calendar days and months run
    through days off, and end at the next working moment when their end is not one (Civil Code, art. 148). Each ended
    pause moves the due date by the time the limit would have run meanwhile (PAUSE), or starts the whole limit again
    at its end (RESTART; Decree 61/2018/NĐ-CP, art. 19). A limit that was over before the pause is not moved by it.
    Raises PausesOutOfOrder.
    """
    received_at, pauses = to_minute(received_at), _in_order(pauses)
    began = _begin(received_at, calendar, policy)
    end = _end(began, duration, calendar, policy)
    at = original = calendar.roll_forward(end)
    budget = calendar.minutes_between(began, at)
    for pause in pauses:
        if pause.ended_at is None:
            continue
        if pause.policy is ResumePolicy.RESTART:
            began = _begin(pause.ended_at, calendar, policy)
            end = _end(began, duration, calendar, policy)
            at = calendar.roll_forward(end)
            budget = calendar.minutes_between(began, at)
        else:
            end = _moved(end, at, max(pause.started_at, began), pause.ended_at, duration, calendar)
            at = calendar.roll_forward(end)
    return Due(
        at=at,
        original_at=original,
        received_at=received_at,
        started_at=began,
        budget_minutes=budget,
        is_provisional=calendar.is_provisional(at),
        touches_unverified=calendar.touches_unverified(received_at, at),
        duration=duration,
        calendar=calendar,
        policy=policy,
        pauses=pauses,
    )


def acceptance_due(submitted_at: datetime, calendar: WorkingCalendar) -> datetime:
    """By when a dossier filed online is accepted, refused or sent back: eight working hours from its receipt.

    Filed outside working hours it counts from the next opening (one-stop regulations under Decree 118/2025/NĐ-CP).
    """
    return calendar.add_minutes(submitted_at, ACCEPTANCE_MINUTES)


def explain(due: Due, *, now: datetime | None = None) -> tuple[ClockSegment, ...]:
    """The clock stretch by stretch, from receipt to the due date, without a gap.

    With `now`, a pause that still lasts is shown until now (what is left of the limit is then not shown), and a due
    date that has passed is followed by the overdue time.
    """
    told = _Teller(due)
    told.idle(_begin(due.received_at, due.calendar, due.policy))
    for pause in due.pauses:
        told.run(min(pause.started_at, due.at))
        if pause.ended_at is None:
            told.add(ClockKind.OVERDUE, pause.started_at)
            if now is not None:
                told.wait(pause, to_minute(now))
            return tuple(told.segments)
        if pause.started_at < due.at:
            told.wait(pause, pause.ended_at)
        if pause.policy is ResumePolicy.RESTART:
            told.start_again(_begin(pause.ended_at, due.calendar, due.policy))
    told.run(due.at)
    if now is not None and now > told.at:
        told.add(ClockKind.OVERDUE, to_minute(now))
    return tuple(told.segments)


class _Teller:
    """Writes down the segments of one clock, from left to right."""

    def __init__(self, due: Due) -> None:
        self.due, self.calendar, self.at = due, due.calendar, due.received_at
        self.segments: list[ClockSegment] = []
        self.left = self._calendar_minutes(_begin(due.received_at, due.calendar, due.policy))

    def idle(self, until: datetime) -> None:
        """Before the limit runs: working time that a cut-off leaves out, and time off."""
        for part in self.calendar.segments(self.at, until):
            self._office(part, ClockKind.BEFORE_START if part.is_worked else ClockKind(part.kind), 0)
        self.at = max(self.at, until)

    def run(self, until: datetime) -> None:
        """The limit runs: over working minutes, or over all of them while calendar time is left."""
        if not self.due.duration.is_working_time:
            end = min(until, self.at + self.left * _MINUTE)
            self.left -= self.add(ClockKind.CALENDAR_TIME, end, counts=True)
        for part in self.calendar.segments(self.at, until):
            counts = part.is_worked and self.due.duration.is_working_time
            self._office(part, ClockKind(part.kind), part.minutes if counts else 0)
        self.at = max(self.at, until)

    def wait(self, pause: Pause, until: datetime) -> None:
        """The limit stands still."""
        self.add(ClockKind.WAITING, until, owner=OWNERS[pause.kind], cause=pause.kind)

    def start_again(self, began: datetime) -> None:
        """All that ran so far no longer counts."""
        self.segments = [replace(part, counted_minutes=0, is_set_aside=True) for part in self.segments]
        self.idle(began)
        self.left = self._calendar_minutes(began)

    def add(
        self,
        kind: ClockKind,
        until: datetime,
        *,
        counts: bool = False,
        owner: Owner = Owner.AGENCY,
        cause: PauseKind | None = None,
    ) -> int:
        """One segment up to a moment; its minutes."""
        minutes = (until - self.at) // _MINUTE
        if minutes <= 0:
            return 0
        basis = PAUSE_BASIS.get(cause, "") if cause else BASIS.get(kind, "")
        counted = minutes if counts else 0
        self.segments.append(ClockSegment(kind, owner, self.at, until, minutes, counted, basis, cause=cause))
        self.at = until
        return minutes

    def _office(self, part: OfficeSegment, kind: ClockKind, counted: int) -> None:
        self.segments.append(
            ClockSegment(
                kind,
                Owner.AGENCY,
                part.start,
                part.end,
                part.minutes,
                counted,
                part.basis or BASIS.get(kind, ""),
                part.note,
                is_verified=part.is_verified,
                is_provisional=part.is_provisional,
            )
        )

    def _calendar_minutes(self, began: datetime) -> int:
        if self.due.duration.is_working_time:
            return 0
        return (_end(began, self.due.duration, self.calendar, self.due.policy) - began) // _MINUTE


def _begin(received_at: datetime, calendar: WorkingCalendar, policy: Policy) -> datetime:
    at = calendar.next_working(received_at)
    is_moved = policy.effect is CutOff.START_NEXT_DAY and _is_cut_off(received_at, at, policy)
    return calendar.next_opening(at.date()) if is_moved else at


def _is_cut_off(received_at: datetime, at: datetime, policy: Policy) -> bool:
    """Whether it came in after the cut-off of a day that it could still have begun on."""
    return received_at.date() == at.date() and received_at.time() >= policy.cut_off


def _end(began: datetime, duration: Duration, calendar: WorkingCalendar, policy: Policy) -> datetime:
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


def _end_of_days(began: datetime, duration: Duration, calendar: WorkingCalendar, policy: Policy) -> datetime:
    if policy.is_same_day:
        last = began
        for _ in range(int(duration.amount.to_integral_value(ROUND_CEILING)) - 1):
            last = calendar.next_opening(last.date())
        return _closing(last, calendar)
    whole, part = divmod(duration.amount, 1)
    at = calendar.add_days(began, int(whole))
    return calendar.add_minutes(at, whole_minutes(part * WORKING_DAY_MINUTES)) if part else at


def _moved(
    end: datetime,
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    duration: Duration,
    calendar: WorkingCalendar,
) -> datetime:
    """The end after a pause; `due_at` is the end moved to a working moment, `paused_at` not before the start."""
    if paused_at >= min(resumed_at, due_at):
        return end
    if not duration.is_working_time:
        return max(end, paused_at) + (resumed_at - paused_at)
    lost = calendar.minutes_between(paused_at, resumed_at)
    return calendar.add_minutes(end, lost) if lost else end


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month (Civil Code, art. 148)."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _closing(moment: datetime, calendar: WorkingCalendar) -> datetime:
    return calendar.closing(moment.date()) or moment


def _in_order(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses in whole minutes; refused when they overlap or one that is not the last is open."""
    cut = tuple(
        replace(pause, started_at=to_minute(pause.started_at), ended_at=pause.ended_at and to_minute(pause.ended_at))
        for pause in pauses
    )
    for index, pause in enumerate(cut):
        follows = cut[index + 1].started_at if index + 1 < len(cut) else None
        end = pause.ended_at
        if (end is None and follows) or (end and end < pause.started_at) or (end and follows and follows < end):
            raise PausesOutOfOrder(PausesOutOfOrder.__doc__)
    return cut
