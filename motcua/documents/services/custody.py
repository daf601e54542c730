"""Files in, out, to another owner, and away."""

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from motcua.documents import blobs, rules
from motcua.documents.enums import PICTURES_AND_PDF, Kind, Retention
from motcua.documents.models import Blob, Document, Verification
from motcua.kernel import audit, files
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together

GRACE = timedelta(hours=24)
Upload = File | bytes  # type: ignore[type-arg]


@dataclass(frozen=True, slots=True)
class Held:
    """A file that lies safely in the store but is nobody's yet; without a document it is swept away in a day."""

    sha256: str
    size: int
    media_type: str
    name: str


def hold(*, upload: Upload, name: str, accept: frozenset[str] = PICTURES_AND_PDF) -> Held:
    """Check a file by its content and put its bytes into the store. Touches no row: call it outside transactions.

    `accept` is a set of media types (`documents.enums`), the limit is `settings.UPLOAD_LIMIT` in bytes.
    Raises `Refused` with code empty, too_large, type_not_accepted, name_and_content_differ, encrypted,
    active_content or broken, and a sentence that says what to do.
    """
    limit: int = settings.UPLOAD_LIMIT
    try:
        with blobs.arriving(_chunks(upload), limit=limit) as arrival:
            content = rules.inspect(arrival.path, name=name, size=arrival.size, accept=accept)
            blobs.keep(arrival)
    except blobs.TooLarge as error:
        raise Refused("too_large", rules.size_sentence(limit)) from error
    return Held(arrival.sha256, arrival.size, content.media_type, content.name)


def hold_made(*, upload: Upload, name: str, media_type: str) -> Held:
    """Put what the system itself made into the store, of any kind and size. Touches no row."""
    with blobs.arriving(_chunks(upload), limit=sys.maxsize) as arrival:
        blobs.keep(arrival)
    return Held(arrival.sha256, arrival.size, media_type, name)


def hold_good(form: BaseForm, names: Iterable[str]) -> Iterator[tuple[str, Held]]:
    """Hold the files of a form's fields, with the field of each; a refusal is said beside its field, not raised."""
    for name in names:
        upload = form.cleaned_data.get(name)
        if not upload:
            continue
        try:
            yield name, hold(upload=upload, name=upload.name or "")
        except Refused as refusal:
            form.add_error(name, refusal.message)


def _chunks(upload: Upload) -> Iterable[bytes]:
    if isinstance(upload, bytes):
        return (upload,)
    return _rewound(upload)


def _rewound(upload: "File[bytes]") -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()


def store(
    *,
    upload: Upload | Held,
    name: str = "",
    owner_kind: str,
    owner_id: UUID,
    kind: Kind,
    actor: Actor,
    now: datetime,
    title: str = "",
    retention: Retention = Retention.DOSSIER,
    accept: frozenset[str] = PICTURES_AND_PDF,
) -> Document:
    """Take a file into the custody of an owner (`owner_kind` such as "dossiers.draft", and its id).

    The bytes are checked and durable before the row is written; a crash between the two leaves bytes without a row,
    never a row without bytes. Refusals as in `hold`.
    """
    held = upload if isinstance(upload, Held) else hold(upload=upload, name=name, accept=accept)
    with transaction.atomic():
        blob = Blob(sha256=held.sha256, size=held.size, media_type=held.media_type, created_at=now)
        Blob.objects.bulk_create([blob], ignore_conflicts=True)
        document = Document.objects.create(
            blob=blob,
            name=held.name,
            title=title,
            owner_kind=owner_kind,
            owner_id=owner_id,
            kind=kind,
            retention=retention,
            created_by=actor.account_id,
            created_at=now,
        )
        audit.record(actor, "documents.store", document, now=now, owner=str(owner_id), kind=str(kind), size=held.size)
    return document


_MOVE_ALL = (
    "UPDATE documents_document SET owner_kind = %s, owner_id = %s, kind = %s, retention = %s"
    " WHERE id = ANY (%s::uuid[]) AND owner_kind = %s AND owner_id = %s"
)


def attach(
    *,
    document_ids: Collection[UUID],
    from_kind: str,
    from_id: UUID,
    owner_kind: str,
    owner_id: UUID,
    kind: Kind,
    actor: Actor,
    now: datetime,
    retention: Retention = Retention.DOSSIER,
    together: Together | None = None,
) -> None:
    """Pass documents from one owner to another, such as from a draft to its dossier. All of them or none.

    Written with the other writes of an act if `together` is given. Raises `Refused("not_found")`, then at that moment,
    when one of them is not, or no longer, the first owner's.
    """
    wanted = sorted(set(document_ids))
    gone = Refused("not_found", _("One of the files is no longer there. Open the list of files and send it again."))
    entries = [
        audit.entry(actor, "documents.attach", ("documents.document", key), now=now, owner=str(owner_id))
        for key in wanted
    ]
    writes = together or Together()
    writes.require(
        _MOVE_ALL, owner_kind, owner_id, kind.value, retention.value, wanted, from_kind, from_id,
        error=gone, rows=len(wanted),
    )  # fmt: skip
    writes.insert(*entries)
    if together is None:
        with transaction.atomic():
            writes.write()


