"""How long a case may take at an agency, how near it is to that, and which limits were broken. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from motcua.places.calendar import WorkingCalendar
from motcua.support.enums import Kind, Limit, Outcome, Publication, RunsFrom, State
from motcua.workflow.enums import ClockKind, CutOff, Owner, PauseKind
from motcua.workflow.rules import ClockSegment, Due, Pause, Policy, due, explain, remaining_minutes

if TYPE_CHECKING:
    from motcua.support.models import Feedback, Stay
    from motcua.support.terms import Term

PLAIN = Policy(effect=CutOff.NONE)  # the limits of feedback know no cut-off of the day
SOON_MINUTES = 480  # one working day before the end


class Nearness(StrEnum):
    """How near the next step is to its limit."""

    LATE = "late"
    SOON = "soon"
    IN_TIME = "in_time"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Start:
    """The limits of a stay as they stand when the case arrives."""

    sort_due_at: datetime
    forward_due_at: datetime | None
    ask_due_at: datetime | None
    handle_due_at: datetime | None


def starting(arrived_at: datetime, terms: Mapping[Limit, "Term"], calendar: WorkingCalendar) -> Start:
    """The limits of a case that arrives at an agency (Decision 766/QĐ-TTg 5.2; Law 02/2011/QH13 art. 27-28).

    The limit for the answer of a complaint begins with its being taken up: until then there is none.
    """

    def end(step: Limit) -> datetime | None:
        term = terms.get(step)
        return due(arrived_at, term.duration, calendar, PLAIN).at if term else None

    handles_at_once = terms[Limit.HANDLE].runs_from is RunsFrom.ARRIVAL
    return Start(
        sort_due_at=due(arrived_at, terms[Limit.SORT].duration, calendar, PLAIN).at,
        forward_due_at=end(Limit.FORWARD),
        ask_due_at=end(Limit.ASK),
        handle_due_at=end(Limit.HANDLE) if handles_at_once else None,
    )


def answer_due(stay: "Stay", terms: Mapping[Limit, "Term"], calendar: WorkingCalendar) -> Due | None:
    """The limit for the answer of a stay, waiting for the reporter left out; None while it has not begun."""
    term = terms[Limit.HANDLE]
    start = stay.arrived_at if term.runs_from is RunsFrom.ARRIVAL else stay.taken_up_at
    if start is None:
        return None
    pauses = [Pause(PauseKind.SUPPLEMENT, stay.asked_at, stay.replied_at or stay.left_at)] if stay.asked_at else []
    return due(start, term.duration, calendar, PLAIN, pauses)


def clock_of(
    stay: "Stay", terms: Mapping[Limit, "Term"], calendar: WorkingCalendar, *, now: datetime
) -> tuple[ClockSegment, ...]:
    """The explained clock of the answer: each stretch with its kind and, for waiting, the rule of feedback cases."""
    found = answer_due(stay, terms, calendar)
    if found is None:
        return ()
    basis = terms[Limit.HANDLE].legal_basis
    told = []
    for part in explain(found, now=None if stay.left_at else now):
        if part.kind == ClockKind.WAITING:
            part = replace(part, basis=basis, owner=Owner.CITIZEN)
        elif part.kind == ClockKind.CALENDAR_TIME:
            part = replace(part, basis=basis)
        told.append(part)
    return tuple(told)


def next_due(case: "Feedback", stay: "Stay") -> datetime | None:
    """By when the agency has to do the next thing; None while it waits for the reporter or when all is done."""
    if case.state == State.RECEIVED:
        return stay.sort_due_at
    if case.state == State.IN_PROGRESS:
        return stay.handle_due_at
    if case.state == State.ANSWERED and case.publication == Publication.PENDING:
        return stay.publish_due_at
    return None


def nearness(due_at: datetime | None, now: datetime, calendar: WorkingCalendar) -> Nearness:
    """Late, within one working day of it, or in time."""
    left = remaining_minutes(due_at, now=now, calendar=calendar)
    if due_at is None or left is None:
        return Nearness.NONE
    if now > due_at:
        return Nearness.LATE
    return Nearness.SOON if left <= SOON_MINUTES else Nearness.IN_TIME


def breaches(stay: "Stay", kind: str, as_of: datetime) -> list[Limit]:
    """The limits an agency broke during a stay, as things stood at a moment (Decision 766/QĐ-TTg, indicator 5.2).

    Passing on and refusing have to be done within their limit; taking up too, for a complaint. Feedback on rules may
    be passed on until the decree's own limit. What is not done yet counts from the moment it should have been.
    """
    found = []
    left_at = stay.left_at if stay.left_at and stay.left_at <= as_of else None
    outcome = stay.outcome if left_at else ""
    if _is_sorted_late(stay, kind, left_at, outcome, as_of):
        found.append(Limit.SORT)
    if stay.asked_at and stay.asked_at <= as_of and stay.ask_due_at and stay.asked_at > stay.ask_due_at:
        found.append(Limit.ASK)
    if stay.handle_due_at and _handled_until(stay, left_at, outcome, as_of) > stay.handle_due_at:
        found.append(Limit.HANDLE)
    if stay.publish_due_at and outcome == Outcome.ANSWERED:
        done = min((at for at in (stay.published_at, stay.held_back_at) if at), default=as_of)
        if min(done, as_of) > stay.publish_due_at:
            found.append(Limit.PUBLISH)
    return found


def _is_sorted_late(stay: "Stay", kind: str, left_at: datetime | None, outcome: str, as_of: datetime) -> bool:
    if kind == Kind.COMPLAINT:
        done = [at for at in (stay.taken_up_at, left_at) if at is not None and at <= as_of]
        return min(done, default=as_of) > stay.sort_due_at
    if left_at is None or outcome == Outcome.ANSWERED or stay.asked_at is not None:
        return False  # asking for more has a limit of its own
    is_passed_on = outcome == Outcome.TRANSFERRED and stay.forward_due_at is not None
    limit = stay.forward_due_at if is_passed_on and stay.forward_due_at else stay.sort_due_at
    return left_at > limit


def _handled_until(stay: "Stay", left_at: datetime | None, outcome: str, as_of: datetime) -> datetime:
    """Until when the work on the answer lasted: its end, the beginning of an open wait, or now."""
    if outcome == Outcome.ANSWERED and left_at is not None:
        return left_at
    if outcome:
        return stay.arrived_at  # passed on or refused: no answer was due here
    if stay.asked_at is not None and stay.asked_at <= as_of and (not stay.replied_at or stay.replied_at > as_of):
        return stay.asked_at
    return as_of
