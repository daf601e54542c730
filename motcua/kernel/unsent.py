"""A form that came too late, because its sender was signed out or its page too old: kept until it is sent again.

It lies in the sender's own session, on the server, and goes with it. Files are too large for that: their names are
kept, so that the person knows which to choose again. Forms with a password are never kept.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

KEY = "unsent"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 -- the name of a field
MOST = 100_000  # characters of a form


@dataclass(frozen=True, slots=True)
class Unsent:
    """A form as it arrived: where to, from which page, what was typed, the names of the files that came with it."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def keep(request: HttpRequest) -> bool:
    """Keep what was sent; False when there is nothing to keep, or when it must not be kept."""
    page = request.headers.get("Referer", "")
    if request.method != "POST" or not is_from_here(request):
        return False
    fields = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name != TOKEN]
    size = sum(len(name) + len(value) for name, value in fields)
    if not fields or size > MOST or any("password" in name for name, _value in fields):
        return False
    account = getattr(getattr(request, "actor", None), "account_id", None)
    request.session[KEY] = {
        "path": request.get_full_path(), "page": page if _is_here(request, page) else "/", "fields": fields,
        "files": [file.name for name in request.FILES for file in request.FILES.getlist(name)],
        "account": str(account) if account else "",
    }  # fmt: skip
    return True


def kept(request: HttpRequest) -> Unsent | None:
    """What is kept for whoever is signed in now; what another account typed is thrown away."""
    found: dict[str, Any] | None = request.session.get(KEY)
    if found is None:
        return None
    if found["account"] not in ("", str(request.actor.account_id)):  # type: ignore[attr-defined]
        forget(request)
        return None
    fields = tuple((str(name), str(value)) for name, value in found["fields"])
    return Unsent(found["path"], found["page"], fields, tuple(found["files"]))


def forget(request: HttpRequest) -> None:
    """It was sent again, or is not wanted any more."""
    request.session.pop(KEY, None)


def is_from_here(request: HttpRequest) -> bool:
    """Whether the form stood on a page of ours: the browser itself says so, and a page elsewhere cannot make it lie."""
    origin = request.headers.get("Origin", "")
    if origin:
        return origin == f"{request.scheme}://{request.get_host()}"
    return _is_here(request, request.headers.get("Referer", ""))


def _is_here(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
