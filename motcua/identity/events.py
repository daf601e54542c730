"""Facts of identity: ids and primitives only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """A person became known."""

    person_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class BusinessRegistered:
    """A business became known."""

    business_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """An account may act in an agency."""

    account_id: UUID
    agency_id: UUID
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RoleEnded:
    """An account may no longer act in an agency."""

    account_id: UUID
    agency_id: UUID
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AbsenceDecided:
    """An absence was granted, declined or ended early (`state`)."""

    absence_id: UUID
    account_id: UUID
    substitute_id: UUID
    state: str
    at: datetime
