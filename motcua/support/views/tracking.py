"""Following a case: by its code without personal data, or as its reporter."""

from collections.abc import Callable
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
from motcua.kernel import clock
from motcua.kernel.errors import Conflict, NotReady, Refused
from motcua.kernel.http import actor_of, public
from motcua.support import queries, rules, services
from motcua.support.enums import OPEN, Action
from motcua.support.forms.portal import OpenForm, RateForm, ReplyForm, TrackForm
from motcua.support.models import Feedback
from motcua.support.views import files, passes
from motcua.workflow.rules import condense


@public
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """State, agency and dates of the case with this code; nothing of what was written, nobody's name."""
    form = TrackForm(request.GET if "code" in request.GET else None)
    found = queries.track(form.cleaned_data["code"]) if form.is_bound and form.is_valid() else None
    is_unknown = form.is_bound and form.is_valid() and found is None
    context: dict[str, Any] = {"form": form, "case": found, "is_unknown": is_unknown, "now": clock.now()}
    if found is not None:
        context["stay"] = max(found.stays.all(), key=lambda stay: stay.number)
        is_nameless = found.person_id is None
        context["open_form"] = OpenForm(initial={"code": found.code}, auto_id="open_%s") if is_nameless else None
    return render(request, "support/portal/track.html", context, status=404 if is_unknown else 200)


@public
@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Code and contact open the case for an hour."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return render(request, "support/portal/open.html", {"form": form}, status=422)
    try:
        found = services.open_by_contact(now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return render(request, "support/portal/open.html", {"form": form}, status=409)
    if found is None:
        form.add_error("contact", _("Code and contact do not fit together. Compare both with what you wrote down."))
        return render(request, "support/portal/open.html", {"form": form}, status=422)
    return passes.give(redirect("support:case", found.pk), found.pk)


@public
@require_safe
def case(request: HttpRequest, feedback_id: UUID) -> HttpResponse:
    """The reporter's case: where it is, by when, what was answered, what they can do."""
    return _show(request, _case(request, feedback_id))


@public
@require_safe
def file(request: HttpRequest, feedback_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of one's own case."""
    found = _case(request, feedback_id)
    document = document_queries.document_of(services.OWNER, found.pk, document_id)
    if document is None:
        raise Http404
    return documents.serve(document, request=request, download="download" in request.GET)


@public
@require_safe
def letter(request: HttpRequest, feedback_id: UUID) -> HttpResponseBase:
    """The answer as a letter of the agency."""
    found = _case(request, feedback_id)
    try:
        document = services.letter(case=found, actor=actor_of(request), now=clock.now())
    except NotReady as error:
        raise Http404 from error
    return documents.serve(document, request=request)


@public
@require_POST
def reply(request: HttpRequest, feedback_id: UUID) -> HttpResponse:
    """Reply to what the agency asked."""
    found = _case(request, feedback_id)
    form = ReplyForm(request.POST, request.FILES, expected=found.version, is_known=found.person_id is not None)
    is_right = form.is_valid()
    if not files.take(request, form) or not is_right:
        return _show(request, found, refused=(Action.SUPPLEMENT, form), status=422)
    data = form.cleaned_data
    try:
        services.supplement(
            feedback_id=found.pk, reply=data["reply"], files_from=data["key"], actor=actor_of(request),
            now=clock.now(), expected=data["expected"], key=data["key"], has_pass=found.person_id is None,
        )  # fmt: skip
    except (Refused, Conflict) as error:
        return _refused(request, feedback_id, Action.SUPPLEMENT, form, error)
    messages.success(request, _("Your reply arrived. The clock goes on from now."))
    return redirect("support:case", found.pk)


@public
@require_POST
def rate(request: HttpRequest, feedback_id: UUID) -> HttpResponse:
    """Say whether the answer helped."""
    found = _case(request, feedback_id)
    form = RateForm(request.POST, expected=found.version)
    if not form.is_valid():
        return _show(request, found, refused=(Action.RATE, form), status=422)
    data = form.cleaned_data
    try:
        services.rate(
            feedback_id=found.pk, is_liked=data["is_liked"] == "yes", opinion=data["opinion"], actor=actor_of(request),
            now=clock.now(), expected=data["expected"], key=data["key"], has_pass=found.person_id is None,
        )  # fmt: skip
    except (Refused, Conflict) as error:
        return _refused(request, feedback_id, Action.RATE, form, error)
    messages.success(request, _("Thank you. Your opinion is counted."))
    return redirect("support:case", found.pk)


def _case(request: HttpRequest, feedback_id: UUID) -> Feedback:
    try:
        return queries.own_case(actor_of(request), feedback_id, has_pass=passes.has(request, feedback_id))
    except Feedback.DoesNotExist as error:
        raise Http404 from error


def _refused(
    request: HttpRequest, feedback_id: UUID, action: Action, form: Any, error: Refused | Conflict
) -> HttpResponse:
    """The case as it is now, with the form as it was sent and the reason beside it."""
    again = _case(request, feedback_id)
    if isinstance(error, Conflict):
        data = request.POST.copy()
        data["expected"] = str(again.version)  # the next try is about what is shown now
        form.data = data
    field = error.field if isinstance(error, Refused) else None
    form.add_error(field if field in form.fields else None, error.message)
    return _show(request, again, refused=(action, form), status=409)


def _show(
    request: HttpRequest, found: Feedback, *, refused: tuple[Action, Any] | None = None, status: int = 200
) -> HttpResponse:
    now, stays = clock.now(), list(found.stays.all())
    facts = services.facts_of(found, stays, now=now, has_pass=passes.has(request, found.pk))
    may = {
        action for action in rules.REPORTER_ACTS if rules.refusal_of(action, found, actor_of(request), facts) is None
    }
    blank: dict[Action, Callable[[], Any]] = {
        Action.SUPPLEMENT: lambda: ReplyForm(expected=found.version, is_known=found.person_id is not None),
        Action.RATE: lambda: RateForm(expected=found.version),
    }
    forms = {action: make() for action, make in blank.items() if action in may}
    if refused:
        forms[refused[0]] = refused[1]
    calendar = services.calendar_of(stays[0].agency_id)
    context = {
        "case": found, "stay": stays[0], "now": now,
        "is_late": found.state in OPEN and found.due_at is not None and now > found.due_at,
        "story": [line for line in found.story.all() if line.is_public][::-1],
        "segments": condense(rules.clock_of(stays[0], services.terms_of(found), calendar, now=now)),
        "files": document_queries.documents_of(services.OWNER, found.pk), "reply_form": forms.get(Action.SUPPLEMENT),
        "rate_form": forms.get(Action.RATE), "can_repeat": Action.REPEAT in may,
        "refused": refused[1] if refused else None, "waiting": files.waiting(files.key_of(request)),
    }  # fmt: skip
    return render(request, "support/portal/case.html", context, status=status)
