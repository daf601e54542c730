"""The national identity over a real wire: the sandbox runs as the separate program it is."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from django.conf import settings as django_settings
from django.test import Client

from motcua.identity import national
from motcua.identity import services as identity
from motcua.identity.enums import Outcome
from motcua.identity.models import Account, Person, Session, SignInEvent
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Permanent

pytestmark = pytest.mark.django_db
CAST = django_settings.ROOT / "packs" / "quangninh" / "people" / "cast.toml"
COOKIE = django_settings.SESSION_COOKIE_NAME
HA = "022193999001"


@pytest.fixture(scope="module")
def provider():
    command = [sys.executable, "-m", "sandbox", "--cast", str(CAST), "--secret", "s3"]
    with subprocess.Popen(command, cwd=django_settings.ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[1]
        process.terminate()


@pytest.fixture(autouse=True)
def oidc(provider, settings):
    settings.OIDC = {"name": "VNeID", "server_url": provider, "client_id": "motcua", "secret": "s3"}
    return provider


def go(client, person="nguyen.thu.ha", target="", **more):
    """Press the button, choose a person at the provider, come back."""
    started = client.post("/sign-in/national/", {"next": target})
    assert started.status_code == 302
    return client.get(returned(started.url, person, **more))


def returned(address, person="nguyen.thu.ha", **more):
    query = {**dict(parse_qsl(urlsplit(address).query)), "person": person, **more}
    page = requests.post(address.split("?")[0], data=query, allow_redirects=False, timeout=5)
    assert page.status_code == 303, page.text
    back = urlsplit(page.headers["Location"])
    return f"{back.path}?{back.query}"


def actor_name(client):
    return client.get("/account/").context["actor"].name


def test_a_first_visit_makes_person_and_account():
    client = Client()
    response = go(client)
    assert response.status_code == 302
    person = Person.objects.get()
    assert (person.full_name, person.id_number, person.birth_date) == ("Nguyễn Thu Hà", HA, date(1993, 4, 12))
    assert person.id_checked_at is not None
    assert actor_name(client) == "Nguyễn Thu Hà"
    event = SignInEvent.objects.get()
    assert (event.outcome, event.level, event.methods) == (Outcome.SUCCEEDED, "LoA2", ["pwd", "otp"])


def test_the_number_is_not_in_the_session_or_the_account():
    go(Client())
    session, account = Session.objects.get(), Account.objects.get()
    assert HA not in str(session.data) + account.username + str(vars(account))
    assert "id_token" not in str(session.data)


def test_a_second_visit_finds_the_same_account():
    go(Client())
    go(Client())
    assert Account.objects.count() == Person.objects.count() == 1


def test_somebody_met_at_a_counter_is_the_same_person():
    met = identity.find_or_register_person(
        facts=identity.PersonFacts(full_name="Nguyễn Thu Hà", id_number=HA), actor=make.SYSTEM, now=clock.now()
    )
    go(Client())
    assert Account.objects.get().person_id == met.pk


def test_staff_keep_their_account_and_the_second_factor_counts():
    row = next(row for row in tomllib.loads(CAST.read_text())["staff"] if row["username"] == "canbo.tiepnhan.honggai")
    known = make.person(row["full_name"], id_number=row["id_number"], birth_date=row["birth_date"], sex=row["sex"])
    officer = make.account(known, username="canbo.tiepnhan.honggai")
    make.grant(officer, Role.RECEPTION, make.agency())
    client = Client()
    go(client, "canbo.tiepnhan.honggai")
    actor = client.get("/account/").context["actor"]
    assert (actor.account_id, actor.has_second_factor) == (officer.pk, True)
    assert [grant.role for grant in actor.grants] == [Role.RECEPTION]


def test_one_factor_is_not_two():
    client = Client()
    go(client, methods="pwd")
    assert client.session["second_factor"] is False


def test_the_way_back_leads_on_and_never_away():
    assert go(Client(), target="/switch/").url == "/switch/"
    assert go(Client(), target="https://evil.example/").url.startswith("/")
    assert go(Client(), target="//evil.example/").url.startswith("/")
    assert "evil" not in go(Client(), target="//evil.example/").url


@pytest.mark.parametrize(
    "wrong",
    [
        "wrong_nonce", "no_nonce", "expired", "bad_signature", "unsigned", "wrong_audience", "wrong_issuer",
        "other_subject", "error",
    ],
)  # fmt: skip
def test_a_wrong_answer_opens_nothing(wrong):
    client = Client()
    response = go(client, misbehave=wrong)
    assert response.status_code == 400
    assert "mc-notice" in response.content.decode()
    assert not Account.objects.exists()
    assert not Person.objects.exists()
    assert client.get("/account/").status_code == 302


def test_turning_back_is_a_sentence_not_an_error():
    client = Client()
    started = client.post("/sign-in/national/")
    response = client.get(returned(started.url, person="", act="cancel"))
    assert response.status_code == 400
    assert client.get("/account/").status_code == 302


def test_an_answer_for_another_browser_is_refused():
    """Login CSRF: the attacker's own answer is put into the victim's browser."""
    started = Client().post("/sign-in/national/")
    address = returned(started.url)
    victim = Client()
    assert victim.get(address).status_code == 400
    assert victim.get("/account/").status_code == 302


def test_an_answer_counts_once():
    client = Client()
    started = client.post("/sign-in/national/")
    address = returned(started.url)
    assert client.get(address).status_code == 302
    client.post("/sign-out/")
    assert client.get(address).status_code == 400


def test_pkce_state_and_nonce_are_sent():
    query = dict(parse_qsl(urlsplit(Client().post("/sign-in/national/").url).query))
    assert query["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge", "redirect_uri"} <= set(query)
    assert query["redirect_uri"] == "http://testserver/sign-in/national/callback/"


def test_the_session_key_changes_at_sign_in():
    client = Client()
    started = client.post("/sign-in/national/")
    before = client.cookies[COOKIE].value
    client.get(returned(started.url))
    after = client.cookies[COOKIE].value
    assert before != after
    thief = Client()
    thief.cookies[COOKIE] = before
    assert thief.get("/account/").status_code == 302


def test_a_closed_account_stays_closed():
    go(Client())
    identity.close_account(account_id=Account.objects.get().pk, actor=make.SYSTEM, now=clock.now())
    client = Client()
    assert go(client).status_code == 400
    assert client.get("/account/").status_code == 302


def test_a_provider_that_is_down_is_said(settings):
    settings.OIDC = {**settings.OIDC, "server_url": "http://127.0.0.1:9"}
    response = Client().post("/sign-in/national/")
    assert response.status_code == 503
    assert "VNeID" in response.content.decode()


def test_only_a_form_of_ours_starts(provider):
    assert Client().get("/sign-in/national/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/sign-in/national/").status_code == 403
    page = Client().get("/sign-in/")
    assert f"form-action 'self' {provider}" in page["Content-Security-Policy"]


def test_signing_out_shows_the_providers_door_too(provider):
    client = Client()
    go(client)
    page = client.post("/sign-out/")
    link = re.search(rf'href="({provider}/identity/end-session[^"]*)"', page.content.decode()).group(1)
    assert urlencode({"post_logout_redirect_uri": "http://testserver/sign-in/"}) in link
    assert client.get("/account/").status_code == 302
    assert not Session.objects.exists()


def test_claims_of_the_standard_are_read_too():
    claims = {
        "sub": "1", "name": "Anna Maria", "birthdate": "1985-02-02", "gender": "female", "locale": "pt-PT",
        "amr": ["face", "hwk"],
    }  # fmt: skip
    found = national.read("https://x", claims)
    assert (found.facts.full_name, found.facts.sex, found.facts.language) == ("Anna Maria", "female", "pt")
    assert found.facts.birth_date == date(1985, 2, 2)
    with pytest.raises(Permanent):
        national.read("https://x", {"sub": "1"})


def test_production_speaks_https_only(settings):
    settings.DEMO = False
    settings.OIDC = {**settings.OIDC, "server_url": "http://sso.example", "client_id": "another"}
    with pytest.raises(Permanent, match="https"):
        national.start(None, "https://x/")
