"""Closing the year: frozen lines in the order of the codes, what is open carried over, no number afterwards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import State
from motcua.dossiers.models import ClosedBook, ClosedLine, Dossier
from motcua.dossiers.services import year_end
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import World, at, office_day
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused

pytestmark = pytest.mark.django_db
LAST = at(31, month=12)
NEW_YEAR = at(4, month=1, year=2027)


@pytest.fixture
def here() -> Iterator[World]:
    with office_day() as made:
        yield made


def clerk(of: World) -> Actor:
    return people_actor(of, Role.CLERK)


def people_actor(of: World, role: Role) -> Actor:
    account = people.officer(role, of=of.centre, name="Văn thư Trung tâm")
    return identity.actor_of(account.pk, of.on)


def close(of: World, now: datetime = NEW_YEAR, **changes: Any) -> ClosedBook:
    values: dict[str, Any] = {"agency_id": of.centre.pk, "year": 2026, "actor": clerk(of), "now": now, **changes}
    return year_end.close_year(**values)


def test_the_book_holds_every_accepted_dossier_of_the_year_in_the_order_of_the_codes(here: World) -> None:
    kept = [factories.accepted(here, at(day)) for day in (30, 24, 24, 25)]
    factories.submitted(here, at(24))  # never accepted: it has no line
    later = factories.accepted(here, NEW_YEAR)
    ended = dossiers.withdraw(dossier_id=kept[1].pk, reason="Đổi ý.", actor=here.actor("citizen"), now=LAST)
    book = close(here)
    lines = list(book.lines.order_by("number").values_list("number", "facts__code", "is_carried_over"))
    codes = sorted(one.code or "" for one in kept)
    assert [(number, code) for number, code, _ in lines] == list(enumerate(codes, 1))
    assert {code for _, code, open_ in lines if not open_} == {ended.code}
    assert (book.count, book.carried_over) == (4, 3)
    assert later.code not in codes
    assert year_end.is_intact(book)


def test_the_numbers_order_past_9999(here: World) -> None:
    ids = [factories.accepted(here, at(24)).pk for _ in range(3)]
    prefix = (Dossier.objects.get(pk=ids[0]).code or "").rsplit("-", 1)[0]
    for key, number in zip(ids, ("9999", "10000", "10001"), strict=True):
        Dossier.objects.filter(pk=key).update(code=f"{prefix}-{number}")
    book = close(here)
    assert list(book.lines.order_by("number").values_list("dossier_id", flat=True)) == ids


def test_not_before_the_year_is_over_not_twice_and_not_by_anybody(here: World) -> None:
    for code, changes in (
        ("too_early", {"now": LAST}),
        ("person", {"actor": here.actor(Role.RECEPTION)}),
        ("person", {"actor": here.actor(Role.CLERK)}),  # the clerk of another agency
    ):
        with pytest.raises(Refused) as caught:
            close(here, **changes)
        assert caught.value.code == code
    close(here)
    with pytest.raises(Refused, match="closed already"):
        close(here)


def test_nobody_takes_a_number_while_the_book_is_read(here: World) -> None:
    """Without the lock a number taken meanwhile would be missing from a book that is closed for good."""
    factories.accepted(here, at(24))
    with CaptureQueriesContext(connection) as seen:
        close(here)
    said = [one["sql"] for one in seen]
    locked = next(place for place, sql in enumerate(said) if "LOCK TABLE dossiers_daynumber" in sql)
    read = next(place for place, sql in enumerate(said) if 'FROM "dossiers_dossier"' in sql or "closedbook" in sql)
    assert locked < read


def test_a_closed_year_gives_no_number(here: World) -> None:
    waiting = factories.submitted(here, LAST)
    clerk_step = factories.at_step(here, "clerk", at(24))
    close(here)
    with pytest.raises(Refused, match="closed its book of 2026") as caught:
        dossiers.accept(dossier_id=waiting.pk, actor=here.actor(Role.RECEPTION), now=LAST)
    assert caught.value.code == "year_closed"
    assert dossiers.accept(dossier_id=waiting.pk, actor=here.actor(Role.RECEPTION), now=NEW_YEAR).code
    close(here, agency_id=here.committee.pk, actor=here.actor(Role.CLERK))
    sign: dict[str, Any] = {"symbol": "TLKS", "opens_register": True, "actor": here.actor(Role.CLERK)}
    with pytest.raises(Refused, match="closed its book of 2026"):
        dossiers.issue(dossier_id=clerk_step.pk, now=LAST, **sign)
    done = dossiers.issue(dossier_id=clerk_step.pk, now=NEW_YEAR, **sign)
    assert (done.state, done.result.number) == (State.RESOLVED, 1)


def test_what_a_closed_book_says_stays(here: World) -> None:
    dossier = factories.accepted(here, at(24))
    book = close(here)
    before = book.lines.get().facts
    for change in (
        lambda: ClosedLine.objects.update(number=7),
        lambda: ClosedLine.objects.all()._raw_delete("default"),
        lambda: ClosedBook.objects.update(count=0),
    ):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            change()
    dossiers.withdraw(dossier_id=dossier.pk, reason="Đổi ý.", actor=here.actor("citizen"), now=NEW_YEAR)
    assert book.lines.get().facts == before  # the dossier goes on, its line does not
    book.digest = "0" * 64
    assert not year_end.is_intact(book)


def test_the_page_closes_a_year_and_lists_what_is_carried_over(here: World) -> None:
    dossier = factories.accepted(here, at(24))
    account = people.officer(Role.DIRECTOR, of=here.centre, name="Giám đốc")
    client = people.sign_in(Client(), account)
    shown = client.get("/office/year-end/").content.decode()
    assert "2026" in shown
    early = client.post("/office/year-end/", {"agency": here.centre.pk, "year": 2026, "confirm": "2026"})
    assert early.status_code == 409
    with time_machine.travel(NEW_YEAR, tick=False):
        client = people.sign_in(Client(), account)
        wrong = client.post("/office/year-end/", {"agency": here.centre.pk, "year": 2026, "confirm": "2025"})
        assert wrong.status_code == 422
        done = client.post("/office/year-end/", {"agency": here.centre.pk, "year": 2026, "confirm": "2026"})
        assert done.status_code == 302
        after = client.get(done["Location"]).content.decode()
    assert dossier.code
    assert dossier.code in after
    assert people.sign_in(Client(), here.staff[Role.HANDLER]).get("/office/year-end/").status_code == 403
