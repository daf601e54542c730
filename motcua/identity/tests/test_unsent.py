"""A form sent after its sender was signed out, or from a page older than the sign-in: nothing typed is lost."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from motcua.identity.tests import factories as make
from motcua.identity.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
HERE = "http://testserver"
KEY_OF_FORM = "01a20621-ae4b-766e-b7c1-1458bc7cb13f"
CONTACT = {"key": KEY_OF_FORM, "phone": "0912345678", "email": "me@example.vn", "street": "Tổ 3", "language": "vi"}


def visitor(**headers: str) -> Client:
    return Client(headers={"accept-language": "en", "origin": HERE, **headers})


def sign_in_by_password(client: Client, username: str, page: str) -> Any:
    return client.post(page, {"username": username, "password": PASSWORD})


def test_what_a_signed_out_person_sends_waits_for_them_and_is_sent_by_one_press() -> None:
    account, client = make.account(make.person(phone="0900000000")), visitor()
    asked = client.post(reverse("identity:account"), CONTACT)
    assert asked["Location"] == "/sign-in/?next=/sign-in/unsent/"
    assert sign_in_by_password(client, account.username, asked["Location"]).status_code == 302
    page = client.get(reverse("identity:unsent"))
    text = page.content.decode()
    assert "What you typed is still here" in text
    assert 'name="phone" value="0912345678"' in text
    assert "Tổ 3" in text
    sent = client.post(reverse("identity:unsent"), CONTACT)
    assert (sent.status_code, sent["Location"]) == (307, reverse("identity:account"))
    client.post(reverse("identity:unsent"), CONTACT, follow=True)
    assert client.get(reverse("identity:unsent")).status_code == 302  # nothing waits any more


def test_it_arrives_where_it_was_going() -> None:
    person = make.person(phone="0900000000")
    account, client = make.account(person), visitor()
    asked = client.post(reverse("identity:account"), {**CONTACT, "expected": person.version})
    sign_in_by_password(client, account.username, asked["Location"])
    kept = client.get(reverse("identity:unsent")).context["form"]
    client.post(reverse("identity:unsent"), dict(kept.fields), follow=True)
    person.refresh_from_db()
    assert person.phone == "0912345678"


def test_it_can_be_left_behind_and_leads_back_to_its_page() -> None:
    account, client = make.account(make.person()), visitor(referer=f"{HERE}/account/")
    asked = client.post(reverse("identity:account"), CONTACT)
    sign_in_by_password(client, account.username, asked["Location"])
    left = client.post(reverse("identity:unsent"), {"leave": "1"})
    assert left["Location"] == f"{HERE}/account/"
    assert client.get(reverse("identity:unsent")).status_code == 302


def test_a_page_older_than_the_sign_in_is_kept_too() -> None:
    account = make.account(make.person())
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", "origin": HERE})
    make.sign_in(client, account)
    client.get(reverse("identity:account"))
    answer = client.post(reverse("identity:account"), {**CONTACT, "csrfmiddlewaretoken": "a" * 64})
    assert answer["Location"] == reverse("identity:unsent")
    page = client.get(answer["Location"])
    assert 'value="me@example.vn"' in page.content.decode()
    token = page.context["csrf_token"]
    again = client.post(reverse("identity:unsent"), {**CONTACT, "csrfmiddlewaretoken": str(token)})
    assert again.status_code == 307


@pytest.mark.parametrize(
    "headers", [{"origin": "http://elsewhere.example"}, {"origin": "", "referer": "http://elsewhere.example/"}]
)
def test_a_form_of_another_site_is_never_kept(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", **headers})
    make.sign_in(client, make.account(make.person()))
    answer: HttpResponse = client.post(reverse("identity:account"), CONTACT)  # type: ignore[assignment]
    assert answer.status_code == 403
    assert client.get(reverse("identity:unsent"))["Location"] != reverse("identity:unsent")
    assert "unsent" not in client.session


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("identity:password", {"old_password": "a", "new_password": "b"}),
        ("identity:account", {"phone": "1" * 200_000}),
        ("identity:account", {}),
    ],
)
def test_passwords_floods_and_nothing_are_not_kept(address: str, data: dict[str, str]) -> None:
    client = visitor(referer=f"{HERE}/account/")
    answer = client.post(reverse(address), data)
    assert answer["Location"].startswith("/sign-in/?next=http")
    assert "unsent" not in client.session


def test_what_one_account_typed_is_not_shown_to_another() -> None:
    first, second = make.account(make.person()), make.account(make.person("Trần Văn Hai"))
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", "origin": HERE})
    make.sign_in(client, first)
    client.post(reverse("identity:account"), CONTACT)
    held = client.session["unsent"]
    make.sign_in(client, second)
    session = client.session
    session["unsent"] = held
    session.save()
    assert client.get(reverse("identity:unsent")).status_code == 302
    assert "unsent" not in client.session


def test_a_script_is_told_that_its_token_is_old() -> None:
    client = Client(enforce_csrf_checks=True, headers={"hx-request": "true", "origin": HERE})
    make.sign_in(client, make.account(make.person()))
    assert client.post(reverse("identity:account"), CONTACT).status_code == 403
    assert "unsent" not in client.session
