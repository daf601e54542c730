"""A person's own dossiers: the list, one dossier with its clock and story, its papers, withdrawal and rating."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers import bundled, queries, rules, services, wizard
from motcua.dossiers.enums import FINISHED, Action, State
from motcua.dossiers.forms.portal import RateForm, WithdrawForm
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.prints import is_put_off
from motcua.dossiers.versions import clock_until, versions_of
from motcua.dossiers.views.opening import asked_number
from motcua.dossiers.views.steps import resume_url
from motcua.eforms import queries as eforms
from motcua.identity import services as identity_services
from motcua.identity.enums import Purpose
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, NotReady, Refused
from motcua.kernel.http import actor_of, signed_in
from motcua.payments import queries as payments
from motcua.workflow import queries as workflow

SHOWN = {"open": True, "ended": False}
MOST_DRAFTS = 20


@signed_in
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What needs the person first, then drafts, then every dossier, newest first."""
    actor = actor_of(request)
    shown = request.GET.get("show", "")
    cursor = request.GET.get("page", "")
    page = queries.own_dossiers(actor, cursor=cursor, is_open=SHOWN.get(shown))
    is_first = not cursor and not shown
    context = {
        "page": page, "now": clock.now(), "shown": shown,
        "waiting": queries.own_turns(actor).rows if is_first else [],
        "drafts": [
            {"draft": draft, "href": resume_url(draft)} for draft in queries.drafts_of(actor)[:MOST_DRAFTS]
        ] if is_first else [],
        "bundles": bundled.own_bundles(actor) if is_first else [],
        "chips": [
            {"label": label, "href": f"?show={key}" if key else "?", "is_active": shown == key}
            for key, label in (("", _("All")), ("open", _("Under way")), ("ended", _("Ended")))
        ],
    }  # fmt: skip
    return render(request, "dossiers/portal/own.html", context)


