import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from motcua.identity import services as identity
from motcua.identity.middleware import CurrentActor, Sessions
from motcua.identity.models import Kinship, Representation, Session, StaffRole
from motcua.identity.sessions import SessionStore, hashed
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import ANONYMOUS, Grant, Role
from motcua.kernel.http import actor_of

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


def visit(key: str = "", view=None):
    """One request through both middlewares; returns the actor and the response."""
    request = RequestFactory().get("/")
    if key:
        request.COOKIES[COOKIE] = key
    seen = []

    def answer(request):
        seen.append(actor_of(request))
        return view(request) if view else HttpResponse("ok")

    response = Sessions(CurrentActor(answer))(request)
    return seen[0], response


def test_a_reader_without_a_cookie_costs_nothing_and_gets_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        actor, response = visit()
    assert actor is ANONYMOUS
    assert not response.cookies
    assert response["Vary"] == "Cookie"


def test_one_query_brings_the_whole_actor(django_assert_num_queries):
    unit, other = make.agency(), make.agency("H49.23")
    officer = make.officer(Role.HANDLER, Role.HEAD, of=unit)
    make.grant(officer, Role.DIRECTOR, other)
    company = make.business(officer.person)
    child = make.child(officer.person)
    claimed = make.person("Người Lạ")  # says so without a paper
    Kinship.objects.create(person=claimed, relative=officer.person, relation="spouse", created_at=clock.now())
    key = identity.open_session(account_id=officer.pk, has_second_factor=True, acting_for=company.pk)
    with django_assert_num_queries(1):
        actor, response = visit(key)
    assert actor.name == officer.person.full_name
    assert (actor.account_id, actor.person_id) == (officer.pk, officer.person_id)
    assert set(actor.grants) == {
        Grant(Role.HANDLER, unit.pk), Grant(Role.HEAD, unit.pk), Grant(Role.DIRECTOR, other.pk),
    }  # fmt: skip
    assert (actor.businesses, actor.on_behalf_of) == ((company.pk,), company.pk)
    assert actor.kin == (child.pk,)
    assert actor.has_second_factor
    assert actor.address == "127.0.0.1"
    assert response["Cache-Control"] == "private, no-cache"
    assert not response.cookies


def test_what_ends_is_gone_at_the_next_request():
    officer = make.officer(Role.HANDLER)
    company = make.business(officer.person)
    key = identity.open_session(account_id=officer.pk, has_second_factor=True, acting_for=company.pk)
    assert visit(key)[0].is_staff
    identity.end_role(staff_role_id=StaffRole.objects.get().pk, actor=make.SYSTEM, now=clock.now())
    identity.end_representation(representation_id=Representation.objects.get().pk, actor=make.SYSTEM, now=clock.now())
    actor = visit(key)[0]
    assert actor.is_authenticated
    assert (actor.grants, actor.businesses, actor.on_behalf_of) == ((), (), None)
    officer.is_active = False
    officer.save()
    assert visit(key)[0] is ANONYMOUS


def test_roles_of_yesterday_and_tomorrow_give_nothing_today():
    officer, today = make.account(), clock.today()
    make.grant(officer, Role.HEAD, make.agency(), valid_to=today - timedelta(days=1))
    make.grant(officer, Role.CLERK, make.agency(), valid_from=today + timedelta(days=1))
    make.grant(officer, Role.LEADER, make.agency(), valid_from=today, valid_to=today)
    key = identity.open_session(account_id=officer.pk)
    assert [grant.role for grant in visit(key)[0].grants] == [Role.LEADER]


def test_the_table_holds_no_key():
    key = identity.open_session(account_id=make.account().pk)
    row = Session.objects.get()
    assert bytes(row.pk) == hashed(key)
    assert key not in str(row.data)
    assert visit(hashed(key).hex())[0] is ANONYMOUS


def test_an_expired_or_invented_key_is_nobody_and_its_cookie_goes(django_assert_num_queries):
    key = identity.open_session(account_id=make.account().pk)
    Session.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    for dead in (key, "x" * 32):
        with django_assert_num_queries(1):
            actor, response = visit(dead)
        assert actor is ANONYMOUS
        assert response.cookies[COOKIE].value == ""


def test_an_invented_key_is_never_adopted():
    invented = "attackerattackerattackerattacker"

    def remember(request):
        request.session["draft"] = 1
        return HttpResponse("ok")

    _actor, response = visit(invented, remember)
    assert response.cookies[COOKIE].value not in ("", invented)
    assert not SessionStore().exists(invented)


def test_the_end_moves_at_most_hourly_and_never_past_a_day(django_assert_num_queries):
    key = identity.open_session(account_id=make.account().pk)
    with django_assert_num_queries(1):
        visit(key)
    now = datetime.now(UTC)
    Session.objects.update(expires_at=now + timedelta(hours=10), created_at=now - timedelta(hours=2))
    with django_assert_num_queries(2):
        _actor, response = visit(key)
    assert response.cookies[COOKIE].value == key
    assert Session.objects.get().expires_at > now + timedelta(hours=11)
    Session.objects.update(expires_at=now + timedelta(hours=1), created_at=now - timedelta(hours=23))
    with django_assert_num_queries(1):
        visit(key)


def test_the_demo_clock_ends_no_session(settings, tmp_path):
    key = identity.open_session(account_id=make.officer(Role.CLERK).pk)
    settings.CLOCK_OFFSET_FILE = tmp_path / "offset"
    settings.CLOCK_OFFSET_FILE.write_text(str(10 * 24 * 3600))
    assert clock.today() > date.fromtimestamp(time.time())
    assert visit(key)[0].is_staff


def test_a_new_session_sweeps_ended_ones():
    identity.open_session(account_id=make.account().pk)
    Session.objects.update(expires_at=datetime.now(UTC))
    identity.open_session(account_id=make.account().pk)
    assert Session.objects.get().expires_at > datetime.now(UTC)


def test_the_address_behind_a_proxy_is_the_one_the_proxy_names(settings):
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.9"})
    from motcua.identity.middleware import client_address

    assert client_address(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client_address(request) == "10.0.0.9"


def test_django_force_login_works_too():
    client, account = Client(), make.account()
    client.force_login(account)
    assert client.get("/account/").status_code == 200
    assert Session.objects.get().account_id == account.pk


def test_a_whole_page_of_the_stack_costs_the_one_query(django_assert_num_queries):
    account = make.account()
    make.business(account.person)
    client = make.sign_in(Client(), account)
    with django_assert_num_queries(1):
        assert client.get("/switch/").status_code == 200
    with django_assert_num_queries(0):
        assert Client().get("/sign-in/").status_code == 200
