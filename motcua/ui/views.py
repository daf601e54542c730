"""Large text by a cookie, without JavaScript; the gallery of all components."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from motcua.kernel import clock
from motcua.kernel.http import public
from motcua.ui import gallery as samples
from motcua.ui.context import LARGE, TEXT_COOKIE

YEAR = 365 * 24 * 3600


@public
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Remember the reader's text size and go back to where they were."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.POST.get("text") == LARGE:
        response.set_cookie(
            TEXT_COOKIE, LARGE, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(TEXT_COOKIE, samesite="Lax")
    return response


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only where the installation is a demo."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    office = request.GET.get("layout") == "office"
    template = "ui/gallery/office.html" if office else "ui/gallery/portal.html"
    return render(request, template, samples.context(request, now=clock.now()))
