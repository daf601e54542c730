"""Process definitions as data: read, checked, and their shares turned into working minutes. Pure.

A process is the approved internal way of a procedure through the agencies (Circular 01/2018/TT-VPCP, art. 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from motcua.kernel.actor import Role
from motcua.workflow.enums import CutOff, Place, ResumePolicy, StepKind
from motcua.workflow.rules.limits import Duration, Policy
from motcua.workflow.rules.linked import Part, parts_json, read_parts
from motcua.workflow.rules.reading import BadDefinition, day, of, only, term, text, word

FIELDS = {
    "key", "name", "legal_basis", "is_verified", "valid_from", "default_for", "total", "supplement", "cut_off",
    "same_day", "ask_within", "answer_within", "steps", "parts",
}  # fmt: skip
SUM_BASIS = "01/2018/TT-VPCP, Điều 8"  # the electronic process keeps the times of the approved one
STEP_FIELDS = {"key", "name", "kind", "role", "place", "share"}


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
    """A definition as the services use it. `total` is what the shares add up to (hours of a model time limit).

    `ask_within` and `answer_within` are the sector's own terms for a supplement; None: the law of the one-stop
    mechanism holds.
    """

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
    ask_within: Duration | None = None
    answer_within: Duration | None = None
    parts: tuple[Part, ...] = ()

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
    """A definition from its data (a TOML table). Raises BadDefinition at the first thing that is wrong.

    The rules: known fields only; at least two steps, the first receives and the last, and only it, returns and takes
    no time; keys are unique; the shares add up to the total; the parts of other agencies fit in (`read_parts`).
    """
    only(data, FIELDS, "")
    steps = data.get("steps")
    if not isinstance(steps, list) or len(steps) < 2:
        raise BadDefinition("steps", "A process needs at least two steps: reception and hand-over.")
    process = Process(
        key=text(data, "key"),
        name=text(data, "name"),
        legal_basis=str(data.get("legal_basis", "")),
        is_verified=of(data, "is_verified", bool, False),
        valid_from=day(data, "valid_from") or date.min,
        default_for=tuple(of(data, "default_for", list, [])),
        total=of(data, "total", int, 0),
        supplement=word(data, "supplement", ResumePolicy, "", ResumePolicy.RESTART),
        policy=_policy(data),
        steps=tuple(_step(step, f"steps[{index}]") for index, step in enumerate(steps)),
        ask_within=term(data, "ask_within") if "ask_within" in data else None,
        answer_within=term(data, "answer_within") if "answer_within" in data else None,
    )
    _check_steps(process)
    return replace(process, parts=read_parts(data, process.steps))


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
        "cut_off": _cut_off(process.policy),
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
        **_sector(process),
        **({"parts": parts_json(process.parts)} if process.parts else {}),  # the others keep their digest
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


def shared(process: Process, gained: int, *, since: int) -> tuple[int, ...]:
    """The working minutes an extension gives to each step: those from `since` on share them as they share the limit.

    The sum is always what was gained; where no step from there on takes time, the one at `since` gets all of it.
    """
    more = budgets(process, gained, since=since)
    if sum(more) == gained:
        return more
    return tuple(gained * (position == since) for position in range(len(more)))


def _sector(process: Process) -> dict[str, Any]:
    """What only some processes say, so that the others keep their digest."""
    terms = {"ask_within": process.ask_within, "answer_within": process.answer_within}
    return {
        name: {"amount": float(found.amount), "unit": str(found.unit)}
        for name, found in terms.items()
        if found is not None
    }


def _cut_off(policy: Policy) -> dict[str, Any]:
    kept: dict[str, Any] = {"at": f"{policy.cut_off:%H:%M}", "effect": str(policy.effect)}
    return kept if policy.before_closing is None else {**kept, "before_closing": policy.before_closing}


def _check_steps(process: Process) -> None:
    keys = [step.key for step in process.steps]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadDefinition("steps", f"The step key “{twice}” is used twice.")
    if process.steps[0].kind is not StepKind.RECEPTION:
        raise BadDefinition("steps[0].kind", "A process begins with reception.")
    returns = [position for position, step in enumerate(process.steps) if step.kind is StepKind.RETURN]
    if returns != [process.return_position]:
        raise BadDefinition("steps", "A process ends with one hand-over of the result.")
    if process.steps[-1].share:
        raise BadDefinition(f"steps[{returns[0]}].share", "Handing over takes nothing from the time limit: write 0.")
    found = sum(step.share for step in process.steps)
    if found != process.total or found <= 0:
        raise BadDefinition(
            "total", f"The shares of the steps add up to {found}, the total says {process.total} ({SUM_BASIS})."
        )


def _step(data: Any, place: str) -> Step:
    if not isinstance(data, Mapping):
        raise BadDefinition(place, "A step is a table of its own.")
    only(data, STEP_FIELDS, f"{place}.")
    share = of(data, "share", int, -1, f"{place}.")
    if share < 0:
        raise BadDefinition(f"{place}.share", "Write a share of the total: 0 or more.")
    return Step(
        key=text(data, "key", f"{place}."),
        name=text(data, "name", f"{place}."),
        kind=word(data, "kind", StepKind, f"{place}."),
        role=word(data, "role", Role, f"{place}."),
        place=word(data, "place", Place, f"{place}."),
        share=share,
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    cut_off = of(data, "cut_off", dict, {})
    only(cut_off, {"at", "effect", "before_closing"}, "cut_off.")
    minutes = of(cut_off, "before_closing", int, 0, "cut_off.")
    if minutes < 0:
        raise BadDefinition("cut_off.before_closing", "Write minutes before closing: more than 0.")
    return Policy(
        cut_off=of(cut_off, "at", time, time(15), "cut_off."),
        effect=word(cut_off, "effect", CutOff, "cut_off.", CutOff.TRANSFER_ONLY),
        is_same_day=of(data, "same_day", bool, False),
        before_closing=minutes or None,
    )
