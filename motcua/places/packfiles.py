"""Reading a pack's files row by row: a bad row is kept with its reason and never stops the others."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, models

from motcua.kernel import audit
from motcua.kernel.actor import Actor, system
from motcua.kernel.ids import uuid7
from motcua.kernel.models import Setting
from motcua.places import kept
from motcua.places.models import Refusal

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")
LOADER = system("load_pack")
LIMIT = 64 * 1024 * 1024  # bytes of one file


class BadValue(ValueError):
    """A value of a row cannot be used; `reason` is a sentence for the person who keeps the pack."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not loaded: where it stands, what is wrong and what it said."""

    file: str
    row: int
    column: str
    reason: str
    content: str


@dataclass(slots=True)
class FileReport:
    """What became of one file: rows new, changed, the same, closed (gone from the file) and refused."""

    file: str
    new: int = 0
    changed: int = 0
    same: int = 0
    closed: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    is_skipped: bool = False

    @property
    def loaded(self) -> int:
        """Rows now in the database from this file."""
        return self.new + self.changed + self.same


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file; every reader names its column in the error."""

    number: int
    values: dict[str, str]

    def text(self, column: str, *, required: bool = False) -> str:
        """The text of a column without outer spaces."""
        value = (self.values.get(column) or "").strip()
        if required and not value:
            raise BadValue(column, "This column must not be empty.")
        return value

    def day(self, column: str) -> date | None:
        """An ISO date, or None when empty."""
        return _parsed(column, self.text(column), date.fromisoformat, "Write the date as YYYY-MM-DD.")

    def required_day(self, column: str) -> date:
        """An ISO date that must be there."""
        day = self.day(column)
        if day is None:
            raise BadValue(column, "This column must not be empty.")
        return day

    def clock(self, column: str) -> time:
        """A time of day as HH:MM."""
        parsed = _parsed(column, self.text(column), time.fromisoformat, "Write the time as HH:MM.")
        if parsed is None:
            raise BadValue(column, "This column must not be empty.")
        return parsed

    def whole(self, column: str) -> int | None:
        """A whole number, or None when empty."""
        return _parsed(column, self.text(column), int, "Write a whole number.")

    def decimal(self, column: str) -> Decimal | None:
        """A decimal number, or None when empty."""
        return _parsed(column, self.text(column), Decimal, "Write a number with a point.")

    def real(self, column: str) -> float | None:
        """A floating number (a coordinate), or None when empty."""
        return _parsed(column, self.text(column), float, "Write a number with a point.")

    def flag(self, column: str) -> bool:
        """1 or 0; empty reads as 0: nothing is verified unless it says so."""
        value = self.text(column)
        if value not in {"", "0", "1"}:
            raise BadValue(column, "Write 1 or 0.")
        return value == "1"

    def choice(self, column: str, words: Iterable[str], *, default: str = "") -> str:
        """One of the words of an enumeration."""
        value = self.text(column) or default
        return chosen(column, value, words)

    def period(self) -> tuple[date, date | None]:
        """`valid_from` and the inclusive `valid_to`."""
        start, end = self.required_day("valid_from"), self.day("valid_to")
        if end is not None and end < start:
            raise BadValue("valid_to", "The last day in force lies before the first.")
        return start, end


def chosen(column: str, value: Any, words: Iterable[str]) -> str:
    """The value when it is one of the words, else a refusal that names them."""
    known = [str(word) for word in words]
    if value not in known:
        raise BadValue(column, f"Use one of: {', '.join(known)}.")
    return str(value)


def _parsed(column: str, value: str, parse: Callable[[str], T], advice: str) -> T | None:
    if not value:
        return None
    try:
        return parse(value)
    except (ValueError, InvalidOperation) as error:
        raise BadValue(column, advice) from error


def read(
    root: Path, name: str, make: Callable[[Row], M], *, key: Sequence[str], report: FileReport | None = None
) -> tuple[list[M], FileReport]:
    """The rows of a CSV file as unsaved instances, each unique by `key`; what could not be read is in the report."""
    report = report or FileReport(name)
    made: dict[tuple[Any, ...], M] = {}
    for row in csv_rows(root, name, report):
        try:
            instance = make(row)
            mark = tuple(getattr(instance, part) for part in key)
            if mark in made:
                raise BadValue(key[0], "This row repeats an earlier one.")
        except BadValue as bad:
            report.refused.append(refused(name, row.number, bad, row.values))
        else:
            made[mark] = instance
    return list(made.values()), report


def csv_rows(root: Path, name: str, report: FileReport) -> Iterator[Row]:
    """The rows of a CSV file; a row wider or narrower than the header is refused."""
    text = content_of(root, name, report)
    if text is None:
        return
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        header = next(lines, [])
        for cells in lines:
            if len(cells) != len(header):
                bad = BadValue("", f"The row has {len(cells)} cells, the header {len(header)}.")
                report.refused.append(refused(name, lines.line_num, bad, cells))
            else:
                yield Row(lines.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        report.refused.append(refused(name, lines.line_num, BadValue("", f"The file is not sound CSV: {error}."), ""))


def content_of(root: Path, name: str, report: FileReport) -> str | None:
    """The text of a file; None with a refusal when it is missing, too large or not UTF-8."""
    path = root / name
    try:
        raw = path.read_bytes()
        if len(raw) > LIMIT:
            raise BadValue("", f"The file is larger than {LIMIT // 2**20} MiB.")
        return raw.decode("utf-8-sig")
    except FileNotFoundError:
        reason = BadValue("", "The file is missing.")
    except UnicodeDecodeError:
        reason = BadValue("", "The file is not UTF-8.")
    except BadValue as bad:
        reason = bad
    report.refused.append(refused(name, 0, reason, ""))
    return None


def refused(name: str, row: int, bad: BadValue, content: Any) -> RefusedRow:
    """The record of a refusal, with the row as it was."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return RefusedRow(name, row, bad.column, bad.reason, text[:20_000])


