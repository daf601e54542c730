"""Files of a form that is not sent yet: kept under its key, so that a refused form loses none."""

from uuid import UUID

from django.http import HttpRequest

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Document
from motcua.kernel import clock
from motcua.kernel.http import actor_of
from motcua.support import rules, services
from motcua.support.forms.portal import FilesMixin


def key_of(request: HttpRequest) -> UUID | None:
    """The key of the form as it was sent; None when it is none."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def waiting(key: UUID | None) -> list[Document]:
    """The files kept under a form's key."""
    return list(document_queries.documents_of(services.HELD, key)) if key else []


def take(request: HttpRequest, form: FilesMixin) -> bool:
    """Keep every file that is good and say beside the others why they are not; whether all were good."""
    key = key_of(request)
    known = {one.blob_id for one in waiting(key)}
    for _name, held in documents.hold_good(form, form.file_fields):
        if key is None or held.sha256 in known or len(known) >= rules.MOST_FILES:
            continue
        known.add(held.sha256)
        documents.store(
            upload=held, owner_kind=services.HELD, owner_id=key, kind=Kind.EVIDENCE, retention=Retention.DRAFT,
            actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    return not any(name in form.errors for name in form.file_fields)
