"""The clock told stretch by stretch: what each is, in whose hands, under which rule, what it takes. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from motcua.places.calendar import Segment as OfficeSegment
from motcua.workflow.enums import ClockKind, Owner, PauseKind, ResumePolicy
from motcua.workflow.rules import counting
from motcua.workflow.rules.counting import MINUTE
from motcua.workflow.rules.limits import Pause, to_minute

if TYPE_CHECKING:
    from motcua.workflow.rules.clock import Due


@dataclass(frozen=True, slots=True)
class ClockSegment:
    """A stretch of the explained clock: what it is, who has the dossier, under which rule.

    `minutes` is its length on the wall clock, `counted_minutes` what it takes from the limit. What ran before a
    limit started again `is_set_aside` and counts nothing; what an extension added `is_extension`. `cause` names the
    pause for a stretch of waiting. Not `is_verified`: a day off or make-up day in it is not confirmed.
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
    is_extension: bool = False


def explain(due: "Due", *, now: datetime | None = None) -> tuple[ClockSegment, ...]:
    """The clock stretch by stretch, from receipt to the due date, without a gap.

    With `now`, a pause that still lasts is shown until now (what is left of the limit is then not shown, unless the
    pause counts), and a due date that has passed is followed by the overdue time.
    """
    now = now and to_minute(now)
    told = _Teller(due)
    told.idle(counting.begin(due.received_at, due.calendar, due.policy))
    for pause in due.pauses:
        told.run(min(pause.started_at, due.at))
        if pause.policy is ResumePolicy.COUNTS:
            told.wait(pause, min(pause.ended_at or now or due.at, due.at))
            continue
        if pause.ended_at is None:
            told.add(ClockKind.OVERDUE, pause.started_at)
            if now is not None:
                told.wait(pause, now)
            return tuple(told.segments)
        if pause.started_at < due.at:
            told.wait(pause, pause.ended_at)
        if pause.policy is ResumePolicy.RESTART:
            told.start_again(counting.begin(pause.ended_at, due.calendar, due.policy), pause.ended_at)
    told.run(due.at)
    if now is not None and now > told.at:
        told.add(ClockKind.OVERDUE, now)
    return tuple(told.segments)


class _Teller:
    """Writes down the segments of one clock, from left to right."""

    def __init__(self, due: "Due") -> None:
        self.due, self.calendar, self.law, self.at = due, due.calendar, due.law, due.received_at
        self.segments: list[ClockSegment] = []
        self.left = self._calendar_minutes(counting.begin(due.received_at, due.calendar, due.policy))
        self.extension = due.extension

    def idle(self, until: datetime) -> None:
        """Before the limit runs: working time that a cut-off leaves out, and time off."""
        for part in self.calendar.segments(self.at, until):
            self._office(part, ClockKind.BEFORE_START if part.is_worked else ClockKind(part.kind), 0)
        self.at = max(self.at, until)

    def run(self, until: datetime) -> None:
        """The limit runs up to a moment; what an extension added is told apart."""
        extension = self.extension
        if extension is not None and extension.at <= until:
            self._run(min(extension.at, until))
            self.left = 0 if self.due.duration.is_working_time else (extension.to - self.at) // MINUTE
            self.extension = None
        if self.due.extension is not None and self.extension is None and self.at < self.due.unextended_at < until:
            self._run(self.due.unextended_at)
        self._run(until)

    def wait(self, pause: Pause, until: datetime) -> None:
        """Something is waited for: the limit stands still, or runs on against the agency (COUNTS)."""
        counted = 0
        if pause.policy is ResumePolicy.COUNTS and until > self.at:
            minutes = (until - self.at) // MINUTE
            working = self.due.duration.is_working_time
            counted = self.calendar.minutes_between(self.at, until) if working else min(self.left, minutes)
            self.left -= 0 if working else counted
        owner, basis = Owner.OTHER, ""
        if self.law is not None:
            owner, basis = self.law.pauses[pause.kind].owner, self.law.pauses[pause.kind].basis
            basis = self.law.supplement.again_basis if pause.policy is ResumePolicy.COUNTS else basis
        self.add(ClockKind.WAITING, until, counted, owner=owner, basis=basis, cause=pause.kind)

    def start_again(self, began: datetime, ended_at: datetime) -> None:
        """All that ran so far no longer counts."""
        self.segments = [replace(part, counted_minutes=0, is_set_aside=True) for part in self.segments]
        if self.extension is not None and self.extension.at <= ended_at:
            self.extension = None
        self.idle(began)
        self.left = self._calendar_minutes(began)

    def add(
        self,
        kind: ClockKind,
        until: datetime,
        counted: int = 0,
        *,
        owner: Owner = Owner.AGENCY,
        basis: str = "",
        cause: PauseKind | None = None,
    ) -> None:
        """One segment up to a moment, if it lies ahead."""
        minutes = (until - self.at) // MINUTE
        if minutes <= 0:
            return
        self.segments.append(
            ClockSegment(
                kind,
                owner,
                self.at,
                until,
                minutes,
                counted,
                basis or self._basis(kind),
                cause=cause,
                is_verified=not self.calendar.touches_unverified(self.at, until - MINUTE),
                is_extension=self._is_extension(self.at),
            )
        )
        self.at = until

    def _run(self, until: datetime) -> None:
        """Over working minutes, or over all of them while calendar time is left."""
        if not self.due.duration.is_working_time:
            end = min(until, self.at + self.left * MINUTE)
            if end > self.at:
                minutes = (end - self.at) // MINUTE
                self.left -= minutes
                self.add(ClockKind.CALENDAR_TIME, end, minutes)
        for part in self.calendar.segments(self.at, until):
            counts = part.is_worked and self.due.duration.is_working_time
            self._office(part, ClockKind(part.kind), part.minutes if counts else 0)
        self.at = max(self.at, until)

    def _office(self, part: OfficeSegment, kind: ClockKind, counted: int) -> None:
        self.segments.append(
            ClockSegment(
                kind,
                Owner.AGENCY,
                part.start,
                part.end,
                part.minutes,
                counted,
                part.basis or self._basis(kind),
                part.note,
                is_verified=part.is_verified,
                is_provisional=part.is_provisional,
                is_extension=self._is_extension(part.start),
            )
        )

    def _basis(self, kind: ClockKind) -> str:
        return self.law.basis.get(kind, "") if self.law is not None else ""

    def _is_extension(self, start: datetime) -> bool:
        return self.due.extension is not None and self.due.unextended_at <= start < self.due.at

    def _calendar_minutes(self, began: datetime) -> int:
        if self.due.duration.is_working_time:
            return 0
        return (counting.end(began, self.due.duration, self.calendar, self.due.policy) - began) // MINUTE
