"""Pages of reorganisations: the plans, what each would carry, and the order to carry it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.places import queries, services
from motcua.places.enums import PlanState
from motcua.places.forms import OrderForm
from motcua.places.models import Plan
from motcua.places.reorganisation.movers import registered

READERS = (Role.ADMIN, Role.DIRECTOR)
TONES = {PlanState.DRAFT: "neutral", PlanState.APPLIED: "done"}
SHOWN = 50  # faults on the page; the command prints all


@staff(*READERS)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan, the latest first."""
    rows = [(plan, TONES.get(PlanState(plan.state), "progress")) for plan in queries.plans()]
    return render(request, "places/plans.html", {"rows": rows})


@staff(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan; a sent form orders that it is applied, or taken back when it is in effect."""
    found = queries.plan(plan_id)
    if request.method != "POST":
        return _show(request, found, OrderForm())
    form = OrderForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        services.order_job(
            plan_id=plan_id, reverse=not found.is_draft, confirm=form.cleaned_data["confirm"],
            actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    except services.Homeless as refusal:
        form.refuse(refusal)
        return _show(request, found, form, status=409, faults=refusal.faults)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, found, form, status=409)
    messages.success(request, _("The order is given. Reload this page to see how far it is."))
    return redirect("places:plan", plan_id)


@staff(*READERS)
@require_POST
def try_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The dry run: count, and name what would be left without a home."""
    trial = services.try_plan(plan_id=plan_id, actor=actor_of(request), now=clock.now())
    return _show(request, queries.plan(plan_id), OrderForm(), faults=trial.faults, was_tried=True)


def _show(request: HttpRequest, found: Plan, form: OrderForm, status: int = 200, **more: Any) -> HttpResponse:
    faults = more.pop("faults", ())
    context = {
        "plan": found, "form": form, "tone": TONES.get(PlanState(found.state), "progress"), "counts": _counts(found),
        "lines": queries.decided_lines(found), "may_order": services.may_order(actor_of(request)),
        "is_under_way": found.state in (PlanState.APPLYING, PlanState.REVERSING), "faults": faults[:SHOWN],
        "hidden": max(0, len(faults) - SHOWN), **more,
    }  # fmt: skip
    return render(request, "places/plan.html", context, status=status)


def _counts(found: Plan) -> list[tuple[Any, int]]:
    """What the last dry run counted, named in the reader's language."""
    names = {f"{mover.name}.{thing}": label for mover in registered() for thing, label in mover.things.items()}
    return [(label, found.counts[name]) for name, label in names.items() if name in found.counts]
