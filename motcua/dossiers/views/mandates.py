"""Who signs in an agency, in which capacity, by which decision; given and ended by its head or administrator."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.dossiers import queries, services
from motcua.dossiers.forms.mandates import EndMandateForm, MandateForm
from motcua.dossiers.models import Mandate
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.kernel.paging import page
from motcua.places.models import Agency

SIGNING = (Role.LEADER, Role.ADMIN)
ORDER = ("-valid_from", "-pk")


@staff(*SIGNING)
def mandates(request: HttpRequest) -> HttpResponse:
    """The agencies in which one signs or administers; with only one, its page."""
    found = _agencies(actor_of(request))
    if len(found) == 1:
        return redirect("dossiers:mandates_of", found[0].pk)
    return render(request, "dossiers/office/signing_agencies.html", {"agencies": found})


@staff(*SIGNING)
@require_http_methods(["GET", "HEAD", "POST"])
def of_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Who signs in one agency; a sent form gives a mandate."""
    actor, now = actor_of(request), clock.now()
    agency = _agency(actor, agency_id)
    if request.method != "POST":
        return _show(request, agency)
    if not _may_give(actor, agency, now):
        raise Http404
    form = _form(agency, request.POST)
    if not form.is_valid():
        return _show(request, agency, form, status=422)
    try:
        services.give_mandate(mandate=form.mandate(agency.pk), actor=actor, now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, agency, form, status=409)
    messages.success(request, _("The mandate is written down."))
    return redirect("dossiers:mandates_of", agency.pk)


@staff(*SIGNING)
@require_POST
def end(request: HttpRequest, agency_id: UUID, mandate_id: UUID) -> HttpResponse:
    """End a mandate at once."""
    actor = actor_of(request)
    agency = _agency(actor, agency_id)
    form = EndMandateForm(request.POST, auto_id=f"end-{mandate_id}-%s")
    if not Mandate.objects.filter(pk=mandate_id, agency=agency).exists():
        raise Http404
    if not form.is_valid():
        return _show(request, agency, ending=(mandate_id, form), status=422)
    try:
        services.end_mandate(mandate_id=mandate_id, reason=form.cleaned_data["reason"], actor=actor, now=clock.now())
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, agency, ending=(mandate_id, form), status=409)
    messages.success(request, _("The mandate has ended; what was signed under it stays."))
    return redirect("dossiers:mandates_of", agency.pk)


def _agencies(actor: Actor) -> list[Agency]:
    """Those in which the actor is a leader themselves, and those administered."""
    today = clock.today()
    own = {grant.agency_id for grant in actor.grants if grant.role is Role.LEADER and grant.instead_of is None}
    led = Agency.objects.in_force(today).filter(pk__in=own)
    found = {agency.pk: agency for agency in (*led, *identity.administered(actor, today))}
    return sorted(found.values(), key=lambda agency: (agency.sort_key, agency.code))


def _agency(actor: Actor, agency_id: UUID) -> Agency:
    found = next((agency for agency in _agencies(actor) if agency.pk == agency_id), None)
    if found is None:
        raise Http404
    return found


def _may_give(actor: Actor, agency: Agency, now: Any) -> bool:
    return services.may_give(actor, agency.pk, now) or services.order_of(actor, agency.pk, now) is not None


def _form(agency: Agency, data: Any = None) -> MandateForm:
    leaders = identity.staff_of(agency.pk, Role.LEADER, on=clock.today())
    choices = [(str(one.account_id), one.name) for one in leaders]
    today = clock.today()
    initial = {"head_title": services.title_of(agency), "decided_on": today, "valid_from": today}
    return MandateForm(data, leaders=choices, initial=initial)


def _show(
    request: HttpRequest,
    agency: Agency,
    form: MandateForm | None = None,
    *,
    ending: tuple[UUID, EndMandateForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    shown = page(queries.mandates_of(agency.pk), order=ORDER, cursor=request.GET.get("page", ""))
    named = {key for row in shown.rows for key in (row.delegate_id, row.giver_id) if key}
    names = identity.names_of(named)
    powers = {one.id: one for one in services.powers(shown.rows)}
    may_give = services.may_give(actor, agency.pk, now)
    rows = [
        {
            "mandate": row, "who": names.get(row.delegate_id, ""),
            "giver": names.get(row.giver_id, "") if row.giver_id else "",
            "holds": powers[row.pk].holds(now), "is_to_come": row.valid_from > clock.today(),
            "may_end": not row.is_ended and (may_give or row.giver_id == actor.account_id)
            and (row.valid_to is None or row.valid_to >= clock.today()),
            "form": ending[1] if ending and ending[0] == row.pk else EndMandateForm(auto_id=f"end-{row.pk}-%s"),
        }
        for row in shown.rows
    ]  # fmt: skip
    context = {
        "agency": agency, "rows": rows, "page": shown, "form": form or _form(agency),
        "may_give": _may_give(actor, agency, now), "refused": ending[1] if ending else form,
    }  # fmt: skip
    return render(request, "dossiers/office/signing.html", context, status=status)
