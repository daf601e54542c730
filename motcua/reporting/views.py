"""The report as a page and as a file."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.http import actor_of, staff
from motcua.reporting import corrections, on_the_spot, parts, queries, rules, sheets
from motcua.reporting.enums import PartSplit, Span, Split
from motcua.reporting.forms import PartsForm, ReportForm, SpotForm

READERS = (Role.LEADER, Role.DIRECTOR, Role.HEAD, Role.ADMIN)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Asked:
    form: ReportForm
    report: queries.Report | None


@staff(*READERS)
def ii06(request: HttpRequest) -> HttpResponse:
    """Form II.06 of the chosen period."""
    asked = _ask(request)
    actor, now = actor_of(request), clock.now()
    scope = queries.scope_of(actor)
    context: dict[str, Any] = {
        "form": asked.form, "report": asked.report, "now": now,
        "asides": queries.asides(asked.report, now=now, scope=scope) if asked.report else None,
        "corrected": corrections.corrected(asked.report.period, now=now, scope=scope) if asked.report else None,
        "presets": _presets(request), "sheet": f"{reverse('reporting:ii06_xlsx')}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "reporting/ii06.html", context, status=200 if asked.report else 422)


@staff(*READERS)
def ii06_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a spreadsheet; a period that cannot be read is explained on the page."""
    asked = _ask(request)
    if asked.report is None:
        return ii06(request)
    actor = actor_of(request)
    asides = queries.asides(asked.report, now=clock.now(), scope=queries.scope_of(actor))
    content = sheets.workbook(asked.report, unit=queries.unit_of(actor), asides=asides)
    return _sheet(content, "II06", asked.report.period)


@staff(*READERS)
def spot(request: HttpRequest) -> HttpResponse:
    """The share settled on the spot in the chosen period; `?xlsx` gives it as a spreadsheet."""
    now = clock.now()
    half = rules.span(Span.HALF_YEAR, now.date())
    start = {"first": _day(half.first), "last": _day(half.last), "split": Split.CENTRE.value}
    form = SpotForm({**start, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return render(request, "reporting/on_the_spot.html", {"form": form}, status=422)
    period, actor = form.period(), actor_of(request)
    lines = on_the_spot.shares(
        period, now=now, split=Split(form.cleaned_data["split"]), scope=queries.scope_of(actor)
    )  # fmt: skip
    if "xlsx" in request.GET:
        return _sheet(on_the_spot.workbook(lines, period, unit=queries.unit_of(actor)), "tai-cho", period)
    asked = urlencode({**form.data, "xlsx": "1"})
    context = {"form": form, "lines": lines, "total": on_the_spot.total(lines, _("Total")), "sheet": f"?{asked}"}
    return render(request, "reporting/on_the_spot.html", context)


@staff(*READERS)
def parts_of_others(request: HttpRequest) -> HttpResponse:
    """What other agencies were asked in the chosen period and how they answered; `?xlsx` gives it as a spreadsheet."""
    now = clock.now()
    half = rules.span(Span.HALF_YEAR, now.date())
    start = {"first": _day(half.first), "last": _day(half.last), "split": PartSplit.ASKED.value}
    form = PartsForm({**start, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return render(request, "reporting/parts.html", {"form": form}, status=422)
    period, actor = form.period(), actor_of(request)
    lines = parts.lines(
        period, now=now, split=PartSplit(form.cleaned_data["split"]), scope=queries.scope_of(actor)
    )  # fmt: skip
    if "xlsx" in request.GET:
        return _sheet(parts.workbook(lines, period, unit=queries.unit_of(actor)), "phoi-hop", period)
    asked = urlencode({**form.data, "xlsx": "1"})
    context = {"form": form, "lines": lines, "total": parts.total(lines, _("Total")), "sheet": f"?{asked}"}
    return render(request, "reporting/parts.html", context)


def _ask(request: HttpRequest) -> _Asked:
    now = clock.now()
    half = rules.span(Span.HALF_YEAR, now.date())
    start = {"first": _day(half.first), "last": _day(half.last), "split": Split.AGENCY.value}
    form = ReportForm({**start, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return _Asked(form, None)
    scope = queries.scope_of(actor_of(request))
    split = Split(form.cleaned_data["split"])
    return _Asked(form, queries.report(form.period(), now=now, split=split, scope=scope))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _presets(request: HttpRequest) -> list[dict[str, Any]]:
    here, split = reverse("reporting:ii06"), request.GET.get("split", Split.AGENCY.value)
    return [
        {
            "label": name,
            "href": f"{here}?{urlencode({'first': _day(period.first), 'last': _day(period.last), 'split': split})}",
            "is_active": (request.GET.get("first"), request.GET.get("last")) == (_day(period.first), _day(period.last)),
        }
        for _key, name, period in queries.periods(clock.today())
    ]


def _sheet(content: bytes, name: str, period: rules.Period) -> HttpResponse:
    """A spreadsheet of a period, under a name that says which."""
    response = HttpResponse(content, content_type=XLSX)
    file = f"{name}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
