"""Pure rules of the report: periods, columns and their check sums (Form II.06, Circular 01/2020/TT-VPCP)."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from motcua.reporting.enums import Span


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise ValueError("A period ends on or after the day it begins.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of Form II.06; the names are the columns' meanings, (3) … (13)."""

    key: str
    name: str
    online: int = 0  # (4) received in the period, online
    direct: int = 0  # (5) received in the period, at the counter or by post
    carried: int = 0  # (6) from the period before
    early: int = 0  # (8)
    on_time: int = 0  # (9)
    late: int = 0  # (10)
    open_in_time: int = 0  # (12)
    open_late: int = 0  # (13)
    group: str = ""

    @property
    def received(self) -> int:
        """(3) = (4) + (5) + (6)."""
        return self.online + self.direct + self.carried

    @property
    def resolved(self) -> int:
        """(7) = (8) + (9) + (10)."""
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        """(11) = (12) + (13)."""
        return self.open_in_time + self.open_late

    @property
    def is_balanced(self) -> bool:
        """(3) = (7) + (11): what came in was resolved or is in hand."""
        return self.received == self.resolved + self.open

    @property
    def punctual(self) -> float | None:
        """Share resolved on or before the due date, of all resolved; None when nothing was resolved."""
        return (self.early + self.on_time) / self.resolved if self.resolved else None

    def cells(self) -> tuple[int, ...]:
        """Columns (3) to (13) in order."""
        return (
            self.received, self.online, self.direct, self.carried, self.resolved, self.early, self.on_time, self.late,
            self.open, self.open_in_time, self.open_late,
        )  # fmt: skip


COUNTED = ("online", "direct", "carried", "early", "on_time", "late", "open_in_time", "open_late")


def total(rows: Iterable[Row], name: str) -> Row:
    """The sum of rows."""
    rows = list(rows)
    sums = {column: sum(getattr(row, column) for row in rows) for column in COUNTED}
    return dataclasses.replace(Row("", name), **sums)


def span(kind: Span, today: date) -> Period:
    """The period of a kind that contains (or, for the last month, precedes) a day."""
    if kind is Span.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    months = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF_YEAR: 6, Span.YEAR: 12}[kind]
    first_month = (today.month - 1) // months * months + 1
    return Period(date(today.year, first_month, 1), _month_end(today.year, first_month + months - 1))


def dated(first: str, last: str, today: date) -> Period:
    """A period given as "day/month" … "day/month", the one that contains a day.

    A start behind the end lies in the year before.
    """
    begins, ends = _parts(first), _parts(last)
    year = today.year if (today.month, today.day) <= (ends[1], ends[0]) else today.year + 1
    end = date(year, ends[1], ends[0])
    crosses = (begins[1], begins[0]) > (ends[1], ends[0])
    return Period(date(year - 1 if crosses else year, begins[1], begins[0]), end)


def _parts(text: str) -> tuple[int, int]:
    day, month = text.split("/")
    return int(day), int(month)


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
