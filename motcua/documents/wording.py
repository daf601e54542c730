"""Days and moments as Vietnamese administrative papers write them (Decree 30/2020/NĐ-CP, annex I)."""

from datetime import date, datetime

from motcua.kernel import clock


def day(value: date) -> str:
    """`ngày 05 tháng 02 năm 2026`: days below ten and the months January and February carry a zero."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def moment(value: datetime) -> str:
    """`08 giờ 30 phút, ngày 05 tháng 02 năm 2026`, in Vietnam's zone."""
    local = clock.local(value)
    return f"{local.hour:02d} giờ {local.minute:02d} phút, {day(local.date())}"


def short(value: datetime) -> str:
    """`08:30 05/02/2026`, for tables."""
    return f"{clock.local(value):%H:%M %d/%m/%Y}"
