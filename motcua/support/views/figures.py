"""The figures of feedback by agency (the matter of Form II.05)."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.documents.enums import XLSX
from motcua.kernel import clock
from motcua.kernel.http import actor_of, staff
from motcua.support import queries, services
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
    if "xlsx" in request.GET:
        return _sheet(rows, **period)
    asked = urlencode({**form.data, "xlsx": "1"})
    context = {
        "form": form, "sheet": f"?{asked}", "rows": rows, "total": queries.total(rows), "now": clock.now(), **period,
    }  # fmt: skip
    return render(request, "support/office/figures.html", context)


def _sheet(rows: Sequence[queries.Counts], first: date, last: date) -> HttpResponse:
    content = services.workbook(rows, first=first, last=last, now=clock.now())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="phan-anh-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"'
    return response
