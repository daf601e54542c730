"""Officers' acts on a case: one form, one call of a service, one answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.kernel import clock
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, staff
from motcua.support import rules, services
from motcua.support.enums import Action, Publication, State
from motcua.support.forms.office import PublishForm
from motcua.support.models import DESK, Feedback
from motcua.support.views.office import act_form, case_of, log, show

# Each act: its service, what it takes from the form, what the officer is told.
ACTS: dict[Action, tuple[Callable[..., Feedback], Callable[[Any], dict[str, Any]], Callable[[], str]]] = {
    Action.TAKE_UP: (services.take_up, lambda form: {}, lambda: _("The case is taken up.")),
    Action.TRANSFER: (
        services.transfer,
        lambda form: {"agency_id": form.agency_id(), "reason": form.cleaned_data["reason"]},
        lambda: _("The case went to the competent agency; the reporter is told."),
    ),
    Action.ASK: (
        services.ask,
        lambda form: {"what": form.cleaned_data["what"]},
        lambda: _("The reporter is asked; the clock waits."),
    ),
    Action.ANSWER: (
        services.answer,
        lambda form: {"text": form.cleaned_data["text"]},
        lambda: _("The answer is on its way to the reporter."),
    ),
    Action.REFUSE: (
        services.refuse,
        lambda form: {"reason": form.cleaned_data["reason"]},
        lambda: _("The case is not taken up; the reporter is told why."),
    ),
    Action.HOLD_BACK: (
        services.hold_back,
        lambda form: {"reason": form.cleaned_data["reason"]},
        lambda: _("The answer will not be published."),
    ),
}


@staff(*DESK)
@require_POST
def act(request: HttpRequest, feedback_id: UUID, action: str) -> HttpResponse:
    """Carry out one act; what cannot be done is said on the page, with everything typed still there."""
    actor = actor_of(request)
    found = case_of(actor, feedback_id)
    if action not in {one.value for one in ACTS}:
        raise Http404
    name = Action(action)
    form = act_form(name, found, data=request.POST)
    if not form.is_valid():
        return show(request, found, refused=(name, form), status=422)
    service, fields, said = ACTS[name]
    data = form.cleaned_data
    try:
        service(
            feedback_id=found.pk, actor=actor, now=clock.now(), expected=data["expected"], key=data["key"],
            **fields(form),
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return show(request, case_of(actor, feedback_id), refused=(name, form), status=409)
    except Conflict as conflict:
        again = case_of(actor, feedback_id)
        form = act_form(name, again, data=_with_version(request, again))
        form.add_error(None, conflict.message)
        return show(request, again, refused=(name, form), status=409)
    messages.success(request, said())
    return redirect("support:office_case", found.pk)


@staff(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, feedback_id: UUID) -> HttpResponse:
    """What was written beside what everybody will read; personal data are proposed to be taken out."""
    actor = actor_of(request)
    found = case_of(actor, feedback_id)
    if found.state != State.ANSWERED or not actor.has(DESK, found.agency_id):
        raise Http404
    if request.method != "POST":
        log(found, actor)
        return _publish_page(request, found, _proposal(found))
    form = PublishForm(request.POST, expected=found.version)
    if not form.is_valid():
        return _publish_page(request, found, form, status=422)
    data = form.cleaned_data
    try:
        services.publish(
            feedback_id=found.pk, subject=data["subject"], text=data["text"], answer=data["answer"], actor=actor,
            now=clock.now(), expected=data["expected"], key=data["key"],
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _publish_page(request, found, form, status=409)
    except Conflict as conflict:
        again = case_of(actor, feedback_id)
        form = PublishForm(_with_version(request, again), expected=again.version)
        form.add_error(None, conflict.message)
        return _publish_page(request, again, form, status=409)
    messages.success(request, _("The answer is published."))
    return redirect("support:office_case", found.pk)


def _proposal(found: Feedback) -> PublishForm:
    names = services.names_in(found)
    parts = {"subject": found.subject, "text": found.text, "answer": found.answer}
    return PublishForm(
        expected=found.version, initial={key: rules.remove(words, names) for key, words in parts.items()}
    )


def _publish_page(request: HttpRequest, found: Feedback, form: PublishForm, *, status: int = 200) -> HttpResponse:
    names = services.names_in(found)
    traces = rules.traces(" \n ".join((found.subject, found.text, found.answer)), names)
    is_open = found.publication == Publication.PENDING
    context = {"case": found, "form": form, "traces": traces, "is_open": is_open}
    return render(request, "support/office/publish.html", context, status=status)


def _with_version(request: HttpRequest, found: Feedback) -> Any:
    """The form as it was sent, but for the case as it is now: the next try is about what is shown."""
    data = request.POST.copy()
    data["expected"] = str(found.version)
    return data
