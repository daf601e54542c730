"""Keeping and disposal: what is due, the lists, their decision, and holds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.dossiers import keeping
from motcua.dossiers.forms.keeping import DecideForm, HoldForm, LiftForm, ProposeForm
from motcua.dossiers.models import Disposition, Dossier, Hold
from motcua.dossiers.services import disposition
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.places.models import Agency

KEEPERS = (*disposition.PROPOSERS, *disposition.DECIDERS)
SHOWN = 200  # lines of a list on its page
LISTS = 50


@staff(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Due by class, the lists and the holds; a sent form proposes a list or places a hold."""
    actor = actor_of(request)
    if request.method != "POST":
        return _show(request, actor)
    is_hold = request.POST.get("act") == "hold"
    form: Any = HoldForm(request.POST) if is_hold else _propose_form(actor, request.POST)
    if not form.is_valid():
        return _show(request, actor, form, status=422)
    try:
        if is_hold:
            _place(form, actor)
            messages.success(request, _("The dossier is on hold; nothing of it is disposed of."))
            return redirect("dossiers:keeping")
        made = disposition.propose(
            agency_id=UUID(form.cleaned_data["agency"]), class_key=form.cleaned_data["keeping_class"],
            reason=form.cleaned_data["reason"], actor=actor, now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, actor, form, status=409)
    messages.success(request, _("The list is made; a colleague decides it."))
    return redirect("dossiers:disposal", made.pk)


@staff(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def disposal(request: HttpRequest, disposition_id: UUID) -> HttpResponse:
    """One list; a sent form decides it or drops it."""
    actor = actor_of(request)
    mine = actor.agencies(*KEEPERS)
    found = get_object_or_404(Disposition.objects.select_related("agency"), pk=disposition_id, agency__in=mine)
    form = DecideForm(request.POST if request.POST.get("act") == "approve" else None)
    if request.method != "POST" or (form.is_bound and not form.is_valid()):
        return _show_list(request, found, form, 422 if form.is_bound else 200)
    try:
        if form.is_bound:
            disposition.approve(disposition_id=found.pk, actor=actor, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("The list is decided; it is carried out in the night."))
        else:
            disposition.cancel(disposition_id=found.pk, actor=actor, now=clock.now())
            messages.success(request, _("The list is dropped."))
    except Refused as refusal:
        form = DecideForm(request.POST)
        form.is_valid()
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show_list(request, found, form, 409)
    return redirect("dossiers:disposal", found.pk)


@staff(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """One hold: why, until when, by whom; a sent form lifts it."""
    actor = actor_of(request)
    rows = Hold.objects.select_related("dossier__procedure", "dossier__receiving_agency")
    found = get_object_or_404(rows, pk=hold_id, dossier__receiving_agency__in=actor.agencies(*KEEPERS))
    form = LiftForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show_hold(request, found, form, 422 if form.is_bound else 200)
    try:
        disposition.lift_hold(
            dossier_id=found.dossier_id, reason=form.cleaned_data["reason"], actor=actor, now=clock.now()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _show_hold(request, found, form, 409)
    messages.success(request, _("The hold is lifted; the class of keeping decides again."))
    return redirect("dossiers:hold", found.pk)


def _show_hold(request: HttpRequest, found: Hold, form: LiftForm, status: int) -> HttpResponse:
    dossier = found.dossier
    context = {
        "hold": found, "dossier": dossier, "form": form, "is_over": found.is_over(clock.today()),
        "class": keeping.class_of(dossier.procedure.code, dossier.procedure.field.code),
        "may_read": Dossier.objects.at_work_of(actor_of(request)).filter(pk=dossier.pk).exists(),
        "may_lift": actor_of(request).has(disposition.DECIDERS, dossier.receiving_agency_id),
    }  # fmt: skip
    return render(request, "dossiers/office/hold.html", context, status=status)


def _place(form: HoldForm, actor: Actor) -> None:
    own = actor.agencies(*KEEPERS)
    dossier = Dossier.objects.filter(code=form.cleaned_data["code"].strip(), receiving_agency__in=own).first()
    if dossier is None:
        raise Refused("unknown", _("Your agency received no dossier of this code."), field="code")
    words = form.cleaned_data
    disposition.place_hold(
        dossier_id=dossier.pk, reason=words["reason"], until=words["until"], actor=actor, now=clock.now()
    )


def _agencies(actor: Actor) -> list[Agency]:
    return list(Agency.objects.filter(pk__in=actor.agencies(*KEEPERS)).order_by("sort_key", "code"))


def _propose_form(actor: Actor, data: Any = None) -> ProposeForm:
    classes = [(one.key, one.name) for one in keeping.classes() if one.years is not None]
    return ProposeForm(data, agencies=_agencies(actor), classes=classes)


def _show(request: HttpRequest, actor: Actor, form: Any = None, status: int = 200) -> HttpResponse:
    agencies, today = _agencies(actor), clock.today()
    mine = [agency.pk for agency in agencies]
    if not mine:
        raise Http404
    due = [
        {"agency": agency, "class": one, "count": disposition.due(agency.pk, one.key, today).count()}
        for agency in agencies
        for one in keeping.classes()
    ]
    context = {
        "due": due, "lists": Disposition.objects.filter(agency__in=mine).order_by("-proposed_at")[:LISTS],
        "holds": Hold.objects.in_force(today).filter(dossier__receiving_agency__in=mine)
        .select_related("dossier__procedure").order_by("-placed_at")[:LISTS],
        "propose": form if isinstance(form, ProposeForm) else _propose_form(actor),
        "hold": form if isinstance(form, HoldForm) else HoldForm(initial={"code": request.GET.get("code", "")}),
        "opens_hold": isinstance(form, HoldForm) or "code" in request.GET, "refused": form,
        "may_propose": actor.has(disposition.PROPOSERS),
    }  # fmt: skip
    return render(request, "dossiers/office/keeping.html", context, status=status)


def _show_list(request: HttpRequest, found: Disposition, form: DecideForm, status: int) -> HttpResponse:
    lines = found.lines.order_by("pk")
    context = {
        "list": found, "class": keeping.class_named(found.class_key), "lines": lines[:SHOWN], "count": lines.count(),
        "form": form, "may_decide": actor_of(request).has(disposition.DECIDERS, found.agency_id),
        "is_open": found.approved_at is None and found.cancelled_at is None,
    }  # fmt: skip
    return render(request, "dossiers/office/disposal.html", context, status=status)
