"""The export package of a dossier, for those allowed, with its purpose in the log."""

from tempfile import TemporaryFile
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from motcua.dossiers import queries
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import packaging
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.ui import forms as ui_forms


class ExportForm(ui_forms.Form):
    """What the package is for."""

    purpose = forms.CharField(
        label=_("What the export is for"), max_length=300, widget=ui_forms.text_input(),
        help_text=_("For example an inspection, a complaint, the hand-in to the archive. It is kept in the log."),
    )  # fmt: skip


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Ask for the purpose, then send the package from a file on disk, whatever its size."""
    actor = actor_of(request)
    try:
        dossier = queries.case_for(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    if not packaging.may_export(dossier, actor):
        raise PermissionDenied
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, dossier, form, 422 if form.is_bound else 200)
    file = TemporaryFile()  # noqa: SIM115 -- the answer closes it
    try:
        packaging.package(
            dossier=dossier, to=file, purpose=form.cleaned_data["purpose"], actor=actor, now=clock.now()
        )  # fmt: skip
    except Refused as refusal:
        file.close()
        form.refuse(refusal)
        return _show(request, dossier, form, 409)
    file.seek(0)
    name = f"{dossier.shown_code}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _show(request: HttpRequest, dossier: Dossier, form: ExportForm, status: int) -> HttpResponse:
    return render(request, "dossiers/office/export.html", {"dossier": dossier, "form": form}, status=status)
