"""Many dossiers at once: choose in the inbox, look at what will be refused, confirm, read what became of each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from motcua.dossiers import queries, rules, services
from motcua.dossiers.enums import Action, BatchMode
from motcua.dossiers.forms.batch import BatchForm
from motcua.dossiers.models import Dossier
from motcua.dossiers.views.case import act_label, colleagues, name_with_absence
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, staff

# What a rule may find in a dossier only on its own page: the inbox offers an act, the next page says what is missing.
HOPEFUL = rules.Facts(has_draft=True, is_signed=True)
LABELS: dict[Action, Any] = {
    Action.ACCEPT: gettext_lazy("Accept those chosen"),
    Action.CLAIM: gettext_lazy("Take those chosen"),
    Action.ASSIGN: gettext_lazy("Assign those chosen"),
    Action.FORWARD: gettext_lazy("Approve or pass on those chosen"),
    Action.ISSUE: gettext_lazy("Number, seal and issue those chosen"),
}
DONE: dict[str, Callable[[], str]] = {
    Action.ACCEPT: lambda: _("The dossier is accepted."),
    Action.CLAIM: lambda: _("The dossier is yours."),
    Action.ASSIGN: lambda: _("The dossier is assigned."),
    Action.FORWARD: lambda: _("The dossier moved to the next step."),
    Action.ISSUE: lambda: _("The result has number, date and seal; the applicant is told."),
}


def acts_for(rows: list[Dossier], actor: Actor) -> list[dict[str, Any]]:
    """The acts that some row of a list may take, as buttons of the bar; asks the database nothing."""
    return [
        {"name": action.value, "label": label}
        for action, label in LABELS.items()
        if any(rules.refusal_of(action, dossier, actor, HOPEFUL) is None for dossier in rows)
    ]


@staff()
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """The rows chosen: first what will be done and what refused, then, confirmed, the act."""
    actor, now = actor_of(request), clock.now()
    try:
        action = Action(request.POST.get("action", ""))
        versions = chosen_in(request)
    except ValueError as error:
        raise Http404 from error
    if action not in LABELS:
        raise Http404
    if not versions:
        messages.warning(request, _("Tick the dossiers first, then choose what to do with them."))
        return redirect("dossiers:inbox")
    rows = services.look_ahead(action=action, dossier_ids=list(versions), actor=actor, now=now)
    is_sent = "confirm" in request.POST
    form = BatchForm(request.POST if is_sent else None, action=action, staff=_staff_for(action, rows))
    if is_sent and form.is_valid():
        try:
            services.run_batch(
                action=action, dossier_ids=list(versions), versions=versions, actor=actor, now=now,
                key=form.cleaned_data["key"], mode=BatchMode(form.cleaned_data["mode"]), **form.params(),
            )  # fmt: skip
            return redirect("dossiers:batch_outcome", form.cleaned_data["key"])
        except (Refused, Conflict) as refusal:
            form.add_error(None, refusal.message)
    return _confirm(request, action, rows, versions, form, status=409 if is_sent else 200)


@staff()
def outcome(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What became of each row; only for whoever sent the batch."""
    kept = queries.batch_for(actor_of(request), batch_id)
    if kept is None:
        raise Http404
    rows = services.outcomes_of(kept)
    context = {
        "label": Action(kept.action).label, "done_text": DONE[kept.action](), "batch": kept,
        "rows": [row for row in rows if not row.ok] + [row for row in rows if row.ok],
        "done": sum(row.ok for row in rows), "refused": sum(not row.ok for row in rows),
    }  # fmt: skip
    return render(request, "dossiers/office/batch_outcome.html", context)


def chosen_in(request: HttpRequest) -> dict[UUID, int]:
    """The ticked dossiers with the versions the page showed, sent as `id:version`. Raises ValueError."""
    pairs = (value.partition(":") for value in request.POST.getlist("chosen"))
    return {UUID(key): int(version) for key, _colon, version in pairs}


def _confirm(
    request: HttpRequest, action: Action, rows: list[Any], versions: dict[UUID, int], form: Any, *, status: int
) -> HttpResponse:
    context = {
        "action": action, "label": action.label, "form": form, "now": clock.now(),
        "rows": [(row, act_label(action, row.dossier)) for row in rows],
        "chosen": [f"{key}:{version}" for key, version in versions.items()],
        "ready": sum(not row.refusal for row in rows), "refused": sum(bool(row.refusal) for row in rows),
    }  # fmt: skip
    return render(request, "dossiers/office/batch.html", context, status=status)


def _staff_for(action: Action, rows: list[Any]) -> list[tuple[str, str]]:
    """Those who work at every desk the rows stand at, read once for each desk."""
    if action is not Action.ASSIGN:
        return []
    desks = {(row.dossier.step_agency_id, row.dossier.step_kind, row.dossier.step_role): row.dossier for row in rows}
    found = [colleagues(dossier, clock.now()) for dossier in desks.values() if dossier.step_role]
    common = [one for one in found[0] if all(one in others for others in found)] if found else []
    return [(str(one.account_id), name_with_absence(one)) for one in common]
