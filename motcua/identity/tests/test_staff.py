"""The administrator's pages by cast: whose staff one sees, who may give and take roles, what is written down."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.identity import queries
from motcua.identity import services as identity
from motcua.identity.models import Account, SecondFactor, Session, StaffRole
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry
from motcua.places.models import Agency

pytestmark = pytest.mark.django_db
LIST = "/office/staff/"
DECISION = "QĐ 12/QĐ-UBND ngày 01/11/2026"


@pytest.fixture
def province() -> Agency:
    return make.agency("H49", name="Ủy ban nhân dân tỉnh", level="province")


@pytest.fixture
def ward(province: Agency) -> Agency:
    return make.agency("H49.106", name="Ủy ban nhân dân phường Hồng Gai", parent=province)


@pytest.fixture
def elsewhere(province: Agency) -> Agency:
    return make.agency("H49.107", name="Ủy ban nhân dân phường Hà Lầm", parent=province)


@pytest.fixture
def admin(ward: Agency) -> Account:
    return make.officer(Role.ADMIN, of=ward, name="Trần Quản Trị")


@pytest.fixture
def clerk(ward: Agency) -> Account:
    return make.officer(Role.CLERK, of=ward, name="Lê Văn Thư")


def as_(who: Account, **more: Any) -> Client:
    return make.sign_in(Client(), who, **more)


def grant_data(of: Agency, **fields: Any) -> dict[str, Any]:
    return {
        "agency": of.pk, "role": "handler", "valid_from": "01/11/2026", "valid_to": "", "decision": DECISION, **fields
    }  # fmt: skip


def page_of(who: Account) -> str:
    return reverse("identity:staff_member", args=[who.pk])


def test_the_cast_of_the_pages(admin: Account, clerk: Account, elsewhere: Agency) -> None:
    stranger = make.officer(Role.ADMIN, of=elsewhere)
    paths = (LIST, page_of(clerk))
    assert [as_(admin).get(path).status_code for path in paths] == [200, 200]
    assert [as_(stranger).get(path).status_code for path in paths] == [200, 404]
    assert [as_(clerk).get(path).status_code for path in paths] == [403, 403]
    assert [as_(make.account()).get(path).status_code for path in paths] == [403, 403]
    assert [Client().get(path).status_code for path in paths] == [302, 302]
    assert [as_(admin, second_factor=False).get(path).status_code for path in paths] == [302, 302]


def test_one_sees_the_staff_below_and_nobody_else(
    province: Agency, admin: Account, clerk: Account, elsewhere: Agency
) -> None:
    other = make.officer(Role.CLERK, of=elsewhere, name="Phạm Nơi Khác")
    above = make.officer(Role.ADMIN, of=province, name="Ngô Tỉnh")
    text = as_(admin).get(LIST).content.decode()
    assert "Lê Văn Thư" in text
    assert str(other.person) not in text
    assert str(above.person) not in text
    whole = as_(above).get(LIST).content.decode()
    assert all(str(account.person) in whole for account in (clerk, other, admin, above))


def test_search_by_words_and_agency(province: Agency, clerk: Account, elsewhere: Agency) -> None:
    make.officer(Role.CLERK, of=elsewhere, name="Phạm Nơi Khác")
    above = as_(make.officer(Role.ADMIN, of=province, name="Ngô Tỉnh"))

    def names(**query: Any) -> list[str]:
        return [str(account.person) for account in above.get(LIST, query).context["page"].rows]

    assert sorted(names()) == ["Lê Văn Thư", "Ngô Tỉnh", "Phạm Nơi Khác"]
    assert names(q="le thu") == ["Lê Văn Thư"]
    assert names(q=clerk.username) == ["Lê Văn Thư"]
    assert names(agency=str(elsewhere.pk)) == ["Phạm Nơi Khác"]
    assert names(q="zzzz") == []
    assert len(names(agency=str(uuid4()))) == 3  # an agency that is not ours narrows nothing
    assert "Nobody found" in above.get(LIST, {"q": "zzzz"}).content.decode()


def test_the_list_costs_the_same_at_one_and_at_many(
    admin: Account, ward: Agency, django_assert_max_num_queries: Any
) -> None:
    client = as_(admin)
    for number in range(12):
        make.officer(Role.HANDLER, Role.HEAD, of=ward, name=f"Cán Bộ {number}")
    with django_assert_max_num_queries(9):
        assert client.get(LIST).status_code == 200


def test_a_first_role_by_account_name_or_number(admin: Account, ward: Agency) -> None:
    person = make.person("Vũ Người Mới")
    someone = make.account(person, username="vu.moi")
    answer = as_(admin).post(LIST, grant_data(ward, who="Vu.Moi "))
    assert (answer.status_code, answer["Location"]) == (302, page_of(someone))
    role = StaffRole.objects.get(account=someone)
    assert (role.role, role.valid_from, role.valid_to, role.decision) == ("handler", date(2026, 11, 1), None, DECISION)
    assert AuditEntry.objects.get(action="identity.grant_role", account_id=admin.pk).subject_id == role.pk
    second = as_(admin).post(LIST, grant_data(ward, who=person.id_number, role="head"))
    assert second.status_code == 302
    assert StaffRole.objects.filter(account=someone).count() == 2


def test_a_refused_form_says_what_to_do_and_keeps_what_was_typed(admin: Account, ward: Agency, clerk: Account) -> None:
    before = StaffRole.objects.count()
    unknown = as_(admin).post(LIST, grant_data(ward, who="khong.co.ai"))
    assert unknown.status_code == 422
    text = unknown.content.decode()
    assert "Ask the person to sign in once first." in text
    assert 'value="khong.co.ai"' in text
    empty = as_(admin).post(page_of(clerk), {})
    assert empty.status_code == 422
    assert set(empty.context["grant"].errors) == {"agency", "role", "valid_from", "decision"}
    yesterday = f"{clock.today() - timedelta(days=1):%d/%m/%Y}"
    passed = as_(admin).post(page_of(clerk), grant_data(ward, valid_to=yesterday))
    assert passed.context["grant"].errors["valid_to"] == ["This day has passed: correct it, or leave it empty."]
    first, last = (f"{clock.today() + timedelta(days=days):%d/%m/%Y}" for days in (9, 5))
    turned = as_(admin).post(page_of(clerk), grant_data(ward, valid_from=first, valid_to=last))
    assert turned.status_code == 409
    assert "The role ends before it begins" in turned.content.decode()
    assert StaffRole.objects.count() == before


def test_no_role_outside_what_one_administers(admin: Account, clerk: Account, elsewhere: Agency) -> None:
    answer = as_(admin).post(page_of(clerk), grant_data(elsewhere))
    assert answer.status_code == 422
    assert "agency" in answer.context["grant"].errors
    actor = queries.actor_of(admin.pk, clock.today())
    with pytest.raises(Refused, match="Only an administrator"):
        identity.grant_role(
            account_id=clerk.pk, agency_id=elsewhere.pk, role=Role.HEAD, valid_from=clock.today(), actor=actor,
            now=clock.now(),
        )  # fmt: skip


def test_the_administrator_above_gives_roles_below(province: Agency, clerk: Account, elsewhere: Agency) -> None:
    above = make.officer(Role.ADMIN, of=province)
    assert as_(above).post(page_of(clerk), grant_data(elsewhere)).status_code == 302
    assert queries.administers(queries.actor_of(above.pk, clock.today()), elsewhere.pk)
    assert not queries.administers(queries.actor_of(above.pk, clock.today()), uuid4())


def test_a_role_ends_at_once_with_its_reason(admin: Account, clerk: Account) -> None:
    role = StaffRole.objects.get(account=clerk)
    url = reverse("identity:end_staff_role", args=[clerk.pk, role.pk])
    silent = as_(admin).post(url, {"reason": " "})
    assert silent.status_code == 422
    assert "Fill in “Reason”." in silent.content.decode()
    assert as_(admin).post(url, {"reason": "Chuyển công tác"}).status_code == 302
    assert not queries.actor_of(clerk.pk, clock.today()).is_staff
    entry = AuditEntry.objects.get(action="identity.end_role")
    assert entry.detail["reason"] == "Chuyển công tác"
    text = as_(admin).get(page_of(clerk)).content.decode()
    assert "Roles that have ended" in text
    assert "No role here at present." in text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_role_of_somebody_else_is_not_ended_through_this_address(admin: Account, clerk: Account, method: str) -> None:
    other = StaffRole.objects.get(account=admin)
    url = reverse("identity:end_staff_role", args=[clerk.pk, other.pk])
    answer = getattr(as_(admin), method)(url, {"reason": "x"})
    assert answer.status_code == (405 if method == "get" else 404)
    other.refresh_from_db()
    assert other.ended_at is None


def test_nobody_changes_their_own_powers(admin: Account, ward: Agency) -> None:
    own = StaffRole.objects.get(account=admin)
    make.with_second_factor(admin)
    client = as_(admin)
    assert "This is your own account" in client.get(page_of(admin)).content.decode()
    for url, data in (
        (page_of(admin), grant_data(ward, role="leader")),
        (reverse("identity:end_staff_role", args=[admin.pk, own.pk]), {"reason": "x"}),
        (reverse("identity:reset_second_factor", args=[admin.pk]), {"reason": "x"}),
    ):
        answer = client.post(url, data)
        assert answer.status_code == 409
        assert "ask another administrator" in answer.content.decode()
    assert list(StaffRole.objects.filter(account=admin, ended_at__isnull=True)) == [own]
    assert SecondFactor.objects.filter(account=admin).exists()


def test_a_lost_app_is_removed_and_every_browser_signed_out(admin: Account, clerk: Account) -> None:
    make.with_second_factor(clerk)
    as_(clerk)
    url = reverse("identity:reset_second_factor", args=[clerk.pk])
    assert as_(admin).post(url, {"reason": ""}).status_code == 422
    assert as_(admin).post(url, {"reason": "Mất điện thoại"}).status_code == 302
    assert not SecondFactor.objects.filter(account=clerk).exists()
    assert not Session.objects.filter(account=clerk).exists()
    assert AuditEntry.objects.get(action="identity.reset_second_factor").detail["reason"] == "Mất điện thoại"
    again = as_(admin).post(url, {"reason": "Mất điện thoại"})
    assert again.status_code == 409
    assert "no authenticator app" in again.content.decode()


def test_an_app_that_opens_other_doors_is_not_mine_to_remove(
    admin: Account, clerk: Account, elsewhere: Agency, province: Agency
) -> None:
    make.grant(clerk, Role.LEADER, elsewhere)
    make.with_second_factor(clerk)
    url = reverse("identity:reset_second_factor", args=[clerk.pk])
    assert as_(admin).post(url, {"reason": "Mất điện thoại"}).status_code == 409
    assert SecondFactor.objects.filter(account=clerk).exists()
    above = make.officer(Role.ADMIN, of=province)
    assert as_(above).post(url, {"reason": "Mất điện thoại"}).status_code == 302


def test_closing_an_account_takes_an_administrator_of_all_its_agencies(admin: Account, elsewhere: Agency) -> None:
    actor, other = queries.actor_of(admin.pk, clock.today()), make.officer(Role.HANDLER, of=elsewhere)
    with pytest.raises(Refused, match="Only an administrator"):
        identity.close_account(account_id=other.pk, actor=actor, now=clock.now())
    identity.close_account(account_id=make.account().pk, actor=actor, now=clock.now())  # works nowhere: a citizen's
    assert Account.objects.get(pk=other.pk).is_active


def test_a_role_to_come_is_shown_with_its_day(admin: Account, clerk: Account, ward: Agency) -> None:
    make.grant(clerk, Role.HEAD, ward, valid_from=date(2031, 3, 1), valid_to=date(2031, 9, 30))
    text = " ".join(as_(admin).get(LIST).content.decode().split())
    assert "from 1 Mar 2031" in text
    assert "to 30 Sep 2031" in text
