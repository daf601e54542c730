"""A table of a period as a spreadsheet: whose it is, of which days, the rows, the bottom line."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from motcua.reporting.rules import Period


def workbook(
    tab: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], bottom: Sequence[Any], *,
    period: Period, unit: str,
) -> bytes:  # fmt: skip
    """The rows, numbered, as an XLSX file; `unit` is the body that reports. In Vietnamese, as it is handed on."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(tab)
    sheet.column_dimensions["B"].width = 60
    sheet.append([title])
    sheet.append([f"Đơn vị báo cáo: {unit}"])
    sheet.append([f"Kỳ báo cáo: từ {period.first:%d/%m/%Y} đến {period.last:%d/%m/%Y}"])
    sheet.append([])
    sheet.append(headings)
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row])
    sheet.append(["", *bottom])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
