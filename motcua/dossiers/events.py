"""What happened to a dossier: ids and primitives only. Messages, figures and exchange are made from these."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class _DossierFact:
    dossier_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DossierSubmitted(_DossierFact):
    """Filed, online or at the counter."""


@dataclass(frozen=True, slots=True)
class DossierAccepted(_DossierFact):
    """Accepted: it has its legal code and its due date."""


@dataclass(frozen=True, slots=True)
class DossierRefused(_DossierFact):
    """Not accepted, with a written reason."""


@dataclass(frozen=True, slots=True)
class SupplementRequested(_DossierFact):
    """The applicant was asked to complete the dossier."""


@dataclass(frozen=True, slots=True)
class SupplementAnswered(_DossierFact):
    """The applicant completed the dossier."""


@dataclass(frozen=True, slots=True)
class ObligationAnnounced(_DossierFact):
    """The applicant has to pay (`amount` in đồng) before the work goes on."""

    amount: int


@dataclass(frozen=True, slots=True)
class ObligationMet(_DossierFact):
    """The payment is in; the work goes on."""


@dataclass(frozen=True, slots=True)
class DossierAssigned(_DossierFact):
    """An officer took it or was given it."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class StepPassed(_DossierFact):
    """It moved one step, forwards or back."""

    step: str


@dataclass(frozen=True, slots=True)
class ResultDrafted(_DossierFact):
    """A draft of the result was saved."""


@dataclass(frozen=True, slots=True)
class ResultIssued(_DossierFact):
    """The result has number, date and seal."""


@dataclass(frozen=True, slots=True)
class DossierHandedOver(_DossierFact):
    """The result is in the hands of the receiver."""


@dataclass(frozen=True, slots=True)
class DossierWithdrawn(_DossierFact):
    """Withdrawn by the applicant."""


@dataclass(frozen=True, slots=True)
class DossierStopped(_DossierFact):
    """Handling was stopped."""


@dataclass(frozen=True, slots=True)
class DossierRated(_DossierFact):
    """The applicant rated the service."""

    score: int


@dataclass(frozen=True, slots=True)
class DueDateExtended(_DossierFact):
    """The due date was put off, with an apology."""


@dataclass(frozen=True, slots=True)
class ClockStopped(_DossierFact):
    """An officer stopped the time limit: `kind` says what is waited for."""

    kind: str


@dataclass(frozen=True, slots=True)
class ClockRuns(_DossierFact):
    """The time limit runs on."""


@dataclass(frozen=True, slots=True)
class DossierInherited(_DossierFact):
    """Its agency ended, and the heir has it now (`agency_id`: who decides it)."""

    agency_id: UUID


@dataclass(frozen=True, slots=True)
class PartsOpened(_DossierFact):
    """Other agencies were asked to take part, in so many parts."""

    count: int


@dataclass(frozen=True, slots=True)
class PartMoved(_DossierFact):
    """A part was taken by an officer, given to one, or sent to an agency."""

    part_id: UUID


@dataclass(frozen=True, slots=True)
class PartEnded(_DossierFact):
    """A part ended; `state` says how (`PartState`)."""

    part_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class PartReminded(_DossierFact):
    """The agency was reminded of its part."""

    part_id: UUID


@dataclass(frozen=True, slots=True)
class PartLate(_DossierFact):
    """The limit of a part passed without an answer."""

    part_id: UUID


@dataclass(frozen=True, slots=True)
class DueWarned(_DossierFact):
    """A due date, of a step or of the whole, comes near or has passed: `level` says to whom it was brought."""

    warning_id: UUID
    level: int


@dataclass(frozen=True, slots=True)
class CorrectionStarted(_DossierFact):
    """An issued result is being corrected: `version` is the one to come."""

    version: int


@dataclass(frozen=True, slots=True)
class ResultCorrected(_DossierFact):
    """A corrected result has number, date and seal; it replaces the one before (`version` is the new one)."""

    version: int


@dataclass(frozen=True, slots=True)
class CorrectionDropped(_DossierFact):
    """A correction was given up; the result stays as it was."""


@dataclass(frozen=True, slots=True)
class ResultAnnulled(_DossierFact):
    """An issued result holds no more."""


@dataclass(frozen=True, slots=True)
class DossierReopened(_DossierFact):
    """A closed dossier was opened again; `was` is the state it had been closed in."""

    was: int


@dataclass(frozen=True, slots=True)
class BundleMoved:
    """A matter of a bundle can be gone on with elsewhere, or does not open by itself (`MemberState`)."""

    bundle_id: UUID
    member_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DossierTacit(_DossierFact):
    """The time limit passed without a decision, and a law counts that as granted."""


@dataclass(frozen=True, slots=True)
class SupplementReminded(_DossierFact):
    """The last day to answer a request for a supplement comes near."""


@dataclass(frozen=True, slots=True)
class PauseOverdue(_DossierFact):
    """The clock still stands after the day on which it was expected to run on."""

    pause_id: UUID


ALL = (
    DossierSubmitted, DossierAccepted, DossierRefused, SupplementRequested, SupplementAnswered, ObligationAnnounced,
    ObligationMet, DossierAssigned,
    StepPassed, ResultDrafted, ResultIssued, DossierHandedOver, DossierWithdrawn, DossierStopped, DossierRated,
    DossierInherited, DueDateExtended, ClockStopped, ClockRuns,
    CorrectionStarted, ResultCorrected, CorrectionDropped, ResultAnnulled, DossierReopened,
    PartsOpened, PartMoved, PartEnded, PartReminded, PartLate, DueWarned, DossierTacit,
    SupplementReminded, PauseOverdue,
)  # fmt: skip