@signed_in
@require_safe
def status(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """One dossier: its state, its explained clock, everything that happened, its papers, what can be done."""
    return show(request, dossier_of(actor_of(request), dossier_id))


@signed_in
@require_safe
def file(request: HttpRequest, dossier_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of the dossier; a result only once it is issued."""
    actor = actor_of(request)
    dossier = dossier_of(actor, dossier_id)
    document = document_queries.document_of(services.OWNER, dossier.pk, document_id)
    if document is None or document.pk not in _handed(dossier):
        raise Http404
    note_look(dossier, actor, fields=["file"])
    return documents.serve(document, request=request, download="download" in request.GET)


@signed_in
@require_safe
def paper(request: HttpRequest, dossier_id: UUID, form: str) -> HttpResponseBase:
    """A form of the law made from the dossier, printed at first view."""
    actor = actor_of(request)
    dossier = dossier_of(actor, dossier_id)
    if form not in prints_of(dossier, unpaid=payments.due_amount(dossier.pk)):
        raise Http404
    try:
        document = services.paper(
            dossier=dossier, form=form, actor=actor, now=clock.now(), second=request.GET.get("second"),
            number=asked_number(request),
        )  # fmt: skip
    except NotReady as error:
        raise Http404 from error
    note_look(dossier, actor, fields=["file"])
    return documents.serve(document, request=request, download="download" in request.GET)


@signed_in
@require_POST
def withdraw(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Take the dossier back, with a reason."""
    return _act(request, dossier_id, Action.WITHDRAW, WithdrawForm, services.withdraw, _("The dossier is withdrawn."))


@signed_in
@require_POST
def rate(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Say how the service was, once."""
    return _act(request, dossier_id, Action.RATE, RateForm, services.rate, _("Thank you. Your opinion is counted."))


def _act(
    request: HttpRequest,
    dossier_id: UUID,
    action: Action,
    form_type: Callable[..., Any],
    service: Callable[..., Dossier],
    said: str,
) -> HttpResponse:
    actor = actor_of(request)
    form = form_type(request.POST)
    if not form.is_valid():
        return show(request, dossier_of(actor, dossier_id), refused=(action, form), status=422)
    try:
        service(dossier_id=dossier_id, actor=actor, now=clock.now(), **form.cleaned_data)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        form.refuse(refusal)
        return show(request, dossier_of(actor, dossier_id), refused=(action, form), status=409)
    except Conflict as conflict:
        again = dossier_of(actor, dossier_id)
        form = form_type(with_version(request, again).POST, expected=again.version)
        form.add_error(None, conflict.message)
        return show(request, again, refused=(action, form), status=409)
    messages.success(request, said)
    return redirect("dossiers:status", dossier_id)


def with_version(request: HttpRequest, dossier: Dossier) -> HttpRequest:
    """The request as it was sent, but for the dossier as it is now: the next try is about what is shown."""
    data = request.POST.copy()
    data["expected"] = str(dossier.version)
    request.POST = data  # type: ignore[assignment]
    return request


def dossier_of(
    actor: Actor, dossier_id: UUID, *, read: Callable[[Actor, UUID], Dossier] = queries.dossier_for
) -> Dossier:
    """A dossier of which the actor is owner, submitter or representative; any other is 404."""
    try:
        dossier = read(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    if not rules.is_applicant(dossier, actor):
        raise Http404
    return dossier


def show(
    request: HttpRequest, dossier: Dossier, *, refused: tuple[Action, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The status page, with one form open when it was just refused."""
    actor, now = actor_of(request), clock.now()
    note_look(dossier, actor)
    facts = services.facts_of(dossier, now=now)
    allowed = {o.action for o in rules.actions_for(dossier, actor, facts) if o.is_allowed}
    forms = {
        action: refused[1] if refused and refused[0] == action else form_type(expected=dossier.version)
        for action, form_type in ((Action.WITHDRAW, WithdrawForm), (Action.RATE, RateForm))
        if action in allowed or (refused and refused[0] == action)
    }
    asked = next((one for one in dossier.supplements.all() if one.answered_at is None), None)
    run = dossier.present_run
    context = {
        "dossier": dossier, "now": now, "story": [line for line in dossier.story.all() if line.is_public][::-1],
        "unverified": workflow.unverified_days(dossier.run),
        "segments": workflow.explained(run, now=clock_until(dossier, now)) if run else [],
        "versions": [one for one in versions_of(dossier) if one.hand_over or not facts.unpaid],
        "sections": _answers(dossier), "charges": payments.charges_of(dossier.pk),
        "prints": prints_of(dossier, unpaid=facts.unpaid),
        "withdraw_form": forms.get(Action.WITHDRAW), "rate_form": forms.get(Action.RATE),
        "asked": asked if dossier.state == State.SUPPLEMENT else None, "refused": refused[1] if refused else None,
        "refused_action": refused[0].value if refused else "",
        "is_late": is_late(dossier, now),
        "last_word": next((line.note for line in reversed(dossier.story.all()) if line.note and line.is_public), ""),
        "steps": progress_of(dossier), "has_result": _has_result(dossier, facts.unpaid),
        "bundle": bundled.bundle_of(dossier), "owed": facts.unpaid if dossier.state == State.RESOLVED else 0,
    }  # fmt: skip
    return render(request, "dossiers/portal/status.html", context, status=status)


def is_late(dossier: Dossier, now: datetime) -> bool:
    """Whether the office is late: with the first look at a new dossier, later with the result."""
    due = dossier.acceptance_due_at if dossier.state == State.NEW else dossier.present_due_at
    return dossier.is_open and rules.is_late(due, now, is_waiting=dossier.is_clock_stopped)


def progress_of(dossier: Dossier) -> tuple[int, int]:
    """Steps done, steps in all; (0, 0) before acceptance."""
    if dossier.present_run is None:
        return 0, 0
    total = len(workflow.plan(dossier.present_run))
    return (total if dossier.state == State.HANDED_OVER else min(dossier.step_position, total)), total


def prints_of(dossier: Dossier, *, unpaid: int) -> list[str]:
    """The papers the applicant may have by now; a result is theirs once it is issued and nothing is `unpaid`."""
    has = {
        "slip": dossier.accepted_at is not None, "supplement": dossier.supplement_count > 0,
        "apology": is_put_off(dossier), "tacit": hasattr(dossier, "tacit"),
        "refusal": dossier.state == State.NOT_ACCEPTED, "stop": dossier.state in (State.WITHDRAWN, State.STOPPED),
        "result": _has_result(dossier, unpaid) and not dossier.result.external_system,
        "handover": dossier.state == State.HANDED_OVER,
    }  # fmt: skip
    return [name for name, is_there in has.items() if is_there]


def _has_result(dossier: Dossier, unpaid: int) -> bool:
    """As at the counter, a result is not given away while its fee is to pay."""
    is_free = dossier.state == State.HANDED_OVER or not unpaid
    return dossier.state in FINISHED and hasattr(dossier, "result") and is_free


def _handed(dossier: Dossier) -> set[UUID]:
    """The files the applicant may open: those handed in, and the result of another system once it is out."""
    files = {one.document_id for one in dossier.papers.all() if one.document_id}
    has_result = _has_result(dossier, payments.due_amount(dossier.pk))
    return files | ({dossier.result.document_id} if has_result and dossier.result.document_id else set())


def _answers(dossier: Dossier) -> list[tuple[str, list[tuple[str, str]]]]:
    if not dossier.form_key:
        return []
    form = eforms.definition(dossier.form_key, dossier.form_version)
    return eforms.summary(form, dossier.answers, wizard.language())


def note_look(dossier: Dossier, actor: Actor, fields: list[str] | None = None) -> None:
    """A submitter's look at somebody else's dossier is written down for its owner."""
    if dossier.owner_person_id:
        identity_services.log_access(
            actor=actor, person_id=dossier.owner_person_id, purpose=Purpose.FOLLOWING, now=clock.now(),
            subject=(services.OWNER, dossier.pk), fields=fields or [],
        )  # fmt: skip
