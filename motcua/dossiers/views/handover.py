"""Hand-over at the counter: find the dossier, take what is unpaid, give the result, have it signed for."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.documents import queries as document_queries
from motcua.dossiers import queries, rules, services
from motcua.dossiers.enums import Receiver, State
from motcua.dossiers.forms.counter import FindForm, HandOverForm, PaymentForm
from motcua.dossiers.models import Dossier
from motcua.dossiers.queries import Filters
from motcua.dossiers.views import opening
from motcua.dossiers.views.reception import show_received
from motcua.identity import rules as identity_rules
from motcua.identity import seals
from motcua.identity.enums import Purpose
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, staff
from motcua.payments import queries as payments
from motcua.payments.enums import Method


@staff(Role.RECEPTION)
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest) -> HttpResponse:
    """Find what somebody comes for. The search is sent as a form: personal numbers stay out of addresses."""
    form = FindForm(request.POST if request.method == "POST" else None)
    rows: list[Dossier] = []
    if form.is_bound and form.is_valid():
        rows = found(actor_of(request), form.cleaned_data["q"])
        ready = [dossier for dossier in rows if dossier.state == State.RESOLVED]
        if len(ready) == 1 and (len(rows) == 1 or _is_code(form.cleaned_data["q"])):
            return redirect("dossiers:handover_one", ready[0].pk)
        rows = [*ready, *(dossier for dossier in rows if dossier.state != State.RESOLVED)]
    form.fields["q"].widget.attrs["data-mc-focus"] = ""
    context = {"form": form, "rows": rows, "is_sent": form.is_bound and form.is_valid(), "now": clock.now()}
    return render(request, "dossiers/counter/handover.html", context)


@staff(Role.RECEPTION)
@require_http_methods(["GET", "HEAD", "POST"])
def handover_one(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """One result into somebody's hands."""
    actor = actor_of(request)
    if request.method != "POST":
        dossier = _dossier(actor, dossier_id)
        opening.note_look(dossier, actor, now=clock.now(), purpose=Purpose.HAND_OVER)
        return show(request, dossier)
    dossier = _dossier(actor, dossier_id, read=queries.case_in_act)
    form = hand_over_form(dossier, request.POST, has_papers="returned" in request.POST)
    if not form.is_valid():
        dossier = _dossier(actor, dossier_id)
        return show(request, dossier, form=hand_over_form(dossier, request.POST), status=422)
    data = form.cleaned_data
    try:
        services.hand_over(
            dossier_id=dossier.pk, receiver=Receiver(data["receiver"]), receiver_name=data["receiver_name"],
            receiver_paper=data["receiver_paper"], is_slip_lost=data["is_slip_lost"], signed_for=form.signed_for(),
            authority=data["authority"] if data["receiver"] == Receiver.REPRESENTATIVE else "",
            is_wrong_returned=data.get("is_wrong_returned", False), wrong_missing=data.get("wrong_missing", ""),
            returned_papers=form.returned_papers(), actor=actor, now=clock.now(), expected=data["expected"],
            key=data["key"],
        )  # fmt: skip
    except Refused as refusal:
        dossier = _dossier(actor, dossier_id)
        form = hand_over_form(dossier, request.POST)
        form.refuse(refusal)
        return show(request, dossier, form=form, status=409)
    except Conflict as conflict:
        dossier = _dossier(actor, dossier_id)
        form = hand_over_form(dossier, _seen(request, dossier))
        form.add_error(None, conflict.message)
        return show(request, dossier, form=form, status=409)
    messages.success(request, _("The result is handed over."))
    return redirect("dossiers:handover_one", dossier.pk)


