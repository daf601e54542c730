"""Who gets past the door of a view: every kind of view, every kind of visitor, every way of asking."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory

from motcua.kernel import http
from motcua.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role
from motcua.kernel.errors import Conflict, NotReady, Refused

AGENCY = uuid4()


def somebody(*roles: Role, second_factor: bool = True) -> Actor:
    return Actor(
        kind=ActorKind.PERSON, name="Ai đó", account_id=uuid4(), person_id=uuid4(), has_second_factor=second_factor,
        grants=tuple(Grant(role, AGENCY) for role in roles),
    )  # fmt: skip


CITIZEN, HANDLER, CLERK = somebody(), somebody(Role.HANDLER), somebody(Role.CLERK)
WEAK = somebody(Role.HANDLER, second_factor=False)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@pytest.mark.parametrize(
    ("mark", "outcomes"),  # of somebody unknown, a citizen, a handler, a clerk, a handler without a second factor
    [
        (http.public, "in in in in in"),
        (http.signed_in, "sign-in in in in in"),
        (http.staff(), "sign-in no in in factor"),
        (http.staff(Role.HANDLER), "sign-in no in no factor"),
        (http.staff(Role.HANDLER, Role.CLERK), "sign-in no in in factor"),
        (http.staff(Role.CLERK), "sign-in no no in no"),
        (lambda view: view, "no no no no no"),
    ],
)
def test_who_may_enter(rf: RequestFactory, mark: Any, outcomes: str) -> None:
    view = mark(lambda request: HttpResponse("in"))
    visitors = (ANONYMOUS, CITIZEN, HANDLER, CLERK, WEAK)
    assert [enter(rf.get("/here/?a=1"), view, who) for who in visitors] == outcomes.split()


def enter(request: HttpRequest, view: Any, actor: Actor) -> str:
    """What becomes of somebody at a view."""
    request.actor = actor  # type: ignore[attr-defined]
    try:
        answer = http.DenyByDefault(page).process_view(request, view, (), {})
    except PermissionDenied:
        return "no"
    if answer is None:
        return "in"
    assert answer.status_code == 302
    address = answer["Location"]
    assert address.endswith("?next=/here/%3Fa%3D1") or address.endswith("?next=%2Fhere%2F%3Fa%3D1")
    return "factor" if "second" in address else "sign-in"


def test_a_part_of_a_page_is_told_that_its_reader_is_signed_out(rf: RequestFactory) -> None:
    view = http.signed_in(page)
    request = rf.get("/here/", headers={"HX-Request": "true"})
    answer = http.DenyByDefault(page).process_view(request, view, (), {})
    assert answer is not None
    assert answer.status_code == 401
    request.actor = CITIZEN  # type: ignore[attr-defined]
    assert http.DenyByDefault(page).process_view(request, view, (), {}) is None
    other = rf.get("/here/", headers={"HX-Request": "false"})
    assert http.DenyByDefault(page).process_view(other, view, (), {}).status_code == 302  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/form/?x=1", "http%3A//testserver/form/%3Fx%3D1"), ("https://evil.example/form/", "/"),
        ("", "/"), ("javascript:alert(1)", "/"),
    ],
)  # fmt: skip
def test_after_signing_in_a_form_leads_back_to_its_page_never_to_another_house(
    rf: RequestFactory, referer: str, back: str
) -> None:
    request = rf.post("/act/", headers={"Referer": referer})
    answer = http.DenyByDefault(page).process_view(request, http.signed_in(page), (), {})
    assert answer is not None
    assert answer["Location"].endswith(f"?next={back}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("late", "Too late: come tomorrow."), 409), (Conflict("Somebody was faster."), 409), (NotReady(), 409),
        (ObjectDoesNotExist(), 404), (DataError("PostgreSQL text fields cannot contain NUL bytes"), 400),
        (DataError("value too long"), None), (ValueError("ours"), None), (PermissionDenied(), None),
    ],
)  # fmt: skip
def test_errors_of_the_house_become_pages_and_no_other_is_hidden(
    rf: RequestFactory, error: Exception, status: int | None
) -> None:
    answer = http.DenyByDefault(page).process_exception(rf.get("/"), error)
    assert (answer.status_code if answer else None) == status
    if answer and isinstance(error, Refused | Conflict):
        assert error.message in answer.content.decode()


@pytest.mark.django_db
def test_an_address_that_works_another_way_says_so(rf: RequestFactory) -> None:
    answer = http.DenyByDefault(lambda request: HttpResponseNotAllowed(["GET"]))(rf.post("/"))
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert "This address works another way" in answer.content.decode()
    told = http.DenyByDefault(lambda request: HttpResponseNotAllowed(["GET"], "read only"))(rf.post("/"))
    assert told.content == b"read only"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("length", "files", "status"), [(0, 0, 200), (0, 1, 200), (1, 1, 413), (0, 5, 413), (1, 5, 413)]
)
def test_a_stranger_sends_one_file_somebody_signed_in_five(
    rf: RequestFactory, settings: Any, length: int, files: int, status: int
) -> None:
    settings.UPLOAD_LIMIT = 1000
    limits, size = http.Limits(page), http.Limits.FORM + 1000 * files + length
    stranger, known = (rf.get("/", CONTENT_LENGTH=str(size)) for _ in range(2))
    known.actor = CITIZEN  # type: ignore[attr-defined]
    assert limits(stranger).status_code == status
    assert limits(known).status_code == (413 if (files, length) == (5, 1) else 200)


def test_every_answer_carries_an_id_of_its_own(rf: RequestFactory) -> None:
    seen = {http.RequestContext(page)(rf.get("/"))["X-Request-ID"] for _ in range(3)}
    assert len(seen) == 3
    assert all(len(one) == 16 for one in seen)
