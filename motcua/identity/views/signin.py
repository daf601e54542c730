"""Signing in and out."""

import time
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.identity import forms, national
from motcua.identity import services as identity
from motcua.identity.enums import Way
from motcua.identity.middleware import client_address
from motcua.identity.models import Account, SecondFactor
from motcua.identity.rules import asserts_second_factor
from motcua.identity.services.accounts import BACKEND
from motcua.identity.sessions import ACTING_FOR_KEY, SECOND_FACTOR_KEY, SIGN_IN_KEY
from motcua.kernel import clock, unsent
from motcua.kernel.actor import ANONYMOUS
from motcua.kernel.errors import DomainError, Permanent, Refused, Temporary
from motcua.kernel.http import actor_of, public, signed_in

PENDING_KEY = "pending_sign_in"  # the password was right, the second factor is still to come
NEXT_KEY = "sign_in_next"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The two ways to sign in; POST is the local one."""
    target = safe_next(request)
    if request.method != "POST":
        if actor_of(request).is_authenticated:
            return redirect(target or home_of(request))
        return sign_in_page(request, forms.LocalSignIn(), target)
    form = forms.LocalSignIn(request.POST)
    if not settings.LOCAL_ACCOUNTS or not form.is_valid():
        return sign_in_page(request, form, target, status=422)
    try:
        account = identity.sign_in_locally(**form.cleaned_data, **where(request), now=clock.now())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return sign_in_page(request, form, target, status=429 if refusal.code == "locked" else 422)
    if SecondFactor.objects.filter(pk=account.pk, confirmed_at__isnull=False).exists():
        request.session.cycle_key()
        request.session[PENDING_KEY] = {"account": str(account.pk), "at": time.time(), "next": target}
        return redirect("identity:second_factor")
    open_for(request, account, way=Way.LOCAL, methods=("pwd",))
    return redirect(target or home_of(request))


@public
@never_cache
@require_POST
def start_national(request: HttpRequest) -> HttpResponse:
    """Send the browser to the national identity."""
    target = safe_next(request)
    if not national.is_configured():
        return redirect("identity:sign_in")
    try:
        response = national.start(request, request.build_absolute_uri(reverse("identity:national_callback")))
    except Temporary as error:
        return sign_in_page(request, forms.LocalSignIn(), target, notice=error, status=503)
    request.session[NEXT_KEY] = target
    return response


@public
@never_cache
@require_safe
def national_callback(request: HttpRequest) -> HttpResponse:
    """The browser comes back; only what the provider signed is believed."""
    target = request.session.get(NEXT_KEY, "")
    if not national.is_configured():
        return redirect("identity:sign_in")
    try:
        found = national.finish(request)
        account = identity.sign_in_nationally(identity=found, **where(request), now=clock.now())
    except (Permanent, Temporary, Refused) as error:
        status = 503 if isinstance(error, Temporary) else 400
        return sign_in_page(request, forms.LocalSignIn(), target, notice=error, status=status)
    request.session.pop(NEXT_KEY, None)
    open_for(request, account, way=Way.NATIONAL, methods=found.methods, level=found.level)
    return redirect(target or home_of(request))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, then end the session here; the provider's own session is a link away."""
    actor = actor_of(request)
    if request.method != "POST":
        return render(request, "identity/sign_out.html", {"is_done": not actor.is_authenticated})
    way = request.session.get(SIGN_IN_KEY, {}).get("way", "")
    if actor.account_id:
        identity.note_sign_out(account_id=actor.account_id, way=way, **where(request), now=clock.now())
    request.session.flush()
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    back = request.build_absolute_uri(reverse("identity:sign_in"))
    context = {"is_done": True, "provider": national.name()}
    if way == Way.NATIONAL:
        context["provider_href"] = national.sign_out_address(back)
    return render(request, "identity/sign_out.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsent_form(request: HttpRequest) -> HttpResponse:
    """A form that came while its sender was signed out: nothing of it is lost, one press sends it again."""
    form = unsent.kept(request)
    if form is None:
        return redirect(home_of(request))
    if request.method == "POST":
        unsent.forget(request)
        if "leave" in request.POST:
            return redirect(form.page)
        return HttpResponseRedirect(form.path, preserve_request=True)
    return render(request, "identity/unsent.html", {"form": form})


def sign_in_page(
    request: HttpRequest, form: forms.LocalSignIn, target: str, *, notice: DomainError | None = None, status: int = 200
) -> HttpResponse:
    """The sign-in page; its content policy lets the form's redirect reach the provider."""
    context: dict[str, Any] = {
        "form": form,
        "next": target,
        "notice": notice.message if notice else "",
        "provider": national.name() if national.is_configured() else "",
        "has_local": settings.LOCAL_ACCOUNTS,
    }
    response = render(request, "identity/sign_in.html", context, status=status)
    if national.is_configured():
        response._csp_update = {"form-action": [national.origin()]}  # type: ignore[attr-defined]
    return response


def open_for(request: HttpRequest, account: Account, *, way: Way, methods: tuple[str, ...], level: str = "") -> None:
    """Sign the account in under a new session key; nothing of an earlier person stays."""
    for key in (PENDING_KEY, ACTING_FOR_KEY, SECOND_FACTOR_KEY):
        request.session.pop(key, None)
    auth.login(request, account, backend=BACKEND)
    request.session[SIGN_IN_KEY] = {"way": way.value, "methods": list(methods), "level": level}
    request.session[SECOND_FACTOR_KEY] = asserts_second_factor(methods)


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or nothing."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts, is_https = {request.get_host()}, request.is_secure()
    if not target.startswith(("/", "http://", "https://")):  # a bare word would be taken for the name of a page
        return ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=is_https) else ""


def home_of(request: HttpRequest) -> str:
    """Where a person lands: the doors' own choice, or the account page."""
    for name in ("doors:after_sign_in", "doors:space", "identity:account"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return resolve_url("/")


def where(request: HttpRequest) -> dict[str, str]:
    """What the trace of a sign-in keeps of the request."""
    return {"address": client_address(request), "browser": request.headers.get("User-Agent", "")}
