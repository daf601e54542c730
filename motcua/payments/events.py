"""What happened to money."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChargesPaid:
    """All named charges of one subject were paid together."""

    subject_id: UUID
    charge_ids: tuple[UUID, ...]
    amount: int
    at: datetime
