"""A small browser: cookies, forms with their hidden fields, no redirect followed unless asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import requests
from django.conf import settings

CSRF_FIELD = "csrfmiddlewaretoken"
Files = Sequence[tuple[str, tuple[str, bytes, str]]]
SECONDS = 60


class Unexpected(RuntimeError):
    """A page answered otherwise than a person who does everything right would see; the message says how."""


@dataclass
class Form:
    """A form of a page: where it goes and what stands in it."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Finds the forms of a page with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.problems: list[str] = []
        self._select = ""
        self._area: str | None = None
        self._is_alert = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms, inputs, lists and texts."""
        has = dict(attrs)
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "form":
            self.found.append(Form(has.get("action") or ""))
        elif not self.found or not (name or tag == "option"):
            return
        elif tag == "input" and has.get("type", "text") not in ("submit", "button", "file", "image"):
            if has.get("type") not in ("checkbox", "radio") or "checked" in has:
                self._put(name, value or ("on" if has.get("type") == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in has:
            self._put(self._select, value)
        elif tag == "textarea":
            self._area = ""
            self._put(name, "")

    def handle_endtag(self, tag: str) -> None:
        """The end of a list or text."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """What stands in a text."""
        if self._area is not None and self.found:
            last = list(self.found[-1].fields)[-1]
            self._area += data
            self.found[-1].fields[last][-1] = self._area.removeprefix("\n")

    def _put(self, name: str, value: str) -> None:
        self.found[-1].fields.setdefault(name, []).append(value)


class Browser:
    """One signed-in person. `looks` decides whether a page is opened before its form is sent, as people do."""

    def __init__(self, base: str, *, looks: bool = True, user_agent: str = "Motcua demo") -> None:
        self.base, self.looks = base.rstrip("/"), looks
        self.cookies: dict[str, str] = {}
        self.seconds = 0.0  # spent waiting for the last answer
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["User-Agent"] = user_agent

    def get(self, path: str, *, follows: int = 8) -> requests.Response:
        """A page; redirects are followed, also to a neighbour and back."""
        answer = self._send("GET", path)
        while answer.is_redirect and follows:
            answer, follows = self._send("GET", urljoin(answer.url, answer.headers["Location"])), follows - 1
        return answer

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, files: Files = (), *, page: str = ""
    ) -> requests.Response:
        """Send a form. With `looks`, the hidden and filled fields come from the form on `page` that leads to `path`."""
        sent: dict[str, Any] = {"key": str(uuid4())}
        if self.looks:
            sent = {**sent, **self._filled(page or path, path)}
        sent = {
            **sent,
            CSRF_FIELD: sent.get(CSRF_FIELD) or self.cookies.get(settings.CSRF_COOKIE_NAME, ""),
            **(data or {}),
        }
        return self._send("POST", path, data={k: v for k, v in sent.items() if v is not None}, files=list(files))

    def act(
        self, path: str, data: Mapping[str, Any] | None = None, files: Files = (), *, page: str = ""
    ) -> str:  # fmt: skip
        """Send a form that must succeed; answers where it leads (a path). Raises `Unexpected`."""
        answer = self.post(path, data, files, page=page)
        if not answer.is_redirect:
            raise Unexpected(f"POST {path} answered {answer.status_code}: {_problem(answer.text)}")
        target = urlsplit(urljoin(answer.url, answer.headers["Location"]))
        return target.path

    def _filled(self, page: str, path: str) -> dict[str, list[str]]:
        answer = self.get(page)
        parser = _Forms()
        parser.feed(answer.text)
        for form in parser.found:
            action = urlsplit(urljoin(answer.url, form.action)).path
            if action == urlsplit(path).path and CSRF_FIELD in form.fields:
                return form.fields
        raise Unexpected(f"{page} ({answer.status_code}) shows no form that leads to {path}.")

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        url = path if "://" in path else f"{self.base}{path}"
        is_ours = url.startswith(self.base)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if is_ours else {}
        if url.startswith("https://"):
            headers["Referer"] = url
        answer = self._http.request(method, url, headers=headers, allow_redirects=False, timeout=SECONDS, **content)
        self.seconds = answer.elapsed.total_seconds()
        if is_ours:
            self.cookies |= {cookie.name: cookie.value or "" for cookie in answer.cookies}
        self._http.cookies.clear()
        return answer


def _problem(html: str) -> str:
    """The first words of a page that say what is wrong."""
    marks = ('class="mc-error', "mc-error-summary", "mc-notice", "<h1")
    at = min((html.find(mark) for mark in marks if mark in html), default=0)
    text, inside = "", False
    for char in html[at : at + 3000]:
        inside = char == "<" or (inside and char != ">")
        text += "" if inside or char == ">" else char
    return " ".join(text.split())[:300]
