"""Local sign-in, second factor, account, switch: the pages, with their refusals."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client

from motcua.identity import rules
from motcua.identity import services as identity
from motcua.identity.enums import Outcome, Purpose
from motcua.identity.models import SecondFactor, Session, SignInEvent
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import Role

pytestmark = pytest.mark.django_db
COOKIE = django_settings.SESSION_COOKIE_NAME


def enter(client, username, password=make.PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def code_of(account, shift=0):
    moment = int(time.time()) + shift * 30
    return identity.totp(SecondFactor.objects.get(pk=account.pk)).generate(moment).decode()


def test_a_local_account_opens_with_its_password():
    account, client = make.account(username="nguyen.thu"), Client()
    page = client.get("/sign-in/?next=/switch/")
    assert page.status_code == 200
    assert 'name="next" value="/switch/"' in page.content.decode()
    assert COOKIE not in client.cookies
    response = enter(client, " Nguyen.Thu ", next="/switch/")
    assert (response.status_code, response.url) == (302, "/switch/")
    assert client.get("/account/").context["actor"].account_id == account.pk
    assert SignInEvent.objects.get().outcome == Outcome.SUCCEEDED


@pytest.mark.parametrize("username", ["nguyen.thu", "nobody"])
def test_wrong_password_and_unknown_name_look_the_same(username):
    make.account(username="nguyen.thu")
    response = enter(Client(), username, "not-this-one")
    assert response.status_code == 422
    assert "mc-error" in response.content.decode()
    text = response.content.decode()
    assert "not-this-one" not in text
    assert f'value="{username}"' in text


def test_an_empty_form_is_told_field_by_field():
    response = Client().post("/sign-in/", {})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"username", "password"}
    assert not SignInEvent.objects.exists()


def test_guessing_is_locked_out_and_the_lock_ends():
    account, client, now = make.account(username="nguyen.thu"), Client(), clock.now()
    for _n in range(rules.LOCK_AFTER):
        assert enter(client, "nguyen.thu", "wrong").status_code == 422
    assert enter(client, "nguyen.thu").status_code == 429
    assert enter(client, "nguyen.thu", REMOTE_ADDR="10.9.9.9").status_code == 429
    assert SignInEvent.objects.filter(outcome=Outcome.LOCKED).count() == 2
    later = now + rules.LOCK_FOR + timedelta(minutes=1)
    where = {"address": "10.0.0.1", "browser": "test", "now": later}
    assert identity.sign_in_locally(username="nguyen.thu", password=make.PASSWORD, **where) == account


def test_a_success_forgets_the_failures_before_it():
    make.account(username="nguyen.thu")
    for _round in range(3):
        for _n in range(rules.LOCK_AFTER - 1):
            assert enter(Client(), "nguyen.thu", "wrong").status_code == 422
        assert enter(Client(), "nguyen.thu").status_code == 302


def test_one_address_trying_many_names_is_locked_out():
    for number in range(rules.LOCK_AFTER_FROM_ADDRESS):
        enter(Client(), f"name{number}", "wrong")
    make.account(username="nguyen.thu")
    assert enter(Client(), "nguyen.thu").status_code == 429


def test_closed_and_password_less_accounts_do_not_open():
    closed, without = make.account(username="closed"), make.account(username="without", password=None)
    identity.close_account(account_id=closed.pk, actor=make.SYSTEM, now=clock.now())
    assert enter(Client(), "closed").status_code == 422
    assert enter(Client(), without.username, "").status_code == 422
    assert enter(Client(), without.username, "!").status_code == 422


def test_local_accounts_can_be_switched_off(settings):
    make.account(username="nguyen.thu")
    settings.LOCAL_ACCOUNTS = False
    assert "password" not in Client().get("/sign-in/").content.decode()
    assert enter(Client(), "nguyen.thu").status_code == 422


def test_the_form_is_protected_and_sends_nobody_away():
    make.account(username="nguyen.thu")
    assert enter(Client(enforce_csrf_checks=True), "nguyen.thu").status_code == 403
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        assert "evil" not in enter(Client(), "nguyen.thu", next=evil).url
    client = Client()
    enter(client, "nguyen.thu")
    assert client.get("/sign-in/?next=//evil.example").url.startswith("/")


def test_the_session_key_changes_at_sign_in_and_dies_at_sign_out():
    account, client = make.account(username="nguyen.thu"), Client()
    make.with_second_factor(account)
    enter(client, "nguyen.thu")
    pending = client.cookies[COOKIE].value
    client.post("/second-factor/", {"code": code_of(account)})
    signed_in = client.cookies[COOKIE].value
    assert pending != signed_in
    thief = Client()
    thief.cookies[COOKIE] = pending
    assert thief.get("/account/").status_code == 302
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/account/").status_code == 200
    assert client.post("/sign-out/").status_code == 200
    thief.cookies[COOKIE] = signed_in
    assert thief.get("/account/").status_code == 302
    assert not Session.objects.exists()


def test_the_password_alone_opens_nothing_where_there_is_an_app():
    account, client = make.officer(Role.HANDLER, username="officer"), Client()
    make.with_second_factor(account)
    assert enter(client, "officer", next="/switch/").url == "/second-factor/"
    assert client.get("/account/").status_code == 302
    assert client.get("/second-factor/").status_code == 200
    wrong = client.post("/second-factor/", {"code": "000000"})
    assert wrong.status_code == 422
    assert client.get("/account/").status_code == 302
    assert client.post("/second-factor/", {"code": code_of(account)}).url == "/switch/"
    actor = client.get("/account/").context["actor"]
    assert actor.has_second_factor
    assert actor.is_staff


def test_a_code_counts_once():
    account = make.account(username="nguyen.thu")
    make.with_second_factor(account)
    code = code_of(account)
    for client, status in ((Client(), 302), (Client(), 422)):
        enter(client, "nguyen.thu")
        assert client.post("/second-factor/", {"code": code}).status_code == status


def test_codes_of_a_slow_phone_count_and_old_ones_do_not():
    account = make.account(username="nguyen.thu")
    make.with_second_factor(account)
    client = Client()
    enter(client, "nguyen.thu")
    assert client.post("/second-factor/", {"code": code_of(account, -3)}).status_code == 422
    assert client.post("/second-factor/", {"code": code_of(account, -1)}).status_code == 302


def test_guessing_codes_is_locked_out():
    account = make.account(username="nguyen.thu")
    make.with_second_factor(account)
    client = Client()
    enter(client, "nguyen.thu")
    for number in range(rules.LOCK_AFTER):
        assert client.post("/second-factor/", {"code": f"00000{number}"}).status_code == 422
    refused = client.post("/second-factor/", {"code": code_of(account)})
    assert refused.status_code == 422
    assert SignInEvent.objects.filter(outcome=Outcome.LOCKED).exists()
    assert enter(Client(), "nguyen.thu").status_code == 429


def test_the_password_wins_no_new_guesses_at_the_code():
    account = make.account(username="nguyen.thu")
    make.with_second_factor(account)
    for number in range(rules.LOCK_AFTER):
        client = Client()
        assert enter(client, "nguyen.thu").status_code == 302
        client.post("/second-factor/", {"code": f"00000{number}"})
    assert enter(Client(), "nguyen.thu").status_code == 429


def test_a_pending_sign_in_is_forgotten_after_ten_minutes():
    account, client = make.account(username="nguyen.thu"), Client()
    make.with_second_factor(account)
    enter(client, "nguyen.thu")
    session = client.session
    session["pending_sign_in"] = {**session["pending_sign_in"], "at": time.time() - 601}
    session.save()
    assert client.post("/second-factor/", {"code": code_of(account)}).url == "/sign-in/"


def test_setting_up_the_app_and_using_a_recovery_code():
    officer, client = make.officer(Role.CLERK, username="officer"), Client()
    enter(client, "officer")
    page = client.get("/second-factor/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/second-factor/set-up/")
    assert "<svg" in page.content.decode()
    assert client.post("/second-factor/set-up/", {"code": "123"}).status_code == 422
    done = client.post("/second-factor/set-up/", {"code": code_of(officer)})
    recovery = done.context["recovery"]
    assert len(set(recovery)) == 10
    assert client.get("/account/").context["actor"].has_second_factor
    assert recovery[0] not in str(SecondFactor.objects.get().recovery_hashes)
    other = Client()
    enter(other, "officer")
    assert other.post("/second-factor/", {"code": recovery[3].lower()}).status_code == 302
    third = Client()
    enter(third, "officer")
    assert third.post("/second-factor/", {"code": recovery[3]}).status_code == 422
    assert third.get("/second-factor/set-up/").status_code == 302


def test_the_account_page_is_for_its_owner():
    assert Client().get("/account/").url == "/sign-in/?next=/account/"
    account = make.account()
    make.child(account.person)
    make.business(account.person)
    identity.log_access(
        actor=make.SYSTEM, person_id=account.person_id, purpose="thụ lý hồ sơ", now=clock.now(), fields=["phone"]
    )
    text = make.sign_in(Client(), account).get("/account/").content.decode()
    assert "thụ lý hồ sơ" in text
    assert account.person.masked_id_number in text
    assert account.person.id_number not in text


@pytest.mark.parametrize(("language", "words"), [("en", "Handling a dossier"), ("vi", "Giải quyết hồ sơ")])
def test_what_data_were_opened_for_is_told_in_the_language_of_the_reader(language, words):
    account = make.account()
    identity.log_access(actor=make.SYSTEM, person_id=account.person_id, purpose=Purpose.HANDLING, now=clock.now())
    client = make.sign_in(Client(HTTP_ACCEPT_LANGUAGE=language), account)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    text = client.get("/account/").content.decode()
    assert words in text
    assert ">handling<" not in text


def test_staff_see_their_roles_on_their_account():
    officer = make.officer(Role.CLERK)
    client = make.sign_in(Client(), officer)
    assert "Cơ quan H49.106" in client.get("/account/").content.decode()


def test_contact_data_are_saved_and_bad_input_is_kept():
    account = make.account()
    client = make.sign_in(Client(), account)
    form = client.get("/account/").context["form"]
    sent = {"key": str(form["key"].value()), "expected": 1, "phone": "0900 000 007", "email": "a@vidu.example",
            "unit": "", "street": "Số 1", "language": "pt"}  # fmt: skip
    refused = client.post("/account/", {**sent, "phone": "12"})
    assert refused.status_code == 422
    assert 'value="12"' in refused.content.decode()
    assert "Số 1" in refused.content.decode()
    assert client.post("/account/", sent).status_code == 302
    account.person.refresh_from_db()
    assert (account.person.phone, account.person.language) == ("0900000007", "pt")
    assert client.post("/account/", {**sent, "street": "Số 2"}).status_code == 422


def test_a_new_password_signs_other_browsers_out():
    account, here, there = make.account(username="nguyen.thu"), Client(), Client()
    enter(here, "nguyen.thu")
    enter(there, "nguyen.thu")
    new = "bon tu de nho 2026"
    assert here.get("/account/password/").status_code == 200
    wrong = here.post("/account/password/", {"current": "x", "new": new})
    assert wrong.context["form"].errors.keys() == {"current"}
    short = here.post("/account/password/", {"current": make.PASSWORD, "new": "password"})
    assert (short.status_code, list(short.context["form"].errors)) == (422, ["new"])
    assert here.post("/account/password/", {"current": make.PASSWORD, "new": new}).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert enter(Client(), "nguyen.thu").status_code == 422
    assert enter(Client(), "nguyen.thu", new).status_code == 302
    national = make.sign_in(Client(), make.account(password=None))
    assert national.get("/account/password/").status_code == 404
    assert account.username in str(account)


def test_switching_to_a_business_one_represents():
    account, stranger = make.account(), make.person()
    mine, other = make.business(account.person), make.business(stranger, tax_code="0100684378")
    client = make.sign_in(Client(), account)
    assert mine.name in client.get("/switch/").content.decode()
    client.post("/switch/", {"party": str(mine.pk)})
    assert client.get("/account/").context["actor"].on_behalf_of == mine.pk
    client.post("/switch/", {"party": str(other.pk)})
    assert client.get("/account/").context["actor"].on_behalf_of is None


def test_another_person_in_the_same_browser_finds_nothing_of_the_first():
    first, second, client = make.account(username="first"), make.account(username="second"), Client()
    company = make.business(first.person)
    make.sign_in(client, first, acting_for=company.pk)
    client.post("/sign-out/")
    enter(client, "second")
    actor = client.get("/account/").context["actor"]
    assert (actor.account_id, actor.on_behalf_of, actor.has_second_factor) == (second.pk, None, False)


def test_otp_shows_the_code_in_the_demo_only(settings):
    account = make.officer(username="officer")
    make.with_second_factor(account)
    out = StringIO()
    call_command("otp", "officer", stdout=out)
    assert out.getvalue().strip() == code_of(account)
    with pytest.raises(CommandError, match="no authenticator"):
        call_command("otp", "nobody")
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo only"):
        call_command("otp", "officer")
