"""Files of a form that is not sent yet: kept under its key, so that a refused form loses none."""

from uuid import UUID

from django.http import HttpRequest

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Document
from motcua.kernel import clock
from motcua.kernel.errors import Refused
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
    key, known = key_of(request), {one.blob_id for one in waiting(key_of(request))}
    for name in form.file_fields if key else ():
        upload = form.cleaned_data.get(name)
        if not upload:
            continue
        try:
            held = documents.hold(upload=upload, name=upload.name or "")
        except Refused as refusal:
            form.add_error(name, refusal.message)
            continue
        if held.sha256 in known or len(known) >= rules.MOST_FILES:
            continue
        known.add(held.sha256)
        documents.store(
            upload=held, owner_kind=services.HELD, owner_id=key, kind=Kind.EVIDENCE, retention=Retention.DRAFT,  # type: ignore[arg-type]
            actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    return not any(name in form.errors for name in form.file_fields)
