"""Officers' acts: one form, one call of a service, one answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.dossiers import queries, services
from motcua.dossiers.enums import Action, Fault, ResultKind
from motcua.dossiers.models import Dossier
from motcua.dossiers.views.case import FITTED, act_form, show
from motcua.kernel import acts as kernel_acts
from motcua.kernel import clock
from motcua.kernel.errors import Conflict, DomainError, Refused
from motcua.kernel.http import actor_of, staff
from motcua.workflow.enums import PauseKind

Call = Callable[[Any], dict[str, Any]]


def _reason(form: Any) -> dict[str, Any]:
    return {"reason": form.cleaned_data["reason"]}


def _note(form: Any) -> dict[str, Any]:
    return {"note": form.cleaned_data["note"]}


# Each act: its service, what it takes from the form, what the officer is told.
ACTS: dict[Action, tuple[Callable[..., Dossier], Call, Callable[[], str]]] = {
    Action.ACCEPT: (
        services.accept,
        lambda form: {"limit": form.duration(), **form.way_taken()},
        lambda: _("The dossier is accepted."),
    ),
    Action.REFUSE: (services.refuse, _reason, lambda: _("Acceptance is refused; the applicant is told why.")),
    Action.CLAIM: (services.claim, lambda form: {}, lambda: _("The dossier is yours.")),
    Action.ASSIGN: (
        services.assign,
        lambda form: {
            "account_id": form.account_id(),
            "despite_absence": form.cleaned_data.get("despite_absence", False),
            **_note(form),
        },
        lambda: _("The dossier is assigned."),
    ),
    Action.FORWARD: (
        services.forward,
        lambda form: {**_note(form), **form.signing()},
        lambda: _("The dossier moved to the next step."),
    ),
    Action.RETURN_STEP: (
        services.return_step,
        lambda form: {"to_position": form.cleaned_data["to_position"], **_reason(form)},
        lambda: _("The dossier went back."),
    ),
    Action.RECALL: (services.recall, _reason, lambda: _("The dossier is back on your desk.")),
    Action.REQUEST_SUPPLEMENT: (
        services.request_supplement,
        lambda form: {
            "items": form.lines(),
            **{name: form.cleaned_data.get(name, "") for name in ("reason", "not_visible_before", "sector_law")},
        },
        lambda: _("The applicant is asked for the supplement."),
    ),
    Action.DRAFT_RESULT: (
        services.draft_result,
        lambda form: {
            "kind": ResultKind(form.cleaned_data["kind"]),
            "title": form.cleaned_data["title"],
            "body": form.body(),
            "template_key": form.template_key,
            **_reason(form),
        },
        lambda: _("The draft is kept."),
    ),
    Action.ISSUE: (
        services.issue,
        lambda form: {"symbol": form.sign(), "opens_register": form.cleaned_data["opens_register"]},
        lambda: _("The result has number, date and seal; the applicant is told."),
    ),
    Action.ANNOUNCE_OBLIGATION: (
        services.announce_obligation,
        lambda form: {name: form.cleaned_data[name] for name in ("label", "amount", "reason")},
        lambda: _("The applicant is told what to pay; the clock waits."),
    ),
    Action.EXTEND: (
        services.extend,
        lambda form: {name: form.cleaned_data[name] for name in ("day", "reason", "at_fault")},
        lambda: _("The due date is put off; the applicant gets the apology with the new date."),
    ),
    Action.PAUSE_CLOCK: (
        services.pause_clock,
        lambda form: {
            "kind": PauseKind(form.cleaned_data["kind"]),
            **{name: form.cleaned_data[name] for name in ("reason", "basis", "paper", "expected_end")},
        },
        lambda: _("The clock stands still until you let it run on."),
    ),
    Action.RESUME_CLOCK: (services.resume_clock, _note, lambda: _("The clock runs on; the due date moved.")),
    Action.ASK_OPINION: (
        services.ask_opinion,
        lambda form: form.words(),
        lambda: _("The agency is asked; its answer comes to this page."),
    ),
    Action.STOP: (services.stop, _reason, lambda: _("Handling is stopped; the applicant is told why.")),
    Action.CORRECT: (
        services.correct,
        lambda form: {
            "at_fault": Fault(form.cleaned_data["at_fault"]),
            "wrong": form.cleaned_data["wrong"],
            **_reason(form),
        },
        lambda: _("The result goes back to be drafted anew; the applicant is told."),
    ),
    Action.DROP_CORRECTION: (services.drop_correction, _reason, lambda: _("The result stays as it was.")),
    Action.ANNUL: (
        services.annul,
        lambda form: {"decision": form.cleaned_data["decision"], **_reason(form)},
        lambda: _("The result is annulled; the applicant is told why."),
    ),
    Action.REOPEN: (
        services.reopen,
        lambda form: {"basis": form.cleaned_data["basis"], **_reason(form)},
        lambda: _("The dossier is open again; the applicant is told why."),
    ),
    Action.WITHDRAW: (services.withdraw, _reason, lambda: _("The dossier is withdrawn.")),
}


@staff()
@require_POST
def act(request: HttpRequest, dossier_id: UUID, action: str) -> HttpResponse:
    """Carry out one act; what cannot be done is said on the page, with everything typed still there."""
    actor, now = actor_of(request), clock.now()
    if action not in {*ACTS, Action.RECORD_RESULT}:
        raise Http404
    name = Action(action)
    try:
        # The service looks for itself, under its lock; only some acts ask something of the dossier before.
        dossier = queries.case_in_act(actor, dossier_id) if name in FITTED else None
    except Dossier.DoesNotExist as error:
        return _out_of_sight(request, dossier_id, name, error)
    form = act_form(name, dossier, now=now, data=request.POST, files=request.FILES)
    if not form.is_valid():
        return _again(request, dossier_id, name, form, status=422)
    try:
        done = _carry_out(name, dossier_id, form, request)
    except Refused as refusal:
        if name == Action.FORWARD:  # its form was only read: shown, it offers the capacities of now
            return _again(request, dossier_id, name, form, status=409, anew=refusal)
        form.refuse(refusal)
        return _again(request, dossier_id, name, form, status=409)
    except Dossier.DoesNotExist as error:
        return _out_of_sight(request, dossier_id, name, error)
    except Conflict as conflict:
        return _again(request, dossier_id, name, form, status=409, anew=conflict)
    messages.success(request, _done(name))
    if services.is_at_work_of(done, actor):
        return redirect("dossiers:case", dossier_id)
    return redirect("dossiers:inbox")


def _again(
    request: HttpRequest, dossier_id: UUID, name: Action, form: Any, *, status: int, anew: DomainError | None = None
) -> HttpResponse:
    """The dossier as it is now with what was typed; after a conflict, what somebody else did meanwhile is told."""
    try:
        dossier = queries.case_for(actor_of(request), dossier_id)
    except Dossier.DoesNotExist as error:
        return _out_of_sight(request, dossier_id, name, error)
    if anew is not None:
        seen = request.POST.copy()
        seen["expected"] = str(dossier.version)  # the page now shows this version, so the form may be sent again
        form = act_form(name, dossier, now=clock.now(), data=seen, files=request.FILES, actor=actor_of(request))
        form.add_error(None, anew.message)
    return show(request, dossier, open_form=(name, form), status=status)


def _out_of_sight(request: HttpRequest, dossier_id: UUID, name: Action, error: Exception) -> HttpResponse:
    """The same form once more, after its act took the dossier off the desk; or a colleague of the desk took it: say
    who. Whoever has nothing to do with it learns nothing."""
    actor = actor_of(request)
    if _was_done(request, dossier_id, name):
        messages.success(request, _done(name))
        return redirect("dossiers:inbox")
    holder = queries.holder_at_desk(actor, dossier_id)
    if not holder:
        raise Http404 from error
    messages.warning(request, _("%(who)s has taken this dossier; it is no longer on your desk.") % {"who": holder})
    return redirect("dossiers:inbox")


def _was_done(request: HttpRequest, dossier_id: UUID, name: Action) -> bool:
    """Whether this form has come before and did its act."""
    try:
        key = UUID(request.POST.get("key", ""))
        return kernel_acts.first(key, name=f"dossiers.{name}", actor=actor_of(request)) == dossier_id
    except (ValueError, Conflict):
        return False


def _carry_out(name: Action, dossier_id: UUID, form: Any, request: HttpRequest) -> Dossier:
    actor, now = actor_of(request), clock.now()
    common = {
        "dossier_id": dossier_id, "actor": actor, "now": now,
        "expected": form.cleaned_data["expected"], "key": form.cleaned_data["key"],
    }  # fmt: skip
    if name == Action.RECORD_RESULT:
        return _record_result(form, common)
    service, taken, _said = ACTS[name]
    return service(**common, **taken(form))


def _record_result(form: forms.Form, common: dict[str, Any]) -> Dossier:
    data = form.cleaned_data
    source = ("dossiers.desk", common["dossier_id"])
    try:
        document = documents.store(
            upload=data["file"], name=data["file"].name, owner_kind=source[0], owner_id=source[1], kind=Kind.RESULT,
            actor=common["actor"], now=common["now"], title=data["title"],
        )  # fmt: skip
    except Refused as refusal:
        raise Refused(refusal.code, refusal.message, field="file") from refusal
    fields = {key: data[key] for key in ("system", "title", "symbol", "issued_on")}
    return services.record_result(**common, **fields, document_id=document.pk, files_from=source)


def _done(name: Action) -> str:
    return ACTS[name][2]() if name in ACTS else _("The result is recorded.")
