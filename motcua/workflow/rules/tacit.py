"""What silence means where a law says so: a consulted agency agrees, or a whole procedure is granted. Dated data. Pure.

Nothing is tacit without a row. A row names the articles it rests on and whether somebody has read them in the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.places.calendar import WorkingCalendar
from motcua.workflow.enums import Silence
from motcua.workflow.rules.clock import after
from motcua.workflow.rules.limits import Duration
from motcua.workflow.rules.reading import BadDefinition, day, of, only, term, text, word
from motcua.workflow.rules.regime import HEAD, read_head

KEY = "tacit"
FIELDS = {
    "key", "means", "procedures", "processes", "after", "legal_basis", "valid_from", "valid_to", "is_verified",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TacitRule:
    """One rule of one law: what silence means, for which procedures or processes, received from which day to which.

    `after` is the law's own time for an answer, from the day of asking (None: the limit that was set).
    """

    key: str
    means: Silence
    procedures: frozenset[str]
    processes: frozenset[str]
    after: Duration | None
    legal_basis: str
    valid_from: date
    valid_to: date | None
    is_verified: bool

    def covers(self, *, procedure: str, process: str, on: date) -> bool:
        """Whether it is for a dossier of this procedure and process, received on this day."""
        named = procedure in self.procedures or process in self.processes
        return named and self.valid_from <= on <= (self.valid_to or date.max)

    def since(self, asked_at: datetime, limit_at: datetime, calendar: WorkingCalendar) -> datetime:
        """From when silence speaks: after the law's time and never before the limit that was set."""
        return max(limit_at, after(asked_at, self.after, calendar)) if self.after else limit_at


@dataclass(frozen=True, slots=True)
class Tacit:
    """One version of the rules about silence."""

    key: str
    version: int
    name: str
    legal_basis: str
    valid_from: date
    valid_to: date | None
    is_verified: bool
    rules: tuple[TacitRule, ...]

    def rule(self, means: Silence, *, procedure: str, process: str, on: date) -> TacitRule | None:
        """The rule for a dossier; None: silence means nothing."""
        found = (one for one in self.rules if one.means is means)
        return next((one for one in found if one.covers(procedure=procedure, process=process, on=on)), None)


def read(data: Mapping[str, Any]) -> Tacit:
    """The rules from their data. Raises BadDefinition at the first thing that is wrong."""
    only(data, HEAD | {"rules"})
    head = read_head(data)
    if head["key"] != KEY:
        raise BadDefinition("key", f"Write “{KEY}” here.")
    rules = tuple(_rule(row, f"rules[{index}]") for index, row in enumerate(of(data, "rules", list, [])))
    keys = [rule.key for rule in rules]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadDefinition("rules", f"The key “{twice}” is used twice.")
    return Tacit(**head, rules=rules)


def _rule(row: Any, place: str) -> TacitRule:
    if not isinstance(row, Mapping):
        raise BadDefinition(place, "A rule is a table of its own.")
    only(row, FIELDS, f"{place}.")
    valid_from, valid_to = day(row, "valid_from"), day(row, "valid_to", is_needed=False)
    if valid_from is None or (valid_to and valid_to < valid_from):
        raise BadDefinition(f"{place}.valid_to", "The last day in force lies before the first.")
    means = word(row, "means", Silence, f"{place}.")
    procedures, processes = _keys(row, "procedures", place), _keys(row, "processes", place)
    if not procedures and not processes:
        raise BadDefinition(f"{place}.procedures", "Name the procedures, or the processes, that it is for.")
    if means is Silence.GRANT and processes:
        raise BadDefinition(f"{place}.processes", "A procedure is granted by a law that names it: use “procedures”.")
    if means is Silence.GRANT and "after" in row:
        raise BadDefinition(f"{place}.after", "A procedure is granted when its own time limit has passed.")
    return TacitRule(
        key=text(row, "key", f"{place}."), means=means, procedures=procedures, processes=processes,
        after=term(row, "after", f"{place}.") if "after" in row else None,
        legal_basis=text(row, "legal_basis", f"{place}."), valid_from=valid_from, valid_to=valid_to,
        is_verified=of(row, "is_verified", bool, False, f"{place}."),
    )  # fmt: skip


def _keys(row: Mapping[str, Any], field: str, place: str) -> frozenset[str]:
    found = of(row, field, list, [], f"{place}.")
    if any(not isinstance(one, str) or not one.strip() for one in found):
        raise BadDefinition(f"{place}.{field}", "Write codes in quotes.")
    return frozenset(found)
