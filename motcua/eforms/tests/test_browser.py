"""Sections in a real browser: the script shows what applies, keys send the page, axe finds nothing."""
# ruff: noqa: F811

from typing import Any

import pytest

from motcua.ui.tests.test_browser import Open, axe, browser, files, opened  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("motcua.eforms.tests.urls"),
    pytest.mark.django_db(transaction=True),
]
PAGES = [
    "birth/child/",
    "birth/requester/",
    "household-business/members/",
    "marital-status/status/",
    "certified-copy/papers/",
]


def shown(page: Any, *keys: str) -> list[bool]:
    return [page.is_visible(f"#ef-{key}") for key in keys]


def test_questions_come_and_go_with_the_answers(opened: Open) -> None:
    page = opened("/eform/birth/child/")
    assert shown(page, "birth_facility") == [False]
    page.check("#f-birth_at_0")
    assert shown(page, "birth_facility") == [True]
    page.check("#f-birth_at_1")
    assert shown(page, "birth_facility") == [False]


def test_a_box_hides_a_whole_person(opened: Open) -> None:
    page = opened("/eform/birth/father/")
    keys = ("father_name", "father_year", "father_residence")
    assert shown(page, *keys) == [True, True, True]
    page.check("#f-father_unknown")
    assert shown(page, *keys) == [False, False, False]
    page.get_by_role("button", name="Next").click()
    assert page.get_by_text("Saved.").is_visible()


def test_without_a_script_everything_is_there_with_its_words(opened: Open) -> None:
    page = opened("/eform/birth/child/", java_script_enabled=False)
    assert shown(page, "birth_facility") == [True]
    assert page.locator(".ef-when").first.is_visible()


def test_rows_grow_and_the_return_key_sends_the_page(opened: Open) -> None:
    page = opened("/eform/certified-copy/papers/")
    page.fill("#f-papers-0-paper_name", "Bằng")
    page.click('button[value="add:papers"]')
    page.wait_for_selector("#f-papers-1-paper_name")
    assert page.url.endswith("#ef-papers")
    assert page.input_value("#f-papers-0-paper_name") == "Bằng"
    page.fill("#f-papers-1-paper_name", "Giấy")
    page.press("#f-papers-1-paper_name", "Enter")
    page.wait_for_selector(".mc-error-summary")
    assert page.locator(".mc-error-summary li").count() == 6
    assert page.input_value("#f-papers-1-paper_name") == "Giấy"


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_overflows(opened: Open, width: int) -> None:
    page = opened(f"/eform/{PAGES[0]}", width=width)
    for path in PAGES:
        page.goto(f"{page.url.split('/eform/')[0]}/eform/{path}")
        assert axe.Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
