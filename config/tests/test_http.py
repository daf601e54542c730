"""What stands in front of the views: limits, ways back, errors that give nothing away."""

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel import clock, files, http
from motcua.kernel.actor import Role, system
from motcua.kernel.acts import claim
from motcua.kernel.errors import Conflict
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/demo/outbox/", "/design/"])
def test_the_demo_s_windows_are_shut_in_production(client: Client, settings: Any, path: str) -> None:
    assert client.get(path).status_code == 200
    settings.DEMO = False
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_body_larger_than_any_form_of_ours_is_refused_unread(client: Client) -> None:
    answer = client.post("/sign-in/", {}, CONTENT_LENGTH=str(django_settings.UPLOAD_LIMIT * 2))
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


@pytest.mark.django_db
def test_somebody_signed_in_may_send_several_files_but_not_everything(client: Client) -> None:
    people.sign_in(client, people.account(people.person()))
    several = client.get("/account/", CONTENT_LENGTH=str(django_settings.UPLOAD_LIMIT * 2))  # nothing is read
    assert several.status_code == 200
    assert client.post("/account/", {}, CONTENT_LENGTH=str(10**12)).status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["-1", "many", "٣"])
def test_a_length_that_is_none_is_a_bad_request(client: Client, length: str) -> None:
    assert client.post("/sign-in/", {}, CONTENT_LENGTH=length).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/search/?q=a%00b", "/verify/a%00b/", "/track/?code=%00", "/find/?%00=1"])
def test_zero_characters_are_a_bad_request_not_an_error_of_ours(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_form_too_large_for_memory_says_so(rf: RequestFactory) -> None:
    assert http.bad_request(rf.get("/"), RequestDataTooBig()).status_code == 413


@pytest.mark.django_db
def test_error_pages_tell_nothing_but_an_id(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> HttpResponse:
        raise ValueError("secret-of-the-house")

    monkeypatch.setattr("motcua.doors.views.render", broken)
    client.raise_request_exception = False
    answer = client.get("/help/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "secret-of-the-house" not in text
    assert "Traceback" not in text
    assert answer.headers["X-Request-ID"] in text


@pytest.mark.django_db
def test_a_row_that_went_away_meanwhile_is_not_an_error_of_ours(rf: RequestFactory) -> None:
    request = rf.get("/")
    answer = http.DenyByDefault(lambda _r: HttpResponse()).process_exception(request, AuditEntry.DoesNotExist())
    assert answer is not None
    assert answer.status_code == 404


@pytest.mark.django_db
def test_the_way_back_after_the_second_factor_keeps_the_whole_address(client: Client) -> None:
    people.sign_in(client, people.officer(Role.HANDLER), second_factor=False)
    answer = client.get("/office/dossiers/?q=a%26b&state=1")
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": ["/office/dossiers/?q=a%26b&state=1"]}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["identity:sign_in", "identity:second_factor"])
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client: Client, name: str, target: str) -> None:
    people.sign_in(client, people.account(people.person()))
    answer = client.get(reverse(name), {"next": target})
    assert "evil" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/language/", "/text-size/"])
def test_small_switches_lead_nowhere_else(client: Client, path: str) -> None:
    answer = client.post(path, {"next": "https://evil.example/", "language": "en", "text": "large"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["'", "doors:nowhere", "a b"])
def test_a_way_back_that_is_no_address_is_passed_over(client: Client, target: str) -> None:
    assert client.post("/text-size/", {"next": target, "text": "large"}).status_code == 302
    people.sign_in(client, people.account(people.person()))
    assert client.get("/sign-in/", {"next": target}).status_code == 302


@pytest.mark.parametrize("asked", ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=٣-"])
def test_an_absurd_range_is_answered_not_fallen_over(rf: RequestFactory, asked: str) -> None:
    answer = files.answer(
        rf.get("/", HTTP_RANGE=asked), open_file=lambda: io.BytesIO(b"abc"), size=3, media_type="text/plain", name="a",
        tag="t",
    )  # fmt: skip
    assert answer.status_code in {200, 416}


@pytest.mark.django_db
def test_a_form_s_key_opens_no_other_act() -> None:
    """A key used again for another act or by another account must not pass for a repetition."""
    key, done = uuid7(), uuid7()
    assert claim(key, name="first", result_id=done, actor=system("test")) is None
    assert claim(key, name="first", result_id=uuid7(), actor=system("test")) == done
    with pytest.raises(Conflict):
        claim(key, name="second", result_id=uuid7(), actor=system("test"))
    stranger = people.account(people.person())
    with pytest.raises(Conflict):
        claim(key, name="first", result_id=uuid7(), actor=identity.actor_of(stranger.pk, clock.today()))
