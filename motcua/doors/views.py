"""The doors: home, search, my space, help, and the way into the office."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import OnlineLevel
from motcua.doors import pages, queries
from motcua.doors.forms import NearestForm
from motcua.doors.wording import STATE_MEANINGS
from motcua.kernel import clock
from motcua.kernel.http import actor_of, public, signed_in, staff
from motcua.places import queries as places

MOST_TYPED = 200
MOST_LOOKED = 5  # of what was found, to see whether it belongs to a bundle


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first; what people do most; go on with a draft; follow a dossier; life events; help; figures."""
    actor, today = actor_of(request), clock.today()
    common = catalogue.common(today, most=6)
    context = {
        "first": pages.procedure_cards(common[:3]),
        "also": common[3:],
        "drafts": [pages.draft_link(draft) for draft in queries.drafts(actor)],
        "life_events": catalogue.life_events(),
        "bundles": catalogue.bundles(today),
        "served": queries.served(today),
        "nearest_form": NearestForm(units=queries.communes(today)),
    }
    return render(request, "doors/home.html", context)


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Procedures by what somebody typed, and the reader's own dossiers by code or words."""
    typed = request.GET.get("q", "").replace("\x00", "")[:MOST_TYPED]
    found = catalogue.search(typed, on=clock.today())
    first = [procedure.code for procedure in found.procedures[:MOST_LOOKED]]
    context = {
        "typed": typed, "found": found, "own": queries.own_matches(actor_of(request), typed),
        "is_code": queries.is_code(typed), "now": clock.now(),
        "bundles": catalogue.bundles_with(first, clock.today()) if first else [],
        "online": [OnlineLevel.FULL, OnlineLevel.PARTIAL],
    }  # fmt: skip
    return render(request, "doors/search.html", context)


@signed_in
@require_safe
def space(request: HttpRequest) -> HttpResponse:
    """What needs the person now, what is under way, results, drafts, messages, who looked."""
    return render(request, "doors/space.html", pages.space(actor_of(request), clock.now()))


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to file, to sign in, to read a state; where somebody sits down with you."""
    today = clock.today()
    form = NearestForm(request.GET if "unit" in request.GET else None, units=queries.communes(today))
    chosen = form.cleaned_data["unit"] if form.is_bound and form.is_valid() else ""
    context: dict[str, Any] = {
        "form": form,
        "nearest": queries.nearest(chosen, today),
        "has_asked": bool(chosen),
        "centres": places.centres_open(today),
        "hours": queries.hours(),
        "states": STATE_MEANINGS.items(),
    }
    return render(request, "doors/help.html", context)


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What we do so that everybody can use this, what does not work yet, whom to tell."""
    return render(request, "doors/accessibility.html")


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a person, who may see it, what a person may ask for."""
    return render(request, "doors/privacy.html")


@staff()
@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """The office's home is the inbox."""
    return redirect("dossiers:inbox")


@signed_in
@require_safe
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Staff begin in the office, everybody else in their own space."""
    return redirect("doors:office" if actor_of(request).is_staff else "doors:space")
