"""The public look-up: code and progress, nothing about people (Circular 01/2018/TT-VPCP, art. 16.2.d)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.dossiers import queries
from motcua.dossiers.forms.portal import TrackForm
from motcua.dossiers.views.space import progress_of
from motcua.kernel import clock
from motcua.kernel.http import public


@public
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """A code typed, scanned or followed from a slip; how far the dossier is."""
    form = TrackForm(request.GET if "code" in request.GET else None)
    dossier = queries.track(form.cleaned_data["code"]) if form.is_bound and form.is_valid() else None
    context = {
        "form": form, "dossier": dossier, "now": clock.now(),
        "steps": progress_of(dossier) if dossier else (0, 0),
        "is_unknown": form.is_bound and form.is_valid() and dossier is None,
    }  # fmt: skip
    return render(request, "dossiers/portal/track.html", context, status=404 if context["is_unknown"] else 200)
