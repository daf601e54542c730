"""Former versions of a result that was corrected, as papers: for the office, and for whom they were made."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.models import Document
from motcua.dossiers import services, versions
from motcua.dossiers.models import Dossier, Result
from motcua.dossiers.views import opening, space
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady
from motcua.kernel.http import actor_of, signed_in, staff
from motcua.payments import queries as payments

FORMS = ("result", "handover")


@staff()
@require_safe
def of_case(request: HttpRequest, dossier_id: UUID, version: int, form: str) -> HttpResponseBase:
    """A version of the result, or its hand-over record, in the office."""
    actor = actor_of(request)
    dossier = opening.case_of(actor, dossier_id)
    document = _paper(dossier, version, form, actor)
    opening.note_look(dossier, actor, now=clock.now(), fields=["file"])
    return documents.serve(document, request=request)


@signed_in
@require_safe
def of_own(request: HttpRequest, dossier_id: UUID, version: int, form: str) -> HttpResponseBase:
    """A version of the applicant's result; one that never was handed over only once nothing is to pay."""
    actor = actor_of(request)
    dossier = space.dossier_of(actor, dossier_id)
    document = _paper(dossier, version, form, actor, may_see=_is_theirs)
    space.note_look(dossier, actor, fields=["file"])
    return documents.serve(document, request=request, download="download" in request.GET)


def _is_theirs(seen: Dossier) -> bool:
    return getattr(seen, "hand_over", None) is not None or not payments.due_amount(seen.pk)


def _paper(
    dossier: Dossier, version: int, form: str, actor: Actor, may_see: Callable[[Dossier], bool] = lambda seen: True
) -> Document:
    if form not in FORMS:
        raise Http404
    try:
        seen = versions.at_version(dossier, version)
        if not may_see(seen):
            raise Http404
        if form == "result" and seen.result.external_system:
            return _file_of(seen)
        return services.paper(dossier=seen, form=form, actor=actor, now=clock.now())
    except (Result.DoesNotExist, NotReady) as error:
        raise Http404 from error


def _file_of(seen: Dossier) -> Document:
    """The file of a result that was issued in another system."""
    file_id = seen.result.document_id
    found = document_queries.document_of(services.OWNER, seen.pk, file_id) if file_id else None
    if found is None:
        raise Http404
    return found
