"""The figures of feedback by agency (the matter of Form II.05)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.kernel import clock
from motcua.kernel.http import actor_of, staff
from motcua.support import queries
from motcua.support.forms.office import PeriodForm
from motcua.support.models import DESK


@staff(*DESK)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What became of the cases of a period; the province's own director sees every agency."""
    actor, today = actor_of(request), clock.today()
    start = {"first": f"{today.replace(month=1, day=1):%d/%m/%Y}", "last": f"{today:%d/%m/%Y}"}
    form = PeriodForm({**start, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return render(request, "support/office/figures.html", {"form": form}, status=422)
    agencies = None if queries.watches_all(actor) else actor.agencies(*DESK)
    period = {"first": form.cleaned_data["first"], "last": form.cleaned_data["last"]}
    rows = queries.feedback_counts(**period, now=clock.now(), agencies=agencies)
    context = {"form": form, "rows": rows, "total": queries.total(rows), "now": clock.now(), **period}
    return render(request, "support/office/figures.html", context)
