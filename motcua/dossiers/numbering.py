"""Dossier codes (mã số hồ sơ): agency, day of receipt, number of that agency on that day.

Their form is dated data of the pack (`law/numbering.toml`): Circular 01/2018/TT-VPCP art. 19 with the identifiers of
Circular 10/2016/TT-BTTTT, later of Decision 20/2020/QĐ-TTg; Circular 03/2025/TT-VPCP art. 13, whose clause 3 (added by
Circular 04/2025/TT-VPCP) is for central systems of a ministry. Pure but for reading that file once.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.errors import Refused

_PARTS = re.compile(
    r"(?:(?P<old>\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})|(?P<new>[A-Z]\d{2}(?:\.\d{1,3}){0,3}))"
    r"-(?P<day>\d{6})-(?P<number>\d{4,8})"
)
_CENTRAL = re.compile(r"[A-Z]\d{2}\.\d{3}\.\d{2}")


class Identifier(TextChoices):
    """Which identifier of the agency a code begins with (mã định danh cơ quan)."""

    CIRCULAR_2016 = "circular_2016", gettext_lazy("four levels from the lowest up")
    DECISION_2020 = "decision_2020", gettext_lazy("from the province down")
    CENTRALISED = "centralised", gettext_lazy("from the province down, with the owner of the central system")


@dataclass(frozen=True, slots=True)
class Numbering:
    """One way of numbering, in force from a day to a day (inclusive). `digits`: at least so many, never cut off."""

    key: str
    identifier: Identifier
    scope: str
    digits: int
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A code read back. `owner` is the system owner's two digits in a code of a central system."""

    identifier: str
    day: date
    number: int
    owner: str = ""


def in_force(on: date, *, scope: str = "own") -> Numbering:
    """How dossiers received on a day are numbered. Raises `Refused` numbering when the pack does not say it."""
    for numbering in _read(settings.PACK / "law" / "numbering.toml"):
        if numbering.scope == scope and numbering.valid_from <= on <= (numbering.valid_to or date.max):
            return numbering
    message = _("No rule says how a dossier received on %(day)s is numbered. Add it to the law of the data pack.")
    raise Refused("numbering", message % {"day": f"{on:%d/%m/%Y}"})


def code(numbering: Numbering, *, agency_code: str, day: date, number: int, owner: str = "") -> str:
    """The code of the `number`-th dossier an agency received on a day; past 9999 it grows by a digit.

    `owner`: the two digits of the owner of a central system. Raises `Refused` identifier.
    """
    running = f"{number:0{numbering.digits}d}"
    if numbering.identifier is Identifier.CENTRALISED:
        if not re.fullmatch(r"\d{2}", owner):
            raise Refused("owner", _("A code of a central system needs the two digits of the system's owner."))
        running = owner + running
    return f"{identifier(agency_code, numbering.identifier)}-{day:%y%m%d}-{running}"


def identifier(agency_code: str, kind: Identifier) -> str:
    """The agency's identifier in the given form. Raises `Refused` identifier when it has none of that form."""
    if kind is Identifier.DECISION_2020:
        return agency_code
    province, *levels = agency_code.split(".")
    if kind is Identifier.CENTRALISED and len(levels) <= 2:
        second, third = (*levels, "0", "0")[:2]
        return f"{province}.{int(second):03d}.{int(third):02d}"
    if kind is Identifier.CIRCULAR_2016 and len(levels) <= 3 and all(len(level) <= 2 for level in levels[:2]):
        second, third, fourth = (*levels, "0", "0", "0")[:3]
        return f"{int(fourth):03d}.{int(third):02d}.{int(second):02d}.{province}"
    message = _("The agency %(code)s has no identifier of the form that dossiers of that day are numbered with.")
    raise Refused("identifier", message % {"code": agency_code})


def parse(text: str) -> Parts | None:
    """The parts of a code in any of its forms, or None. The owner is told apart only where the form shows it."""
    found = _PARTS.fullmatch(text.strip().upper())
    if found is None:
        return None
    year, month, of_month = (int(found["day"][at : at + 2]) for at in (0, 2, 4))
    try:
        day = date(2000 + year, month, of_month)
    except ValueError:
        return None
    begins, running = found["old"] or found["new"], found["number"]
    if _CENTRAL.fullmatch(begins) and len(running) >= 6 and day >= date(2026, 1, 25):
        return Parts(begins, day, int(running[2:]), owner=running[:2])
    return Parts(begins, day, int(running))


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[Numbering, ...]:
    rows = tomllib.loads(path.read_text("utf-8"))["numbering"]
    return tuple(Numbering(**{**row, "identifier": Identifier(row["identifier"])}) for row in rows)
