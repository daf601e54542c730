"""Cases in the office: what ends first, and one case with its clock and its acts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers import queries as dossiers
from motcua.dossiers.models import Dossier
from motcua.identity import services as identity
from motcua.identity.enums import Purpose
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady
from motcua.kernel.http import actor_of, staff
from motcua.places import queries as places
from motcua.support import queries, rules, services
from motcua.support.enums import Action, Shelf
from motcua.support.forms import office as forms
from motcua.support.models import DESK, Feedback
from motcua.ui.forms import ActForm
from motcua.workflow.rules import condense


@staff(*DESK)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The cases at the actor's desks, what ends first on top."""
    actor, now = actor_of(request), clock.now()
    watches = queries.watches_all(actor)
    is_everywhere = watches and "all" in request.GET
    shelf = Shelf(request.GET["shelf"]) if request.GET.get("shelf") in Shelf.values else Shelf.TO_DO
    page = queries.inbox(actor, shelf, is_everywhere=is_everywhere, cursor=request.GET.get("page", ""))
    counts = queries.shelf_counts(actor, is_everywhere=is_everywhere)
    suffix = "&all=1" if is_everywhere else ""
    context = {
        "page": page, "shelf": shelf, "now": now, "is_everywhere": is_everywhere,
        "rows": _with_nearness(page.rows, now),
        "chips": [
            {"label": one.label, "href": f"?shelf={one.value}{suffix}", "is_active": one == shelf,
             "count": counts.get(one.value, 0) if one != Shelf.DONE else None}
            for one in Shelf
        ],
        "scopes": [
            {"label": _("My agency"), "href": f"?shelf={shelf.value}", "is_active": not is_everywhere},
            {"label": _("All agencies"), "href": f"?shelf={shelf.value}&all=1", "is_active": is_everywhere},
        ] if watches else [],
    }  # fmt: skip
    return render(request, "support/office/inbox.html", context)


@staff(*DESK)
@require_safe
def case(request: HttpRequest, feedback_id: UUID) -> HttpResponse:
    """One case; who looked at whose case is written down."""
    return show(request, case_of(actor_of(request), feedback_id))


@staff(*DESK)
@require_safe
def file(request: HttpRequest, feedback_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of the case."""
    actor = actor_of(request)
    found = case_of(actor, feedback_id)
    document = document_queries.document_of(services.OWNER, found.pk, document_id)
    if document is None:
        raise Http404
    log(found, actor, fields=["file"])
    return documents.serve(document, request=request, download="download" in request.GET)


@staff(*DESK)
@require_safe
def letter(request: HttpRequest, feedback_id: UUID) -> HttpResponseBase:
    """The answer as a letter of the agency; only the agency that has the case sees who it goes to."""
    actor = actor_of(request)
    found = case_of(actor, feedback_id)
    if not actor.has(DESK, found.agency_id):
        raise PermissionDenied
    try:
        document = services.letter(case=found, actor=actor, now=clock.now())
    except NotReady as error:
        raise Http404 from error
    log(found, actor, fields=["file"])
    return documents.serve(document, request=request)


@staff()
@require_safe
def of_dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The cases about one dossier, for those who work on it; what was written only at the desk of the case."""
    actor = actor_of(request)
    try:
        dossier = dossiers.case_for(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    rows = queries.of_dossier(actor, dossier.pk)
    is_part = bool(getattr(request, "htmx", False))
    template = "support/office/_of_dossier.html" if is_part else "support/office/of_dossier.html"
    return render(request, template, {"dossier": dossier, "rows": rows})


def case_of(actor: Actor, feedback_id: UUID) -> Feedback:
    """A case the actor reaches through an office; any other is 404."""
    try:
        return queries.case_at_work(actor, feedback_id)
    except Feedback.DoesNotExist as error:
        raise Http404 from error


def log(found: Feedback, actor: Actor, fields: list[str] | None = None) -> None:
    """Write down for the reporter who looked."""
    if found.person_id:
        identity.log_access(
            actor=actor, person_id=found.person_id, purpose=Purpose.FEEDBACK, now=clock.now(),
            subject=(services.OWNER, found.pk), fields=fields or [],
        )  # fmt: skip


def act_form(action: Action, found: Feedback, *, data: Any = None) -> Any:
    """The form of an act, empty or as it was sent; its fields carry the act's name, for several stand on one page."""
    if action == Action.TRANSFER:
        had = {stay.agency_id for stay in found.stays.all()}
        names = [(str(one.pk), one.display_name) for one in places.agencies_at(clock.today()) if one.pk not in had]
        form: Any = forms.TransferForm(data, expected=found.version, agencies=names)
    else:
        form = forms.FORMS.get(action, ActForm)(data, expected=found.version)
    form.auto_id = f"{action.value}_%s"
    return form


def show(
    request: HttpRequest, found: Feedback, *, refused: tuple[Action, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page, with one act's form open when it was just refused."""
    actor, now, stays = actor_of(request), clock.now(), list(found.stays.all())
    log(found, actor)
    options = []
    for option in rules.actions_for(found, actor, services.facts_of(found, stays, now=now)):
        is_open = bool(refused and refused[0] == option.action)
        form = refused[1] if refused and is_open else act_form(option.action, found) if option.is_allowed else None
        refusal = option.refusal.message if option.refusal else ""
        options.append({"action": option.action, "form": form, "refusal": refusal, "is_open": is_open})
    calendar = services.calendar_of(stays[0].agency_id)
    context = {
        "case": found, "stay": stays[0], "stays": stays[::-1], "now": now, "options": options,
        "story": list(found.story.all())[::-1], "near": rules.nearness(found.due_at, now, calendar),
        "segments": condense(rules.clock_of(stays[0], services.terms_of(found), calendar, now=now)),
        "files": document_queries.documents_of(services.OWNER, found.pk),
        "is_here": actor.has(DESK, found.agency_id), "refused": refused[1] if refused else None,
    }  # fmt: skip
    return render(request, "support/office/case.html", context, status=status)


def _with_nearness(cases: Sequence[Feedback], now: datetime) -> list[dict[str, Any]]:
    """The rows of a list; agencies that keep the same hours share one calendar."""
    by_hours = {one.agency.office_hours: one.agency for one in cases}
    calendars = {hours: places.working_calendar(agency) for hours, agency in by_hours.items()}
    return [{"case": one, "near": rules.nearness(one.due_at, now, calendars[one.agency.office_hours])} for one in cases]
