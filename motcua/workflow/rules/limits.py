"""The terms of a time limit: how long, how it starts and ends, what interrupts it."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import ROUND_CEILING, Decimal
from typing import Any

from motcua.places.calendar import ZONE
from motcua.workflow.enums import CutOff, DurationUnit, PauseKind, ResumePolicy

HOUR = 60
ACCEPTANCE_MINUTES = 8 * HOUR  # where no version of the law says otherwise
WORKING_DAY_MINUTES = 8 * HOUR  # internal processes count eight working hours as one working day


@dataclass(frozen=True, slots=True)
class Duration:
    """A time limit as the law states it. Raises ValueError when the amount is not above zero or cannot be counted.

    Working days may have fractions (0.5 is four working hours), hours too; calendar days and months are whole.
    """

    amount: Decimal
    unit: DurationUnit

    def __post_init__(self) -> None:
        """Refuse what no calendar can count."""
        if self.amount <= 0:
            raise ValueError("A time limit must be longer than nothing.")
        if not self.is_working_time and self.amount % 1:
            raise ValueError("Calendar days and months are counted whole.")

    @property
    def is_working_time(self) -> bool:
        """Whether only working time counts."""
        return self.unit in (DurationUnit.WORKING_DAY, DurationUnit.WORKING_HOUR)

    @property
    def nominal_minutes(self) -> int | None:
        """Its working minutes at eight hours a working day; None for calendar days and months."""
        if not self.is_working_time:
            return None
        return whole_minutes(self.amount * (WORKING_DAY_MINUTES if self.unit == DurationUnit.WORKING_DAY else HOUR))


@dataclass(frozen=True, slots=True)
class Policy:
    """How a procedure's limit starts and ends.

    `cut_off` with `effect`: receipt from that time of the day on moves the transfer, or the start, to the next working
    day (Decree 61/2018/NĐ-CP, art. 18: 15:00 moves the transfer; rules on same-day results make it move the start).
    With `before_closing`, the cut-off is so many minutes before that day's closing instead (the last hour of the day).
    `is_same_day`: the result is due by closing of the last day counted, the day of the start being the first.
    """

    cut_off: time = time(15)
    effect: CutOff = CutOff.TRANSFER_ONLY
    is_same_day: bool = False
    before_closing: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it."""
        kept = {"cut_off": f"{self.cut_off:%H:%M}", "effect": str(self.effect), "is_same_day": self.is_same_day}
        return kept if self.before_closing is None else {**kept, "before_closing": self.before_closing}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Policy":
        """From what a run keeps."""
        at, effect = time.fromisoformat(kept["cut_off"]), CutOff(kept["effect"])
        return cls(at, effect, kept["is_same_day"], kept.get("before_closing"))


ORDINARY = Policy()
AT_ONCE = Policy(effect=CutOff.NONE)  # for terms that know no cut-off
SAME_DAY = Policy(effect=CutOff.START_NEXT_DAY, is_same_day=True)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of waiting; `ended_at` is None while it lasts. The limit stands still meanwhile, except with COUNTS."""

    kind: PauseKind
    started_at: datetime
    ended_at: datetime | None = None
    policy: ResumePolicy = ResumePolicy.PAUSE

    def as_json(self) -> dict[str, str | None]:
        """As a run keeps it."""
        return {
            "kind": str(self.kind),
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "policy": str(self.policy),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Pause":
        """From what a run keeps."""
        ended = kept["ended_at"]
        return cls(
            PauseKind(kept["kind"]),
            datetime.fromisoformat(kept["started_at"]).astimezone(ZONE),
            datetime.fromisoformat(ended).astimezone(ZONE) if ended else None,
            ResumePolicy(kept["policy"]),
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """The due date put off: granted `at` a moment, `to` another; `basis` as the letter names it."""

    at: datetime
    to: datetime
    basis: str = ""


def whole_minutes(minutes: Decimal) -> int:
    """Whole minutes, a started one counted in full."""
    return int(minutes.to_integral_value(ROUND_CEILING))


def to_minute(moment: datetime) -> datetime:
    """The moment in Vietnam with its seconds cut off, as it is printed on every slip."""
    if moment.tzinfo is not ZONE:
        moment = moment.astimezone(ZONE)
    return moment if not (moment.second or moment.microsecond) else moment.replace(second=0, microsecond=0)
