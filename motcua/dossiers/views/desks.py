"""Who has how much on the desk, and giving a whole desk to others."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from motcua.dossiers import queries, services
from motcua.dossiers.forms.desks import DeskForm
from motcua.dossiers.views.case import name_with_absence
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, staff
from motcua.places import queries as places

LEADING = (Role.HEAD, Role.LEADER, Role.ADMIN)
WORKING = (Role.HANDLER, Role.HEAD, Role.LEADER, Role.CLERK, Role.RECEPTION)


@staff(*LEADING)
def desks(request: HttpRequest) -> HttpResponse:
    """Everybody of the agencies in which one leads or administers, with the dossiers that stand with them."""
    actor = actor_of(request)
    shown = [
        {"agency": places.kept_agency(agency_id), "members": _members(agency_id)}
        for agency_id in sorted(actor.agencies(*LEADING))
    ]
    return render(request, "dossiers/office/desks.html", {"agencies": [one for one in shown if one["members"]]})


@staff(*LEADING)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, agency_id: UUID, account_id: UUID) -> HttpResponse:
    """One desk: what stands on it, and the form that gives it to others."""
    actor = actor_of(request)
    members = _members(agency_id) if _leads(actor, agency_id) else []
    holder = next((row for row in members if row["account_id"] == account_id), None)
    if holder is None:
        raise Http404
    rows = list(queries.desk_of(account_id, agency_id)[: services.BATCH_LIMIT])
    procedures = sorted({(row.procedure.code, row.procedure.name) for row in rows})
    others = [(str(row["account_id"]), row["name"]) for row in members if row is not holder]
    sent = request.POST if request.method == "POST" else None
    form = DeskForm(sent, procedures=procedures, staff=others)
    status = 200
    if sent is not None:
        status = 422
        if form.is_valid():
            try:
                _give(form, agency_id, account_id, actor)
                return redirect("dossiers:batch_outcome", form.cleaned_data["key"])
            except (Refused, Conflict) as refusal:
                status = 409
                form.add_error(None, refusal.message)
    context = {"form": form, "rows": rows, "holder": holder, "agency": places.kept_agency(agency_id)}
    return render(request, "dossiers/office/desk.html", {**context, "now": clock.now()}, status=status)


def _give(form: DeskForm, agency_id: UUID, account_id: UUID, actor: Actor) -> None:
    data = form.cleaned_data
    services.reassign_desk(
        agency_id=agency_id, from_id=account_id, to_ids=[UUID(one) for one in data["to"]], reason=data["reason"],
        procedure=data["procedure"], actor=actor, now=clock.now(), key=data["key"],
    )  # fmt: skip


def _leads(actor: Actor, agency_id: UUID) -> bool:
    return actor.has((Role.HEAD, Role.LEADER), agency_id) or identity.administers(actor, agency_id)


def _members(agency_id: UUID) -> list[dict[str, Any]]:
    """Each person once, with the number of dossiers on the desk."""
    staff_there = identity.on_duty(agency_id, *WORKING, on=clock.today())
    names = {one.account_id: name_with_absence(one) if one.absent_until else one.name for one in staff_there}
    sizes = queries.desk_sizes(agency_id, list(names))
    return [{"account_id": key, "name": name, "count": sizes.get(key, 0)} for key, name in names.items()]
