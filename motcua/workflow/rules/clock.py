"""The legal clock: when a time limit starts and when it is due. Pure.

Sources: Decree 61/2018/NĐ-CP art. 17–20 and Decree 118/2025/NĐ-CP (one-stop), the Labour Code 45/2019/QH14 art. 111–112
(days off), the Civil Code 91/2015/QH13 art. 145–148 (counting of periods).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from motcua.places.calendar import WorkingCalendar
from motcua.workflow.enums import CutOff, ResumePolicy
from motcua.workflow.rules import counting
from motcua.workflow.rules.limits import (
    ACCEPTANCE_MINUTES,
    AT_ONCE,
    ORDINARY,
    Duration,
    Extension,
    Pause,
    Policy,
    to_minute,
)
from motcua.workflow.rules.regime import Regime
from motcua.workflow.rules.telling import ClockSegment, explain


@dataclass(frozen=True, slots=True)
class Start:
    """When a limit begins to run and by when the dossier must have reached the competent agency."""

    at: datetime
    transfer_by: datetime
    was_moved: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A due date that can be explained.

    `original_at` is the date before any pause, `unextended_at` the date the extension put off (the same as `at`
    without one); `started_at` the last start; `budget_minutes` the working minutes from there to the due date without
    pauses; `is_provisional`: it lies in a year whose days off are not decided; `touches_unverified`: a day off or
    make-up day on the way is not confirmed. `law` gives each segment its basis.
    """

    at: datetime
    original_at: datetime
    unextended_at: datetime
    received_at: datetime
    started_at: datetime
    budget_minutes: int
    is_provisional: bool
    touches_unverified: bool
    duration: Duration
    calendar: WorkingCalendar
    policy: Policy
    pauses: tuple[Pause, ...]
    extension: Extension | None = None
    law: Regime | None = None

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
    at = counting.begin(received_at, calendar, policy)
    is_transfer_moved = policy.effect is CutOff.TRANSFER_ONLY and counting.is_cut_off(received_at, at, calendar, policy)
    transfer_by = calendar.next_opening(at.date()) if is_transfer_moved else counting.closing(at, calendar)
    return Start(at, transfer_by, was_moved=at > received_at)


def due(
    received_at: datetime,
    duration: Duration,
    calendar: WorkingCalendar,
    policy: Policy = ORDINARY,
    pauses: Sequence[Pause] = (),
    *,
    extension: Extension | None = None,
    law: Regime | None = None,
) -> Due:
    """When the result of a dossier received at this moment is due.

    Working days are consumed as whole office days: due at the same time of day so many working days later, a day
    being what the office works that day; hours and fractions are working minutes. Calendar days and months run
    through days off, and end at the next working moment when their end is not one (Civil Code, art. 148). Each ended
    pause moves the due date by the time the limit would have run meanwhile (PAUSE), starts the whole limit again at
    its end (RESTART; Decree 61/2018/NĐ-CP, art. 19) or moves nothing (COUNTS). A limit that was over before the pause
    is not moved by it. An extension puts off the date that holds when it is granted; a limit that starts again later
    starts without it. Raises PausesOutOfOrder.
    """
    received_at, pauses = to_minute(received_at), counting.in_order(pauses)
    run = _Limit(received_at, duration, calendar, policy).through(pauses)
    unextended = run.at
    if extension is not None:
        extension = Extension(to_minute(extension.at), to_minute(extension.to), extension.basis)
        run = _Limit(received_at, duration, calendar, policy, extension).through(pauses)
    return Due(
        at=run.at,
        original_at=run.original,
        unextended_at=unextended,
        received_at=received_at,
        started_at=run.began,
        budget_minutes=run.budget,
        is_provisional=calendar.is_provisional(run.at),
        touches_unverified=calendar.touches_unverified(received_at, run.at),
        duration=duration,
        calendar=calendar,
        policy=policy,
        pauses=pauses,
        extension=extension,
        law=law,
    )


def acceptance_due(
    submitted_at: datetime,
    calendar: WorkingCalendar,
    *,
    minutes: int = ACCEPTANCE_MINUTES,
    paid_at: datetime | None = None,
    policy: Policy = AT_ONCE,
) -> datetime:
    """By when a dossier filed online is accepted, refused or sent back: eight working hours from its receipt.

    Filed outside working hours it counts from the next opening (one-stop regulations under Decree 118/2025/NĐ-CP);
    where a fee has to be paid before, from its payment (`paid_at`); `policy` may move the start past a cut-off.
    """
    since = to_minute(max(submitted_at, paid_at) if paid_at else submitted_at)
    return calendar.add_minutes(counting.begin(since, calendar, policy), minutes)


def after(moment: datetime, term: Duration, calendar: WorkingCalendar) -> datetime:
    """The end of a term that runs from this moment: to ask, to answer, to publish."""
    return due(moment, term, calendar, AT_ONCE).at


class _Limit:
    """One limit while its events are gone through: since when it runs and when it ends."""

    __slots__ = ("at", "began", "budget", "calendar", "duration", "ends", "extension", "original", "policy")
    at: datetime
    ends: datetime  # not yet moved to a working moment

    def __init__(
        self,
        received_at: datetime,
        duration: Duration,
        calendar: WorkingCalendar,
        policy: Policy,
        extension: Extension | None = None,
    ) -> None:
        self.duration, self.calendar, self.policy, self.extension = duration, calendar, policy, extension
        self._begin(received_at)
        self.original = self.at

    def through(self, pauses: Sequence[Pause]) -> Self:
        """After these pauses, and the extension where it was granted among them."""
        for pause in pauses:
            if self.extension is not None and self.extension.at <= pause.started_at:
                self._put_off(self.extension.to)
            if pause.ended_at is None or pause.policy is ResumePolicy.COUNTS:
                continue
            if pause.policy is ResumePolicy.RESTART:
                if self.extension is not None and self.extension.at <= pause.ended_at:
                    self.extension = None
                self._begin(pause.ended_at)
            else:
                paused_at = max(pause.started_at, self.began)
                self.ends = counting.moved(self.ends, self.at, paused_at, pause.ended_at, self.duration, self.calendar)
                self.at = self.calendar.roll_forward(self.ends)
        if self.extension is not None:
            self._put_off(self.extension.to)
        return self

    def _begin(self, moment: datetime) -> None:
        self.began = counting.begin(moment, self.calendar, self.policy)
        self.ends = counting.end(self.began, self.duration, self.calendar, self.policy)
        self.at = self.calendar.roll_forward(self.ends)
        self.budget = self.calendar.minutes_between(self.began, self.at)

    def _put_off(self, to: datetime) -> None:
        self.extension = None
        if to > self.ends:
            before, self.ends, self.at = self.at, to, self.calendar.roll_forward(to)
            self.budget += self.calendar.minutes_between(before, self.at)
