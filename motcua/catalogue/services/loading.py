"""Writing procedures in bulk: only what changed, with a new version for each change of content."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Model

from motcua.catalogue.models import (
    Case,
    ChannelRule,
    Component,
    FeeRule,
    Procedure,
    ProcedureVersion,
    ResultType,
    ServiceLevel,
    Word,
)
from motcua.catalogue.services import reading
from motcua.places import packfiles
from motcua.places.packfiles import BadValue, FileReport

FILE = "catalogue/procedures.jsonl"
PARTS: tuple[type[Model], ...] = (Component, Case, FeeRule, ChannelRule, ResultType)


def load_procedures(root: Path, known: reading.Known, *, now: datetime) -> FileReport:
    """Bring all procedures of the file into the database; those gone from it are closed, never removed."""
    report = FileReport(FILE)
    before = {old.code: old for old in Procedure.objects.defer("search")}
    known = replace(known, procedures={code: old.pk for code, old in before.items()})
    parsed, named = _read(root, known, report)
    touched = []
    for code, entry in parsed.items():
        old = before.get(code)
        if old is None:
            touched.append(entry)
            continue
        entry.procedure.version, entry.procedure.valid_from = old.version, old.valid_from
        if old.digest != entry.procedure.digest:
            entry.procedure.version += 1
            touched.append(entry)
    existing = {(code,): old for code, old in before.items()}
    packfiles.upsert([entry.procedure for entry in parsed.values()], existing, key=("code",), report=report)
    _replace_parts(touched)
    _keep_versions(touched, now=now)
    report.closed = _close([old for code, old in before.items() if code not in named], bool(named), now=now)
    _learn_words(parsed.values())
    return report


def _read(root: Path, known: reading.Known, report: FileReport) -> tuple[dict[str, reading.Parsed], set[str]]:
    """The sound procedures by code, and every code the file names, refused ones included."""
    parsed: dict[str, reading.Parsed] = {}
    named: set[str] = set()
    text = packfiles.content_of(root, FILE, report) or ""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            value = _object(line)
            named.add(str(value.get("code")))
            entry = reading.parse(value, known)
            if entry.procedure.code in parsed:
                raise BadValue("code", "This procedure stands in the file twice.")
            parsed[entry.procedure.code] = entry
        except BadValue as bad:
            report.refused.append(packfiles.refused(FILE, number, bad, line))
    return parsed, named


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise BadValue("", "The line is not JSON.") from error
    if not isinstance(value, dict):
        raise BadValue("", "The line is not a JSON object.")
    return value


def _replace_parts(touched: list[reading.Parsed]) -> None:
    keys = [entry.procedure.pk for entry in touched]
    for model in PARTS:
        model._default_manager.filter(procedure__in=keys).delete()
    ChannelRule.objects.bulk_create([row for entry in touched for row in entry.channels], batch_size=1000)
    FeeRule.objects.bulk_create([row for entry in touched for row in entry.fees], batch_size=1000)
    Case.objects.bulk_create([row for entry in touched for row in entry.cases], batch_size=1000)
    Component.objects.bulk_create([row for entry in touched for row in entry.components], batch_size=1000)
    ResultType.objects.bulk_create([row for entry in touched for row in entry.results], batch_size=1000)
    _replace_levels(touched, keys)


def _replace_levels(touched: list[reading.Parsed], keys: list[UUID]) -> None:
    """A level with a later first day ends the one before; the same first day replaces it."""
    starts = {entry.procedure.pk: entry.level.valid_from for entry in touched if entry.level}
    ended, gone = [], []
    for old in ServiceLevel.objects.filter(procedure__in=keys, valid_to__isnull=True):
        start = starts.get(old.procedure_id)
        if start and old.valid_from < start:
            old.valid_to = start - timedelta(days=1)
            ended.append(old)
        else:
            gone.append(old.pk)
    ServiceLevel.objects.bulk_update(ended, ["valid_to"], batch_size=500)
    ServiceLevel.objects.filter(pk__in=gone).delete()
    ServiceLevel.objects.bulk_create([entry.level for entry in touched if entry.level], batch_size=1000)


def _keep_versions(touched: list[reading.Parsed], *, now: datetime) -> None:
    ProcedureVersion.objects.bulk_create(
        [
            ProcedureVersion(
                procedure=entry.procedure,
                version=entry.procedure.version,
                digest=entry.procedure.digest,
                content=entry.content,
                valid_from=now.date() if entry.procedure.version > 1 else None,
                recorded_at=now,
            )
            for entry in touched
        ],
        batch_size=500,
    )


def _close(gone: list[Procedure], is_readable: bool, *, now: datetime) -> int:
    """End the procedures that left the file; an empty file ends nothing."""
    if not is_readable:
        return 0
    yesterday: date = now.date() - timedelta(days=1)
    keys = [old.pk for old in gone if old.valid_to is None]
    return Procedure.objects.filter(pk__in=keys).update(valid_to=yesterday)


def _learn_words(parsed: Iterable[reading.Parsed]) -> None:
    counts = Counter(word for entry in parsed for word in set(entry.procedure.folded_name.split()))
    Word.objects.all().delete()
    Word.objects.bulk_create([Word(word=word, count=count) for word, count in counts.items()], batch_size=2000)
