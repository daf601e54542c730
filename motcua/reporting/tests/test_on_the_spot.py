"""The share settled on the spot: accepted in the period, settled inside by the moment of the report."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from motcua.catalogue.models import OnTheSpot
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import Handing
from motcua.dossiers.tests.factories import World, at, filing, office_day
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.reporting import on_the_spot
from motcua.reporting.enums import Split
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def here() -> Iterator[World]:
    with office_day() as made:
        OnTheSpot.objects.create(
            key="thu", centre=made.centre, competent=made.committee, procedures=[made.procedure.code],
            delegate_role="leader", delegate_title="Giám đốc", decision="12/QĐ", decided_on=date(2026, 1, 5),
            capacity=["TUQ. CHỦ TỊCH"], valid_from=date(2026, 1, 5),
        )  # fmt: skip
        delegate = people.officer(Role.LEADER, of=made.centre, name="Người ký")
        for day in (3, 4, 5):
            settle(made, received(made, day), delegate.pk, day)
        received(made, 6)  # inside, and not settled yet
        received(made, 6, on_the_spot=False, spot_declined="Người ký đi vắng.")
        yield made


def received(of: World, day: int, *, on_the_spot: bool = True, spot_declined: str = "") -> Dossier:
    handed = filing(of, channel=Channel.COUNTER, on_the_spot=on_the_spot, spot_declined=spot_declined)
    return dossiers.receive(filing=handed, actor=of.actor(Role.RECEPTION), now=at(day))


def settle(of: World, dossier: Dossier, account: object, day: int) -> None:
    dossiers.settle_at_once(
        dossier_id=dossier.pk, title="Giấy", template_key="generic", body={}, handing=Handing("Hạnh", "ký"),
        actor=identity.actor_of(account, of.on), now=at(day),  # type: ignore[arg-type]
    )  # fmt: skip


def figures(period: Period = NOVEMBER, day: int = 23, split: Split = Split.CENTRE) -> list[tuple[object, ...]]:
    lines = on_the_spot.shares(period, now=at(day), split=split)
    return [(line.name, line.accepted, line.settled, line.at_once, line.declined, line.share) for line in lines]


def test_settled_of_accepted_by_centre_agency_and_field(here: World) -> None:
    counts = (5, 3, 3, 1, 60.0)
    assert figures() == [(here.centre.name, *counts)]
    assert figures(split=Split.AGENCY) == [(here.committee.name, *counts)]
    assert figures(split=Split.FIELD) == [("Hộ tịch", *counts)]


def test_only_what_was_accepted_and_settled_by_then(here: World) -> None:
    assert figures(Period(date(2026, 11, 4), date(2026, 11, 4)))[0][1:3] == (1, 1)
    late = received(here, 4)
    settle(here, late, people.officer(Role.LEADER, of=here.centre).pk, 10)
    assert figures(Period(date(2026, 11, 4), date(2026, 11, 4)))[0][1:4] == (2, 1, 1)  # not yet at the end of that day
    assert figures()[0][1:4] == (6, 4, 4)
    assert figures(Period(date(2026, 10, 1), date(2026, 10, 31))) == []


def test_officers_count_their_own_agencies(here: World) -> None:
    other = people.agency("H49.77")
    assert on_the_spot.shares(NOVEMBER, now=at(23), scope=Scope(agencies=frozenset({other.pk}))) == []


def test_the_page_and_its_spreadsheet(here: World) -> None:
    client = people.sign_in(Client(), people.officer(Role.DIRECTOR, of=here.centre))
    asked = {"first": "01/11/2026", "last": "30/11/2026", "split": "centre"}
    assert "60.0 %" in client.get("/office/reports/on-the-spot/", asked).content.decode()
    sheet = client.get("/office/reports/on-the-spot/", asked | {"xlsx": "1"})
    rows = list(load_workbook(BytesIO(sheet.content)).active.values)  # type: ignore[union-attr]
    assert rows[-1][1:] == ("Tổng cộng", 5, 3, 3, 1, 60)
    assert client.get("/office/reports/on-the-spot/", asked | {"last": "01/10/2026"}).status_code == 422
    assert people.sign_in(Client(), here.staff[Role.RECEPTION]).get("/office/reports/on-the-spot/").status_code == 403
