"""The person's own account: contact data, sign-ins, who looked; and for whom one acts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.identity import forms, queries
from motcua.identity import services as identity
from motcua.identity.models import Account, Person, SecondFactor
from motcua.identity.sessions import ACTING_FOR_KEY, Who
from motcua.identity.views.signin import home_of, safe_next
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict
from motcua.kernel.http import actor_of, signed_in
from motcua.places import queries as places


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What we know of you, how to reach you, how you signed in, who looked at your data."""
    actor = actor_of(request)
    person = queries.person(actor.person_id) if actor.person_id else None
    if person is None:
        return render(request, "identity/account.html", _traces(actor))
    units = [(str(unit.pk), unit.name) for unit in places.communes_at(clock.today())]
    if request.method != "POST":
        form = forms.Contact(initial=_contact_of(person), expected=person.version, units=units)
        return render(request, "identity/account.html", {**_traces(actor), "person": person, "form": form})
    form = forms.Contact(request.POST, units=units)
    if form.is_valid():
        try:
            _save(form.cleaned_data, person, actor)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        else:
            messages.success(request, _("Your details are saved."))
            return redirect("identity:account")
    return render(request, "identity/account.html", {**_traces(actor), "person": person, "form": form}, status=422)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Choose to act for oneself or for a business one represents."""
    who: Who = request.session.who  # type: ignore[attr-defined]
    if request.method != "POST":
        context = {"businesses": who.businesses, "current": actor_of(request).on_behalf_of, "next": safe_next(request)}
        return render(request, "identity/switch.html", context)
    chosen = request.POST.get("party", "")
    if chosen in {str(key) for key, _name in who.businesses}:
        request.session[ACTING_FOR_KEY] = chosen
    else:
        request.session.pop(ACTING_FOR_KEY, None)
    return redirect(safe_next(request) or home_of(request))


def _save(facts: dict[str, Any], person: Person, actor: Actor) -> None:
    identity.update_contact(
        person_id=person.pk, phone=facts["phone"], email=facts["email"], address_unit_id=facts["unit"] or None,
        address_street=facts["street"], language=facts["language"], expected=facts["expected"] or 0, actor=actor,
        now=clock.now(),
    )  # fmt: skip


def _contact_of(person: Person) -> dict[str, Any]:
    return {
        "phone": person.phone, "email": person.email, "unit": str(person.address_unit_id or ""),
        "street": person.address_street, "language": person.language,
    }  # fmt: skip


def _traces(actor: Actor) -> dict[str, Any]:
    today = clock.today()
    found: dict[str, Any] = {"person": None, "sign_ins": [], "looks": [], "relatives": [], "businesses": []}
    found["roles"] = queries.roles_of(actor)
    if actor.account_id:
        found["sign_ins"] = queries.sign_ins(actor.account_id)
        found["has_password"] = Account.objects.get(pk=actor.account_id).has_usable_password()
        found["has_app"] = SecondFactor.objects.filter(pk=actor.account_id, confirmed_at__isnull=False).exists()
    if actor.person_id:
        found["looks"] = queries.looks_at(actor.person_id)
        found["relatives"] = queries.relatives(actor.person_id, today)
        found["businesses"] = queries.businesses(actor.person_id, today)
    return found
