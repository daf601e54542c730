"""Settled at once inside the centre: one page of the delegate."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.dossiers import services
from motcua.dossiers.forms.settling import SettleForm
from motcua.dossiers.models import Dossier
from motcua.dossiers.views import opening
from motcua.eforms.sections import section_form
from motcua.kernel import clock
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, staff
from motcua.payments import queries as payments


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Draft, sign, number, seal and hand over with one button; what cannot be done is said, nothing typed is lost."""
    actor, now = actor_of(request), clock.now()
    dossier = opening.case_of(actor, dossier_id)
    opening.note_look(dossier, actor, now=now)
    if request.method != "POST":
        refusal = services.why_not_settle(dossier, actor, now)
        return _show(request, dossier, settle_form(dossier, now), refusal=refusal.message if refusal else "")
    form = settle_form(dossier, now, request.POST)
    if not form.is_valid():
        return _show(request, dossier, form, status=422)
    data = form.cleaned_data
    try:
        services.settle_at_once(
            dossier_id=dossier_id, title=data["title"], template_key=form.template_key, body=form.body(),
            handing=form.handing(), paid=form.paid(), actor=actor, now=now, expected=data["expected"], key=data["key"],
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused)
        return _show(request, dossier, form, status=409)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _show(request, dossier, form, status=409)
    messages.success(request, _("Settled on the spot: the result is signed, numbered, sealed and handed over."))
    return redirect("dossiers:case", dossier_id)


def settle_form(dossier: Dossier, now: datetime, data: Any = None) -> SettleForm:
    """The form for a dossier, empty or as it was sent."""
    template = services.template_of(dossier)
    page = None
    if template.officer:
        page = section_form(
            template.officer, template.officer.sections[0].key, {}, today=clock.local(now).date(),
            language=get_language() or "vi", data=data,
        )  # fmt: skip
    return SettleForm(
        data, expected=dossier.version, template_key=template.key, page=page,
        is_unpaid=payments.due_amount(dossier.pk) > 0, originals=list(dossier.papers.filter(originals__gt=0)),
        owner="" if dossier.owner_business_id else dossier.owner_name, initial={"title": template.heading},
    )  # fmt: skip


def _show(
    request: HttpRequest, dossier: Dossier, form: SettleForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"dossier": dossier, "form": form, "refusal": refusal, "unpaid": payments.due_amount(dossier.pk)}
    return render(request, "dossiers/office/settle.html", context, status=status)
