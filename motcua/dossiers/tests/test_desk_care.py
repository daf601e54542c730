"""What the desk must not do by accident: hide what is late, show numbers unasked, serve oneself."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from motcua.dossiers import queries
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, submitted, world
from motcua.eforms import services as eforms
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.payments import queries as payments

NUMBER = "022087999111"


@pytest.fixture
def here(db: None, settings: Any) -> Iterator[World]:
    with time_machine.travel(MONDAY, tick=False):
        made = world(fee=8000)
        eforms.load_results(settings.PACK, now=MONDAY)
        eforms.load_forms(settings.PACK, now=MONDAY)
        yield made


def client_of(here: World, who: Role) -> Client:
    return people.sign_in(Client(), here.staff[who])


def test_a_result_waiting_to_be_fetched_does_not_hide_what_is_late(here: World) -> None:
    lying = at_step(here, "return", at(2))
    late = submitted(here, at(16))
    actor = here.actor(Role.RECEPTION)
    assert [row.pk for row in queries.inbox(actor).rows] == [late.pk]
    assert [row.pk for row in queries.uncollected(actor).rows] == [lying.pk]
    assert queries.turn_count(actor) == 1


def test_a_returned_dossier_is_somebodys_turn_again(here: World) -> None:
    asked = at_step(here, "appraise")
    assert [row.pk for row in queries.inbox(here.actor(Role.HANDLER)).rows] == [asked.pk]
    client = client_of(here, Role.HANDLER)
    data = {"expected": asked.version, "key": uuid4(), "items": "Giấy chứng sinh", "reason": "Thiếu"}
    assert client.post(reverse("dossiers:act", args=[asked.pk, "request_supplement"]), data).status_code == 302
    assert list(queries.inbox(here.actor(Role.HANDLER)).rows) == []


def declared(here: World, **answers: Any) -> Dossier:
    return accepted(here, form_key="generic", answers=answers)


def test_numbers_in_the_declaration_are_masked_until_revealed(here: World, settings: Any) -> None:
    dossier = declared(here, request=f"Căn cước số {NUMBER}, điện thoại 0912345678", reason="x")
    client = client_of(here, Role.HEAD)
    text = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert NUMBER not in text
    assert "Căn cước số 022•••••9111, điện thoại 0912345678" in text
    assert "Show personal numbers in full (is logged)" in text
    assert not AccessEntry.objects.filter(fields__contains=["id_number"]).exists()
    shown = client.post(reverse("dossiers:reveal", args=[dossier.pk])).content.decode()
    assert f"Căn cước số {NUMBER}" in shown
    assert "Show personal numbers in full" not in shown
    assert AccessEntry.objects.filter(fields__contains=["id_number"]).count() == 1


@pytest.mark.parametrize("words", ["không có số", "mã 1234567890123", "12345678901"])
def test_only_personal_numbers_are_masked(here: World, words: str) -> None:
    dossier = declared(here, request=words, reason="x")
    text = client_of(here, Role.HEAD).get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert words in text
    assert "Show personal numbers in full" not in text


def test_nobody_hands_a_result_to_themselves_or_takes_their_own_fee(here: World) -> None:
    reception = here.staff[Role.RECEPTION]
    dossier = at_step(here, "return")
    Dossier.objects.filter(pk=dossier.pk).update(owner_person_id=reception.person_id)
    client = client_of(here, Role.RECEPTION)
    page = client.get(reverse("dossiers:handover_one", args=[dossier.pk]))
    assert page.status_code == 200
    assert "This is your own dossier" in page.content.decode()
    assert page.context["form"] is None
    assert page.context["payment"] is None
    given = {
        "expected": dossier.version,
        "key": uuid4(),
        "receiver": "owner",
        "receiver_paper": "x",
        "signed": "record",
    }
    assert client.post(reverse("dossiers:handover_one", args=[dossier.pk]), given).status_code == 409
    paid = {"expected": dossier.version, "key": uuid4(), "method": "cash", "receipt_number": "1", "back": "handover"}
    assert client.post(reverse("dossiers:pay", args=[dossier.pk]), paid).status_code == 409
    assert Dossier.objects.get(pk=dossier.pk).state == State.RESOLVED
    assert payments.due_amount(dossier.pk) == 8000


def test_the_fee_that_blocks_the_hand_over_is_the_first_thing_to_do(here: World) -> None:
    dossier = at_step(here, "return")
    text = client_of(here, Role.RECEPTION).get(reverse("dossiers:handover_one", args=[dossier.pk])).content.decode()
    assert text.count("mc-button-primary") == 1
    assert "received" in text.split("mc-button-primary")[1][:300]