@transaction.atomic
def share(
    *,
    document_ids: Collection[UUID],
    from_kind: str,
    from_id: UUID,
    owner_kind: str,
    owner_id: UUID,
    kind: Kind,
    actor: Actor,
    now: datetime,
    retention: Retention = Retention.DOSSIER,
) -> dict[UUID, UUID]:
    """Give another owner the same files, each as a document of its own; answers {document: its twin}.

    The bytes are kept once. Raises `Refused("not_found")` when one of them is not the first owner's.
    """
    wanted = sorted(set(document_ids))
    found = Document.objects.in_bulk(wanted)
    twins = {
        key: Document(
            blob_id=one.blob_id, name=one.name, title=one.title, owner_kind=owner_kind, owner_id=owner_id, kind=kind,
            retention=retention, created_by=actor.account_id, created_at=now,
        )
        for key, one in found.items() if (one.owner_kind, one.owner_id) == (from_kind, from_id)
    }  # fmt: skip
    if len(twins) < len(wanted):
        raise Refused("not_found", _("One of the files is no longer there. Open the list of files and send it again."))
    entries = [audit.entry(actor, "documents.share", twin, now=now, owner=str(owner_id)) for twin in twins.values()]
    Together().insert(*twins.values(), *entries).write()
    return {key: twin.pk for key, twin in twins.items()}


@transaction.atomic
def discard(*, document_id: UUID, owner_kind: str, owner_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a file from a draft. What belongs to a dossier is kept: `Refused("kept")`. Unknown ones pass silently."""
    rows = Document.objects.filter(pk=document_id, owner_kind=owner_kind, owner_id=owner_id).for_update()
    document = rows.first()
    if document is None:
        return
    if document.retention != Retention.DRAFT:
        raise Refused("kept", _("This file belongs to a dossier and must be kept."))
    audit.record(actor, "documents.discard", document, now=now, owner=str(owner_id))
    document.delete()


@transaction.atomic
def dispose(*, owner_kind: str, owner_id: UUID, actor: Actor, now: datetime, everything: bool = False) -> int:
    """Remove every file of an owner whose time of keeping is over; answers how many. The bytes follow in the sweep.

    Only for the owner's module, once its own rule of retention says so. What must be kept for ever stays, unless the
    owner is disposed of by a decision (`everything`). Papers stay checkable by their digest, without their file.
    """
    rows = Document.objects.filter(owner_kind=owner_kind, owner_id=owner_id)
    if not everything:
        rows = rows.exclude(retention=Retention.PERMANENT)
    found = list(rows.for_update())
    Verification.objects.filter(document__in=found).update(document=None)
    for document in found:
        audit.record(actor, "documents.dispose", document, now=now, owner=str(owner_id))
        document.delete()
    return len(found)


def serve(document: Document, *, request: HttpRequest, download: bool = False) -> HttpResponseBase:
    """Answer with the file. Only for views that have just checked that the document's owner is visible."""
    blob = document.blob
    return files.answer(
        request,
        open_file=partial(blobs.open_file, blob.sha256),
        size=blob.size,
        media_type=blob.media_type,
        name=document.name,
        tag=document.pk.hex,
        download=download,
    )


def content(document: Document) -> bytes:
    """The bytes of a document, for rendering, signing and sending."""
    with blobs.open_file(document.blob_id) as file:
        return file.read()


def sweep(*, now: datetime) -> int:
    """Remove content that no document has used for a day; answers how many files went."""
    before, gone = now - GRACE, 0
    paths = blobs.leftovers(before=before)
    while batch := list(islice(paths, 500)):
        digests = [path.name for path in batch if not blobs.is_arrival(path)]
        unused = ~Exists(Document.objects.filter(blob=OuterRef("pk")))
        Blob.objects.filter(unused, sha256__in=digests, created_at__lt=before).delete()
        wanted = set(Blob.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        for path in batch:
            if path.name not in wanted and not _is_wanted_again(path, before):
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _is_wanted_again(path: Path, before: datetime) -> bool:
    """Whether the same content came in while the sweep was under way: `hold` marks it, its row is still to come."""
    try:
        return path.stat().st_mtime >= before.timestamp()
    except FileNotFoundError:
        return True
