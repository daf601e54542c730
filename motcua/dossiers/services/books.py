"""The register and the minutes of hand-over as files. Each file that leaves is written down with who took it."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from motcua.documents import prints
from motcua.documents import services as documents
from motcua.dossiers import books
from motcua.dossiers.books import Book, Brought, Entry
from motcua.dossiers.services.letters import head_of
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady

HEADINGS = (
    "TT", "Mã hồ sơ", "Tên thủ tục hành chính", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức",
    "Địa chỉ, số điện thoại", "Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả",
    "Phương thức nhận kết quả", "Ký nhận", "Ghi chú",
)  # fmt: skip
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def register_pdf(of: Book, *, first: date, last: date, part: int, actor: Actor, now: datetime) -> bytes:
    """One volume of the register from a day to a day, on A4. Raises `NotReady` when there is no such part.

    The date on it is the last day it covers, today at the latest: the same lines give the same bytes on any later day.
    """
    cut = books.parts(of.between(first, last))
    if not 0 < part <= len(cut):
        raise NotReady
    lines = tuple(entry.line for entry in books.entries(of, cut[part - 1]))
    _note(of, "pdf", first, last, actor=actor, now=now)
    data = prints.RegisterData(
        head=head_of(of.agency), issued_at=min(now, datetime.combine(last, time(23, 59), tzinfo=clock.ZONE)),
        year=of.year, closed_on=books.closed_on(of), volume=books.volume_of(cut[part - 1].start, of.year), rows=lines,
        span=f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}",
    )  # fmt: skip
    return documents.print_form(data)


def register_csv(of: Book, *, first: date, last: date, actor: Actor, now: datetime) -> Iterator[str]:
    """The register as comma-separated lines, piece by piece (UTF-8 with a mark, so that spreadsheets see it)."""
    _note(of, "csv", first, last, actor=actor, now=now)
    return _csv(of, of.between(first, last))


def register_xlsx(of: Book, *, first: date, last: date, actor: Actor, now: datetime) -> IO[bytes]:
    """The register as a spreadsheet, written row by row to a file that vanishes when it is closed."""
    _note(of, "xlsx", first, last, actor=actor, now=now)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(str(of.year))
    for column, width in zip("BCEFGKL", (26, 50, 28, 44, 34, 24, 24), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append([_cell(sheet, value, font=Font(bold=True)) for value in HEADINGS])
    for piece in books.chunks(of, of.between(first, last)):
        for entry in piece:
            sheet.append([_cell(sheet, value) for value in _values(entry)])
    file = TemporaryFile()  # noqa: SIM115 -- the answer closes it
    workbook.save(file)
    file.seek(0)
    return file


def minutes_pdf(group: Brought, *, chosen: set[UUID], actor: Actor, now: datetime) -> bytes:
    """The minutes of bringing the chosen results of a day to the centre. Raises `NotReady` when none is chosen.

    The moment on it is when the last of them was issued: the same results give the same bytes.
    """
    rows = [dossier for dossier in group.dossiers if dossier.pk in chosen]
    if not rows:
        raise NotReady
    at = max(dossier.result.issued_at for dossier in rows if dossier.result.issued_at)
    audit.record(actor, "dossiers.print_minutes", group.giver, now=now, results=len(rows))
    data = prints.MinutesData(
        head=head_of(group.giver), issued_at=at, handed_at=at, giver=group.giver.name, receiver=group.receiver.name,
        rows=tuple(books.minutes_line(dossier) for dossier in rows),
    )  # fmt: skip
    return documents.print_form(data)


def _note(of: Book, form: str, first: date, last: date, *, actor: Actor, now: datetime) -> None:
    period = f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"
    audit.record(actor, "dossiers.print_register", of.agency, now=now, form=form, period=period)


def _values(entry: Entry) -> Sequence[str | int]:
    line = entry.line
    return (
        line.ordinal, line.code, line.procedure, line.sets, line.owner, line.contact, line.agency,
        _short(line.received_at), _short(line.due_at), _short(line.handed_at), line.way, line.signed_for, line.note,
    )  # fmt: skip


def _short(value: datetime | None) -> str:
    return f"{clock.local(value):%d/%m/%Y %H:%M}" if value else ""


def _csv(of: Book, ordinals: range) -> Iterator[str]:
    yield "\ufeff" + _row(HEADINGS)
    for piece in books.chunks(of, ordinals):
        yield "".join(_row(_values(entry)) for entry in piece)


def _row(values: Sequence[str | int]) -> str:
    out = io.StringIO()
    # What a person typed must not become a formula of whoever opens the file.
    csv.writer(out).writerow([f"'{v}" if isinstance(v, str) and v.startswith(_BEGINS_FORMULA) else v for v in values])
    return out.getvalue()


def _cell(sheet: Any, value: str | int, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if font:
        cell.font = font
    return cell
