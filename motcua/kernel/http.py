"""What stands between the web and the views: request ids, deny by default, errors as pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from motcua.kernel import unsent
from motcua.kernel.actor import ANONYMOUS, Actor, Role
from motcua.kernel.errors import Conflict, NotReady, Refused

log = structlog.get_logger(__name__)
V = TypeVar("V", bound=Callable[..., Any])
Next = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may enter a view: `public`, `signed_in` or `staff` (with one of `roles`, if named)."""

    kind: str
    roles: tuple[Role, ...] = ()


def public(view: V) -> V:
    """Anybody may enter."""
    view.mc_access = Access("public")  # type: ignore[attr-defined]
    return view


def signed_in(view: V) -> V:
    """A signed-in person may enter; others are asked to sign in."""
    view.mc_access = Access("signed_in")  # type: ignore[attr-defined]
    return view


def staff(*roles: Role) -> Callable[[V], V]:
    """Staff with a second factor and one of these roles (any role, if none is named) may enter."""

    def mark(view: V) -> V:
        view.mc_access = Access("staff", roles)  # type: ignore[attr-defined]
        return view

    return mark


def actor_of(request: HttpRequest) -> Actor:
    """The actor `identity` built for this request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


class RequestContext:
    """Gives each request an id, in the logs and in the answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the id around the request."""
        request_id = uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class Limits:
    """Turns away, before anything is read, what no page of ours can mean: bodies beyond measure, zero characters.

    Must stand behind the middleware that names the actor: strangers may send one file, others a few at once.
    """

    FORM = 2 * 1024 * 1024  # what a form weighs beside its files
    FILES = 5  # at most this many files of the largest size in one form

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the head of the request only."""
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)  # PostgreSQL cannot hold them, so nothing of ours is called that
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return bad_request(request)
        files = self.FILES if actor_of(request).is_authenticated else 1
        if len(length) > 15 or int(length) > settings.UPLOAD_LIMIT * files + self.FORM:
            log.warning("request_too_large", length=length[:20])
            return _too_large(request)
        return self.get_response(request)


class DenyByDefault:
    """A view that does not say who may enter is closed to everybody."""

    EXEMPT = ("django.contrib.staticfiles.",)

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: the work is done once the view is known. An empty “not allowed” becomes a page with words."""
        response = self.get_response(request)
        if response.status_code != 405 or response.content:  # noqa: PLR2004 -- Method Not Allowed
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response.get("Allow", "")
        return page

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Compare the view's mark with the actor."""
        access: Access | None = getattr(view, "mc_access", None)
        if access is None:
            if getattr(view, "__module__", "").startswith(self.EXEMPT):
                return None
            raise PermissionDenied
        actor = actor_of(request)
        if access.kind == "public":
            return None
        if not actor.is_authenticated and request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)  # a page asks for a part of itself: its script tells, what was typed stays
        if not actor.is_authenticated:
            return redirect_to_login(_page_of(request), resolve_url(settings.LOGIN_URL))
        if access.kind == "staff":
            if not actor.is_staff or (access.roles and not actor.has(access.roles)):
                raise PermissionDenied
            if not actor.has_second_factor:
                return redirect(f"{resolve_url('identity:second_factor')}?{urlencode({'next': _page_of(request)})}")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An act refused outside a form becomes a page that says why; a row out of sight is one that is not there."""
        if isinstance(error, Refused | Conflict | NotReady):
            return render(request, "409.html", {"message": error.message}, status=409)
        if isinstance(error, ObjectDoesNotExist):  # it went out of sight between the page's look and the act's
            log.warning("row_out_of_sight", kind=type(error).__qualname__)
            return not_found(request)
        if isinstance(error, DataError) and "NUL" in str(error):  # a zero character in a field no form looked at
            return bad_request(request)
        return None


def _page_of(request: HttpRequest) -> str:
    """Where to come back to after signing in: this page, or for a sent form the page that offers to send it again."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    if unsent.keep(request):
        return resolve_url("identity:unsent")
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be read."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    return render(request, "400.html", status=400)


def _too_large(request: HttpRequest) -> HttpResponse:
    facts = {"limit": settings.UPLOAD_LIMIT // (1024 * 1024)}
    response = render(request, "413.html", facts, status=413)
    response["Connection"] = "close"  # the rest of the body is not waited for
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Visible, but not allowed."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not there, or not for these eyes."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault; the page needs no database."""
    context = {"request_id": structlog.contextvars.get_contextvars().get("request_id", "")}
    return HttpResponse(render_to_string("500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection has expired, as after signing in again: a form of ours is kept and offered once more."""
    log.warning("csrf_refused", reason=reason)
    access: Access | None = getattr(getattr(request.resolver_match, "func", None), "mc_access", None)
    is_asked_by_script = request.headers.get("HX-Request") == "true"  # it fetches a new token and tries again itself
    if access is not None and access.kind != "public" and not is_asked_by_script and unsent.keep(request):
        return redirect("identity:unsent")
    return render(request, "403_csrf.html", status=403)
