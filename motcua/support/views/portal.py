"""How feedback works, what was answered, and a person's own cases."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.kernel import clock
from motcua.kernel.http import actor_of, public, signed_in
from motcua.support import queries, terms
from motcua.support.enums import About, Kind
from motcua.support.forms.portal import SearchForm, TrackForm
from motcua.support.models import PublishedAnswer


@public
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What happens with feedback, by when, and what others asked."""
    words = request.GET.get("q", "").replace("\x00", "")[:200]
    limits = terms.terms(Kind.FEEDBACK, About.CONDUCT, clock.today())
    context = {
        "page": queries.published(words, request.GET.get("page", "")), "words": words, "track_form": TrackForm(),
        "search_form": SearchForm(initial={"q": words}),
        "limits": {step.value: int(term.duration.amount) for step, term in limits.items()},
    }  # fmt: skip
    return render(request, "support/portal/about.html", context)


@public
@require_safe
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """One published answer."""
    try:
        found = queries.published_answer(key)
    except PublishedAnswer.DoesNotExist as error:
        raise Http404 from error
    return render(request, "support/portal/answer.html", {"published": found})


@signed_in
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The person's own cases, newest first; with `?dossier` those about one dossier."""
    try:
        about = UUID(request.GET["dossier"]) if request.GET.get("dossier") else None
    except ValueError as error:
        raise Http404 from error
    page = queries.own_cases(actor_of(request), request.GET.get("page", ""), dossier_id=about)
    return render(request, "support/portal/own.html", {"page": page, "now": clock.now(), "about": about})
