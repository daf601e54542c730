"""Keyset pages for any order of the columns, any size and any number of equal values."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry
from motcua.kernel.paging import Page, page

START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def rows(db: None) -> list[AuditEntry]:
    """Thirty-one rows in which every column but the key has many equal values."""
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            at=START + timedelta(microseconds=number % 4), action="abc"[number % 3], actor_kind="system",
            subject_kind="x", subject_id=uuid7(),
        )
        for number in range(31)
    )  # fmt: skip


def sorted_by(rows: list[AuditEntry], order: tuple[str, ...]) -> list[AuditEntry]:
    """Sorted without the database: by the last column first, each sort keeping the one before."""
    found = list(rows)
    for field in reversed(order):
        found.sort(key=lambda row: getattr(row, field.lstrip("-")), reverse=field.startswith("-"))
    return found


signs = st.sampled_from(["", "-"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 35), fields=st.permutations(["at", "action"]), many=st.integers(0, 2),
    sign=st.tuples(signs, signs, signs),
)  # fmt: skip
def test_on_and_back_through_all_pages(
    rows: list[AuditEntry], size: int, fields: list[str], many: int, sign: tuple[str, str, str]
) -> None:
    order = tuple(f"{way}{field}" for way, field in zip(sign, [*fields[:many], "id"], strict=False))
    everything: QuerySet[AuditEntry] = AuditEntry.objects.all()
    wanted = [row.pk for row in sorted_by(rows, order)]
    pages: list[Page[AuditEntry]] = [page(everything, order=order, size=size)]
    while pages[-1].next:
        pages.append(page(everything, order=order, size=size, cursor=pages[-1].next))
    assert [row.pk for one in pages for row in one.rows] == wanted
    assert [len(one.rows) for one in pages] == [size] * (len(rows) // size) + [len(rows) % size] * bool(
        len(rows) % size
    )
    assert not pages[0].previous
    current = pages[-1]
    for before in reversed(pages[:-1]):
        current = page(everything, order=order, size=size, cursor=current.previous)
        assert [row.pk for row in current.rows] == [row.pk for row in before.rows]
        assert current.next
    assert not current.previous


def test_a_row_that_goes_or_comes_meanwhile_moves_no_other(rows: list[AuditEntry]) -> None:
    """The next page begins behind the last row seen, even when that row is gone."""
    order = ("at", "id")
    wanted = [row.pk for row in sorted_by(rows, order)]
    first = page(AuditEntry.objects.all(), order=order, size=10)
    seen = [row.pk for row in first.rows]
    without_seen = AuditEntry.objects.exclude(pk__in=seen[3:])
    rest = page(without_seen, order=order, size=50, cursor=first.next)
    assert [row.pk for row in rest.rows] == wanted[10:]
    back = page(without_seen, order=order, size=50, cursor=rest.previous)
    assert [row.pk for row in back.rows] == seen[:3]
    assert not back.previous


def test_a_cursor_of_another_list_starts_anew(rows: list[AuditEntry]) -> None:
    everything = AuditEntry.objects.all()
    foreign = page(everything, order=("action", "at", "id"), size=5).next
    first = page(everything, order=("at", "id"), size=5)
    assert page(everything, order=("at", "id"), size=5, cursor=foreign) == first
