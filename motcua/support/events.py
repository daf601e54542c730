"""What happened to feedback cases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FeedbackReceived:
    """A person sent feedback or a complaint; `agency_id` has it first."""

    feedback_id: UUID
    agency_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackTakenUp:
    """The agency handles the case itself."""

    feedback_id: UUID
    agency_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackTransferred:
    """The case went to another agency, the competent one."""

    feedback_id: UUID
    from_agency_id: UUID
    agency_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackSupplementAsked:
    """The reporter was asked for more; the clock waits."""

    feedback_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackSupplemented:
    """The reporter replied; the clock runs on."""

    feedback_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackAnswered:
    """The agency answered."""

    feedback_id: UUID
    agency_id: UUID
    is_late: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackRefused:
    """The agency does not take the case up, with a reason."""

    feedback_id: UUID
    agency_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackPublished:
    """Question and answer can be read by everybody, without personal data."""

    feedback_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackHeldBack:
    """The answer is not published, with a reason."""

    feedback_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackRated:
    """The reporter said whether the answer helped."""

    feedback_id: UUID
    is_liked: bool
    at: datetime
