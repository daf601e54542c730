"""The same requests inside this process: how many statements they take, and in which layer their time goes."""

import cProfile
import io
import pstats
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from motcua.doors.demo.browser import Browser

# The first part of a file's path that matches names its layer.
LAYERS = (
    ("/psycopg", "database driver"), ("/django/db/", "ORM"), ("/django/template/", "templates"),
    ("/django/forms/", "forms"), ("/django/middleware", "middleware"), ("/django/core/handlers", "middleware"),
    ("/kernel/http", "middleware"), ("/identity/middleware", "middleware"), ("/identity/sessions", "middleware"),
    ("/csp/", "middleware"), ("/whitenoise/", "middleware"), ("/django_htmx/", "middleware"),
    ("/allauth/", "middleware"), ("/motcua/ui/", "templates"), ("/motcua/", "motcua"), ("/django/", "Django, the rest"),
)  # fmt: skip


class Inside(BaseAdapter):
    """Hands a request of `requests` to the WSGI application of this process."""

    def __init__(self, application: WSGIHandler) -> None:
        super().__init__()
        self.application = application

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """One request, answered at once."""
        answer = requests.Response()
        began: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            began.update(status=int(status.split()[0]), headers=headers)

        for signal in (request_started, request_finished):  # the connection is shared with what counts on it
            signal.disconnect(close_old_connections)
        try:
            body = self.application(_environ(request), start_response)
            content = b"".join(body)
            if hasattr(body, "close"):
                body.close()
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        answer.status_code = began["status"]
        answer.headers = CaseInsensitiveDict(began["headers"])
        answer.url, answer.request = str(request.url), request
        answer._content, answer.encoding = content, "utf-8"
        for name, value in began["headers"]:
            if name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                answer.cookies.set(key, rest.split(";", 1)[0].strip('"'))
        return answer

    def close(self) -> None:
        """Nothing is open."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(str(request.url))
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": unquote(parts.path),
        "QUERY_STRING": parts.query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_HOST": "127.0.0.1",
    }  # fmt: skip
    for name, value in request.headers.items():
        environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
    return environ


def turned_inside(browser: Browser, application: WSGIHandler) -> Browser:
    """A browser with the same session whose requests stay in this process."""
    copy = Browser("http://127.0.0.1", looks=browser.looks)
    copy.cookies = dict(browser.cookies)
    copy._http.mount("http://", Inside(application))
    return copy


class Statements:
    """Counts the statements of the present connection."""

    def __init__(self) -> None:
        self.count = 0
        self.words: Counter[str] = Counter()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """One statement more."""
        self.count += 1
        self.words[" ".join(str(sql).split()[:3])] += 1
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count the statements inside."""
    found = Statements()
    with connection.execute_wrapper(found):
        yield found


def layers(work: Callable[[], None]) -> dict[str, float]:
    """The share of each layer in the time of some work, by a profile of it."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    totals: Counter[str] = Counter()
    rows: dict[tuple[str, int, str], Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _line, name), (_calls, _all, own, _cumulative, _callers) in rows.items():
        waits = "wait" in name and "psycopg" in file
        totals["waiting for the database" if waits else _layer(file, name)] += own
    totals.pop("waiting for the database", None)  # not processor time of the web process
    whole = sum(totals.values()) or 1.0
    return {name: own / whole for name, own in totals.most_common()}


def _layer(file: str, name: str) -> str:
    if file == "~" and "psycopg" in name:
        return "database driver"
    return next((layer for part, layer in LAYERS if part in file), "Python and the rest")
