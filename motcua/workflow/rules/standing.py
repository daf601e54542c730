"""How a dossier stands against its due date. Pure."""

from datetime import datetime

from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow.enums import Standing


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


def remaining_minutes(
    due_at: datetime | None, *, now: datetime, calendar: WorkingCalendar, paused_at: datetime | None = None
) -> int | None:
    """Working minutes left until the due date, negative once it is over; None without a due date.

    While the limit is paused: what was left when the pause began.
    """
    return None if due_at is None else calendar.minutes_between(paused_at or now, due_at)
