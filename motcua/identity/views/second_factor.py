"""The second factor: giving a code, setting up the app."""

import io
import time
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from motcua.identity import forms
from motcua.identity import services as identity
from motcua.identity.enums import Way
from motcua.identity.models import Account, SecondFactor
from motcua.identity.sessions import SECOND_FACTOR_KEY
from motcua.identity.views.signin import PENDING_KEY, home_of, open_for, safe_next, where
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, public, signed_in

PENDING_SECONDS = 600


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code after the password, or later where a page asks for more than the sign-in gave."""
    pending = _pending(request)
    account_id = pending.get("account") or actor_of(request).account_id
    target = pending.get("next") or safe_next(request)
    if account_id is None:
        return redirect("identity:sign_in")
    if not SecondFactor.objects.filter(pk=account_id, confirmed_at__isnull=False).exists():
        return redirect(f"{reverse('identity:set_up_second_factor')}?{urlencode({'next': target})}")
    form = forms.Code(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            identity.check_second_factor(account_id=account_id, **form.cleaned_data, **where(request), now=clock.now())
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            _strengthen(request, pending)
            return redirect(target or home_of(request))
    context = {"form": form, "next": target}
    return render(request, "identity/second_factor.html", context, status=422 if form.is_bound else 200)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Read the QR code with an authenticator app, prove it by a code, keep the recovery codes."""
    actor, now, target = actor_of(request), clock.now(), safe_next(request)
    if actor.account_id is None:
        raise PermissionDenied
    try:
        address = identity.prepare_second_factor(account_id=actor.account_id, now=now)
    except Refused:
        return redirect("identity:second_factor")
    form = forms.Code(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            recovery = identity.confirm_second_factor(
                account_id=actor.account_id, **form.cleaned_data, actor=actor, now=now
            )
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            _strengthen(request, {})
            facts = {"recovery": recovery, "next": target or home_of(request)}
            return render(request, "identity/recovery_codes.html", facts)
    context = {"form": form, "next": target, "qr": _qr(address), "secret": _secret(address)}
    return render(request, "identity/second_factor_set_up.html", context, status=422 if form.is_bound else 200)


def _strengthen(request: HttpRequest, pending: dict[str, Any]) -> None:
    if pending:
        open_for(request, Account.objects.get(pk=pending["account"]), way=Way.LOCAL, methods=("pwd", "otp"))
    else:
        request.session.cycle_key()
        request.session[SECOND_FACTOR_KEY] = True


def _pending(request: HttpRequest) -> dict[str, Any]:
    pending = request.session.get(PENDING_KEY) or {}
    if pending and time.time() - pending["at"] > PENDING_SECONDS:
        del request.session[PENDING_KEY]
        return {}
    return dict(pending)


def _qr(text: str) -> SafeString:
    drawing = io.BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", border=4, omitsize=True, xmldecl=False, nl=False)
    return mark_safe(drawing.getvalue().decode())  # noqa: S308 - drawn here from a code of ours


def _secret(address: str) -> str:
    secret = address.split("secret=", 1)[1].split("&", 1)[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