@staff(Role.RECEPTION)
@require_POST
def pay(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The fee, taken at the counter; back to the page it was taken on."""
    dossier = _dossier(actor_of(request), dossier_id)
    form = PaymentForm(request.POST, expected=dossier.version)
    back = form.data.get("back")
    page = show_received if back == "received" else show_payment
    if not form.is_valid():
        return page(request, dossier, form=form, status=422)
    data = form.cleaned_data
    try:
        services.record_payment(
            dossier_id=dossier.pk, method=Method(data["method"]), receipt_number=data["receipt_number"],
            actor=actor_of(request), now=clock.now(), expected=data["expected"], key=data["key"],
        )  # fmt: skip
    except (Refused, Conflict) as error:
        dossier = _dossier(actor_of(request), dossier_id)
        form = PaymentForm(_seen(request, dossier), expected=dossier.version)
        form.add_error(None, error.message)
        return page(request, dossier, form=form, status=409)
    messages.success(request, _("The payment is recorded."))
    return redirect("dossiers:received" if back == "received" else "dossiers:handover_one", dossier.pk)


@staff(Role.RECEPTION)
@require_safe
def uncollected(request: HttpRequest) -> HttpResponse:
    """Results nobody has fetched yet, the oldest first."""
    now, listing = clock.now(), queries.uncollected(actor_of(request), cursor=request.GET.get("page", ""))
    today = clock.local(now).date()
    rows = [
        {"dossier": row, "days": (today - clock.local(row.finished_at).date()).days if row.finished_at else 0}
        for row in listing.rows
    ]
    return render(request, "dossiers/counter/uncollected.html", {"page": listing, "rows": rows})


def show(request: HttpRequest, dossier: Dossier, *, form: HandOverForm | None = None,
         payment: PaymentForm | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    """The page of one hand-over: before it, or afterwards with the record."""
    unpaid = payments.due_amount(dossier.pk)
    is_ready, is_own = dossier.state == State.RESOLVED, rules.is_applicant(dossier, actor_of(request))
    if is_ready and not unpaid and not is_own and form is None:
        form = hand_over_form(dossier)
    if unpaid and not is_own and payment is None:
        payment = PaymentForm(expected=dossier.version, initial={"back": "handover"})
    context = {
        "dossier": dossier, "form": form if is_ready else None, "refused": form or payment, "payment": payment,
        "unpaid": unpaid, "charges": payments.charges_of(dossier.pk), "is_ready": is_ready, "is_own": is_own,
        "is_done": dossier.state == State.HANDED_OVER, "now": clock.now(), "rating_qr": _rating_qr(dossier),
    }  # fmt: skip
    return render(request, "dossiers/counter/handover_one.html", context, status=status)


def show_payment(request: HttpRequest, dossier: Dossier, *, form: PaymentForm, status: int = 200) -> HttpResponse:
    """The page of one hand-over with a refused payment."""
    return show(request, dossier, payment=form, status=status)


def hand_over_form(dossier: Dossier, data: Any = None, *, has_papers: bool = True) -> HandOverForm:
    """The form of a hand-over; the receiver is the owner until somebody says otherwise.

    Without papers it is good for reading what was sent, not for showing.
    """
    papers = dossier.papers.all() if has_papers else ()
    originals = [paper for paper in papers if paper.originals and paper.returned_at is None]
    owner = "" if dossier.owner_business_id else dossier.owner_name
    return HandOverForm(
        data, expected=dossier.version, originals=originals, owner=owner, is_corrected=dossier.is_in_correction
    )


def _seen(request: HttpRequest, dossier: Dossier) -> Any:
    """What was sent, now that the officer is shown the newest version: sending it again is sending it anew."""
    data = request.POST.copy()
    data["expected"] = str(dossier.version)
    return data


def found(actor: Actor, typed: str) -> list[Dossier]:
    """Dossiers for what was scanned or typed: the slip's address or code, a card, a number, a name."""
    typed = typed.strip()
    checked = document_queries.verification_of(typed)
    if checked and checked.subject_id:
        return list(Dossier.objects.at_work_of(actor).select_related("procedure").filter(pk=checked.subject_id))
    return list(queries.office_dossiers(actor, filters=_filters(typed)).rows)


def _filters(typed: str) -> Filters:
    number = typed.split("|", 1)[0].strip() if "|" in typed else typed
    if number.isdigit() and len(number) == 12:
        try:
            return Filters(id_fingerprint=seals.fingerprint(identity_rules.check_id_number(number).number).hex()[:32])
        except Refused:
            return Filters(text=number)
    return Filters(text=_code_in(typed))


def _code_in(typed: str) -> str:
    """The dossier's code out of an address of the public look-up."""
    if "://" not in typed:
        return typed
    parts = urlsplit(typed)
    asked = [value for values in parse_qs(parts.query).values() for value in values]
    return asked[0] if asked else parts.path.rstrip("/").rsplit("/", 1)[-1]


def _is_code(typed: str) -> bool:
    return "://" in typed or typed.count("-") >= 2 or "|" in typed


def _rating_qr(dossier: Dossier) -> SafeString:
    """The applicant's own page of this dossier, where they rate it in their own name."""
    address = f"{settings.BASE_URL.rstrip('/')}{reverse('dossiers:status', args=[dossier.pk])}"
    drawing = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=4, omitsize=True, xmldecl=False, nl=False
    )
    return mark_safe(drawing.getvalue().decode())  # noqa: S308


def _dossier(actor: Actor, dossier_id: UUID, *, read: Callable[[Actor, UUID], Dossier] = queries.case_for) -> Dossier:
    try:
        dossier = read(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    if not actor.has(Role.RECEPTION, dossier.reception_agency_id):
        raise PermissionDenied
    return dossier
