"""The end of the year: whose books are open, whose are closed, and what a closed one carried over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.forms.year_end import CloseYearForm
from motcua.dossiers.models import ClosedBook, DayNumber
from motcua.dossiers.services import year_end
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.places.models import Agency

MOST = 500  # carried over dossiers on one page


@staff(*year_end.CLOSERS)
@require_http_methods(["GET", "HEAD", "POST"])
def years(request: HttpRequest) -> HttpResponse:
    """The books of the actor's agencies; a sent form closes one."""
    if request.method != "POST":
        return _show(request)
    form = CloseYearForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    data = form.cleaned_data
    try:
        book = year_end.close_year(
            agency_id=data["agency"], year=data["year"], actor=actor_of(request), now=clock.now()
        )
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show(request, form, status=409)
    messages.success(request, _("The book is closed."))
    return redirect("dossiers:closed_book", book.pk)


@staff(*year_end.CLOSERS)
@require_safe
def closed_book(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """A closed book: its digest, and the dossiers that were still open."""
    mine = actor_of(request).agencies(*year_end.CLOSERS)
    book = get_object_or_404(ClosedBook.objects.select_related("agency"), pk=book_id, agency__in=mine)
    lines = book.lines.filter(is_carried_over=True).select_related("dossier__procedure").order_by("number")
    context = {
        "book": book, "lines": lines[:MOST], "hidden": max(0, book.carried_over - MOST),
        "is_intact": year_end.is_intact(book),
    }  # fmt: skip
    return render(request, "dossiers/office/closed_book.html", context)


def _show(request: HttpRequest, form: CloseYearForm | None = None, status: int = 200) -> HttpResponse:
    mine = actor_of(request).agencies(*year_end.CLOSERS)
    closed = {(one.agency_id, one.year): one for one in ClosedBook.objects.filter(agency__in=mine)}
    agencies = Agency.objects.in_bulk(mine)
    days = DayNumber.objects.filter(agency__in=mine).order_by("-day__year", "agency__code")
    found = dict.fromkeys(days.values_list("agency_id", "day__year"))
    rows: list[dict[str, Any]] = [
        {
            "agency": agencies[agency_id], "year": year, "book": closed.get((agency_id, year)),
            "form": _form(form, agency_id, year) if (agency_id, year) not in closed else None,
        }
        for agency_id, year in found
    ]  # fmt: skip
    return render(request, "dossiers/office/year_end.html", {"rows": rows, "refused": form}, status=status)


def _form(sent: CloseYearForm | None, agency_id: UUID, year: int) -> CloseYearForm | None:
    """The form of a row: the one sent, if it was this row's; none while the year still runs."""
    if sent is not None and (sent.data.get("agency"), sent.data.get("year")) == (str(agency_id), str(year)):
        return sent
    if year >= clock.today().year:
        return None
    return CloseYearForm(initial={"agency": agency_id, "year": year}, auto_id=f"close_{agency_id}_{year}_%s")
