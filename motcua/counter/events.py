"""What happened at the counter."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class GuidanceRecorded:
    """A person was guided to do something online."""

    guidance_id: UUID
    agency_id: UUID
    minutes: int
    at: datetime
