"""A new password for a local account."""

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from motcua.identity import forms
from motcua.identity import services as identity
from motcua.identity.models import Account
from motcua.kernel import clock
from motcua.kernel.http import actor_of, signed_in


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change it, and sign every other browser out. Accounts of the national identity have none to change."""
    actor = actor_of(request)
    account = Account.objects.filter(pk=actor.account_id).first() if actor.account_id else None
    if account is None or not account.has_usable_password():
        raise Http404
    form = forms.NewPassword(request.POST if request.method == "POST" else None, account=account)
    if not form.is_valid():
        return render(request, "identity/password.html", {"form": form}, status=422 if form.is_bound else 200)
    key = str(request.session.session_key)
    identity.set_password(
        account_id=account.pk, password=form.cleaned_data["new"], keep_session=key, actor=actor, now=clock.now()
    )
    account.refresh_from_db()
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    messages.success(request, _("Your password is changed. Other devices are signed out."))
    return redirect("identity:account")
