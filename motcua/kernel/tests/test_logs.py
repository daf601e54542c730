"""Logs say what went wrong, never with whom."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.db import DatabaseError, transaction

from motcua.kernel import clock
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What goes to standard error."""
    handler, stream = logging.getLogger().handlers[0], io.StringIO()  # noqa: TID251
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.mark.django_db
@pytest.mark.parametrize("logger", ["django.request", ""])
def test_a_refused_row_is_not_repeated_in_the_logs(written: io.StringIO, logger: str) -> None:
    name = "Nguyễn Thị Bí Mật"
    row = AuditEntry(at=clock.now(), action="x", actor_kind="x", actor_name=name, subject_kind="x", subject_id=uuid7())
    row.actor_kind = None  # type: ignore[assignment]
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        row.save(force_insert=True)
    assert name in str(caught.value), "the database repeats the whole row"
    if logger:
        logging.getLogger(logger).error("broken", exc_info=caught.value)  # noqa: TID251
    else:
        structlog.get_logger("motcua").error("broken", exc_info=caught.value, error=str(caught.value))
    text = written.getvalue()
    assert name not in text
    assert "Bí Mật" not in text.encode().decode("unicode_escape")
    assert "violates not-null constraint" in text
    assert "(left out)" in text
