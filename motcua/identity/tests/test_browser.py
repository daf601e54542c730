"""Signing in with a real browser: the content policy lets the way to the provider through, axe finds nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections

from motcua.identity import services as identity
from motcua.identity.tests import factories as make

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
CAST = django_settings.ROOT / "packs" / "quangninh" / "people" / "cast.toml"


@pytest.fixture
def page(live_server, settings, monkeypatch):
    path = os.environ.get("MOTCUA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        (pytest.fail if os.environ.get("MOTCUA_REQUIRE") == "browser" else pytest.skip)("There is no Chromium here.")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread
    command = [sys.executable, "-m", "sandbox", "--cast", str(CAST)]
    with (
        subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True) as provider,
        sync_api.sync_playwright() as playwright,
    ):
        address = provider.stdout.readline().split()[1]
        settings.OIDC = {"name": "VNeID", "server_url": address, "client_id": "motcua", "secret": ""}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB", base_url=live_server.url)
        yield context.new_page()
        browser.close()
        connections.close_all()  # inside Playwright's loop Django keeps a connection of its own
        provider.terminate()


def is_clean(page):
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_in_by_the_national_identity_and_out_again(page):
    page.goto("/sign-in/?next=/account/")
    is_clean(page)
    page.get_by_role("button", name="VNeID").press("Enter")
    page.wait_for_url("**/identity/authorize?*")
    is_clean(page)
    page.get_by_role("button", name="Nguyễn Thu Hà").press("Enter")
    page.wait_for_url("**/account/")
    assert "Nguyễn Thu Hà" in page.get_by_role("main").inner_text()
    is_clean(page)
    page.goto("/sign-out/")
    page.get_by_role("main").get_by_role("button").press("Enter")
    page.get_by_role("link", name="VNeID").wait_for()
    is_clean(page)
    page.goto("/account/")
    assert "/sign-in/" in page.url


def test_in_by_a_local_account_and_its_app(page):
    officer = make.officer(username="can.bo")
    factor = make.with_second_factor(officer)
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("Account name").fill("can.bo")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    is_clean(page)
    assert page.get_by_label("Account name").input_value() == "can.bo"
    page.get_by_label("Password").fill(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/")
    is_clean(page)
    now = page.evaluate("Math.floor(Date.now() / 1000)")
    page.get_by_label("Code").fill(identity.totp(factor).generate(now).decode())
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    is_clean(page)
