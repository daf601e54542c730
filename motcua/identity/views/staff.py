"""Staff and their roles, for the administrators of their agencies."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.identity import forms, queries
from motcua.identity import services as identity
from motcua.identity.models import Account, StaffRole
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.kernel.paging import page
from motcua.places.models import Agency

ORDER = ("name_key", "username")


@staff(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_list(request: HttpRequest) -> HttpResponse:
    """The staff of the agencies one administers; and a role for somebody who is not among them yet."""
    agencies = queries.administered(actor_of(request), clock.today())
    if request.method != "POST":
        return _show_list(request, agencies, _grant_form(agencies, has_who=True))
    form = _grant_form(agencies, has_who=True, data=request.POST)
    if not form.is_valid():
        return _show_list(request, agencies, form, status=422)
    account = queries.account_for(form.cleaned_data["who"])
    if account is None:
        form.add_error("who", _("Nobody has this account name or number here. Ask the person to sign in once first."))
        return _show_list(request, agencies, form, status=422)
    if not _granted(request, form, account.pk):
        return _show_list(request, agencies, form, status=409)
    return redirect("identity:staff_member", account.pk)


@staff(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One member of staff: the roles, those that were, and a further one."""
    agencies = queries.administered(actor_of(request), clock.today())
    account, roles = _found(account_id, agencies)
    if request.method != "POST":
        return _show_member(request, account, roles, agencies)
    form = _grant_form(agencies, has_who=False, data=request.POST)
    if not form.is_valid():
        return _show_member(request, account, roles, agencies, grant=form, status=422)
    if not _granted(request, form, account.pk):
        return _show_member(request, account, roles, agencies, grant=form, status=409)
    return redirect("identity:staff_member", account.pk)


@staff(Role.ADMIN)
@require_POST
def end_role(request: HttpRequest, account_id: UUID, role_id: UUID) -> HttpResponse:
    """A role ends at once, with its reason."""
    agencies = queries.administered(actor_of(request), clock.today())
    account, roles = _found(account_id, agencies)
    role = next((role for role in roles if role.pk == role_id), None)
    if role is None:
        raise Http404
    form = forms.StaffReason(request.POST, auto_id=f"end-{role_id}-%s")
    if not form.is_valid():
        return _show_member(request, account, roles, agencies, ending=(role_id, form), status=422)
    try:
        identity.end_role(
            staff_role_id=role.pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=clock.now()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _show_member(request, account, roles, agencies, ending=(role_id, form), status=409)
    messages.success(request, _("The role has ended; it counts from the next page on."))
    return redirect("identity:staff_member", account.pk)


@staff(Role.ADMIN)
@require_POST
def reset_second_factor(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The lost authenticator app is removed; the next sign-in sets up another."""
    agencies = queries.administered(actor_of(request), clock.today())
    account, roles = _found(account_id, agencies)
    form = forms.StaffReason(request.POST, auto_id="reset-%s")
    if not form.is_valid():
        return _show_member(request, account, roles, agencies, reset=form, status=422)
    try:
        identity.reset_second_factor(
            account_id=account.pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=clock.now()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _show_member(request, account, roles, agencies, reset=form, status=409)
    messages.success(request, _("The authenticator app is removed; the next sign-in sets up another one."))
    return redirect("identity:staff_member", account.pk)


def _found(account_id: UUID, agencies: list[Agency]) -> tuple[Account, list[StaffRole]]:
    try:
        return queries.staff_member(account_id, [agency.pk for agency in agencies])
    except Account.DoesNotExist as error:
        raise Http404 from error


def _grant_form(agencies: list[Agency], *, has_who: bool, data: Any = None) -> forms.GrantRole:
    choices = [(str(agency.pk), agency.name) for agency in agencies]
    return forms.GrantRole(data, agencies=choices, has_who=has_who, initial={"valid_from": clock.today()})


def _granted(request: HttpRequest, form: forms.GrantRole, account_id: UUID) -> bool:
    """Give the role; a refusal goes into the form."""
    data = form.cleaned_data
    try:
        identity.grant_role(
            account_id=account_id, agency_id=UUID(data["agency"]), role=data["role"], valid_from=data["valid_from"],
            valid_to=data["valid_to"], decision=data["decision"], actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The role is given."))
    return True


def _show_list(
    request: HttpRequest, agencies: list[Agency], grant: forms.GrantRole, *, status: int = 200
) -> HttpResponse:
    today, choices = clock.today(), [(str(agency.pk), agency.name) for agency in agencies]
    find = forms.StaffFilter(request.GET, agencies=choices)
    chosen = find.cleaned_data.get("agency") if find.is_valid() else ""
    among = {UUID(chosen)} if chosen else {agency.pk for agency in agencies}
    rows = queries.staff_accounts(among, today, name=find.cleaned_data.get("q", ""))
    context = {
        "find": find, "grant": grant, "today": today,
        "page": page(rows, order=ORDER, cursor=request.GET.get("page", "")),
        "is_narrowed": bool(chosen or find.cleaned_data.get("q")),
    }  # fmt: skip
    return render(request, "identity/staff.html", context, status=status)


def _show_member(
    request: HttpRequest,
    account: Account,
    roles: list[StaffRole],
    agencies: list[Agency],
    *,
    grant: forms.GrantRole | None = None,
    ending: tuple[UUID, forms.StaffReason] | None = None,
    reset: forms.StaffReason | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    ended, form = ending or (None, None)
    present = [role for role in roles if role.ended_at is None and (role.valid_to is None or role.valid_to >= today)]
    factor = getattr(account, "second_factor", None)
    context = {
        "account": account, "today": today, "past": [role for role in roles if role not in present],
        "present": [
            (role, form if form and role.pk == ended else forms.StaffReason(auto_id=f"end-{role.pk}-%s"))
            for role in present
        ],
        "grant": grant or _grant_form(agencies, has_who=False),
        "reset": reset or forms.StaffReason(auto_id="reset-%s"), "refused": grant or form or reset,
        "has_app": factor is not None and factor.confirmed_at is not None,
        "is_own": account.pk == actor_of(request).account_id,
    }  # fmt: skip
    return render(request, "identity/staff_member.html", context, status=status)
