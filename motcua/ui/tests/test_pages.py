"""Layouts, gallery, error pages, text size and menus."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import Http404, HttpRequest
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from motcua.kernel import http
from motcua.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role
from motcua.ui import nav, views

pytestmark = pytest.mark.urls("motcua.ui.tests.urls")
TEMPLATES = Path(__file__).parent.parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
OFFICER = Actor(ActorKind.PERSON, name="Lục Thị Giang", grants=(Grant(Role.CLERK, uuid4()),))


def request_of(path: str = "/x/", actor: Actor = ANONYMOUS, **cookies: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.actor = actor  # type: ignore[attr-defined]
    return request


@pytest.fixture
def entries() -> Iterator[None]:
    before = dict(nav._entries)
    yield
    nav._entries.clear()
    nav._entries.update(before)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles_and_is_small(name: str) -> None:
    get_template(name)
    source = (TEMPLATES / name).read_text("utf-8")
    assert source.count("\n") <= 100
    assert not re.search(r"\s(style|on\w+)=|<style|javascript:", source), "behaviour and looks live in files"


@pytest.mark.parametrize("layout", ["public", "officer", "print"])
@pytest.mark.parametrize("language", ["vi", "en", "pt"])
def test_layouts_stand_alone_in_every_language(layout: str, language: str) -> None:
    with translation.override(language):
        html = render_to_string(f"ui/layouts/{layout}.html", request=request_of(actor=OFFICER))
    assert f'<html lang="{language}"' in html
    assert html.count("<main") == 1
    assert 'href="#main"' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_demo_says_so_and_production_does_not(settings: object) -> None:
    assert "mc-demo" in render_to_string("ui/layouts/public.html", request=request_of())
    settings.DEMO = False  # type: ignore[attr-defined]
    assert "mc-demo" not in render_to_string("ui/layouts/public.html", request=request_of())


def test_large_text_comes_from_the_cookie() -> None:
    assert "mc-large" in render_to_string("ui/layouts/public.html", request=request_of(mc_text="large"))
    assert "mc-large" not in render_to_string("ui/layouts/public.html", request=request_of(mc_text="<huge>"))


@pytest.mark.parametrize("layout", ["", "?layout=office"])
def test_the_gallery_shows_every_component(layout: str) -> None:
    request = request_of(f"/design/{layout}", actor=OFFICER)
    with translation.override("en"):
        html = views.gallery(request).content.decode()
    for part in (
        "mc-hero",
        "mc-clock-bar",
        "mc-error-summary",
        "mc-table",
        "mc-qr",
        "mc-steps",
        "mc-empty",
        "mc-refusal",
    ):
        if part != "mc-hero" or not layout:
            assert part in html, part
    assert "None" not in re.sub(r"<[^>]+>", "", html)


def test_the_gallery_is_not_there_in_production(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        views.gallery(request_of("/design/"))


@pytest.mark.parametrize(
    ("view", "status"),
    [(http.bad_request, 400), (http.forbidden, 403), (http.not_found, 404), (http.csrf_failure, 403)],
)
def test_error_pages_say_what_to_do(view: object, status: int) -> None:
    response = view(request_of())  # type: ignore[operator]
    assert response.status_code == status
    assert b"mc-lead" in response.content


@pytest.mark.parametrize("status", ["429", "503"])
def test_pages_of_busy_and_closed(status: str) -> None:
    assert "mc-lead" in render_to_string(f"{status}.html", request=request_of())


def test_a_conflict_shows_its_sentence() -> None:
    html = render_to_string("409.html", {"message": "An đã chuyển bước lúc 14:05 & trình ký."}, request=request_of())
    assert "14:05 &amp; trình ký." in html


def test_our_own_failure_needs_no_database_and_names_the_request() -> None:
    html = render_to_string("500.html", {"request_id": "abc123"})
    assert "abc123" in html
    assert "mc-lead" in html


@pytest.mark.parametrize(
    ("text", "back", "landed"),
    [("large", "/tim/?q=a", "/tim/?q=a"), ("large", "https://evil.example/", "/"), ("normal", "//evil.example", "/")],
)
def test_text_size_is_remembered_and_leads_back_home_only(text: str, back: str, landed: str) -> None:
    request = RequestFactory().post("/text-size/", {"text": text, "next": back})
    response = views.text_size(request)
    assert response.status_code == 302
    assert response["Location"] == landed
    cookie = response.cookies["mc_text"]
    assert (cookie.value, bool(cookie["httponly"])) == (("large", True) if text == "large" else ("", False))


def test_text_size_changes_by_post_only() -> None:
    assert views.text_size(RequestFactory().get("/text-size/")).status_code == 405


@pytest.mark.usefixtures("entries")
def test_menus_show_what_the_role_may_use_in_order() -> None:
    nav._entries.clear()
    nav.register(nav.OFFICE, "ui:gallery", "Second", "list", roles=(Role.CLERK,), order=20)
    nav.register(nav.OFFICE, "ui:text_size", "First", "list", order=10)
    nav.register(nav.OFFICE, "no:such_page", "Lost", "list")
    nav.register(nav.PORTAL, "ui:gallery", "Elsewhere", "list")
    labels = [link.label for link in nav.links(nav.OFFICE, OFFICER, "/design/x/")]
    assert labels == ["First", "Second"]
    assert [link.is_current for link in nav.links(nav.OFFICE, OFFICER, "/design/x/")] == [False, True]
    leader = Actor(ActorKind.PERSON, grants=(Grant(Role.LEADER, uuid4()),))
    assert [link.label for link in nav.links(nav.OFFICE, leader)] == ["First"]


@pytest.mark.usefixtures("entries")
def test_an_entry_is_replaced_not_doubled_and_its_menu_must_exist() -> None:
    nav._entries.clear()
    nav.register(nav.OFFICE, "ui:gallery", "Old", "list")
    nav.register(nav.OFFICE, "ui:gallery", "New", "list")
    assert [link.label for link in nav.links(nav.OFFICE, OFFICER)] == ["New"]
    with pytest.raises(ValueError, match="no menu"):
        nav.register("kitchen", "ui:gallery", "New", "list")
