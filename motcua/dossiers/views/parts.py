"""The page of another agency's part: what it is asked, by when, what it answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.documents import services as documents
from motcua.dossiers import linking, queries, services
from motcua.dossiers.enums import PartAct
from motcua.dossiers.forms.parts import FORMS
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.views import opening
from motcua.dossiers.views.case import agencies_to_ask, name_with_absence
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff

SERVICES = {act: getattr(services, act.value) for act in PartAct}


@staff()
def part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """One part, for its agency while and after it has it, and for those who reach the dossier."""
    return _show(request, _part(actor_of(request), part_id))


@staff()
@require_safe
def sheet(request: HttpRequest, part_id: UUID) -> HttpResponseBase:
    """The transfer sheet, for both sides; made at first view."""
    actor, now = actor_of(request), clock.now()
    found = _part(actor, part_id)
    try:
        document = services.transfer_sheet(part=found, actor=actor, now=now)
    except Refused as refusal:
        raise Http404 from refusal
    opening.note_look(found.dossier, actor, now=now, fields=["file"])
    return documents.serve(document, request=request)


@staff()
@require_POST
def part_act(request: HttpRequest, part_id: UUID, action: str) -> HttpResponse:
    """Carry out one act on a part; what cannot be done is said on the page, with everything typed still there."""
    if action not in PartAct.values:
        raise Http404
    actor, now, act = actor_of(request), clock.now(), PartAct(action)
    found = _part(actor, part_id)
    form = _form(act, found, now, request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, (act, form), status=422)
    try:
        SERVICES[act](part_id=part_id, actor=actor, now=now, key=form.cleaned_data["key"], **form.words())
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show(request, _part(actor, part_id), (act, form), status=409)
    except Dossier.DoesNotExist as error:  # answered already: the dossier is out of the agency's sight
        if found.is_open:
            raise Http404 from error
    messages.success(request, _("This is done."))
    return redirect("dossiers:part", part_id)


def _part(actor: Actor, part_id: UUID) -> Part:
    try:
        found = queries.part_for(actor, part_id)
    except Part.DoesNotExist as error:
        raise Http404 from error
    if found.agency_id not in actor.agencies() and services.only_takes_part(found.dossier, actor):
        raise Http404  # what other agencies were asked and answered is for the lead
    return found


def _show(
    request: HttpRequest, found: Part, open_form: tuple[PartAct, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    options = []
    for act in PartAct:
        refusal = linking.refusal_of(act, found, found.dossier, actor, now)
        if refusal is None or (refusal.code not in ("person", "part_ended") and not found.done_at):
            is_open = bool(open_form and open_form[0] == act)
            form = open_form[1] if open_form and is_open else None if refusal else _form(act, found, now)
            options.append(
                {"act": act, "refusal": refusal.message if refusal else "", "form": form, "is_open": is_open}
            )
    context = {
        "part": found, "dossier": found.dossier, "options": options, "now": now,
        "is_late": linking.is_late(found, now), "refused_form": open_form[1] if open_form else None,
        "reaches_dossier": services.is_at_work_of(found.dossier, actor),
    }  # fmt: skip
    return render(request, "dossiers/office/part.html", context, status=status)


def _form(act: PartAct, found: Part, now: datetime, data: Any = None, files: Any = None) -> Any:
    extra: dict[str, Any] = {}
    if act is PartAct.REASSIGN and found.agency_id:
        staff_there = identity.on_duty(found.agency_id, Role(found.role), on=clock.local(now).date())
        extra["choices"] = [(str(one.account_id), name_with_absence(one)) for one in staff_there]
    elif act in (PartAct.REASSIGN, PartAct.SEND):
        extra["choices"] = agencies_to_ask(found.dossier, now) if act is PartAct.SEND else []
    form = FORMS[act](data, files, **extra)
    form.auto_id = f"{act.value}_%s"
    return form
