"""Process definitions as data: read, checked, and their shares turned into working minutes. Pure.

A process is the approved internal way of a procedure through the agencies (Circular 01/2018/TT-VPCP, art. 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar
from uuid import UUID

from motcua.kernel.actor import Role
from motcua.workflow.enums import CutOff, Place, ResumePolicy, StepKind
from motcua.workflow.rules.limits import Policy

T = TypeVar("T")
FIELDS = {
    "key", "name", "legal_basis", "is_verified", "valid_from", "default_for", "total", "supplement", "cut_off",
    "same_day", "steps",
}  # fmt: skip
STEP_FIELDS = {"key", "name", "kind", "role", "place", "share"}


class BadProcess(ValueError):
    """A definition that cannot be used; `place` says where (a field, or `steps[2].role`), `reason` what to write."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who does what, at which of the run's agencies, for which share of the process's total."""

    key: str
    name: str
    kind: StepKind
    role: Role
    place: Place
    share: int


@dataclass(frozen=True, slots=True)
class Process:
    """A definition as the services use it. `total` is what the shares add up to (hours of a model time limit)."""

    key: str
    name: str
    legal_basis: str
    is_verified: bool
    valid_from: date
    default_for: tuple[str, ...]
    total: int
    supplement: ResumePolicy
    policy: Policy
    steps: tuple[Step, ...]

    @property
    def return_position(self) -> int:
        """Where the result is handed over: the last step."""
        return len(self.steps) - 1


@dataclass(frozen=True, slots=True)
class StepView:
    """The present step as a value, for the owner of the run to copy into its own row."""

    position: int
    key: str
    name: str
    kind: str
    role: str
    agency_id: UUID
    assignee_id: UUID | None
    entered_at: datetime
    due_at: datetime | None


def read(data: Mapping[str, Any]) -> Process:
    """A definition from its data (a TOML table). Raises BadProcess at the first thing that is wrong.

    The rules: known fields only; at least two steps, the first receives and the last, and only it, returns and takes
    no time; keys are unique; the shares add up to the total.
    """
    _only(data, FIELDS, "")
    steps = data.get("steps")
    if not isinstance(steps, list) or len(steps) < 2:
        raise BadProcess("steps", "A process needs at least two steps: reception and hand-over.")
    process = Process(
        key=_text(data, "key"),
        name=_text(data, "name"),
        legal_basis=str(data.get("legal_basis", "")),
        is_verified=_of(data, "is_verified", bool, False),
        valid_from=_day(data),
        default_for=tuple(_of(data, "default_for", list, [])),
        total=_of(data, "total", int, 0),
        supplement=_word(data, "supplement", ResumePolicy, "", ResumePolicy.RESTART),
        policy=_policy(data),
        steps=tuple(_step(step, f"steps[{index}]") for index, step in enumerate(steps)),
    )
    _check_steps(process)
    return process


