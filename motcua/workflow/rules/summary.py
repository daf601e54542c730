"""The explained clock for a reader: stretches of work in one piece, time off from closing to opening. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from motcua.workflow.enums import ClockKind
from motcua.workflow.rules.telling import ClockSegment

WORK = frozenset({ClockKind.WORKED, ClockKind.MAKEUP_WORKDAY})
BREAKS = frozenset({ClockKind.LUNCH, ClockKind.NIGHT})
OFF = frozenset(
    {
        ClockKind.WEEKLY_REST,
        ClockKind.HOLIDAY,
        ClockKind.COMPENSATORY_OFF,
        ClockKind.SWAPPED_OFF,
        ClockKind.LOCAL_CLOSURE,
    }
)


def condense(segments: Sequence[ClockSegment]) -> tuple[ClockSegment, ...]:
    """The same clock in fewer lines: it still has no gap, and its minutes and counted minutes add up to the same.

    Nights and midday breaks between work join the work, those beside a day off join the day off.
    """
    told: list[ClockSegment] = []
    waiting: ClockSegment | None = None  # a night that joins the day off after it
    for index, part in enumerate(segments):
        following = segments[index + 1] if index + 1 < len(segments) else None
        if waiting is not None:
            part, waiting = _joined(waiting, part, as_of=part), None
        if part.kind in BREAKS and following is not None and _follows(part, following) and following.kind in OFF:
            waiting = part
        elif told and _belongs(told[-1], part, following):
            told[-1] = _joined(told[-1], part, as_of=told[-1])
        else:
            told.append(part)
    return tuple(told)


def _belongs(before: ClockSegment, part: ClockSegment, following: ClockSegment | None) -> bool:
    """Whether a stretch is told together with the one before it."""
    if not _follows(before, part):
        return False
    if part.kind in WORK:
        return before.kind == part.kind and before.note == part.note
    if part.kind not in BREAKS:
        return False
    is_between_work = before.kind in WORK and following is not None and following.kind in WORK
    return before.kind in OFF or is_between_work


def _follows(before: ClockSegment, part: ClockSegment) -> bool:
    return _mark(before) == _mark(part)


def _mark(part: ClockSegment) -> tuple[bool, bool, bool]:
    return part.is_set_aside, part.is_provisional, part.is_extension


def _joined(first: ClockSegment, second: ClockSegment, *, as_of: ClockSegment) -> ClockSegment:
    return replace(
        as_of,
        start=first.start,
        end=second.end,
        minutes=first.minutes + second.minutes,
        counted_minutes=first.counted_minutes + second.counted_minutes,
        is_verified=first.is_verified and second.is_verified,
    )
