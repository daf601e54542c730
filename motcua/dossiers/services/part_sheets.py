"""The sheet with which a dossier of a linked procedure goes to another agency: task, limit, papers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Document
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.services import letters
from motcua.dossiers.services.base import OWNER
from motcua.dossiers.services.prints import components_of
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused


@transaction.atomic
def transfer_sheet(*, part: Part, actor: Actor, now: datetime) -> Document:
    """The transfer sheet of a part its reader may see, made at first view and kept; it bears the moment of asking.

    A part sent on to another agency has a sheet of its own for each. Raises `Refused` while nothing was asked yet.
    """
    if part.started_at is None or not part.who:
        raise Refused("part_waits", _("This part starts when the stage before it has ended and its agency is named."))
    dossier = Dossier.objects.filter(pk=part.dossier_id).for_update().get()  # two first views at once make one sheet
    receiver = part.agency.code if part.agency else "outside"
    name = f"transfer-{part.key}-{receiver}-{part.started_at:%Y%m%d%H%M}-{dossier.shown_code}.pdf"
    kept = document_queries.documents_of(OWNER, dossier.pk).filter(name=name, kind=Kind.SLIP).first()
    if kept is not None:
        return kept
    lead = dossier.competent_agency.name
    filled = documents.fill(
        documents.TransferData(
            head=letters.head_of(dossier.competent_agency), issued_at=part.started_at, dossier_code=dossier.shown_code,
            owner=dossier.owner_name, procedure=dossier.procedure.name, giver=lead, receiver=part.who,
            lead_agency=lead, task=part.question or part.name, given_at=part.started_at, due_at=part.due_at,
            answer_to=lead, components=components_of(dossier), officer=letters.person(part.asked_by),
        )
    )  # fmt: skip
    document = documents.store(
        upload=documents.set_form(filled), name=name, title=filled.title, owner_kind=OWNER, owner_id=dossier.pk,
        kind=Kind.SLIP, retention=Retention.DOSSIER, actor=actor, now=now,
    )  # fmt: skip
    documents.keep_filled(document=document, filled=filled)
    return document
