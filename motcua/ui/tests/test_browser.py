"""The gallery in a real browser: axe finds nothing, nothing overflows, keys work, the security policy holds."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from motcua.ui import assets

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.urls("motcua.ui.tests.urls"), pytest.mark.django_db(transaction=True)]
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
Open = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def files() -> None:
    """What the server hands out must lie there before it starts."""
    Path(settings.STATIC_ROOT or "").mkdir(parents=True, exist_ok=True)
    assets.prepare(settings.ASSETS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("MOTCUA_REQUIRE") == "browser" else pytest.skip)("There is no Chromium here.")
    # Playwright keeps an event loop running in this thread; Django would refuse the database to it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened(browser: Any, live_server: Any) -> Iterator[Open]:
    contexts, complaints = [], []

    def open_page(path: str, width: int = 1280, *, locale: str = "vi", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/design/", "/design/?layout=office"])
def test_the_gallery_is_accessible_and_fits(opened: Open, path: str, width: int) -> None:
    page = opened(path, width)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "locale"), [(360, "vi"), (320, "pt")])
def test_large_text_fits_too_and_is_switched_without_scripts(opened: Open, width: int, locale: str) -> None:
    page = opened("/design/", width, locale=locale, java_script_enabled=False)
    size = "getComputedStyle(document.documentElement).fontSize"
    before = page.evaluate(size)
    page.locator("button[name=text]").click()
    assert page.url.endswith("/design/")
    assert float(page.evaluate(size)[:-2]) > float(before[:-2])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_rows_search_and_help_by_keyboard(opened: Open) -> None:
    page = opened("/design/?layout=office")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "H49.101-261123-0008"
    page.keyboard.press("k")
    assert page.locator(".mc-row-now").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "H49.101-261123-0007"
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_keys_stay_letters_while_typing(opened: Open) -> None:
    page = opened("/design/?layout=office")
    field = page.locator("#id_full_name")
    field.click()
    page.keyboard.type("jk?/")
    assert field.input_value() == "jk?/"
    assert page.locator("dialog[open]").count() == 0


def test_an_error_leads_into_its_field(opened: Open) -> None:
    page = opened("/design/")
    page.locator(".mc-error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "bad_full_name"


def test_a_dark_picture_is_told_at_once(opened: Open, tmp_path: Any) -> None:
    from PIL import Image

    path = tmp_path / "toi.png"
    Image.new("RGB", (1200, 1600), (12, 12, 12)).save(path)
    page = opened("/design/", 360)
    page.locator("#id_paper").set_input_files(path)
    said = page.locator("#id_paper_field [data-mc-file-said]")
    sync_api.expect(said).to_contain_text("toi.png")
    dark = page.locator("#id_paper_field [data-mc-file]").get_attribute("data-mc-too-dark")
    sync_api.expect(said).to_contain_text(dark)


def test_a_form_is_sent_once(opened: Open) -> None:
    page = opened("/design/")
    sent = page.evaluate(
        """() => { const form = document.querySelector("form[data-mc-once]"); const stopped = [];
        for (let i = 0; i < 2; i += 1) { const event = new Event("submit", { bubbles: true, cancelable: true });
          form.dispatchEvent(event); stopped.push(event.defaultPrevented); } return stopped; }"""
    )
    assert sent == [False, True]
