"""What happened to places: ids and primitives only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class _PlanFact:
    plan_id: UUID
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanApplied(_PlanFact):
    """A reorganisation took effect: what ended agencies had in hand lies with their heirs."""


@dataclass(frozen=True, slots=True)
class PlanReversed(_PlanFact):
    """A reorganisation was taken back: everything is as it was."""
