"""Pages of the counter besides dossiers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue import queries as catalogue
from motcua.counter import queries, services
from motcua.counter.enums import GuidanceKind
from motcua.counter.forms import MINUTES, GuidanceForm
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.places import queries as places

SUGGESTED = 6


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def guidance(request: HttpRequest) -> HttpResponse:
    """“Guided a person to do it online”: one tap on the minutes, more only if the officer wants to say more."""
    if request.method != "POST":
        return _show(request, _form(request))
    form = _form(request, _search(request.POST.get("procedure_q", "")))
    if not form.is_valid():
        return _show(request, form, status=422)
    data = form.cleaned_data
    try:
        services.record_guidance(
            minutes=data["minutes"], kind=GuidanceKind(data["kind"]), agency_id=UUID(data["agency"]),
            procedure_id=form.procedure_id(), actor=actor_of(request), now=clock.now(), key=data["key"],
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, form, status=409)
    messages.success(request, _("Written down. Thank you."))
    return redirect("counter:guidance")


@staff()
@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Procedures for what is being typed, as choices of the form."""
    found = _search(request.GET.get("procedure_q", ""))
    form = GuidanceForm(agencies=[], found=found, initial={"procedure": found[0][0] if found else ""})
    return render(request, "counter/_procedures.html", {"form": form, "found": found})


def _form(request: HttpRequest, found: list[tuple[str, str]] | None = None) -> GuidanceForm:
    mine = actor_of(request).agencies()
    names = sorted((name, str(key)) for key, name in places.agency_names(set(mine)).items())
    agencies = [(key, name) for name, key in names]
    centre = next((str(key) for key in actor_of(request).agencies(Role.RECEPTION)), agencies[0][0])
    form = GuidanceForm(
        request.POST if request.method == "POST" else None, agencies=agencies, found=found or [],
        initial={"agency": centre},
    )  # fmt: skip
    form.fields["procedure_q"].widget.attrs |= {
        "hx-get": reverse("counter:procedures"), "hx-trigger": "input changed delay:150ms",
        "hx-target": "#guidance-procedures", "hx-sync": "this:replace",
    }  # fmt: skip
    return form


def _search(typed: str) -> list[tuple[str, str]]:
    if len(typed.strip()) < 2:
        return []
    found = catalogue.search(typed[:200], on=clock.today(), limit=SUGGESTED).procedures
    return [(str(procedure.pk), procedure.name) for procedure in found]


def _show(request: HttpRequest, form: GuidanceForm, status: int = 200) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    mine = queries.guidance_of_day(actor.account_id, today) if actor.account_id else []
    context = {
        "form": form, "minutes": MINUTES, "mine": mine, "my_minutes": sum(one.minutes for one in mine),
        "total": queries.total_of_day(actor.agencies(), today), "found": form.fields["procedure"].choices,  # type: ignore[attr-defined]
        "has_choice": len(form.fields["agency"].choices) > 1,  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "counter/guidance.html", context, status=status)
