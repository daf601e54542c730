"""The law of the clock from a pack's files: versions are kept as they are, a bad file is refused with its reason."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from motcua.places import packfiles
from motcua.places.packfiles import BadValue, FileReport
from motcua.places.services import LoadReport
from motcua.workflow import queries, rules
from motcua.workflow.models import Regime

READER = "2"  # raise it when this reader changes, so that unchanged files are read again
PATTERNS = ("law/one-stop*.toml", "law/tacit*.toml", "law/warnings*.toml")


@transaction.atomic
def load_law(path: Path, *, now: datetime, force: bool = False) -> LoadReport:
    """Load the versions of the one-stop law, of what silence means and of the warning thresholds from the pack.

    The same content changes nothing. A version that is loaded with other content is refused: runs were started under
    it, so a correction is a new version for the same days. Refused files are kept with their reason
    (`places.models.Refusal`) and leave what is loaded as it is.
    """
    mark = packfiles.digest(path, *PATTERNS, salt=READER)
    if not force and packfiles.loaded_digest("law") == mark:
        return LoadReport((), is_skipped=True)
    packfiles.one_at_a_time("law")
    loaded = {(found.key, found.version): found for found in Regime.objects.all()}
    seen: set[tuple[str, int]] = set()
    reports = []
    for file in sorted({file for pattern in PATTERNS for file in path.glob(pattern)}):
        report = FileReport(f"law/{file.name}")
        reports.append(report)
        text = packfiles.content_of(path, report.file, report)
        if text is None:
            continue
        try:
            _keep(tomllib.loads(text), loaded, seen, report, now)
        except tomllib.TOMLDecodeError as error:
            _refuse(report, "file", f"The file is not readable as TOML: {error}.", text)
        except rules.BadDefinition as bad:
            _refuse(report, bad.place, bad.reason, text)
    packfiles.keep("law", mark, reports, now=now)
    return LoadReport(tuple(reports))


def _keep(
    data: Mapping[str, Any],
    loaded: Mapping[tuple[str, int], Regime],
    seen: set[tuple[str, int]],
    report: FileReport,
    now: datetime,
) -> None:
    """Write one version down, if it is new."""
    content = _plain(data)
    read = queries.read_law(content)
    mark = (read.key, read.version)
    if mark in seen:
        raise rules.BadDefinition("version", f"Another file already holds version {read.version} of “{read.key}”.")
    seen.add(mark)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    before = loaded.get(mark)
    if before is None:
        report.new += 1
        Regime.objects.create(
            key=read.key, version=read.version, name=read.name, legal_basis=read.legal_basis,
            is_verified=read.is_verified, content=content, digest=digest, valid_from=read.valid_from,
            valid_to=read.valid_to, loaded_at=now,
        )  # fmt: skip
    elif before.digest == digest:
        report.same += 1
    else:
        raise rules.BadDefinition(
            "version", f"Version {read.version} is loaded with other content: a version never changes, write the next."
        )


def _plain(value: Any) -> Any:
    """What TOML holds, as JSON keeps it."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _refuse(report: FileReport, place: str, reason: str, text: str) -> None:
    report.refused.append(packfiles.refused(report.file, 0, BadValue(place, reason), text))
