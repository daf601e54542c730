"""The pages of absences by cast: who sees whose, asking, confirming, ending, and what stays after a refusal."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.identity import services as identity
from motcua.identity.models import Absence, Account
from motcua.identity.tests import factories as make
from motcua.identity.tests.test_absences import BASIS, NOW, TODAY, Office
from motcua.kernel.actor import Role

pytestmark = pytest.mark.django_db
LIST = "/office/absences/"


@pytest.fixture
def office(time_machine: Any) -> Office:
    time_machine.move_to(NOW, tick=False)
    return Office()


def as_(who: Account) -> Client:
    return make.sign_in(Client(), who)


def of(who: Account) -> str:
    return reverse("identity:absence_of", args=[who.pk])


def data(substitute: Account, **fields: Any) -> dict[str, Any]:
    last = TODAY + timedelta(days=4)
    return {"valid_from": f"{TODAY:%d/%m/%Y}", "valid_to": f"{last:%d/%m/%Y}", "substitute": substitute.pk,
            "basis": BASIS, **fields}  # fmt: skip


def test_the_cast(office: Office) -> None:
    assert [as_(one).get(LIST).status_code for one in (office.away, office.head, make.account())] == [200, 200, 403]
    allowed = (office.head, office.leader)
    assert [as_(one).get(of(office.away)).status_code for one in allowed] == [200, 200]
    assert as_(office.head).get(of(office.leader)).status_code == 404, "a division's head does not lead the leader"
    assert as_(office.head).get(of(office.head)).status_code == 404
    assert as_(office.away).get(of(office.other)).status_code == 403
    assert as_(make.officer(Role.HEAD, of=make.agency("H49.99"))).get(of(office.away)).status_code == 404


def test_asked_for_confirmed_and_ended_by_page(office: Office) -> None:
    own, head = as_(office.away), as_(office.head)
    assert own.post(LIST, data(office.other)).status_code == 302
    row = Absence.objects.get()
    assert (row.account_id, row.substitute_id, row.is_asked) == (office.away.pk, office.other.pk, True)
    confirm = reverse("identity:confirm_absence", args=[row.pk])
    assert own.post(confirm).status_code == 403
    assert as_(office.third).get(LIST).context["others"] == []
    assert "Confirm" in head.get(LIST).content.decode()
    assert head.post(confirm).status_code == 302
    assert "away today" in head.get(LIST).content.decode()
    assert office.actor(office.other).absent
    end = reverse("identity:end_absence", args=[row.pk])
    assert as_(office.third).post(end, {"reason": ""}).status_code == 404
    assert own.post(end, {"reason": "Về sớm."}).status_code == 302
    assert office.actor(office.other).absent == ()


def test_a_leader_writes_it_down_for_somebody(office: Office) -> None:
    head = as_(office.head)
    assert head.get(LIST, {"of": office.away.pk})["Location"] == of(office.away)
    assert head.post(of(office.away), data(office.other)).status_code == 302
    assert Absence.objects.get().decided_by_id == office.head.pk
    again = head.post(of(office.away), data(office.third))
    assert again.status_code == 409
    assert "already" in again.content.decode()
    assert BASIS in again.content.decode(), "what was typed stays"


def test_refusals_stay_beside_the_form(office: Office) -> None:
    own, head = as_(office.away), as_(office.head)
    assert own.post(LIST, data(office.other, basis="")).status_code == 422
    assert own.post(LIST, data(office.head, valid_to="20/11/2026")).status_code == 409
    own.post(LIST, data(office.other))
    decline = reverse("identity:decline_absence", args=[Absence.objects.get().pk])
    assert head.post(decline, {"reason": ""}).status_code == 422
    assert head.post(decline, {"reason": "Cuối năm nhiều việc."}).status_code == 302
    twice = head.post(decline, {"reason": "Cuối năm nhiều việc."})
    assert (twice.status_code, "decided already" in twice.content.decode()) == (409, True)
    assert "Cuối năm nhiều việc." in own.get(LIST).content.decode()


def test_the_list_costs_the_same_at_one_and_at_many(office: Office, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        someone = make.officer(Role.HANDLER, of=office.ward, name=f"Cán Bộ {number}")
        identity.ask_absence(
            account_id=someone.pk, substitute_id=office.other.pk, first_day=TODAY, last_day=TODAY, basis=BASIS,
            actor=office.actor(office.head), now=NOW,
        )  # fmt: skip
    client = as_(office.leader)
    with django_assert_max_num_queries(16):
        assert len(client.get(LIST).context["others"]) == 8
