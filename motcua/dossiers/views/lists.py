"""The office's lists: inbox, all dossiers with search and filters, saved searches."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.dossiers import queries, services
from motcua.dossiers.audiences import desks_of
from motcua.dossiers.enums import State
from motcua.dossiers.forms.office import FilterForm, SaveFilterForm
from motcua.dossiers.queries import Filters
from motcua.dossiers.views.batch import acts_for
from motcua.identity import rules as identity_rules
from motcua.identity import seals
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff

LONG = services.BATCH_LIMIT  # rows of the long page, from which a whole batch is chosen


@staff()
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, about to be late first; the office's home."""
    actor = actor_of(request)
    size = LONG if request.GET.get("size") == str(LONG) else queries.SIZE
    listing, now = queries.inbox(actor, cursor=request.GET.get("page", ""), size=size), clock.now()
    context = {
        "page": listing, "now": now, "left": queries.minutes_left(listing.rows, now),
        "counts": state_chips(queries.counts(actor)), "desks": desks_of(actor),
        "acts": acts_for(list(listing.rows), actor), "all_chosen": request.GET.get("select") == "all",
        "is_long": size == LONG, "long": LONG, "absent": actor.absent,
    }  # fmt: skip
    return render(request, "dossiers/office/inbox.html", context)


@staff()
def search(request: HttpRequest) -> HttpResponse:
    """Every dossier I may see, by code, name, ID number, procedure, day and state."""
    actor, form = actor_of(request), FilterForm(request.GET or None)
    filters = filters_from(form) if form.is_bound and form.is_valid() else Filters(is_open=None)
    listing = queries.office_dossiers(actor, cursor=request.GET.get("page", ""), filters=filters)
    if filters.text and len(listing.rows) == 1 and listing.rows[0].code == filters.text.strip().upper():
        return redirect("dossiers:case", listing.rows[0].pk)
    now = clock.now()
    context = {
        "page": listing, "form": form, "now": now, "left": queries.minutes_left(listing.rows, now),
        "saved": queries.saved_filters(actor),
        "save_form": SaveFilterForm(initial={"query": _query(request)}), "is_narrowed": bool(_query(request)),
        "counts": state_chips(queries.counts(actor), active=filters.state),
    }  # fmt: skip
    return render(request, "dossiers/office/search.html", context)


@staff()
@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep the present search under a name."""
    form = SaveFilterForm(request.POST)
    if form.is_valid():
        services.save_filter(
            name=form.cleaned_data["name"], query=form.cleaned_data["query"], actor=actor_of(request), now=clock.now()
        )
        messages.success(request, _("The search is kept."))
    else:
        messages.error(request, _("Give the search a name of at most 80 letters, then it is kept."))
    return redirect(f"{reverse('dossiers:office_search')}?{request.POST.get('query', '')}")


@staff()
@require_POST
def drop_search(request: HttpRequest) -> HttpResponse:
    """Forget a kept search."""
    services.drop_filter(name=request.POST.get("name", ""), actor=actor_of(request), now=clock.now())
    return redirect("dossiers:office_search")


def filters_from(form: FilterForm) -> Filters:
    """What the form asks for; a whole ID number is looked up by its fingerprint, never stored in an address."""
    data = form.cleaned_data
    text, fingerprint = data["q"], ""
    if text.strip().isdigit() and len(text.strip()) == 12:
        try:
            fingerprint = seals.fingerprint(identity_rules.check_id_number(text).number).hex()[:32]
            text = ""
        except Refused:
            fingerprint = ""
    return Filters(
        text=text, state=data["state"], procedure=data["procedure"].strip(), day=data["day"], id_fingerprint=fingerprint
    )


def state_chips(counts: dict[State, int], active: int | None = None) -> list[dict[str, object]]:
    """A chip for each state that has dossiers, leading to its list."""
    base = reverse("dossiers:office_search")
    return [
        {
            "label": state.label,
            "count": counts[state],
            "href": base if active == state else f"{base}?{urlencode({'state': int(state)})}",
            "is_active": active == state,
        }
        for state in State
        if counts.get(state)
    ]


def _query(request: HttpRequest) -> str:
    kept = [(key, value) for key, value in request.GET.items() if value and key in {"q", "state", "procedure", "day"}]
    return urlencode(kept)
