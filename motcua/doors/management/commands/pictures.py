"""`motcua pictures`: every page × width × language as a picture in var/pictures."""

import os
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from motcua.doors.demo import last
from motcua.doors.demo.pages import Page, pages
from motcua.doors.demo.progress import Progress
from motcua.identity import services as identity
from motcua.identity.models import Account

WIDTHS, HEIGHT = (360, 1280), 900
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Command(BaseCommand):
    """Pictures of the running demo, with signed-in sessions of its cast."""

    help = "Take a picture of every page in every width and language: var/pictures/<page>-<width>-<language>.png."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All of them, or some."""
        parser.add_argument("names", nargs="*", help="only pages whose name contains one of these words")
        parser.add_argument("--width", type=int, action="append", help="only this width (360, 1280)")
        parser.add_argument("--language", action="append", help="only this language (vi, en, pt)")
        parser.add_argument("--out", type=Path, help="the folder (var/pictures)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take them; pages that answer with an error of the server fail the command."""
        if not settings.DEMO:
            raise CommandError("Pictures are taken of a demo: its people are invented.")
        address = last.web_address()
        if not last.answers(address):
            raise CommandError(f"The demo does not answer at {address}: start bin/demo first.")
        wanted = [page for page in pages() if not options["names"] or any(n in page.name for n in options["names"])]
        folder = options["out"] or settings.DATA / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        languages = options["language"] or [code for code, _name in settings.LANGUAGES]
        camera = Camera(address, wanted, folder, _sessions(wanted))
        failures = camera.take(options["width"] or list(WIDTHS), languages)
        self.stdout.write(f"{camera.taken} pictures in {folder}")
        for failure in failures:
            self.stderr.write(failure)
        if failures:
            raise CommandError(f"{len(failures)} pages are not as they should be.")


class Camera:
    """Opens pages in a real browser and keeps their pictures."""

    def __init__(self, address: str, wanted: list[Page], folder: Path, sessions: dict[str, str]) -> None:
        self.address, self.wanted, self.folder, self.sessions = address, wanted, folder, sessions
        self.taken = 0

    def take(self, widths: list[int], languages: list[str]) -> list[str]:
        """All pictures; answers what was wrong with pages (status, sideways scrolling)."""
        try:
            from playwright.sync_api import sync_playwright
        except ImportError as error:
            raise CommandError("Pictures need the developers' packages: run bin/test or bin/bench once.") from error
        failures: list[str] = []
        progress = Progress(sys.stdout, len(self.wanted) * len(widths) * len(languages))
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=_chromium(), args=FLAGS)
            for width in widths:
                for language in languages:
                    for page in self.wanted:
                        failures += self._one(browser, page, width, language)
                        self.taken += 1
                        progress.show(self.taken, f"{page.name} {width} {language}")
            browser.close()
        return failures

    def _one(self, browser: Any, page: Page, width: int, language: str) -> list[str]:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, locale=language, reduced_motion="reduce",
            has_touch=width < 600, is_mobile=width < 600,
        )  # fmt: skip
        try:
            cookies = {settings.LANGUAGE_COOKIE_NAME: language}
            if page.who:
                cookies[settings.SESSION_COOKIE_NAME] = self.sessions[page.who]
            context.add_cookies([{"name": k, "value": v, "url": self.address} for k, v in cookies.items()])
            tab = context.new_page()
            answer = tab.goto(f"{self.address}{page.path}", wait_until="load")
            name = f"{page.name}-{width}-{language}"
            tab.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
            return _faults(name, page, answer.status if answer else 0, tab, width)
        finally:
            context.close()


def _faults(name: str, page: Page, status: int, tab: Any, width: int) -> list[str]:
    found = []
    if status != page.status:
        found.append(f"{name}: {page.path} answered {status}")
    wide = int(tab.evaluate("document.documentElement.scrollWidth"))
    if wide > width:
        found.append(f"{name}: {wide} px wide")
    return found


def _sessions(wanted: list[Page]) -> dict[str, str]:
    names = {page.who for page in wanted if page.who}
    accounts = dict(Account.objects.filter(username__in=names).values_list("username", "pk"))
    missing = names - set(accounts)
    if missing:
        raise CommandError(f"The demo has no accounts {sorted(missing)}: run bin/motcua demo seed first.")
    return {name: identity.open_session(account_id=key, has_second_factor=True) for name, key in accounts.items()}


def _chromium() -> str:
    """The system's browser."""
    found = os.environ.get("MOTCUA_CHROMIUM", "") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        raise CommandError("No Chromium on this machine: install it, or name it in MOTCUA_CHROMIUM.")
    return found
