"""How long each step of a feedback case may take: dated data of the pack (`law/feedback.toml`).

Decision 766/QĐ-TTg, indicator 5.2 (feedback); Decree 20/2008/NĐ-CP (feedback on rules); Law 02/2011/QH13 on complaints,
art. 27-28. Pure but for reading that file once.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from motcua.kernel.errors import Refused
from motcua.support.enums import About, Kind, Limit, RunsFrom
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import Duration


@dataclass(frozen=True, slots=True)
class Term:
    """The time for one step of one kind of case, in force from a day to a day (inclusive). No `about`: all of them."""

    step: Limit
    kind: Kind
    duration: Duration
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    about: frozenset[About] = frozenset()
    runs_from: RunsFrom = RunsFrom.ARRIVAL
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Practice:
    """What no law says: how long the reporter has to reply, how many cases a day, how many years names are kept."""

    supplement_working_days: int
    cases_a_day: int
    keep_years: int


def terms(kind: str, about: str, on: date) -> dict[Limit, Term]:
    """The limits of a case received on a day, by step.

    Raises `Refused` law when the pack names no time for the answer of such a case on that day.
    """
    found = {
        term.step: term
        for term in _read(settings.PACK / "law" / "feedback.toml")[0]
        if term.kind == kind
        and (not term.about or about in term.about)
        and term.valid_from <= on <= (term.valid_to or date.max)
    }
    if not {Limit.SORT, Limit.HANDLE} <= set(found):
        message = _("No rule says how long a case received on %(day)s may take. Add it to the law of the data pack.")
        raise Refused("law", message % {"day": f"{on:%d/%m/%Y}"})
    return found


def practice() -> Practice:
    """What this installation decides for itself."""
    return _read(settings.PACK / "law" / "feedback.toml")[1]


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[tuple[Term, ...], Practice]:
    content = tomllib.loads(path.read_text("utf-8"))
    rows = tuple(
        Term(
            step=Limit(row["step"]), kind=Kind(row["kind"]),
            duration=Duration(Decimal(str(row["amount"])), DurationUnit(row["unit"])),
            legal_basis=row["legal_basis"], valid_from=row["valid_from"], valid_to=row.get("valid_to"),
            about=frozenset(About(one) for one in row.get("about", ())),
            runs_from=RunsFrom(row.get("runs_from", RunsFrom.ARRIVAL)), is_verified=row["is_verified"],
        )
        for row in content["limit"]
    )  # fmt: skip
    return rows, Practice(**content["practice"])
