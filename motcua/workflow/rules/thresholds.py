"""When whom to warn before a dossier or a step is late. Configuration, dated like the law. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from motcua.kernel.actor import Role
from motcua.workflow.rules.limits import Duration
from motcua.workflow.rules.reading import BadDefinition, count, only, table, term
from motcua.workflow.rules.regime import HEAD, read_head

KEY = "warnings"
LEVELS = (Role.HANDLER, Role.HEAD, Role.LEADER)  # who is warned, in this order


class Watched(StrEnum):
    """What runs towards a due date."""

    ACCEPTANCE = "acceptance"
    DOSSIER = "dossier"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Working minutes left at which each level is warned, for a dossier and for a step.

    `share_at_most`: no warning before so many percent of the limit are left. `apology_minutes`: when an apology with
    a new date is drafted, counted to the due date of the dossier; `supplement_minutes`: when the applicant is reminded
    of the last day to answer (None: never); `acceptance`: left of the time to accept what was filed (None: nobody is).
    """

    key: str
    version: int
    name: str
    legal_basis: str
    valid_from: date
    valid_to: date | None
    is_verified: bool
    share_at_most: int
    dossier: Mapping[Role, int]
    step: Mapping[Role, int]
    apology_minutes: int
    supplement_minutes: int | None = None
    acceptance: Mapping[Role, int] | None = None

    def levels(self, what: Watched) -> Mapping[Role, int]:
        """The working minutes of each level; none at all where nobody is warned."""
        return {Watched.ACCEPTANCE: self.acceptance or {}, Watched.STEP: self.step}.get(what, self.dossier)

    def is_reminded(self, left: int, *, limit: int) -> bool:
        """Whether the applicant is reminded with so many of the working minutes to answer left."""
        minutes = self.supplement_minutes
        return minutes is not None and left <= minutes and left * 100 <= limit * self.share_at_most

    def reached(self, left: int, *, limit: int, what: Watched = Watched.DOSSIER) -> Role | None:
        """The highest level to be warned with so many of the limit's working minutes left; None: not yet."""
        if left * 100 > limit * self.share_at_most:
            return None
        thresholds = self.levels(what)
        return next((level for level in reversed(LEVELS) if level in thresholds and left <= thresholds[level]), None)


def read(data: Mapping[str, Any]) -> Thresholds:
    """The thresholds from their data. Raises BadDefinition."""
    only(data, HEAD | {"share_at_most", "dossier", "step", "acceptance", "apology", "supplement"})
    head = read_head(data)
    if head["key"] != KEY:
        raise BadDefinition("key", f"Write “{KEY}” here.")
    share = count(data, "share_at_most", least=1)
    if share > 100:
        raise BadDefinition("share_at_most", "Write percent of the limit: 1 to 100.")
    apology = table(data, "apology", {"draft"})
    return Thresholds(
        **head,
        share_at_most=share,
        dossier=_levels(data, "dossier"),
        step=_levels(data, "step"),
        apology_minutes=_minutes(term(apology, "draft", "apology."), "apology.draft"),
        supplement_minutes=_supplement(data),
        acceptance=_levels(data, "acceptance") if "acceptance" in data else None,
    )


def _levels(data: Mapping[str, Any], field: str) -> Mapping[Role, int]:
    found = table(data, field, {level.value for level in LEVELS})
    minutes = {level: _minutes(term(found, level.value, f"{field}."), f"{field}.{level.value}") for level in LEVELS}
    for one, other in pairwise(LEVELS):
        if minutes[other] > minutes[one]:
            raise BadDefinition(f"{field}.{other.value}", f"“{other.value}” is not warned before “{one.value}”.")
    return MappingProxyType(minutes)


def _supplement(data: Mapping[str, Any]) -> int | None:
    if "supplement" not in data:
        return None
    found = table(data, "supplement", {"remind"})
    return _minutes(term(found, "remind", "supplement."), "supplement.remind")


def _minutes(found: Duration, place: str) -> int:
    if found.nominal_minutes is None:
        raise BadDefinition(f"{place}.unit", "Thresholds count in working time: working_day or working_hour.")
    return found.nominal_minutes
