"""Asking the applicant for what is missing: by when, and by when it is answered (Decree 61/2018, art. 19). Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow.enums import ResumePolicy
from motcua.workflow.rules.clock import after
from motcua.workflow.rules.extension import Refusal
from motcua.workflow.rules.limits import Duration


@dataclass(frozen=True, slots=True)
class Asking:
    """What holds for one request: asked by `until` (None: no limit), answered by `answer_by`, and what it does.

    `is_again`: an earlier request was made, so this one has to say what could not be seen then.
    """

    until: datetime | None
    answer_by: datetime
    policy: ResumePolicy
    is_again: bool
    basis: str
    again_basis: str

    @property
    def counts(self) -> bool:
        """Whether the wait is the agency's own time: the due date does not move."""
        return self.policy is ResumePolicy.COUNTS


def may_ask(asking: Asking, *, now: datetime, sector_law: str, not_visible_before: str) -> Refusal | None:
    """Whether the applicant may be asked now; None when they may.

    Refused: after the days the law gives from receipt, unless the sector law that allows it is named; again, without
    saying what could not be seen the first time.
    """
    if asking.is_again and not not_visible_before.strip():
        text = _("The law allows one request. Write what could not be seen when the first one was made.")
        return Refusal("again", text, asking.again_basis)
    if asking.until is not None and now > asking.until and not sector_law.strip():
        text = _("It is too late to ask: it had to be done by %(at)s. Name the sector law if it allows it later.")
        at = f"{asking.until.astimezone(ZONE):%H:%M %d/%m/%Y}"
        return Refusal("too_late_to_ask", text % {"at": at}, asking.basis)
    return None


def answer_by(asked_at: datetime, term: Duration, calendar: WorkingCalendar) -> datetime:
    """The end of the last day on which an answer is in time; the applicant is told the day."""
    last = after(asked_at, term, calendar).astimezone(ZONE).date()
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=ZONE) - timedelta(minutes=1)
