"""Versions of a dossier's result: the one in force, and the former ones that a correction set aside."""

import copy
from dataclasses import dataclass
from datetime import datetime

from motcua.dossiers.enums import FINISHED
from motcua.dossiers.models import Correction, Dossier, HandOver, Result


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dossier's result with its hand-over and the correction that made it (None: the first)."""

    result: Result
    hand_over: HandOver | None
    correction: Correction | None


def versions_of(dossier: Dossier) -> list[Version]:
    """Every issued version of the result, the latest first; empty for a result that never was corrected."""
    result: Result | None = getattr(dossier, "result", None)
    if dossier.correction_run_id is None and (result is None or result.version == 1):
        return []
    rows = list(Result.objects.filter(former_of=dossier))
    if result is not None and result.issued_at is not None:
        rows.append(result)
    handed = {one.version: one for one in HandOver.objects.filter(former_of=dossier)}
    present: HandOver | None = getattr(dossier, "hand_over", None)
    if present is not None:
        handed[present.version] = present
    made = {one.version: one for one in dossier.corrections.filter(dropped_at=None)}
    rows.sort(key=lambda one: -one.version)
    return [Version(one, handed.get(one.version), made.get(one.version)) for one in rows]


def clock_until(dossier: Dossier, now: datetime) -> datetime:
    """Until when the clock of the present run is told: a result that waits to be fetched is not late any more."""
    if dossier.state not in FINISHED:
        return now
    if dossier.is_in_correction:
        return dossier.result.issued_at or now
    return dossier.finished_at or now


def at_version(dossier: Dossier, version: int) -> Dossier:
    """The dossier as it stood with an issued version of its result, for its papers. Raises `Result.DoesNotExist`."""
    result: Result | None = getattr(dossier, "result", None)
    if result is not None and result.version == version and result.issued_at is not None:
        return dossier
    found = copy.copy(dossier)
    found._state = copy.copy(dossier._state)
    found._state.fields_cache = {
        **dossier._state.fields_cache,
        "result": Result.objects.get(former_of=dossier, version=version),
        "hand_over": HandOver.objects.filter(former_of=dossier, version=version).first(),
    }
    return found
