"""Sending a case, for the first time or again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.kernel import clock
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, public
from motcua.places import queries as places
from motcua.support import queries, services
from motcua.support.enums import About, Kind
from motcua.support.forms.portal import COMPLAINT, SendForm
from motcua.support.models import Feedback
from motcua.support.views import files, passes


@public
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form, filled in where the way here says something; sent, it becomes a case with a code."""
    repeated = _repeated(request)
    form = _form(request, repeated)
    if request.method != "POST":
        return _show(request, form, repeated)
    is_right = form.is_valid()
    if not files.take(request, form) or not is_right:
        return _show(request, form, repeated, status=422)
    try:
        case = services.send(
            sent=form.sent(language=get_language() or "vi", repeats_id=repeated.pk if repeated else None),
            actor=actor_of(request), now=clock.now(), files_from=form.cleaned_data["key"], key=form.cleaned_data["key"],
            has_pass=bool(repeated and passes.has(request, repeated.pk)),
        )  # fmt: skip
    except (Refused, Conflict) as error:
        form.refuse(error if isinstance(error, Refused) else Refused("conflict", error.message))
        return _show(request, form, repeated, status=409)
    messages.success(request, _("Your case arrived. Write down its code: %(code)s") % {"code": case.code})
    answer = redirect("support:case", case.pk)
    return answer if case.person_id else passes.give(answer, case.pk)


def _form(request: HttpRequest, repeated: Feedback | None) -> SendForm:
    names = [(str(one.pk), one.display_name) for one in places.agencies_at(clock.today())]
    about = request.GET.get("about", "")
    initial: dict[str, Any] = {"dossier_code": request.GET.get("dossier", "")[:60].replace("\x00", "")}
    if initial["dossier_code"]:
        initial["about"] = About.DOSSIER.value
    if about in {*About.values, COMPLAINT}:
        initial["about"] = about
    if repeated is not None:
        initial = {
            "about": COMPLAINT if repeated.kind == Kind.COMPLAINT else repeated.about, "subject": repeated.subject,
            "dossier_code": repeated.dossier.code or repeated.dossier.tracking_code if repeated.dossier else "",
            "agency": str(repeated.agency_id), "may_publish": repeated.may_publish,
        }  # fmt: skip
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return SendForm(*data, agencies=names, is_known=actor_of(request).person_id is not None, initial=initial)


def _repeated(request: HttpRequest) -> Feedback | None:
    """The case that is sent again; one that is not the visitor's is not there."""
    typed = request.GET.get("repeats", "")
    if not typed:
        return None
    try:
        key = UUID(typed)
        return queries.own_case(actor_of(request), key, has_pass=passes.has(request, key))
    except (ValueError, Feedback.DoesNotExist) as error:
        raise Http404 from error


def _show(request: HttpRequest, form: SendForm, repeated: Feedback | None, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form, "repeated": repeated, "waiting": files.waiting(files.key_of(request)),
        "file_fields": [form[name] for name in form.file_fields],
    }  # fmt: skip
    return render(request, "support/portal/new.html", context, status=status)
