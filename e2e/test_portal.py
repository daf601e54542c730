"""The portal's doors on a phone, on a screen of 320 px, in three languages, without scripts."""

import re

import pytest

from e2e import ways
from e2e.conftest import Visit
from e2e.house import House

PAGES = [
    "/",
    "/find/?q=khai+sinh",
    "/procedures/",
    "/procedures/1.001193/",
    "/help/",
    "/track/",
    "/privacy/",
    "/accessibility/",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_small_screen_and_axe_finds_nothing(visit: Visit, path: str) -> None:
    assert visit(width=320).go(path).status == 200


OWN = ["/my/", "/my/dossiers/", "/my/messages/", "/account/", "/switch/", "/file/1.001193/"]


@pytest.mark.parametrize("width", [320, 1280])
def test_ones_own_pages_fit_and_axe_finds_nothing(visit: Visit, width: int) -> None:
    citizen = visit("cong.tang.ton.nu.bao.chau", width=width)  # a name that is long enough
    for path in OWN:
        assert citizen.go(path).status == 200


@pytest.mark.parametrize("language", ["vi", "en", "pt"])
def test_the_browser_chooses_the_language(visit: Visit, language: str) -> None:
    stranger = visit(width=360, language=language)
    for path in ("/", "/help/", "/track/"):
        stranger.go(path)
        assert stranger.page.locator("html").get_attribute("lang") == language


def test_the_reader_changes_the_language_and_stays_on_the_page(visit: Visit) -> None:
    stranger = visit(width=360, language="vi")
    stranger.go("/find/?q=khai+sinh")
    for name, language in (("Português", "pt"), ("English", "en"), ("Ti.+ng Vi", "vi")):
        stranger.press(re.compile(name), within="header")
        assert stranger.page.locator("html").get_attribute("lang") == language
        assert stranger.page.url.endswith("/find/?q=khai+sinh")


def test_suggestions_come_while_typing_and_are_reached_by_keyboard(visit: Visit) -> None:
    stranger = visit(width=360)
    stranger.go("/")
    stranger.page.locator("#find-q").press_sequentially("dang ky ket hon", delay=20)
    first = stranger.page.locator("#find-suggestions a").first
    first.wait_for()
    stranger.examine()
    stranger.page.keyboard.press("Tab")
    stranger.page.keyboard.press("Tab")
    with stranger.page.expect_navigation():
        stranger.page.keyboard.press("Enter")
    assert "/procedures/" in stranger.page.url


def test_strangers_learn_nothing_of_others(visit: Visit, house: House) -> None:
    code = ways.filed(house)
    stranger = visit("le.thi.mai", width=360)
    stranger.go(f"/find/?q={code}")
    stranger.follow(f"Follow {code}")
    assert "Phạm Minh Đức" not in stranger.text
    answer = stranger.go("/my/dossiers/01a20000-0000-7000-8000-000000000000/")
    assert answer.status == 404
    assert stranger.go("/office/").status == 403
    assert stranger.go("/track/?code=H49.106-261123-9999").status == 404
