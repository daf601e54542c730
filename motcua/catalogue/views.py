"""Pages of the catalogue. Everybody may read them; delegations are kept by administrators."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.catalogue import pages, queries, services
from motcua.catalogue.enums import Audience, Level
from motcua.catalogue.forms import DelegationForm, EndForm
from motcua.catalogue.models import OnTheSpot, Procedure
from motcua.catalogue.queries import Filters
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, public, staff
from motcua.kernel.paging import page
from motcua.kernel.text import sort_key

MOST_TYPED = 200
SUGGESTED = 8
MOST_FIELDS = 12


@public
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """All procedures by life event, field, agency and audience; a filter turns it into a list."""
    today, filters = clock.today(), Filters.read(request.GET.dict())
    if not filters.active:
        context: dict[str, Any] = {
            "life_events": queries.life_events(),
            "bundles": queries.bundles(today),
            "common": rows(queries.common(today)),
            "fields": queries.field_counts(filters, today),
            "first_fields": f":{MOST_FIELDS}",
            "rest_fields": f"{MOST_FIELDS}:",
            "agencies": sorted(queries.agency_counts(today), key=lambda pair: sort_key(pair[0].display_name)),
            "narrow": _narrow(filters),
        }
        return render(request, "catalogue/browse.html", context)
    cursor = request.GET.get("page", "")
    listed = page(queries.listed(filters, today), order=queries.ORDER, cursor=cursor, size=20)
    context = {
        "page": listed,
        "rows": rows(listed.rows),
        "chips": _active(filters),
        "narrow": _narrow(filters),
        "fields": [] if filters.field else _field_links(filters, queries.field_counts(filters, today, most=15)),
        "title": _title(filters),
        "bundles": [one for one in queries.bundles(today) if one.life_event_key == filters.life]
        if filters.life
        else [],
    }
    return render(request, "catalogue/list.html", context)


@public
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: for whom, what is needed, how long, how much, where, what comes of it, and the law."""
    try:
        found = pages.procedure_page(code, clock.today())
    except Procedure.DoesNotExist as error:
        raise Http404 from error
    return render(request, "catalogue/procedure.html", {"it": found})


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search results; only the results themselves when htmx asks."""
    typed = request.GET.get("q", "")[:MOST_TYPED]
    audience = request.GET.get("audience", "")
    found = queries.search(
        typed,
        on=clock.today(),
        audience=audience if audience in Audience.values else None,
        online_only=request.GET.get("online") == "1",
    )
    context = {"found": found, "typed": typed, "rows": rows(found.procedures), "narrow": _search_chips(request, typed)}
    is_part = getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "catalogue/_results.html" if is_part else "catalogue/search.html", context)


@public
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """A short list of what is probably meant, while somebody types."""
    typed = request.GET.get("q", "")[:MOST_TYPED]
    found = queries.search(typed, on=clock.today(), limit=SUGGESTED) if len(typed.strip()) > 1 else None
    return render(request, "catalogue/_suggestions.html", {"found": found, "typed": typed})


def rows(procedures: Iterable[Procedure]) -> list[dict[str, Any]]:
    """Procedures with the tag of their service level, for lists."""
    return [{"procedure": found, "level": pages.level_tag(found.online_level)} for found in procedures]  # type: ignore[attr-defined]


def _address(filters: Filters) -> str:
    query = urlencode(filters.active)
    return f"{reverse('catalogue:browse')}?{query}" if query else reverse("catalogue:browse")


def _active(filters: Filters) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": _address(filters.without(name)), "is_active": True, "is_removable": True}
        for name, label in queries.names(filters).items()
    ]


def _narrow(filters: Filters) -> list[dict[str, Any]]:
    """Chips that narrow the list further."""
    choices = [
        ("audience", Audience.CITIZEN.value, Audience.CITIZEN.label, "user"),
        ("audience", Audience.BUSINESS.value, Audience.BUSINESS.label, "store"),
        ("online", "1", _("Can be done online"), "monitor-smartphone"),
        ("level", Level.COMMUNE.value, _("Decided by your commune"), "map-pin"),
        ("level", Level.PROVINCE.value, _("Decided by the province"), "landmark"),
    ]
    return [
        {"label": label, "icon": icon, "href": _address(filters.also(name, value))}
        for name, value, label, icon in choices
        if not getattr(filters, name)
    ]


def _field_links(filters: Filters, counted: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [
        {"field": field, "count": count, "href": _address(filters.also("field", field.code))}
        for field, count in counted
    ]


def _title(filters: Filters) -> str:
    found = queries.names(filters)
    return next((found[name] for name in ("life", "field", "agency", "audience", "level") if name in found), "")


def _search_chips(request: HttpRequest, typed: str) -> list[dict[str, Any]]:
    audience, online = request.GET.get("audience", ""), request.GET.get("online") == "1"
    base = {"q": typed} | ({"audience": audience} if audience in Audience.values else {})

    def chip(label: Any, icon: str, is_active: bool, query: dict[str, str]) -> dict[str, Any]:
        href = f"{reverse('catalogue:search')}?{urlencode(query)}"
        return {"label": label, "icon": icon, "is_active": is_active, "is_removable": is_active, "href": href}

    kept = {"online": "1"} if online else {}
    chips = [
        chip(
            kind.label,
            icon,
            audience == kind,
            {"q": typed, **kept} | ({} if audience == kind else {"audience": kind.value}),
        )
        for kind, icon in ((Audience.CITIZEN, "user"), (Audience.BUSINESS, "store"))
    ]
    label = _("Can be done online")
    return [*chips, chip(label, "monitor-smartphone", online, base | ({} if online else {"online": "1"}))]


@staff(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Delegations to settle on the spot; a sent form writes one down."""
    form = DelegationForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show_delegations(request, form, 422 if form.is_bound else 200)
    try:
        services.delegate(delegation=form.delegation(), actor=actor_of(request), now=clock.now())
    except Refused as refusal:
        form.refuse(refusal)
        return _show_delegations(request, form, 409)
    messages.success(request, _("The delegation is written down."))
    return redirect("catalogue:delegations")


@staff(Role.ADMIN)
@require_POST
def end_delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """End a delegation with today."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return _show_delegations(request, DelegationForm(), 422, ended=form)
    try:
        services.end_delegation(
            delegation_id=delegation_id, reason=form.cleaned_data["reason"], actor=actor_of(request), now=clock.now()
        )  # fmt: skip
    except OnTheSpot.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        form.refuse(refusal)
        return _show_delegations(request, DelegationForm(), 409, ended=form)
    messages.success(request, _("The delegation has ended; nobody signs under it any more from tomorrow on."))
    return redirect("catalogue:delegations")


def _show_delegations(
    request: HttpRequest, form: DelegationForm, status: int, *, ended: EndForm | None = None
) -> HttpResponse:
    today = clock.today()
    found = list(queries.delegations())
    names = queries.names_of({code for one in found for code in one.procedures})
    rows = []
    for one in found:
        may_end = one.ended_on is None and (one.last_day is None or one.last_day >= today)
        end = EndForm(auto_id=f"end_{one.pk.hex}_%s") if may_end else None
        rows.append((one, [(code, names.get(code, "")) for code in one.procedures], end))
    context = {"rows": rows, "form": form, "ended": ended}
    return render(request, "catalogue/delegations.html", context, status=status)
