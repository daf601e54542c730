"""Opening a dossier on a page: found as far as the actor's office reaches, and written down who looked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from motcua.dossiers import queries, services
from motcua.dossiers.models import Dossier
from motcua.identity import services as identity
from motcua.identity.enums import Purpose
from motcua.kernel.actor import Actor


def case_of(actor: Actor, dossier_id: UUID) -> Dossier:
    """The dossier as the office sees it, or 404."""
    try:
        return queries.case_for(actor, dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error


def whole_case_of(actor: Actor, dossier_id: UUID) -> Dossier:
    """The dossier for those whose own it is: 403 for an officer who only has another agency's part of it."""
    dossier = case_of(actor, dossier_id)
    if services.only_takes_part(dossier, actor):
        raise PermissionDenied
    return dossier


def asked_number(request: HttpRequest) -> int | None:
    """Which supplement request is asked for (`?number=1`); None: the last."""
    number = request.GET.get("number", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None


def part_files(dossier: Dossier, actor: Actor) -> set[UUID]:
    """What an officer who only takes part may open: the papers handed in, and the own agency's answers."""
    handed = {paper.document_id for paper in dossier.papers.all() if paper.document_id}
    own = dossier.parts.filter(agency__in=actor.agencies(), document_id__isnull=False)
    return handed | {key for key in own.values_list("document_id", flat=True) if key}


def note_look(
    dossier: Dossier, actor: Actor, *, now: datetime, purpose: Purpose = Purpose.HANDLING, fields: Sequence[str] = ()
) -> None:
    """Write down for its owner that somebody looked at the dossier, why, and which `fields` were shown in full."""
    if person_id := dossier.owner_person_id or dossier.submitter_person_id:
        identity.log_access(
            actor=actor, person_id=person_id, purpose=purpose, now=now, fields=fields,
            subject=("dossiers.dossier", dossier.pk),
        )  # fmt: skip
