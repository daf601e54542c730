"""Keyset pages walk forwards and backwards over every row once."""

import base64

import pytest
from django.utils import timezone

from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry
from motcua.kernel.paging import page

ORDER = ("-at", "-id")


@pytest.fixture
def rows(db: None) -> list[AuditEntry]:
    now = timezone.now()
    made = [
        AuditEntry(at=now, action=str(n), actor_kind="system", subject_kind="x", subject_id=uuid7()) for n in range(57)
    ]
    return AuditEntry.objects.bulk_create(made)


def test_forward_then_back(rows: list[AuditEntry]) -> None:
    wanted = sorted((row.id for row in rows), reverse=True)
    seen, cursor, pages = [], "", []
    while True:
        current = page(AuditEntry.objects.all(), order=ORDER, cursor=cursor, size=10)
        seen += [row.id for row in current.rows]
        pages.append([row.id for row in current.rows])
        if not current.next:
            break
        cursor = current.next
    assert seen == wanted
    back = page(AuditEntry.objects.all(), order=ORDER, cursor=current.previous, size=10)
    assert [row.id for row in back.rows] == pages[-2]
    assert back.next
    assert back.previous


def test_first_page_has_no_previous_and_a_bad_cursor_starts_anew(rows: list[AuditEntry]) -> None:
    first = page(AuditEntry.objects.all(), order=ORDER, size=10)
    assert not first.previous
    assert [r.id for r in page(AuditEntry.objects.all(), order=ORDER, cursor="%%%", size=10).rows] == [
        r.id for r in first.rows
    ]


def test_empty(db: None) -> None:
    assert page(AuditEntry.objects.all(), order=ORDER) == page(AuditEntry.objects.none(), order=ORDER)


@pytest.mark.parametrize(
    "marks",
    [
        '["n", "not a day", "not a key"]', '["n", {"a": 1}, []]', '["n", null, null]', '["n", "\\u0000", "\\u0000"]',
        '["n", "9999-12-31T23:59:59-23:59", "x"]', "5", '{"a": 1}', "[" * 900,
    ],
)  # fmt: skip
def test_a_forged_cursor_starts_anew(rows: list[AuditEntry], marks: str) -> None:
    forged = base64.urlsafe_b64encode(marks.encode()).decode()
    first = page(AuditEntry.objects.all(), order=ORDER, size=10)
    assert page(AuditEntry.objects.all(), order=ORDER, cursor=forged, size=10).rows == first.rows
