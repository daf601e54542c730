"""Closing the year: the book of a receiving agency is frozen, and no number of that year is given any more.

Circular 01/2018/TT-VPCP (the register of dossiers) and Decree 30/2020/NĐ-CP art. 15 (numbers begin anew each year).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Length, TruncDate
from django.utils.translation import gettext as _

from motcua.dossiers.enums import OPEN
from motcua.dossiers.models import ClosedBook, ClosedLine, Dossier
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7

CLOSERS = (Role.CLERK, Role.DIRECTOR, Role.ADMIN)
BATCH = 500
FACTS = (
    "code", "procedure__code", "procedure_version", "channel", "submitted_at", "accepted_at", "due_at",
    "original_due_at", "finished_at", "closed_at", "state", "supplement_count",
)  # fmt: skip


@transaction.atomic
def close_year(*, agency_id: UUID, year: int, actor: Actor, now: datetime) -> ClosedBook:
    """Freeze the book of an agency and year: order numbers, facts and a digest; what is still open is carried over.

    Writers of numbers are waited for, so none slips in behind. Raises `Refused`: person, too_early, year_closed.
    """
    if not (actor.is_system or actor.has(CLOSERS, agency_id)):
        raise Refused("person", _("The book of an agency is closed by its clerk, its director or an administrator."))
    if clock.local(now).year <= year:
        message = _("The book of %(year)d is closed after 31 December, not before.") % {"year": year}
        raise Refused("too_early", message, field="year")
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE dossiers_daynumber, dossiers_register IN SHARE ROW EXCLUSIVE MODE")
    if ClosedBook.objects.filter(agency_id=agency_id, year=year).exists():
        raise Refused("year_closed", _("The book of %(year)d is closed already.") % {"year": year}, field="year")
    book = ClosedBook(
        id=uuid7(), agency_id=agency_id, year=year, opened_on=date(year, 1, 1), closed_at=now, closed_by=actor.name
    )
    total, book.count, book.carried_over = hashlib.sha256(), 0, 0
    lines = _lines(book)
    while some := list(islice(lines, BATCH)):
        ClosedLine.objects.bulk_create(some)  # the key to the book is checked when the transaction ends
        for line in some:
            total.update(line_bytes(line))
            book.count += 1
            book.carried_over += line.is_carried_over
    book.digest = total.hexdigest()
    book.save(force_insert=True)
    audit.record(actor, "dossiers.close_year", book, now=now, year=year, count=book.count, digest=book.digest)
    return book


def is_intact(book: ClosedBook) -> bool:
    """Whether the lines of a closed book still give its digest."""
    total = hashlib.sha256()
    for line in book.lines.order_by("number").iterator(BATCH):
        total.update(line_bytes(line))
    return total.hexdigest() == book.digest


def line_bytes(line: ClosedLine) -> bytes:
    """A line as the digest reads it."""
    facts = json.dumps(line.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{line.number}\t{int(line.is_carried_over)}\t{facts}\n".encode()


def year_closed(agency_name: str, year: int) -> Refused:
    """The refusal of a number in a closed year."""
    message = _("%(agency)s has closed its book of %(year)d, so it gives no number of that year any more.")
    return Refused("year_closed", message % {"agency": agency_name, "year": year})


def dossiers_of(agency_id: UUID, year: int) -> QuerySet[Dossier]:
    """The dossiers accepted by an agency in a year, in the order of their codes: day, then number."""
    first, after = (datetime.combine(date(one, 1, 1), time.min, tzinfo=clock.ZONE) for one in (year, year + 1))
    found = Dossier.objects.filter(
        receiving_agency_id=agency_id, accepted_at__gte=first, accepted_at__lt=after, code__isnull=False
    )
    day = TruncDate("accepted_at", tzinfo=clock.ZONE)
    return found.order_by(day, Length("code"), "code")  # a number grows past its four digits


def _lines(book: ClosedBook) -> Iterator[ClosedLine]:
    rows = dossiers_of(book.agency_id, book.year).values("pk", *FACTS)
    for number, row in enumerate(rows.iterator(BATCH), 1):
        yield ClosedLine(
            book=book, number=number, dossier_id=row.pop("pk"), is_carried_over=row["state"] in OPEN,
            facts={name.replace("__", "_"): _plain(value) for name, value in row.items()},
        )  # fmt: skip


def _plain(value: Any) -> Any:
    return clock.local(value).isoformat() if isinstance(value, datetime) else value
