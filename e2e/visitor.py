"""Somebody at a screen: moves like a person, looks at every page with axe, hears what the browser complains about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from e2e.house import House

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 20_000
# A refused form (422), a lost race (409), an unknown code (404) are answers, though the browser notes them as errors.
EXPECTED = re.compile(r"status of (403|404|409|422)")


class Visitor:
    """A browser context of its own: who is signed in, on which screen, in which language."""

    def __init__(
        self, house: House, browser: Any, who: str = "", *, width: int = 1280, height: int = 800,
        language: str = "en", **options: Any,
    ) -> None:  # fmt: skip
        self.house, self.width = house, width
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale=language, base_url=house.url,
            reduced_motion="reduce", **options,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        if who:
            self.context.add_cookies([{"name": "motcua_session", "value": house.sessions[who], "url": house.url}])
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def leave(self) -> list[str]:
        """Close the window; answers what the browser complained about."""
        self.context.close()
        return self.complaints

    def go(self, path: str) -> Any:
        """Type an address; look at the page."""
        answer = self.page.goto(path)
        self.look()
        return answer

    def look(self) -> None:
        """Nothing for axe, no scrolling sideways, one heading of the first order."""
        self.page.wait_for_load_state("load")
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has not one h1"
        overflow = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{self.page.url} is {overflow} px too wide at {self.width} px"
        if self.context_has_scripts():
            self.examine()

    def context_has_scripts(self) -> bool:
        """Whether scripts run (axe is one)."""
        return bool(self.page.evaluate("typeof htmx !== 'undefined'"))

    def examine(self) -> None:
        """Ask axe about the page, unless it has answered for exactly this structure at this width."""
        from axe_playwright_python.sync_playwright import Axe

        structure = (self.width, self.page.evaluate(STRUCTURE))
        if structure in self.house.examined:
            return
        found = Axe().run(self.page, options=AXE)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        self.house.examined.add(structure)

    def press(self, name: str | re.Pattern[str], *, within: str = "main") -> None:
        """Press a button by its name and wait for what comes."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=name).first.click()
        self.look()

    def follow(self, name: str | re.Pattern[str], *, within: str = "main") -> None:
        """Follow a link by its name."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("link", name=name).first.click()
        self.look()

    def fill(self, **values: str) -> None:
        """Fill fields by their names: text, choices, boxes, files."""
        for name, value in values.items():
            self._fill(name, value)

    def _fill(self, name: str, value: str) -> None:
        fields = self.page.locator(f'main [name="{name}"]')
        kind = fields.first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
        if kind == "select":
            known = fields.first.evaluate("field => [...field.options].map(option => option.value)")
            fields.first.select_option(**({"value": value} if value in known else {"label": value}))
        elif kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            fields.first.set_checked(bool(value))
        elif kind == "file":
            fields.first.set_input_files(value)
        else:
            fields.first.fill(value)

    @property
    def text(self) -> str:
        """What the page says in its main part."""
        return str(self.page.locator("main").inner_text())

    def says(self, words: str) -> None:
        """The main part says these words (soon)."""
        self.page.locator("main").get_by_text(words).first.wait_for()

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.text} ({self.page.url})")


# Every element with its attributes but the values that only name an object, in order: what axe looks at besides text.
STRUCTURE = """[...document.querySelectorAll("*")].map(element => element.tagName + [...element.attributes]
    .filter(one => !["value", "href", "action", "d", "name", "content"].includes(one.name))
    .map(one => one.name + "=" + one.value).join()).join(";")"""
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def picture(folder: Path, name: str = "giay.png") -> Path:
    """A photographed paper."""
    path = folder / name
    if not path.exists():
        path.write_bytes(_png(640, 900))
    return path


def _png(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes((x * 7 + y * 3) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
