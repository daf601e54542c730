"""The page of the guidance log."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.counter.models import Guidance
from motcua.dossiers.tests.factories import MONDAY, World, world
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role

URL = "/office/guidance/"


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with time_machine.travel(MONDAY, tick=False):
        yield world()


def client_of(here: World, role: Role = Role.HANDLER) -> Client:
    return people.sign_in(Client(), here.staff[role])


def tap(client: Client, here: World, **fields: object) -> Any:
    data = {"key": uuid4(), "kind": "filed", "agency": here.committee.pk, "minutes": 10, **fields}
    return client.post(URL, data)


def test_only_staff_may_write(here: World) -> None:
    assert Client().get(URL).status_code == 302
    assert people.sign_in(Client(), here.citizen_account).get(URL).status_code == 403


def test_one_tap(here: World) -> None:
    client = client_of(here)
    assert tap(client, here).status_code == 302
    made = Guidance.objects.get()
    assert (made.minutes, made.agency, made.procedure, made.officer) == (
        10, here.committee, None, here.staff[Role.HANDLER],
    )  # fmt: skip
    page = client.get(URL)
    assert [one.pk for one in page.context["mine"]] == [made.pk]
    assert page.context["total"].count == 1


def test_every_office_page_leads_there(here: World) -> None:
    text = client_of(here).get(reverse("dossiers:inbox")).content.decode()
    assert text.count(f'href="{URL}"') >= 2


def test_a_typed_procedure_is_chosen_before_it_counts(here: World) -> None:
    client = client_of(here)
    answer = tap(client, here, procedure_q="khai sinh")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="khai sinh"' in text
    assert str(here.procedure.pk) in text
    assert tap(client, here, procedure_q="khai sinh", procedure=here.procedure.pk).status_code == 302
    assert Guidance.objects.get().procedure == here.procedure
    assert tap(client, here, procedure_q="khai sinh", procedure="none").status_code == 302


def test_suggestions_while_typing(here: World) -> None:
    client = client_of(here)
    found = client.get(reverse("counter:procedures"), {"procedure_q": "khai sinh"}).content.decode()
    assert str(here.procedure.pk) in found
    assert 'type="radio"' not in client.get(reverse("counter:procedures"), {"procedure_q": ""}).content.decode()


@pytest.mark.parametrize(
    "fields", [{"minutes": "", "other": ""}, {"minutes": "", "other": "900"}, {"agency": uuid4()}, {"minutes": "abc"}]
)
def test_what_is_wrong_is_said_and_kept(here: World, fields: dict[str, object]) -> None:
    answer = tap(client_of(here), here, **{"kind": "paid", **fields})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "mc-error-summary" in text
    assert answer.context["form"]["kind"].value() == "paid"
    assert not Guidance.objects.exists()


def test_the_page_costs_the_same_at_one_and_at_twenty(here: World) -> None:
    client = client_of(here)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    tap(client, here, procedure_q="khai sinh", procedure=here.procedure.pk)
    cost()
    one = cost()
    for _ in range(19):
        tap(client, here, procedure_q="khai sinh", procedure=here.procedure.pk)
    assert cost() == one
