"""Form II.06 as a spreadsheet, written row by row."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from motcua.reporting.queries import Asides, Report
from motcua.reporting.rules import Row

# The form's own words: it is prescribed in Vietnamese.
TITLE = "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH (Biểu số II.06)"
HEADINGS = (
    "STT", "Lĩnh vực, đơn vị giải quyết", "Tiếp nhận: tổng số", "Trong kỳ: trực tuyến",
    "Trong kỳ: trực tiếp, bưu chính", "Từ kỳ trước", "Đã giải quyết: tổng số", "Trước hạn", "Đúng hạn", "Quá hạn",
    "Đang giải quyết: tổng số", "Trong hạn", "Quá hạn",
)  # fmt: skip


MEASURES = (
    "Cột (8)–(10), (12)–(13) tính theo ngày hẹn trả đang có hiệu lực.",
    "Đúng hạn theo cách tính đó nhưng quá hạn theo Quyết định 766/QĐ-TTg (ngày hẹn trước khi gia hạn; "
    "bổ sung lần hai): {count}",
)


def workbook(report: Report, *, unit: str, asides: Asides) -> bytes:
    """The report as an XLSX file; `unit` is the body that reports."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("II.06")
    sheet.column_dimensions["B"].width = 60
    bold = Font(bold=True)

    def cells(*values: str | int, font: Font | None = None) -> list[Any]:
        made = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if font:
                cell.font = font
            made.append(cell)
        return made

    sheet.append(cells(TITLE, font=bold))
    sheet.append(cells(f"Đơn vị báo cáo: {unit}"))
    sheet.append(cells(f"Kỳ báo cáo: từ {report.period.first:%d/%m/%Y} đến {report.period.last:%d/%m/%Y}"))
    sheet.append([])
    sheet.append(cells(*HEADINGS, font=bold))
    sheet.append(cells(*(f"({number})" for number in range(1, 14))))
    for number, row in enumerate(report.rows, start=1):
        sheet.append(cells(number, _name(row), *row.cells()))
    sheet.append(cells("", "Tổng cộng", *report.total.cells(), font=bold))
    sheet.append(cells(MEASURES[0]))
    sheet.append(cells(MEASURES[1].format(count=asides.late_by_index)))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _name(row: Row) -> str:
    return f"{row.group} – {row.name}" if row.group else row.name
