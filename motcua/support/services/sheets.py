"""The figures of feedback as a spreadsheet."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from motcua.kernel import clock
from motcua.support.queries import Counts, total

TITLE = "TÌNH HÌNH TIẾP NHẬN, GIẢI QUYẾT PHẢN ÁNH, KIẾN NGHỊ, KHIẾU NẠI"
NAMES = {
    "received": "Đã nhận", "on_time": "Đúng hạn", "late": "Quá hạn", "answered": "Đã trả lời",
    "transferred": "Đã chuyển", "refused": "Không thụ lý", "open": "Đang xử lý", "published": "Đã công khai",
    "liked": "Hài lòng", "disliked": "Không hài lòng", "repeated": "Gửi lại",
}  # fmt: skip
COLUMNS = tuple(NAMES)


def workbook(rows: Sequence[Counts], *, first: date, last: date, now: datetime) -> bytes:
    """The rows of the page with their total, as of now; a row an agency."""
    book = Workbook()
    sheet = book.active if book.active is not None else book.create_sheet()
    sheet.title = "PAKN"
    sheet.append([TITLE])
    sheet.append([f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}, tính đến {clock.local(now):%H:%M %d/%m/%Y}"])
    sheet.append([])
    sheet.append(["STT", "Cơ quan", *NAMES.values()])
    for number, row in enumerate(rows, 1):
        sheet.append([number, row.name, *(getattr(row, name) for name in COLUMNS)])
    summed = total(rows)
    sheet.append(["", "Tổng cộng", *(getattr(summed, name) for name in COLUMNS)])
    for line in (1, 4, sheet.max_row):
        for cell in sheet[line]:
            cell.font = Font(bold=True)
    for cell in sheet[4]:
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.column_dimensions["B"].width = 58
    sheet.freeze_panes = "C5"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
