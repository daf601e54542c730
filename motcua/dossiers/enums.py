"""Words of the dossier."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from motcua.eforms.enums import SignerCapacity


class State(IntegerChoices):
    """The ten states of the national data exchange (TrangThaiHoSo), with their official numbers."""

    NEW = 1, _("Newly filed")  # Mới đăng ký
    ACCEPTED = 2, _("Accepted")  # Được tiếp nhận
    NOT_ACCEPTED = 3, _("Not accepted")  # Không được tiếp nhận
    IN_PROGRESS = 4, _("In progress")  # Đang xử lý
    SUPPLEMENT = 5, _("Waiting for a supplement")  # Yêu cầu bổ sung giấy tờ
    OBLIGATION = 6, _("Waiting for a payment")  # Yêu cầu thực hiện nghĩa vụ tài chính
    WITHDRAWN = 7, _("Withdrawn")  # Công dân yêu cầu rút hồ sơ
    STOPPED = 8, _("Stopped")  # Dừng xử lý
    RESOLVED = 9, _("Result ready")  # Đã xử lý xong
    HANDED_OVER = 10, _("Result handed over")  # Đã trả kết quả


OPEN = frozenset({State.NEW, State.ACCEPTED, State.IN_PROGRESS, State.SUPPLEMENT, State.OBLIGATION})
WAITING = frozenset({State.SUPPLEMENT, State.OBLIGATION})
RUNNING = frozenset({State.ACCEPTED, State.IN_PROGRESS})
FINISHED = frozenset({State.RESOLVED, State.HANDED_OVER})
FINAL = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.HANDED_OVER})


class Action(TextChoices):
    """What can be done to a dossier."""

    ACCEPT = "accept", _("Accept")
    REFUSE = "refuse", _("Refuse acceptance")
    REQUEST_SUPPLEMENT = "request_supplement", _("Ask for a supplement")
    ANSWER_SUPPLEMENT = "answer_supplement", _("Answer the request")
    CLAIM = "claim", _("Take it")
    ASSIGN = "assign", _("Assign")
    FORWARD = "forward", _("Pass on")
    RETURN_STEP = "return_step", _("Send back")
    RECALL = "recall", _("Take back what you passed on")
    DRAFT_RESULT = "draft_result", _("Draft the result")
    RECORD_RESULT = "record_result", _("Record a result from another system")
    ISSUE = "issue", _("Number, seal and issue")
    HAND_OVER = "hand_over", _("Hand over")
    ANNOUNCE_OBLIGATION = "announce_obligation", _("Announce a payment")
    RECORD_PAYMENT = "record_payment", _("Record a payment")
    WITHDRAW = "withdraw", _("Withdraw")
    STOP = "stop", _("Stop handling")
    RATE = "rate", _("Rate the service")
    EXTEND = "extend", _("Put the due date off")
    PAUSE_CLOCK = "pause_clock", _("Stop the clock")
    RESUME_CLOCK = "resume_clock", _("Let the clock run on")
    ASK_OPINION = "ask_opinion", _("Ask another agency for its opinion")
    CORRECT = "correct", _("Correct the result")
    DROP_CORRECTION = "drop_correction", _("Give the correction up")
    ANNUL = "annul", _("Annul the result")
    REOPEN = "reopen", _("Open it again")


class BatchMode(TextChoices):
    """What happens to the others when one dossier of a batch is refused."""

    EACH = "each", _("Do those that can be done, leave out the others")
    ALL = "all", _("Do all or none")


class Channel(TextChoices):
    """How a dossier came in (KenhThucHien)."""

    COUNTER = "counter", _("At the counter")
    ONLINE = "online", _("Online")
    POST = "post", _("By post")


class Source(TextChoices):
    """The system in which a dossier was first recorded."""

    PORTAL = "portal", _("Provincial portal")
    ONE_STOP = "one_stop", _("One-stop system")
    SPECIALISED = "specialised", _("Specialised software")
    NATIONAL = "national_portal", _("National Public Service Portal")


class Relation(TextChoices):
    """For whom somebody files."""

    SELF = "self", _("For myself")
    CHILD = "child", _("For my child")
    RELATIVE = "relative", _("For a relative")
    BUSINESS = "business", _("For a business I represent")
    OTHER = "other", _("For somebody who authorised me")


class ResultForm(TextChoices):
    """How the owner wants the result."""

    ELECTRONIC = "electronic", _("Electronic copy")
    PAPER = "paper", _("On paper, at the counter")


class ResultKind(TextChoices):
    """What the result says."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused, with the reason in writing")


class Reason(TextChoices):
    """Why somebody sees a dossier in a list."""

    OWNER = "owner", _("Owner")
    SUBMITTER = "submitter", _("Submitter")
    AGENCY = "agency", _("Agency")
    DESK = "desk", _("Desk")
    ASSIGNED = "assigned", _("Assigned")
    PART = "part", _("Asked to take part")


class Fault(TextChoices):
    """Whose mistake a wrong result is."""

    AGENCY = "agency", _("The agency's")
    APPLICANT = "applicant", _("The applicant's declaration")


