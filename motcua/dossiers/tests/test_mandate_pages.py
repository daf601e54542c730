"""The pages of who signs, by cast; and signing on the dossier's page with the capacity shown and chosen."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers.models import Mandate
from motcua.dossiers.tests.factories import MONDAY, World, at_step, office_day
from motcua.dossiers.tests.test_signing import KT, TUQ, actor, deputy_of, give
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def here() -> Any:
    with office_day() as made:
        yield made


def as_(who: Account) -> Client:
    return people.sign_in(Client(), who)


def page_of(of: World) -> str:
    return reverse("dossiers:mandates_of", args=[of.committee.pk])


def data(to: Account, **fields: Any) -> dict[str, Any]:
    return {
        "capacity": "kt", "delegate": to.pk, "delegate_title": "Phó Chủ tịch", "head_title": "Chủ tịch",
        "procedures": "", "decision": "12/QĐ-UBND", "decided_on": f"{TODAY:%d/%m/%Y}",
        "valid_from": f"{TODAY:%d/%m/%Y}", "valid_to": f"{TODAY + timedelta(days=9):%d/%m/%Y}", **fields,
    }  # fmt: skip


def test_the_cast(here: World) -> None:
    listing = reverse("dossiers:mandates")
    stranger = people.officer(Role.LEADER, of=people.agency("H49.99"))
    admin = people.officer(Role.ADMIN, of=here.committee)
    leader = here.staff[Role.LEADER]
    assert as_(leader).get(listing)["Location"] == page_of(here)
    assert as_(admin).get(listing).status_code == 200, "committee and centre"
    found = {who: as_(who).get(page_of(here)).status_code for who in (leader, admin, stranger)}
    assert found == {leader: 200, admin: 200, stranger: 404}
    assert as_(here.staff[Role.HEAD]).get(page_of(here)).status_code == 403


def test_given_and_ended_by_page(here: World) -> None:
    leader, deputy = as_(here.staff[Role.LEADER]), deputy_of(here)
    assert "Only the head signs" in leader.get(page_of(here)).content.decode()
    assert leader.post(page_of(here), data(deputy)).status_code == 302
    row = Mandate.objects.get()
    assert (row.capacity, row.delegate_id, row.giver_id) == ("kt", deputy.pk, here.staff[Role.LEADER].pk)
    text = leader.get(page_of(here)).content.decode()
    assert "12/QĐ-UBND" in text
    assert "in force" in text
    end = reverse("dossiers:end_mandate", args=[here.committee.pk, row.pk])
    assert as_(deputy).post(end, {"reason": "Tự ý."}).status_code == 409
    assert leader.post(end, {"reason": ""}).status_code == 422
    assert leader.post(end, {"reason": "Phân công lại."}).status_code == 302
    assert "Phân công lại." in leader.get(page_of(here)).content.decode()


def test_refusals_stay_beside_the_form(here: World) -> None:
    leader, deputy = as_(here.staff[Role.LEADER]), deputy_of(here)
    answer = leader.post(page_of(here), data(deputy, capacity="tuq", valid_to=""))
    assert answer.status_code == 409
    assert "article 13 clause 3" in answer.content.decode()
    assert "12/QĐ-UBND" in answer.content.decode(), "what was typed stays"
    assert leader.post(page_of(here), data(deputy, decision="")).status_code == 422
    assert Mandate.objects.count() == 0


def test_who_signs_by_mandate_gives_none(here: World) -> None:
    deputy = deputy_of(here)
    give(here, deputy)
    client = as_(deputy)
    assert "You sign by mandate yourself" in client.get(page_of(here)).content.decode()
    assert client.post(page_of(here), data(here.staff[Role.LEADER])).status_code == 404


def test_the_list_costs_the_same_at_one_and_at_many(here: World, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        give(here, deputy_of(here, f"Phó {number}"))
    client = as_(here.staff[Role.LEADER])
    with django_assert_max_num_queries(12):
        assert len(client.get(page_of(here)).context["rows"]) == 6


def test_the_page_of_the_dossier_shows_the_capacity_and_takes_the_chosen_one(here: World) -> None:
    dossier, deputy = at_step(here, "sign"), deputy_of(here)
    give(here, deputy, capacity=KT)
    tuq = give(here, deputy, capacity=TUQ, procedures=(here.procedure.code,), delegate_title="Trưởng phòng")
    client, address = as_(deputy), reverse("dossiers:act", args=[dossier.pk, "forward"])
    text = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH" in text
    assert "TUQ. CHỦ TỊCH / TRƯỞNG PHÒNG" in text
    sent = {"note": "", "expected": dossier.version, "key": uuid7()}
    wrong = client.post(address, {**sent, "capacity": "head"})
    assert wrong.status_code == 409
    assert "This capacity is not yours" in wrong.content.decode()
    assert "KT. CHỦ TỊCH" in wrong.content.decode(), "the form offers what is open"
    assert client.post(address, {**sent, "key": uuid7(), "capacity": str(tuq.pk)}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.result.capacity == "tuq"


def test_without_a_mandate_the_page_says_why(here: World) -> None:
    dossier, deputy = at_step(here, "sign"), deputy_of(here)
    give(here, deputy, procedures=("1.001193",), valid_to=TODAY)
    Mandate.objects.update(valid_from=TODAY - timedelta(days=9), valid_to=TODAY - timedelta(days=1))
    assert actor(deputy).has(Role.LEADER)
    text = as_(deputy).get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert "does not hold on 23/11/2026" in text
    sent = {"note": "", "expected": dossier.version, "key": uuid7()}
    answer = as_(deputy).post(reverse("dossiers:act", args=[dossier.pk, "forward"]), sent)
    assert (answer.status_code, "30/2020/NĐ-CP" in answer.content.decode()) == (409, True)
