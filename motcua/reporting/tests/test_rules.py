"""Periods and check sums."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.reporting import rules
from motcua.reporting.enums import Span
from motcua.reporting.rules import Period, Row

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        (Span.MONTH, date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29)),
        (Span.LAST_MONTH, date(2026, 1, 5), date(2025, 12, 1), date(2025, 12, 31)),
        (Span.QUARTER, date(2026, 11, 23), date(2026, 10, 1), date(2026, 12, 31)),
        (Span.HALF_YEAR, date(2023, 6, 30), date(2023, 1, 1), date(2023, 6, 30)),
        (Span.YEAR, date(2026, 11, 23), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_spans(kind: Span, day: date, first: date, last: date) -> None:
    assert rules.span(kind, day) == Period(first, last)


@given(DAYS, st.sampled_from([kind for kind in Span if kind is not Span.LAST_MONTH]))
def test_a_span_contains_its_day(day: date, kind: Span) -> None:
    period = rules.span(kind, day)
    assert period.first <= day <= period.last


@given(DAYS)
def test_the_last_month_ends_the_day_before_this_one_begins(day: date) -> None:
    assert rules.span(Span.LAST_MONTH, day).last + timedelta(days=1) == day.replace(day=1)


@given(DAYS)
def test_the_reporting_year_contains_its_day_and_joins_the_next(day: date) -> None:
    period = rules.dated("15/12", "14/12", day)
    assert period.first <= day <= period.last
    assert rules.dated("15/12", "14/12", period.last + timedelta(days=1)).first == period.last + timedelta(days=1)


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        Period(date(2026, 2, 2), date(2026, 2, 1))


def test_sums() -> None:
    rows = [Row("a", "A", 1, 2, 3, 1, 2, 1, 1, 1), Row("b", "B", 4, 0, 0, 1, 0, 0, 2, 1)]
    total = rules.total(rows, "Σ")
    assert all(row.is_balanced for row in (*rows, total))
    assert total.cells() == (10, 5, 2, 3, 5, 2, 2, 1, 5, 3, 2)
    assert total.punctual == pytest.approx(4 / 5)
    assert not Row("c", "C", online=1).is_balanced
    assert Row("d", "D").punctual is None