# In whose name a result is signed (Decree 30/2020/NĐ-CP, art. 13), in words.
CAPACITIES = [
    (SignerCapacity.KT.value, _("KT. – deputy, in the place of the head")),
    (SignerCapacity.TL.value, _("TL. – head of a unit, by order of the head")),
    (SignerCapacity.TUQ.value, _("TUQ. – by written authority, for a time")),
    (SignerCapacity.TM.value, _("TM. – head of the collective")),
    (SignerCapacity.HEAD.value, _("Head, in their own title")),
]


class Receiver(TextChoices):
    """Who takes the result."""

    OWNER = "owner", _("The owner")
    REPRESENTATIVE = "representative", _("A representative")


class Happening(TextChoices):
    """A line of the dossier's story, as told to people."""

    SUBMITTED = "submitted", _("The dossier was filed.")
    ACCEPTED = "accepted", _("The dossier was accepted.")
    REFUSED = "refused", _("The dossier was not accepted.")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("A supplement was asked for.")
    SUPPLEMENT_ANSWERED = "supplement_answered", _("The supplement was received.")
    CLAIMED = "claimed", _("An officer took the dossier.")
    ASSIGNED = "assigned", _("The dossier was assigned.")
    FORWARDED = "forwarded", _("The dossier moved to the next step.")
    RETURNED = "returned", _("The dossier went back to an earlier step.")
    RECALLED = "recalled", _("The officer who had passed the dossier on took it back.")
    DRAFTED = "drafted", _("The result was drafted.")
    ISSUED = "issued", _("The result was issued.")
    HANDED_OVER = "handed_over", _("The result was handed over.")
    OBLIGATION = "obligation", _("A payment was announced.")
    PAID = "paid", _("The fee was paid.")
    WITHDRAWN = "withdrawn", _("The applicant withdrew the dossier.")
    STOPPED = "stopped", _("Handling was stopped.")
    RATED = "rated", _("The service was rated.")
    EXTENDED = "extended", _("The due date was put off, with an apology.")
    CLOCK_STOPPED = "clock_stopped", _("The time limit was stopped.")
    CLOCK_RUNS = "clock_runs", _("The time limit runs on.")
    PARTS_OPENED = "parts_opened", _("Other agencies were asked to take part.")
    PART_TAKEN = "part_taken", _("An officer of another agency took its part.")
    PART_MOVED = "part_moved", _("The part of another agency was given to somebody else.")
    PART_ANSWERED = "part_answered", _("Another agency answered.")
    PART_REFUSED = "part_refused", _("Another agency declined, with its reason.")
    PART_REMINDED = "part_reminded", _("Another agency was reminded of its part.")
    PART_PASSED_OVER = "part_passed_over", _("The work goes on without a late opinion.")
    CORRECTING = "correcting", _("The result is being corrected.")
    CORRECTED = "corrected", _("A corrected result was issued; it replaces the former one.")
    CORRECTION_DROPPED = "correction_dropped", _("The correction was given up; the result stays as it is.")
    ANNULLED = "annulled", _("The result was annulled.")
    REOPENED = "reopened", _("The dossier was opened again.")
    PART_ASSENTED = "part_assented", _("Another agency agrees by its silence, as a law says.")
    TACIT = "tacit", _("The request counts as granted by silence, as a law says.")
    INHERITED = "inherited", _("The dossier passed to the agency that took over.")


class PartState(TextChoices):
    """Where another agency's part of a dossier stands; being late is computed."""

    WAITING = "waiting", _("Waits for its stage")
    RUNNING = "running", _("Asked")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Declined")
    PASSED_OVER = "passed_over", _("Not waited for")
    ASSENTED = "assented", _("Agrees by silence")
    DROPPED = "dropped", _("Not needed any more")


OPEN_PARTS = (PartState.WAITING, PartState.RUNNING)


class PartAct(TextChoices):
    """What can be done to a part."""

    CLAIM = "claim_part", _("Take it")
    ANSWER = "answer_part", _("Answer")
    REFUSE = "refuse_part", _("Decline")
    REASSIGN = "reassign_part", _("Give it to an officer")
    SEND = "send_part", _("Send it to an agency")
    REMIND = "remind", _("Remind")
    PASS_OVER = "proceed_without", _("Go on without the opinion")


class PackageState(TextChoices):
    """How far an export package is."""

    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Not made")


class WarningLevel(IntegerChoices):
    """Whom a due date has been brought to, the most urgent first."""

    LATE = 1, _("Late")
    LEADER = 2, _("Leader warned")
    HEAD = 3, _("Head warned")
    HANDLER = 4, _("Officer warned")


class SecondLanguage(TextChoices):
    """The language that may stand under the Vietnamese of a dossier's papers."""

    ENGLISH = "en", _("English")


class MemberState(TextChoices):
    """Where a matter of a bundle stands."""

    WAITING = "waiting", _("Opens by itself later")
    OPEN = "open", _("Dossier opened")
    READY = "ready", _("You can go on there now")
    BLOCKED = "blocked", _("Does not open by itself")
    ALONE = "alone", _("Taken out of the bundle")
