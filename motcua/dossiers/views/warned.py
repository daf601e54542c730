"""Warnings: what needs me now, the most urgent first, and the number that stands in the menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from motcua.dossiers import warned
from motcua.dossiers.forms.warned import WarningsForm
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.http import actor_of, staff
from motcua.places import queries as places
from motcua.ui import formats

FRESH = 60  # seconds for which the menu shows the same number
MOST = 20  # drafts of apologies on the page; the others come when these are granted


@staff()
def warnings(request: HttpRequest) -> HttpResponse:
    """What comes near its due date or has passed it, as far as one answers for it."""
    actor, now = actor_of(request), clock.now()
    form = WarningsForm(request.GET or None, agencies=_agencies(actor))
    chosen = form.chosen()
    page = warned.page(warned.warnings_of(actor, **chosen), cursor=request.GET.get("page", ""))
    context = {
        "apologies": list(warned.apologies(actor)[:MOST]), "form": form,
        "late_acceptances": warned.late_acceptances(actor), "page": page, "rows": warned.shown(page.rows, actor, now),
        "is_narrowed": any(value not in (None, False) for value in chosen.values()),
    }  # fmt: skip
    return render(request, "dossiers/office/warnings.html", context)


@staff()
def count(request: HttpRequest) -> HttpResponse:
    """How many warnings stand for me, in figures for the menu; nothing when there is none."""
    found = warned.count(actor_of(request))
    text = f"{formats.number(found)}+" if found >= warned.COUNTED else formats.number(found)
    response = render(request, "dossiers/office/_count.html", {"text": text, "spoken": _("warnings")} if found else {})
    response["Cache-Control"] = f"private, max-age={FRESH}"
    return response


def _agencies(actor: Actor) -> list[tuple[str, str]]:
    names = places.agency_names(set(warned.agencies_led(actor) | actor.agencies()))
    return sorted(((str(key), name) for key, name in names.items()), key=lambda pair: pair[1])
