"""Putting a due date off: once, and announced in time (Decree 61/2018/NĐ-CP, art. 19.9). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow.enums import DurationUnit, ResumePolicy
from motcua.workflow.rules.clock import Due
from motcua.workflow.rules.limits import Duration
from motcua.workflow.rules.regime import ExtensionLaw


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act on the clock is refused: a code, the sentence to show, the article it rests on."""

    code: str
    reason: str
    basis: str

    def __str__(self) -> str:
        """The sentence with its article."""
        return f"{self.reason} ({self.basis})"


def may_extend(due: Due | None, *, now: datetime, to: datetime | None, law: ExtensionLaw) -> Refusal | None:
    """Whether the due date may be put off to a moment (None: to any); None when it may.

    Refused: without a due date, a second time, while the limit stands still, later than `law.notice` before the due
    date, to a moment that is not later or at which nobody works.
    """
    code, reason = _why_not(due, now, to, law)
    return Refusal(code, reason, law.basis) if code else None


def _why_not(due: Due | None, now: datetime, to: datetime | None, law: ExtensionLaw) -> tuple[str, str]:
    if due is None:
        return "no_due_date", _("This dossier has no due date that could be put off.")
    if due.extension is not None or law.times < 1:
        return "extended_already", _("The due date has been put off once; the law allows no second time.")
    if any(pause.ended_at is None and pause.policy is not ResumePolicy.COUNTS for pause in due.pauses):
        return "not_running", _("The time limit stands still. Put the due date off once it runs again.")
    latest = latest_notice(due.at, law.notice, due.calendar)
    if now.astimezone(ZONE).date() > latest:
        text = _("It is too late to put the due date off: the apology had to be sent by %(day)s.")
        return "too_late", text % {"day": f"{latest:%d/%m/%Y}"}
    if to is None:
        return "", ""
    if to <= due.at:
        return "not_later", _("Choose a new due date that lies after the present one.")
    if due.calendar.roll_forward(to) != to:
        return "not_at_work", _("Choose a new due date at which the agency is at work.")
    return "", ""


def latest_notice(due_at: datetime, notice: Duration, calendar: WorkingCalendar) -> date:
    """The last day on which the apology may be sent: so many working or calendar days before that of the due date."""
    day = due_at.astimezone(ZONE).date()
    for _step in range(int(notice.amount)):
        day -= timedelta(days=1)
        while notice.unit == DurationUnit.WORKING_DAY and not calendar.is_working_day(day):
            day -= timedelta(days=1)
    return day
