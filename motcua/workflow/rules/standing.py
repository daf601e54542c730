"""How a dossier stands against its due date, for the office and for the national index. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow.enums import PauseKind, Standing
from motcua.workflow.rules.clock import due as compute
from motcua.workflow.rules.limits import AT_ONCE, Duration, Pause


def classify(
    finished_at: datetime | None, due_at: datetime | None, *, now: datetime, is_paused: bool = False
) -> Standing:
    """How a dossier stands: compared by moment, but early only when finished on an earlier day (Decision 766/QĐ-TTg).

    No due date means never late. An open dossier that waits for the applicant or a payment is in time.
    """
    if finished_at is None:
        is_late = due_at is not None and now > due_at and not is_paused
        return Standing.OPEN_LATE if is_late else Standing.OPEN_IN_TIME
    if due_at is None:
        return Standing.ON_TIME
    if finished_at > due_at:
        return Standing.LATE
    is_early = finished_at.astimezone(ZONE).date() < due_at.astimezone(ZONE).date()
    return Standing.EARLY if is_early else Standing.ON_TIME


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index looks at. `due_at` is the date in force, `synchronised_due_at` the one before an extension.

    `stopped_at` holds a stop, a withdrawal or a refusal while handling; `pauses` are those of the clock, the present
    one last; `longest` is the longest limit of the procedure, for a dossier without a due date.
    """

    started_at: datetime
    due_at: datetime | None
    synchronised_due_at: datetime | None
    resolved_at: datetime | None = None
    returned_at: datetime | None = None
    stopped_at: datetime | None = None
    was_received: bool = True
    pauses: Sequence[Pause] = ()
    longest: Duration | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The same dossier by both measures: `standing` by its due date in force, `index` as Decision 766 counts it."""

    ended_at: datetime
    standing: Standing
    index: Standing


def measure(facts: Facts, *, period_end: datetime, calendar: WorkingCalendar) -> Measured:
    """How a dossier stands at the end of a reporting period (Decision 766/QĐ-TTg, indicator 2.1).

    A stop or withdrawal after receipt is judged by its end, but never early: that is said of results only. One while
    the limit stood still is in time when it was so as the wait began. The index differs: handling ends by
    `end_of_processing`, more than one request for a supplement is late, and an extension does not help, because the due
    date that was synchronised decides.
    """
    ended_at = end_of_processing(facts, period_end=period_end)
    finished = facts.resolved_at or facts.returned_at or (facts.stopped_at if facts.was_received else None)
    is_paused = any(pause.ended_at is None for pause in facts.pauses)
    standing = classify(finished, facts.due_at, now=period_end, is_paused=is_paused)
    index = _index(facts, finished, ended_at, calendar)
    if facts.resolved_at is None and facts.returned_at is None:
        standing, index = (Standing.ON_TIME if one is Standing.EARLY else one for one in (standing, index))
    return Measured(ended_at, standing, index)


def end_of_processing(facts: Facts, *, period_end: datetime) -> datetime:
    """When handling ended: resolved, else handed over, else stopped or refused (only if it had been received).

    Still open with one request for a supplement unanswered, at that request; otherwise at the end of the period.
    """
    if facts.resolved_at is not None:
        return facts.resolved_at
    if facts.returned_at is not None:
        return facts.returned_at
    if facts.stopped_at is not None and facts.was_received:
        return facts.stopped_at
    asked = _requests(facts)
    if len(asked) == 1 and asked[0].ended_at is None:
        return asked[0].started_at
    return period_end


def _index(facts: Facts, finished: datetime | None, ended_at: datetime, calendar: WorkingCalendar) -> Standing:
    is_late = len(_requests(facts)) > 1
    if facts.synchronised_due_at is not None:
        is_late |= ended_at > facts.synchronised_due_at
    elif facts.longest is not None:
        ended = [pause for pause in facts.pauses if pause.kind is PauseKind.SUPPLEMENT and pause.ended_at is not None]
        is_late |= ended_at > compute(facts.started_at, facts.longest, calendar, AT_ONCE, ended).at
    if finished is None:
        return Standing.OPEN_LATE if is_late else Standing.OPEN_IN_TIME
    if is_late:
        return Standing.LATE
    return classify(finished, facts.synchronised_due_at, now=finished)


def _requests(facts: Facts) -> list[Pause]:
    return [pause for pause in facts.pauses if pause.kind is PauseKind.SUPPLEMENT]


def remaining_minutes(
    due_at: datetime | None, *, now: datetime, calendar: WorkingCalendar, paused_at: datetime | None = None
) -> int | None:
    """Working minutes left until the due date, negative once it is over; None without a due date.

    While the limit is paused: what was left when the pause began.
    """
    return None if due_at is None else calendar.minutes_between(paused_at or now, due_at)
