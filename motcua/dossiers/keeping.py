"""How long a dossier is kept: classes of the pack's `law/retention.toml`. Pure but for reading that file once."""

import csv
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class KeepingClass:
    """A class of keeping. `years` None: for good. Years count from the end of the year the dossier ended in."""

    key: str
    name: str
    legal_basis: str
    years: int | None = None
    verified: bool = False
    default: bool = False
    procedures: Sequence[str] = ()
    fields: Sequence[str] = ()

    def kept_until(self, ended_on: date) -> date | None:
        """The last day on which a dossier that ended on a day is kept; None: for good (Law 33/2024/QH15)."""
        return date(ended_on.year + self.years, 12, 31) if self.years is not None else None

    def first_year_kept(self, on: date) -> int | None:
        """Dossiers that ended before this year may be disposed of on a day; None: none ever."""
        return on.year - self.years if self.years is not None else None


def classes() -> tuple[KeepingClass, ...]:
    """The classes in the order of the file, exactly one of them the default."""
    return _read(settings.PACK / "law" / "retention.toml")


def class_of(procedure_code: str, field_code: str) -> KeepingClass:
    """The class of a procedure: the first that names it, else the first that names its field, else the default."""
    known = classes()
    named = (one for one in known if procedure_code in one.procedures)
    by_field = (one for one in known if field_code in one.fields)
    return next(named, None) or next(by_field, None) or next(one for one in known if one.default)


def class_named(key: str) -> KeepingClass | None:
    """The class of a key."""
    return next((one for one in classes() if one.key == key), None)


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[KeepingClass, ...]:
    found = tuple(KeepingClass(**row) for row in tomllib.loads(path.read_text("utf-8"))["class"])
    if sum(one.default for one in found) != 1 or any(one.years is not None and one.years < 1 for one in found):
        raise ValueError(f"{path}: exactly one class is the default, and years are at least one.")
    unknown = _unknown(found, path.parent.parent / "catalogue")
    if unknown:
        raise ValueError(f"{path}: the catalogue has no {', '.join(unknown)}. What a class names has to exist.")
    return found


def _unknown(found: Sequence[KeepingClass], catalogue: Path) -> list[str]:
    """Fields and procedures that classes name and the catalogue of the pack lacks."""
    with (catalogue / "fields.csv").open(encoding="utf-8", newline="") as rows:
        fields = {row["code"] for row in csv.DictReader(rows)}
    with (catalogue / "procedures.jsonl").open(encoding="utf-8") as lines:
        procedures = {json.loads(line)["code"] for line in lines if line.strip()}
    missing = [code for one in found for code in one.fields if code not in fields]
    return missing + [code for one in found for code in one.procedures if code not in procedures]
