"""Absences: one's own, those of the people one leads, who stands in."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.identity import absence as rules
from motcua.identity import forms, queries
from motcua.identity import services as identity
from motcua.identity.models import Absence, Account
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.kernel.paging import page
from motcua.places.models import Agency

ORDER = ("valid_from", "id")


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """One's own absences with the form for the next; and, for who leads, everybody else's."""
    actor = actor_of(request)
    if actor.account_id is None:
        raise Http404
    chosen = forms.ChooseColleague(request.GET if "of" in request.GET else None, staff=_led(actor))
    if chosen.is_bound and chosen.is_valid():
        return redirect("identity:absence_of", chosen.cleaned_data["of"])
    form = _form(actor.account_id, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _show(request, form, chosen=chosen)
    if not form.is_valid():
        return _show(request, form, status=422)
    if not _asked(request, form, actor.account_id):
        return _show(request, form, status=409)
    messages.success(request, _("Your absence is written down; whoever leads you confirms it."))
    return redirect("identity:absences")


@staff(*rules.DECIDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def of(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Write down the absence of somebody one leads; it counts without a further word."""
    actor = actor_of(request)
    if not identity.decides_on(actor, account_id, clock.now()):
        raise Http404
    account = Account.objects.select_related("person").get(pk=account_id)
    form, status = _form(account_id, request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if _asked(request, form, account_id):
                messages.success(request, _("The absence is written down and confirmed."))
                return redirect("identity:absences")
            status = 409
    context = {"account": account, "form": form, "rows": _rows(queries.own_absences(account_id), actor)}
    return render(request, "identity/absence.html", context, status=status)


@staff(*rules.DECIDERS)
@require_POST
def confirm(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Confirm what somebody asked for."""
    done = _("The absence is confirmed; the roles pass to the substitute with its first day.")
    return _decide(request, absence_id, forms.EndAbsence({}), lambda reason: identity.confirm_absence, done)


@staff(*rules.DECIDERS)
@require_POST
def decline(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Decline what somebody asked for, with the reason."""
    form = forms.StaffReason(request.POST, auto_id=f"decline-{absence_id}-%s")
    return _decide(request, absence_id, form, _with_reason(identity.decline_absence), _("The absence is declined."))


@staff()
@require_POST
def end(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Back early: the substitute's roles end at once."""
    form = forms.EndAbsence(request.POST, auto_id=f"end-{absence_id}-%s")
    done = _("The absence has ended; nobody stands in any more.")
    return _decide(request, absence_id, form, _with_reason(identity.end_absence), done)


def _with_reason(service: Callable[..., Absence]) -> Callable[[str], Callable[..., Absence]]:
    return lambda reason: lambda **common: service(reason=reason, **common)


def _decide(
    request: HttpRequest, absence_id: UUID, form: Any, act: Callable[[str], Callable[..., Absence]], done: str
) -> HttpResponse:
    """One act on an absence the actor may see; a refusal is said above the list."""
    actor, now = actor_of(request), clock.now()
    found = Absence.objects.filter(pk=absence_id).first()
    if found is None or not (found.account_id == actor.account_id or identity.decides_on(actor, found.account_id, now)):
        raise Http404
    blank = _form(actor.account_id, None)
    if not form.is_valid():
        return _show(request, blank, acted=(absence_id, form), status=422)
    try:
        act(form.cleaned_data["reason"])(absence_id=absence_id, actor=actor, now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, blank, acted=(absence_id, form), status=409)
    messages.success(request, done)
    return redirect("identity:absences")


def _form(account_id: UUID | None, data: Any) -> forms.AbsenceForm:
    today = clock.today()
    found = queries.colleagues_of(account_id, today) if account_id else []
    choices = [(str(account.pk), queries.name_of(account)) for account in found]
    return forms.AbsenceForm(data, colleagues=choices, initial={"valid_from": today})


def _asked(request: HttpRequest, form: forms.AbsenceForm, account_id: UUID) -> bool:
    """Write it down; a refusal goes into the form."""
    data = form.cleaned_data
    try:
        identity.ask_absence(
            account_id=account_id, substitute_id=UUID(data["substitute"]), first_day=data["valid_from"],
            last_day=data["valid_to"], basis=data["basis"], actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def _reached(actor: Actor, today: date) -> list[Agency]:
    """The agencies in which the actor decides on absences, with those below where the role is a senior one."""
    own = [grant for grant in actor.grants if grant.instead_of is None]
    below = queries.below({grant.agency_id for grant in own if grant.role in rules.SENIOR}, today)
    heads = {grant.agency_id for grant in own if grant.role in rules.DECIDERS} - {agency.pk for agency in below}
    return [*below, *Agency.objects.in_force(today).filter(pk__in=heads)]


def _led(actor: Actor) -> list[tuple[str, str]]:
    """Whom the actor may choose: the staff of their own agencies. Others are reached by the page of their roles."""
    today = clock.today()
    if not actor.has_own(rules.DECIDERS):
        return []
    here = {grant.agency_id for grant in actor.grants if grant.role in rules.DECIDERS and grant.instead_of is None}
    found = queries.staff_accounts(here, today).order_by("person__sort_key", "username")
    led = identity.decided_by(actor, {one.pk for one in found}, clock.now())
    return [(str(one.pk), queries.name_of(one)) for one in found if one.pk in led]


def _rows(found: Any, actor: Actor, acted: tuple[UUID, Any] | None = None) -> list[dict[str, Any]]:
    today, now = clock.today(), clock.now()
    rows, led = [], identity.decided_by(actor, {row.account_id for row in found}, now)
    for row in found:
        form = acted[1] if acted and acted[0] == row.pk else None
        leads = row.account_id in led
        is_standing = row.state in ("asked", "granted") and row.valid_to >= today
        rows.append({
            "absence": row, "form": form, "leads": leads and row.is_asked,
            "may_end": is_standing and (leads or row.account_id == actor.account_id),
            "is_running": row.state == "granted" and row.valid_from <= today <= row.valid_to,
            "name": queries.name_of(row.account), "substitute": queries.name_of(row.substitute),
            "decline": form if isinstance(form, forms.StaffReason) else forms.StaffReason(auto_id=f"no-{row.pk}-%s"),
            "end": form if isinstance(form, forms.EndAbsence) else forms.EndAbsence(auto_id=f"end-{row.pk}-%s"),
        })  # fmt: skip
    return rows


def _show(
    request: HttpRequest,
    form: forms.AbsenceForm,
    *,
    chosen: forms.ChooseColleague | None = None,
    acted: tuple[UUID, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    led = _led(actor)
    agencies = [agency.pk for agency in _reached(actor, today)]
    others = queries.absences_in(agencies, today).exclude(account=actor.account_id)
    shown = page(others, order=ORDER, cursor=request.GET.get("page", ""))
    context = {
        "form": form, "refused": acted[1] if acted else form, "page": shown, "is_leading": bool(agencies),
        "own": _rows(queries.own_absences(actor.account_id) if actor.account_id else [], actor, acted),
        "others": _rows(shown.rows, actor, acted), "choose": chosen or forms.ChooseColleague(staff=led), "led": led,
    }  # fmt: skip
    return render(request, "identity/absences.html", context, status=status)
