"""The pages of reorganisations: who may look, who may order, and what a slip of the hand cannot do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from motcua.identity import queries as identity
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel import clock
from motcua.kernel.actor import Role, system
from motcua.places import services
from motcua.places.enums import LineKind, PlanState
from motcua.places.models import Agency, Plan, PlanLine

pytestmark = pytest.mark.django_db
TOKEN = "01a20a37-993c-7b12-9250-69a3c928eb71"


@pytest.fixture
def plan() -> Plan:
    today = clock.today()
    old = people.agency("H49.201", name="UBND phường cũ", valid_to=today - timedelta(days=1))
    new = people.agency("H49.101", name="UBND phường mới", valid_from=today)
    made = Plan.objects.create(key="2026-thu", name="Sắp xếp thử", on=today, legal_basis="01/NQ", digest="x")
    PlanLine.objects.create(
        plan=made, position=1, from_agency=old, to_agency=new, kind=LineKind.SPLIT, decision="Giao phường mới"
    )
    people.officer(Role.HANDLER, Role.HEAD, of=old)
    return made


def province() -> Agency:
    return people.agency(settings.SITE["organisation_code"], level="province", name="UBND tỉnh")


@pytest.fixture
def admin() -> Account:
    return people.officer(Role.ADMIN, of=province())


def client_of(who: Account) -> Client:
    return people.sign_in(Client(), who)


def page(plan: Plan) -> str:
    return reverse("places:plan", args=[plan.pk])


def order(client: Client, plan: Plan, confirm: str = "2026-thu"):  # type: ignore[no-untyped-def]
    return client.post(page(plan), {"key": TOKEN, "confirm": confirm})


def test_the_cast(plan: Plan, admin: Account) -> None:
    addresses = [reverse("places:plans"), page(plan)]
    director, head = people.officer(Role.DIRECTOR, of=province()), people.officer(Role.HEAD, of=province())
    for who, status in ((admin, 200), (director, 200), (head, 403), (people.account(), 403)):
        assert [client_of(who).get(address).status_code for address in addresses] == [status] * 2
    assert people.sign_in(Client(), admin, second_factor=False).get(page(plan)).status_code == 302
    assert Client().get(page(plan)).status_code == 302
    assert client_of(admin).get(reverse("places:plan", args=[TOKEN])).status_code == 404


def test_the_list_and_the_page_say_what_is_planned(plan: Plan, admin: Account) -> None:
    found = client_of(admin).get(reverse("places:plans")).content.decode()
    assert "Sắp xếp thử" in found
    assert "Not applied" in found
    found = client_of(admin).get(page(plan)).content.decode()
    for words in ("UBND phường cũ", "UBND phường mới", "Giao phường mới", "Apply the plan", "Not counted yet"):
        assert words in found


def test_the_dry_run_shows_its_counts(plan: Plan, admin: Account) -> None:
    found = client_of(admin).post(reverse("places:try_plan", args=[plan.pk])).content.decode()
    assert "Nothing would be left without a home" in found
    assert "Roles of staff" in found
    plan.refresh_from_db()
    assert plan.counts["identity.roles"] == 2
    assert plan.state == PlanState.DRAFT


def test_the_dry_run_shows_who_would_be_homeless(plan: Plan, admin: Account) -> None:
    plan.lines.update(decision="")
    found = client_of(admin).post(reverse("places:try_plan", args=[plan.pk])).content.decode()
    assert "H49.201 is divided" in found


def test_an_order_is_given_with_the_key_typed_and_a_job_carries_it(plan: Plan, admin: Account) -> None:
    client = client_of(admin)
    refused = order(client, plan, "2026")
    assert refused.status_code == 409
    assert "Type 2026-thu exactly" in refused.content.decode()
    assert 'value="2026"' in refused.content.decode()  # what was typed is still there
    assert order(client, plan, "").status_code == 422
    assert order(client, plan).status_code == 302
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLYING
    assert "0 of 1 agencies carried" in client.get(page(plan)).content.decode()
    assert "Apply the plan" not in client.get(page(plan)).content.decode()
    services.carry_on(plan_id=plan.pk, actor=system("job"), now=clock.now())
    found = client.get(page(plan)).content.decode()
    assert "Take the plan back" in found
    assert order(client, plan).status_code == 302
    services.carry_on(plan_id=plan.pk, actor=system("job"), now=clock.now())
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_a_plan_with_a_fault_is_refused_with_the_list(plan: Plan, admin: Account) -> None:
    plan.lines.update(to_agency=None)
    answer = order(client_of(admin), plan)
    assert answer.status_code == 409
    assert "H49.201 has no heir" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


@pytest.mark.parametrize(("role", "code"), [(Role.ADMIN, "H49.101"), (Role.DIRECTOR, "province")])
def test_only_an_admin_of_the_province_orders(plan: Plan, role: Role, code: str) -> None:
    of = province() if code == "province" else people.agency(code)
    client = client_of(people.officer(role, of=of))
    assert "Apply the plan" not in client.get(page(plan)).content.decode()
    answer = order(client, plan)
    assert answer.status_code == 409
    assert "Only an administrator of the province" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_the_service_asks_for_the_second_step_itself(plan: Plan, admin: Account) -> None:
    actor = replace(identity.actor_of(admin.pk, clock.today()), has_second_factor=False)
    with pytest.raises(Exception, match="Only an administrator"):
        services.order(plan_id=plan.pk, actor=actor, now=clock.now())
