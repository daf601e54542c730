"""Words of workflow: units of a time limit, reasons to pause it, kinds of steps, how a dossier stands against it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DurationUnit(TextChoices):
    """Units in which the law states a time limit."""

    WORKING_DAY = "working_day", _("working days")
    CALENDAR_DAY = "calendar_day", _("calendar days")
    WORKING_HOUR = "working_hour", _("working hours")
    MONTH = "month", _("months")


class CutOff(TextChoices):
    """What receipt after the cut-off of the day moves (Decree 61/2018/NĐ-CP, art. 18; sector decrees)."""

    NONE = "none", _("Nothing")
    TRANSFER_ONLY = "transfer_only", _("Only the transfer to the competent agency")
    START_NEXT_DAY = "start_next_day", _("The start of the time limit")


class PauseKind(TextChoices):
    """What a dossier waits for while its time limit does not run."""

    SUPPLEMENT = "supplement", _("Supplement by the applicant")
    FINANCIAL_OBLIGATION = "financial_obligation", _("Payment of a financial obligation")
    OBLIGATION_ASSESSMENT = "obligation_assessment", _("Assessment of a financial obligation")
    VIOLATION = "violation", _("Handling of a violation")
    APPRAISAL = "appraisal", _("Expert appraisal")
    PUBLIC_POSTING = "public_posting", _("Public posting")
    OTHER_BY_LAW = "other_by_law", _("Another reason given by law")
    CLOSED = "closed", _("Closed, until it was opened again")


class ResumePolicy(TextChoices):
    """What a pause does to the time limit once it ends; COUNTS: nothing, the wait is the agency's own time."""

    PAUSE = "pause", _("The time limit runs on")
    RESTART = "restart", _("The time limit starts again")
    COUNTS = "counts", _("The time limit is not stopped")


class Owner(TextChoices):
    """In whose hands the dossier is during a stretch of time."""

    AGENCY = "agency", _("The agency")
    CITIZEN = "citizen", _("The applicant")
    OTHER = "other", _("Another authority")


class ClockKind(TextChoices):
    """What a stretch of the explained clock is; those of the office have the names of the calendar's segments."""

    WORKED = "worked", _("Working time")
    MAKEUP_WORKDAY = "makeup_workday", _("Working day in place of a swapped one")
    LUNCH = "lunch", _("Midday break")
    NIGHT = "night", _("Outside office hours")
    WEEKLY_REST = "weekly_rest", _("Weekly rest")
    HOLIDAY = "holiday", _("Public holiday")
    COMPENSATORY_OFF = "compensatory_off", _("Day off in place of a holiday on a weekend")
    SWAPPED_OFF = "swapped_off", _("Day off, swapped with another day")
    LOCAL_CLOSURE = "local_closure", _("Closed here")
    BEFORE_START = "before_start", _("After the cut-off: the time limit begins on the next working day")
    CALENDAR_TIME = "calendar_time", _("Calendar time, days off included")
    WAITING = "waiting", _("Waiting")
    OVERDUE = "overdue", _("Past the due date")


class Standing(TextChoices):
    """How a dossier stands against its due date (indicators of Decision 766/QĐ-TTg)."""

    EARLY = "early", _("Resolved early")
    ON_TIME = "on_time", _("Resolved on time")
    LATE = "late", _("Resolved late")
    OPEN_IN_TIME = "open_in_time", _("In progress, in time")
    OPEN_LATE = "open_late", _("In progress, late")


RESOLVED = (Standing.EARLY, Standing.ON_TIME, Standing.LATE)


class StepKind(TextChoices):
    """What is done at a step of a process."""

    RECEPTION = "reception", _("Reception")
    ASSIGN = "assign", _("Assignment")
    APPRAISE = "appraise", _("Appraisal")
    CONSULT = "consult", _("Consultation")
    APPROVE = "approve", _("Approval")
    SIGN = "sign", _("Signature")
    CLERK = "clerk", _("Number, date and seal")
    RETURN = "return", _("Hand-over of the result")


class PartKind(TextChoices):
    """What another agency is asked for while a dossier is handled."""

    LINKED = "linked", _("Its own share of the work")
    CONSULTATION = "consultation", _("Its opinion")


class Silence(TextChoices):
    """What it means by law when nobody answers in time."""

    ASSENT = "assent", _("The agency asked agrees")
    GRANT = "grant", _("The request is granted")


class Place(TextChoices):
    """Which of a run's two agencies carries a step."""

    RECEIVING = "receiving", _("Receiving agency")
    COMPETENT = "competent", _("Competent agency")


class Outcome(TextChoices):
    """How a step was left."""

    DONE = "done", _("Done")
    RETURNED = "returned", _("Sent back")
    STOPPED = "stopped", _("Stopped")
