"""The shares of other agencies in a process (liên thông): read, checked, and turned into working minutes. Pure.

Stages follow one another, the parts of a stage run side by side (Decree 61/2018/NĐ-CP, art. 19). Their limits are
shares in the unit of the steps', so that they always fit into the time of the steps they stand beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from motcua.kernel.actor import Role
from motcua.workflow.enums import PartKind, StepKind
from motcua.workflow.rules.reading import BadDefinition, count, of, only, text, word

if TYPE_CHECKING:
    from motcua.workflow.rules.processes import Step

PART_FIELDS = {
    "key", "name", "kind", "agency", "outside", "role", "stage", "is_required", "is_verified", "share", "opens_at",
    "closes_at",
}  # fmt: skip
BASIS = "61/2018/NĐ-CP, Điều 19"


@dataclass(frozen=True, slots=True)
class Part:
    """What another agency does in a process. `agency` is its code; `outside` names one that does not work here.

    With neither, the lead names the agency at run time. It opens when step `opens_at` is entered, and step `closes_at`
    is not left before a required one has ended.
    """

    key: str
    name: str
    kind: PartKind
    agency: str
    outside: str
    role: Role
    stage: int
    is_required: bool
    is_verified: bool
    share: int
    opens_at: str
    closes_at: str


def read_parts(data: Mapping[str, Any], steps: "Sequence[Step]") -> tuple[Part, ...]:
    """The parts of a process, checked against its steps. Raises BadDefinition at the first thing that is wrong.

    The rules: keys are unique; a part opens at a step before the hand-over and closes at that step or a later one;
    stages count from 1 without a gap; what the stages take, one after the other, fits into the steps they stand beside.
    """
    found = of(data, "parts", list, [])
    parts = tuple(_part(one, f"parts[{index}]") for index, one in enumerate(found))
    keys = [part.key for part in parts]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadDefinition("parts", f"The key “{twice}” of a part is used twice.")
    for index, part in enumerate(parts):
        _check_place(part, steps, f"parts[{index}].")
    for opens, closes in dict.fromkeys((part.opens_at, part.closes_at) for part in parts):
        _check_stages([part for part in parts if (part.opens_at, part.closes_at) == (opens, closes)], steps)
    return parts


def parts_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as they are kept with their process."""
    return [
        {
            "key": part.key, "name": part.name, "kind": str(part.kind), "agency": part.agency, "outside": part.outside,
            "role": str(part.role), "stage": part.stage, "is_required": part.is_required,
            "is_verified": part.is_verified, "share": part.share, "opens_at": part.opens_at,
            "closes_at": part.closes_at,
        }
        for part in parts
    ]  # fmt: skip


def part_minutes(part: Part, steps: "Sequence[Step]", budgets: Sequence[int]) -> int | None:
    """The working minutes of a part: its share of the budgets of the steps it stands beside, rounded down.

    Rounded down, the stages together never take more than those steps have. None without budgets (no due date).
    """
    if not budgets:
        return None
    beside = _beside(part, steps)
    whole = sum(steps[at].share for at in beside)
    return sum(budgets[at] for at in beside) * part.share // whole


def _part(data: Any, place: str) -> Part:
    if not isinstance(data, Mapping):
        raise BadDefinition(place, "A part is a table of its own.")
    only(data, PART_FIELDS, f"{place}.")
    opens_at = text(data, "opens_at", f"{place}.")
    part = Part(
        key=text(data, "key", f"{place}."),
        name=text(data, "name", f"{place}."),
        kind=word(data, "kind", PartKind, f"{place}.", PartKind.LINKED),
        agency=of(data, "agency", str, "", f"{place}."),
        outside=of(data, "outside", str, "", f"{place}."),
        role=word(data, "role", Role, f"{place}.", Role.HANDLER),
        stage=count({"stage": 1, **data}, "stage", f"{place}.", least=1),
        is_required=of(data, "is_required", bool, True, f"{place}."),
        is_verified=of(data, "is_verified", bool, False, f"{place}."),
        share=count(data, "share", f"{place}.", least=1),
        opens_at=opens_at,
        closes_at=of(data, "closes_at", str, opens_at, f"{place}."),
    )
    if part.agency and part.outside:
        raise BadDefinition(f"{place}.outside", "Name an agency that works here or one that does not, not both.")
    return part


def _check_place(part: Part, steps: "Sequence[Step]", place: str) -> None:
    keys = [step.key for step in steps if step.kind is not StepKind.RETURN]
    for field, key in (("opens_at", part.opens_at), ("closes_at", part.closes_at)):
        if key not in keys:
            raise BadDefinition(place + field, f"“{key}” is no step before the hand-over.")
    if keys.index(part.closes_at) < keys.index(part.opens_at):
        raise BadDefinition(f"{place}closes_at", "A part cannot close before the step at which it opens.")
    if keys.index(part.opens_at) == 0:
        raise BadDefinition(f"{place}opens_at", "Reception ends with acceptance: open the part at a later step.")


def _check_stages(parts: Sequence[Part], steps: "Sequence[Step]") -> None:
    stages = sorted({part.stage for part in parts})
    if stages != list(range(1, len(stages) + 1)):
        raise BadDefinition("parts", f"Stages count from 1 without a gap; these are {stages} ({BASIS}).")
    taken = sum(max(part.share for part in parts if part.stage == stage) for stage in stages)
    room = sum(steps[at].share for at in _beside(parts[0], steps))
    if taken > room:
        raise BadDefinition(
            "parts", f"One after the other the stages take {taken}, their steps have {room} of the limit ({BASIS})."
        )


def _beside(part: Part, steps: "Sequence[Step]") -> range:
    keys = [step.key for step in steps]
    return range(keys.index(part.opens_at), keys.index(part.closes_at) + 1)
