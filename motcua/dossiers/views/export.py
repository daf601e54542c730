"""The export package of a dossier, for those allowed, with its purpose in the log."""

from tempfile import TemporaryFile
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers import queries
from motcua.dossiers.enums import PackageState
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import packages, packaging
from motcua.kernel import audit, clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.ui import forms as ui_forms


class ExportForm(ui_forms.Form):
    """What the package is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What the export is for"), max_length=300, widget=ui_forms.text_input(),
        help_text=gettext_lazy(
            "For example an inspection, a complaint, the hand-in to the archive. It is kept in the log."
        ),
    )  # fmt: skip


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Ask for the purpose; a small package comes at once, a large one is made by a job and offered here."""
    actor, now = actor_of(request), clock.now()
    dossier = _dossier(request, dossier_id)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, dossier, form, 422 if form.is_bound else 200)
    purpose = form.cleaned_data["purpose"]
    try:
        if packaging.is_small(dossier):
            return _at_once(request, dossier, purpose)
        packages.ask(dossier=dossier, purpose=purpose, actor=actor, now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, dossier, form, 409)
    messages.success(request, _("The package is being made. It will be offered on this page."))
    return redirect("dossiers:export", dossier.pk)


@staff()
@require_safe
def export_file(request: HttpRequest, dossier_id: UUID, package_id: UUID) -> HttpResponseBase:
    """A package that is ready, for the person who asked for it and still may."""
    actor, dossier = actor_of(request), _dossier(request, dossier_id)
    found = get_object_or_404(packages.own(dossier, actor), pk=package_id, state=PackageState.READY)
    document = document_queries.document_of(packages.HELD, found.pk, found.document_id or found.pk)
    if document is None:
        raise Http404
    audit.record(actor, "dossiers.take_package", dossier, now=clock.now(), purpose=found.purpose, digest=found.digest)
    return documents.serve(document, request=request, download=True)


def _at_once(request: HttpRequest, dossier: Dossier, purpose: str) -> HttpResponseBase:
    file = TemporaryFile()  # noqa: SIM115 -- the answer closes it
    try:
        packaging.package(dossier=dossier, to=file, purpose=purpose, actor=actor_of(request), now=clock.now())
    except Refused:
        file.close()
        raise
    file.seek(0)
    name = f"{dossier.shown_code}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type=packages.ZIP)


def _dossier(request: HttpRequest, dossier_id: UUID) -> Dossier:
    actor = actor_of(request)
    try:
        dossier = queries.case_for(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    if not packaging.may_export(dossier, actor):
        raise PermissionDenied
    return dossier


def _show(request: HttpRequest, dossier: Dossier, form: ExportForm, status: int) -> HttpResponse:
    own = packages.own(dossier, actor_of(request))
    context = {
        "dossier": dossier, "form": form, "is_small": packaging.is_small(dossier),
        "packages": [
            {"row": one, "ends_at": one.asked_at + packages.KEPT, "name": f"{dossier.shown_code}.zip"} for one in own
        ],
        "is_waiting": any(one.state == PackageState.WAITING for one in own),
    }  # fmt: skip
    return render(request, "dossiers/office/export.html", context, status=status)
