"""What each form of the law is filled with. The layouts lie in the pack under `prints/`, the numbers in `forms.toml`.

All texts are Vietnamese: the forms are prescribed in that language. Amounts are whole đồng, times aware.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from motcua.documents import wording
from motcua.kernel import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who issues the paper: the agency, the one above it (empty if none), and the place written before the date."""

    agency: str
    place: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How anybody can check the paper: a code to type and an address to scan."""

    code: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The person or organisation a form speaks to."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentLine:
    """One paper that was handed in: what it is, in which form ("Bản chính", "Bản sao"…), how many."""

    name: str
    form: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One fee or charge. `amount` None means that it is not settled, `note` says why or whether it is paid."""

    label: str
    amount: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: capacity lines such as ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), and the name."""

    capacity: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """What all prints share. `issued_at` is the date on the paper and in the file: equal data, equal bytes.

    `second` "en" puts English under the Vietnamese labels, for readers who need it.
    """

    form: ClassVar[str] = ""
    head: Head
    issued_at: datetime
    check: Check | None = None
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipData(Print):
    """Form 01: the receipt slip with the day on which the result is due.

    `due_at` None needs `due_note`, which then says why there is no day yet.
    """

    form: ClassVar[str] = "slip"
    dossier_code: str
    applicant: Applicant
    owner: str
    procedure: str
    procedure_code: str
    components: tuple[ComponentLine, ...]
    sets: int = 1
    time_allowed: str
    received_at: datetime
    due_at: datetime | None
    due_note: str = ""
    result_at: str
    fees: tuple[FeeLine, ...] = ()
    book: str = ""
    ordinal: str = ""
    officer: str = ""
    look_up: str = ""
    hotline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementData(Print):
    """Form 02: what is still missing, why, until when, and whom to ask."""

    form: ClassVar[str] = "supplement"
    dossier_code: str
    number: str = ""
    applicant: Applicant
    procedure: str
    items: tuple[str, ...]
    reason: str
    answer_by: datetime | None = None
    contact: str
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalData(Print):
    """Form 03: that the dossier is not accepted, and why."""

    form: ClassVar[str] = "refusal"
    dossier_code: str
    number: str = ""
    applicant: Applicant
    procedure: str
    reasons: tuple[str, ...]
    legal_basis: str = ""
    contact: str = ""
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyData(Print):
    """Form 04: an apology that the result is late, with the new day.

    `at_fault` names the agency that is late, `received_by` the one that took the dossier in; since 2025 the
    paper also asks for the time.
    """

    form: ClassVar[str] = "apology"
    dossier_code: str
    number: str = ""
    applicant: Applicant
    procedure: str
    received_at: datetime
    due_at: datetime
    new_due_at: datetime
    at_fault: str
    reason: str
    received_by: str
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class StopData(Print):
    """Form 05 since 2025: that the work on a dossier stops, and who ended it.

    `ended_by`: "applicant", who asked for it; "agency", for its reason; "limit", as nothing came until `answer_by` that
    was asked for at `requested_at`. `ended_at` is the moment of it in each case.
    """

    form: ClassVar[str] = "stop"
    dossier_code: str
    number: str = ""
    applicant: Applicant
    procedure: str
    received_at: datetime
    ended_by: str
    ended_at: datetime
    requested_at: datetime | None = None
    answer_by: datetime | None = None
    legal_basis: str = ""
    reason: str
    returned: tuple[str, ...] = ()
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class TacitData(Print):
    """A confirmation that a request counts as granted: nobody decided by `since`, and `legal_basis` counts that so."""

    form: ClassVar[str] = "tacit"
    dossier_code: str
    applicant: Applicant
    procedure: str
    received_at: datetime
    since: datetime
    legal_basis: str
    is_verified: bool
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlStep:
    """One hand-over between two desks or agencies: from when to when, and what became of the time allowed."""

    giver: str
    receiver: str
    given_at: datetime
    giver_name: str = ""
    receiver_name: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlData(Print):
    """The control sheet (05 of 2018, 06 of 2025): each hand-over of the dossier with its time."""

    form: ClassVar[str] = "control"
    dossier_code: str
    owner: str
    lead_agency: str = ""
    other_agencies: tuple[str, ...] = ()
    procedure: str
    received_at: datetime
    due_at: datetime | None
    due_note: str = ""
    steps: tuple[ControlStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverData(Print):
    """The record of handing a result over: to whom, on what ground, what was given and what came back."""

    form: ClassVar[str] = "handover"
    dossier_code: str
    owner: str
    procedure: str
    receiver: str
    receiver_capacity: str
    receiver_paper: str = ""
    handed_at: datetime
    results: tuple[ComponentLine, ...]
    originals: tuple[ComponentLine, ...] = ()
    paid: str = ""
    slip_note: str = ""
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferData(Print):
    """The sheet with which a dossier of a linked procedure goes to another agency: task, limit, papers.

    `limit` says the time given in words, `due_at` the moment it ends; `answer_to` who gets the agency's result.
    """

    form: ClassVar[str] = "transfer"
    dossier_code: str
    owner: str
    procedure: str
    giver: str
    receiver: str
    lead_agency: str
    task: str
    given_at: datetime
    limit: str = ""
    due_at: datetime | None
    answer_to: str = ""
    components: tuple[ComponentLine, ...] = ()
    officer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesLine:
    """One result in the minutes: dossier, owner, procedure, number and sign of the result, how many papers."""

    dossier_code: str
    owner: str
    procedure: str
    result: str
    count: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesData(Print):
    """The minutes of handing results from the agency that decided to the centre that gives them out."""

    form: ClassVar[str] = "minutes"
    number: str = ""
    giver: str
    receiver: str
    handed_at: datetime
    rows: tuple[MinutesLine, ...]
    giver_name: str = ""
    receiver_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """One dossier in the register; days and moments as they are, printed short."""

    ordinal: int
    code: str
    procedure: str
    sets: int
    owner: str
    contact: str
    agency: str
    received_at: datetime | None
    due_at: datetime | None
    handed_at: datetime | None = None
    way: str = ""
    signed_for: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterData(Print):
    """The register of dossiers (06 of 2018, 07 of 2025): one volume of the book of an agency and year.

    `span` says in words what it covers; the order numbers begin with 1 every year. A closed book says when it was.
    """

    form: ClassVar[str] = "register"
    year: int
    volume: str
    span: str
    closed_on: date | None = None
    rows: tuple[RegisterLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultData(Print):
    """A result in the general layout of administrative documents.

    `body` is Typst markup of a result template; `values` are the texts it may name as `#v.key`. Without a `number`
    the paper is marked as a draft.
    """

    form: ClassVar[str] = "result"
    number: str = ""
    title: str
    subject: str = ""
    body: str
    values: Mapping[str, Any] = field(default_factory=dict)
    signer: Signer
    recipients: tuple[str, ...] = ()
    is_copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerData(Print):
    """The letter that answers a feedback case, or says why it is not taken up. `answer` are its paragraphs.

    `what` names in the text what was sent. It is the agency's letter, not the decision that settles a complaint.
    """

    form: ClassVar[str] = "answer"
    code: str
    reporter: str
    what: str
    subject: str
    received_on: date
    about_dossier: str = ""
    answer: tuple[str, ...]
    is_refused: bool = False
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintAnswerData(AnswerData):
    """The same about a complaint, under its own title."""

    form: ClassVar[str] = "complaint-answer"


def plain(value: Any) -> Any:
    """The data of a print as JSON can carry it: moments and days become the words that stand on the paper."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return {
            "moment": wording.moment(value),
            "day": wording.day(clock.local(value).date()),
            "short": wording.short(value),
        }
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value
