"""Process definitions from a pack's files: every change a new version, a bad file refused with its reason."""

import hashlib
import json
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from motcua.places import packfiles
from motcua.places.calendar import ZONE
from motcua.places.packfiles import BadValue, FileReport
from motcua.places.services import LoadReport
from motcua.workflow import rules
from motcua.workflow.models import ProcessDefinition

READER = "1"  # raise it when this reader changes, so that unchanged files are read again


@transaction.atomic
def load_processes(path: Path, *, now: datetime, force: bool = False) -> LoadReport:
    """Load `processes/*.toml` of the pack at `path`; skipped when no file changed since the last load.

    Same content, nothing happens; other content becomes the next version, in force from the day the file says or, where
    the version before already holds then, from today. A refused file leaves what is loaded as it is, and is kept with
    its reason (`places.models.Refusal`).
    """
    mark = packfiles.digest(path, "processes/*.toml", salt=READER)
    if not force and packfiles.loaded_digest("processes") == mark:
        return LoadReport((), is_skipped=True)
    open_versions = ProcessDefinition.objects.filter(valid_to__isnull=True).select_for_update(no_key=True)
    latest = {found.key: found for found in open_versions}
    seen: set[str] = set()
    reports = []
    for file in sorted((path / "processes").glob("*.toml")):
        report = FileReport(f"processes/{file.name}")
        reports.append(report)
        process = _read(path, report)
        if process is None:
            continue
        if process.key in seen:
            _refuse(report, rules.BadDefinition("key", f"Another file already defines “{process.key}”."))
            continue
        seen.add(process.key)
        _keep(process, latest.get(process.key), report, now)
    packfiles.keep("processes", mark, reports, now=now)
    return LoadReport(tuple(reports))


def _read(root: Path, report: FileReport) -> rules.Process | None:
    text = packfiles.content_of(root, report.file, report)
    if text is None:
        return None
    try:
        return rules.read(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        _refuse(report, rules.BadDefinition("file", f"The file is not readable as TOML: {error}."), text)
    except rules.BadDefinition as bad:
        _refuse(report, bad, text)
    return None


def _refuse(report: FileReport, bad: rules.BadDefinition, text: str = "") -> None:
    report.refused.append(packfiles.refused(report.file, 0, BadValue(bad.place, bad.reason), text))


def _keep(process: rules.Process, before: ProcessDefinition | None, report: FileReport, now: datetime) -> None:
    content = rules.as_json(process)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if before is not None and before.digest == digest:
        report.same += 1
        return
    valid_from = process.valid_from
    if before is None:
        report.new += 1
    else:
        valid_from = _since(process.valid_from, before.valid_from, now.astimezone(ZONE).date())
        before.valid_to = valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
        report.changed += 1
    ProcessDefinition.objects.create(
        key=process.key,
        version=before.version + 1 if before else 1,
        name=process.name,
        legal_basis=process.legal_basis,
        is_verified=process.is_verified,
        content=content,
        digest=digest,
        valid_from=valid_from,
        loaded_at=now,
    )


def _since(wanted: date, before: date, today: date) -> date:
    """From when a changed version holds: never over past days on which the one before was in force."""
    return wanted if wanted > max(before, today) else max(today, before)