def assign_keys(model: type[M], rows: Sequence[M], *, key: Sequence[str]) -> dict[tuple[Any, ...], M]:
    """Give rows that exist already their primary key; returns what is in the database by natural key."""
    existing = {tuple(getattr(old, part) for part in key): old for old in model._default_manager.all()}
    for row in rows:
        old = existing.get(tuple(getattr(row, part) for part in key))
        if old is not None:
            row.pk = old.pk
    return existing


def upsert(rows: Sequence[M], existing: dict[tuple[Any, ...], M], *, key: Sequence[str], report: FileReport) -> None:
    """Insert the new rows and update the changed ones, in two statements, and count them."""
    if not rows:
        return
    names = [part.attname for part in rows[0]._meta.concrete_fields if not part.primary_key and not part.generated]
    new, changed = [], []
    for row in rows:
        old = existing.get(tuple(getattr(row, part) for part in key))
        if old is None:
            new.append(row)
        elif any(getattr(row, name) != getattr(old, name) for name in names):
            changed.append(row)
    manager = type(rows[0])._default_manager
    manager.bulk_create(new, batch_size=500)
    manager.bulk_create(changed, batch_size=500, update_conflicts=True, unique_fields=list(key), update_fields=names)
    report.new += len(new)
    report.changed += len(changed)
    report.same += len(rows) - len(new) - len(changed)


def digest(root: Path, *patterns: str, salt: str = "") -> str:
    """SHA-256 over the files that match, names included."""
    total = hashlib.sha256(salt.encode())
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        total.update(path.relative_to(root).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def one_at_a_time(part: str) -> None:
    """Wait for another load of the same part to end; call it first in the transaction of a load."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"motcua.pack:{part}"])


def learn(*models_loaded: type[models.Model]) -> None:
    """Let the planner know what the tables hold now; after a bulk load it would guess for a minute."""
    with connection.cursor() as cursor:
        for model in models_loaded:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def loaded_digest(name: str) -> str:
    """The digest under which a part of the pack was last loaded; empty if never."""
    words = Setting.objects.filter(name=f"pack:{name}").values_list("words", flat=True).first()
    return words[0] if words else ""


def keep(name: str, mark: str, reports: Iterable[FileReport], *, now: datetime, actor: Actor = LOADER) -> None:
    """Remember what was loaded and by whom, and keep the refused rows of these files in place of earlier ones."""
    reports = list(reports)
    counts = {report.file: [report.new, report.changed, report.closed, len(report.refused)] for report in reports}
    audit.record(actor, f"{name}.load", (f"pack.{name}", uuid7()), now=now, digest=mark, files=counts)
    Refusal.objects.filter(file__in=[report.file for report in reports]).delete()
    Refusal.objects.bulk_create(
        Refusal(file=bad.file, row=bad.row, column=bad.column, reason=bad.reason, content=bad.content, at=now)
        for report in reports
        for bad in report.refused
    )
    kept.renew(name, mark)