def as_json(process: Process) -> dict[str, Any]:
    """The definition as it is kept and digested."""
    return {
        "key": process.key,
        "name": process.name,
        "legal_basis": process.legal_basis,
        "is_verified": process.is_verified,
        "valid_from": process.valid_from.isoformat(),
        "default_for": list(process.default_for),
        "total": process.total,
        "supplement": str(process.supplement),
        "cut_off": {"at": f"{process.policy.cut_off:%H:%M}", "effect": str(process.policy.effect)},
        "same_day": process.policy.is_same_day,
        "steps": [
            {
                "key": step.key,
                "name": step.name,
                "kind": str(step.kind),
                "role": str(step.role),
                "place": str(step.place),
                "share": step.share,
            }
            for step in process.steps
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Process:
    """The definition from what is kept of it."""
    cut_off = {**kept["cut_off"], "at": time.fromisoformat(kept["cut_off"]["at"])}
    return read({**kept, "valid_from": date.fromisoformat(kept["valid_from"]), "cut_off": cut_off})


def budgets(process: Process, total_minutes: int, *, since: int = 0) -> tuple[int, ...]:
    """The working minutes of each step: the shares of the steps from `since` on scaled to the total, exactly.

    Steps before `since` get nothing (their time is spent). Rounded by largest remainder, so the sum is always the
    total, unless no step from there on takes time at all.
    """
    shares = [step.share if position >= since else 0 for position, step in enumerate(process.steps)]
    whole = sum(shares)
    if whole == 0:
        return tuple(0 for _ in shares)
    minutes = [total_minutes * share // whole for share in shares]
    rests = sorted(range(len(shares)), key=lambda position: -(total_minutes * shares[position] % whole))
    for position in rests[: total_minutes - sum(minutes)]:
        minutes[position] += 1
    return tuple(minutes)


def _check_steps(process: Process) -> None:
    keys = [step.key for step in process.steps]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadProcess("steps", f"The step key “{twice}” is used twice.")
    if process.steps[0].kind is not StepKind.RECEPTION:
        raise BadProcess("steps[0].kind", "A process begins with reception.")
    returns = [position for position, step in enumerate(process.steps) if step.kind is StepKind.RETURN]
    if returns != [process.return_position]:
        raise BadProcess("steps", "A process ends with one hand-over of the result.")
    if process.steps[-1].share:
        raise BadProcess(f"steps[{returns[0]}].share", "Handing over takes nothing from the time limit: write 0.")
    found = sum(step.share for step in process.steps)
    if found != process.total or found <= 0:
        raise BadProcess("total", f"The shares of the steps add up to {found}, the total says {process.total}.")


def _step(data: Any, place: str) -> Step:
    if not isinstance(data, Mapping):
        raise BadProcess(place, "A step is a table of its own.")
    _only(data, STEP_FIELDS, f"{place}.")
    share = _of(data, "share", int, -1, f"{place}.")
    if share < 0:
        raise BadProcess(f"{place}.share", "Write a share of the total: 0 or more.")
    return Step(
        key=_text(data, "key", f"{place}."),
        name=_text(data, "name", f"{place}."),
        kind=_word(data, "kind", StepKind, f"{place}."),
        role=_word(data, "role", Role, f"{place}."),
        place=_word(data, "place", Place, f"{place}."),
        share=share,
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    cut_off = _of(data, "cut_off", dict, {})
    _only(cut_off, {"at", "effect"}, "cut_off.")
    return Policy(
        cut_off=_of(cut_off, "at", time, time(15), "cut_off."),
        effect=_word(cut_off, "effect", CutOff, "cut_off.", CutOff.TRANSFER_ONLY),
        is_same_day=_of(data, "same_day", bool, False),
    )


def _day(data: Mapping[str, Any]) -> date:
    if "valid_from" not in data:
        raise BadProcess("valid_from", "Write the day from which the process is in force.")
    return _of(data, "valid_from", date, date.min)


def _text(data: Mapping[str, Any], field: str, place: str = "") -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadProcess(f"{place}{field}", "Write a text here.")
    return value.strip()


def _of(data: Mapping[str, Any], field: str, kind: type[T], default: T, place: str = "") -> T:
    value = data.get(field, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadProcess(f"{place}{field}", f"Write a value of the kind “{kind.__name__}”.")
    return value


def _word(data: Mapping[str, Any], field: str, words: type[T], place: str, default: T | None = None) -> T:
    known: Sequence[Any] = list(words)  # type: ignore[call-overload]
    value = data.get(field, default)
    for word in known:
        if value == word:
            return word  # type: ignore[no-any-return]
    raise BadProcess(f"{place}{field}", f"“{value}” is not one of: {', '.join(str(word) for word in known)}.")


def _only(data: Mapping[str, Any], fields: set[str], place: str) -> None:
    for field in data:
        if field not in fields:
            raise BadProcess(f"{place}{field}", "This field is not known here.")
