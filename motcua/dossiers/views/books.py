"""The register of dossiers, and the minutes of bringing results to the centre."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import books
from motcua.dossiers.audiences import AGENCY_WIDE
from motcua.dossiers.forms.books import MinutesForm, RegisterForm
from motcua.dossiers.services import books as files
from motcua.kernel import clock
from motcua.kernel.errors import NotReady
from motcua.kernel.http import actor_of, staff
from motcua.places.models import Agency

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """A register and the days asked for of it."""

    book: books.Book
    first: date
    last: date

    @property
    def ordinals(self) -> range:
        """The order numbers of these days."""
        return self.book.between(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the register with the marks of its neighbours."""

    rows: list[books.Entry]
    next: str = ""
    previous: str = ""


@staff(*AGENCY_WIDE)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register of an agency and year, page by page."""
    form, asked = _ask(request)
    context: dict[str, Any] = {"form": form, "asked": asked, "leaf": None, "files": [], "closed_on": None}
    if asked is not None:
        context |= {"leaf": _leaf(asked, request.GET.get("page", "")), "files": _files(asked)}
        context["closed_on"] = books.closed_on(asked.book)
    return render(request, "dossiers/office/register.html", context, status=422 if form.errors else 200)


@staff(*AGENCY_WIDE)
@require_safe
def register_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The register as PDF (one volume), spreadsheet or comma-separated lines."""
    asked, actor, now = _ask(request)[1], actor_of(request), clock.now()
    if asked is None:
        raise Http404
    days: dict[str, Any] = {"first": asked.first, "last": asked.last, "actor": actor, "now": now}
    name = f"so-theo-doi-{asked.book.agency.code}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}"
    if form == "xlsx":
        made = files.register_xlsx(asked.book, **days)
        return FileResponse(made, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    if form == "csv":
        response = StreamingHttpResponse(files.register_csv(asked.book, **days), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    part = request.GET.get("part", "1")
    try:
        return _pdf(files.register_pdf(asked.book, part=int(part) if part.isdecimal() else 0, **days), name)
    except NotReady as error:
        raise Http404 from error


@staff(*AGENCY_WIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: HttpRequest) -> HttpResponse:
    """The results of a day that go to another agency; those ticked are printed as minutes."""
    form = MinutesForm(request.GET if "day" in request.GET else {"day": f"{clock.today():%d/%m/%Y}"})
    day = (form.cleaned_data["day"] if form.is_valid() else None) or clock.today()
    groups = books.brought(actor_of(request), day)
    if request.method == "POST":
        return _minutes_file(request, groups, day)
    context = {"form": form, "groups": groups, "day": day}
    return render(request, "dossiers/office/minutes.html", context, status=422 if form.errors else 200)


def _minutes_file(request: HttpRequest, groups: list[books.Brought], day: date) -> HttpResponse:
    chosen = {key for text in request.POST.getlist("dossier") if (key := _uuid(text))}
    for group in groups:
        if any(dossier.pk in chosen for dossier in group.dossiers):
            made = files.minutes_pdf(group, chosen=chosen, actor=actor_of(request), now=clock.now())
            return _pdf(made, f"ban-giao-{group.giver.code}-{day:%Y%m%d}")
    context = {"form": MinutesForm({"day": f"{day:%d/%m/%Y}"}), "groups": groups, "day": day, "is_empty": True}
    return render(request, "dossiers/office/minutes.html", context, status=422)


def _ask(request: HttpRequest) -> tuple[RegisterForm, Asked | None]:
    """The form as sent, and what it asks for: None when it has faults or there is no register."""
    agencies = books.readable(actor_of(request))
    agency = _chosen(agencies, request.GET.get("agency", ""))
    years = books.years_of(agency) if agency else []
    data = request.GET.copy()
    if agency and not data.get("agency"):
        data["agency"] = str(agency.pk)
    if years and not data.get("year"):
        data["year"] = str(years[0])
    form = RegisterForm(data, agencies=agencies, years=years)
    if not form.is_valid() or agency is None or not years:
        return form, None
    year = form.cleaned_data["year"]
    return form, Asked(books.book(agency, year), *form.period(year, clock.today()))


def _chosen(agencies: Any, key: str) -> Agency | None:
    if not key:
        return next(iter(agencies), None)
    return next((agency for agency in agencies if str(agency.pk) == key), None)


def _leaf(asked: Asked, cursor: str) -> Leaf:
    """The page that begins with an order number: no page is dearer than another."""
    numbers = asked.ordinals
    start = min(int(cursor) - numbers.start, len(numbers)) if cursor.isdecimal() and len(cursor) < 9 else 0
    start = max(start, 0)
    following, before = start + books.PAGE, start - books.PAGE
    return Leaf(
        rows=books.entries(asked.book, numbers[start:following]),
        next=str(numbers[following]) if following < len(numbers) else "",
        previous=str(numbers[max(before, 0)]) if start > 0 else "",
    )


def _files(asked: Asked) -> list[dict[str, str]]:
    query = {
        "agency": asked.book.agency.pk, "year": asked.book.year, "first": f"{asked.first:%d/%m/%Y}",
        "last": f"{asked.last:%d/%m/%Y}",
    }  # fmt: skip
    made = [
        {
            "volume": books.volume_of(numbers.start, asked.book.year),
            "span": f"{numbers[0]}–{numbers[-1]}",
            "href": f"{reverse('dossiers:register_pdf')}?{urlencode({**query, 'part': part})}",
        }
        for part, numbers in enumerate(books.parts(asked.ordinals), start=1)
    ]
    sheets = [
        {"name": name, "href": f"{reverse(f'dossiers:register_{name}')}?{urlencode(query)}"} for name in ("xlsx", "csv")
    ]
    return [*made, *sheets] if made else []


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
