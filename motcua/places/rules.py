"""Pure rules of places: what makes a plan of reorganisation fit to be applied (Law 72/2025/QH15).

A plan may leave nobody without a home: every agency that ends has an heir that exists, a divided one has a decision,
and what an abolished level decided has a level that decides it now.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from motcua.places.enums import LineKind

TRANSITION = "72/2025/QH15"  # the article of its transitional provisions has not been read
DIVISION = "1679/NQ-UBTVQH15"


@dataclass(frozen=True, slots=True)
class Passing:
    """One agency that ends and its heir (codes); `decision` names what settles a divided one."""

    ending: str
    heir: str | None
    kind: LineKind
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a plan may not be applied: which agency (code), and a sentence with its law for whoever keeps the plan."""

    code: str
    agency: str
    message: str

    def __post_init__(self) -> None:
        """The rule it rests on stands in the sentence."""
        basis = DIVISION if self.code == "undecided" else TRANSITION
        object.__setattr__(self, "message", f"{self.message} ({basis})")


def faults(
    passings: Sequence[Passing], *, ending: Collection[str], alive: Collection[str], has_default: bool
) -> list[Fault]:
    """Everything that would be left without a home; empty when the plan may be applied.

    `ending`: codes of the agencies that stop existing on the eve; `alive`: those that exist on the day;
    `has_default`: whether a rule says which level takes over what no other rule names.
    """
    named = {passing.ending for passing in passings}
    found = [
        Fault(
            "no_line", code, _("The agency %(code)s ends, and the plan does not say who takes over.") % {"code": code}
        )
        for code in sorted(set(ending) - named)
    ]
    for passing in passings:
        fault = _fault(passing, alive, has_default)
        if fault:
            found.append(Fault(fault[0], passing.ending, fault[1]))
    return found


def _fault(passing: Passing, alive: Collection[str], has_default: bool) -> tuple[str, str] | None:
    names = {"code": passing.ending, "heir": passing.heir or ""}
    if passing.heir is None:
        return "no_heir", _("The agency %(code)s has no heir. Name the agency that takes over.") % names
    if passing.heir not in alive:
        return "heir_ended", _("The heir %(heir)s of %(code)s does not exist on that day. Name another one.") % names
    if passing.kind is LineKind.SPLIT and not passing.decision.strip():
        return "undecided", _("%(code)s is divided. Write down the decision that says which heir takes over.") % names
    if passing.kind is LineKind.COMPETENCE and not has_default:
        return "no_level", _("No rule says which level takes over what %(code)s decided. Add it to the plan.") % names
    return None


def carried(holdings: Mapping[str, int], passings: Sequence[Passing]) -> dict[str, int]:
    """What each agency has in hand after the plan, where nothing but the lines decides; the total never changes."""
    heirs = {passing.ending: passing.heir for passing in passings}
    after: Counter[str] = Counter()
    for agency, count in holdings.items():
        after[heirs.get(agency) or agency] += count
    return {agency: count for agency, count in after.items() if count}


def homeless(holdings: Mapping[str, int], alive: Collection[str]) -> dict[str, int]:
    """What is in hand of agencies that do not exist."""
    return {agency: count for agency, count in holdings.items() if count and agency not in alive}


def level_of(field: str, competences: Mapping[str, str]) -> str | None:
    """The level that takes over a field (code): its own rule, or the one for all others; None when no rule says."""
    return competences.get(field) or competences.get("")
