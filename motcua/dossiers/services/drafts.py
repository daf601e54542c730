"""Drafts: everything typed is kept as typed, found again, and turned into one dossier."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers.enums import Relation, ResultForm
from motcua.dossiers.models import Draft
from motcua.kernel import ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, Refused

DRAFT = "dossiers.draft"  # under which documents belong to a draft
CHANGED = gettext_lazy("The draft was changed in another window meanwhile. Read it once more, then send it.")
CHANGED_SECTION = gettext_lazy("This page was changed in another window meanwhile. Compare, then save it once more.")
FIELDS = frozenset({
    "relation", "owner_person_id", "owner_business_id", "unit_id", "receiving_agency_id", "case_key", "result_form",
    "step", "form_key", "form_version", "bundle_id",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """The page of a section that is sent: its window (any text of its own), and the version of the draft it showed."""

    section: str
    window: str
    version: int


@transaction.atomic
def open_draft(
    *,
    procedure_id: UUID,
    actor: Actor,
    now: datetime,
    form_key: str,
    form_version: int,
    answers: dict[str, Any],
    draft_id: UUID | None = None,
    **choices: Any,
) -> Draft:
    """Begin a draft; the caller has offered the drafts that exist already.

    `choices` are further fields (names in `FIELDS`).
    """
    if actor.person_id is None:
        raise Refused("no_person", _("Sign in as a person to file a dossier."))
    _require_fields(choices)
    fields = {
        "owner_person_id": actor.person_id, "relation": Relation.SELF, "result_form": ResultForm.ELECTRONIC, **choices,
    }  # fmt: skip
    return Draft.objects.create(
        pk=draft_id or ids.uuid7(), person_id=actor.person_id, procedure_id=procedure_id, form_key=form_key,
        form_version=form_version, answers=answers, created_at=now, changed_at=now, **fields,
    )  # fmt: skip


@transaction.atomic
def save_draft(
    *,
    draft_id: UUID,
    actor: Actor,
    now: datetime,
    answers: dict[str, Any] | None = None,
    seen: Seen | None = None,
    **changes: Any,
) -> Draft:
    """Keep what was typed, right or wrong: answers are merged, other fields replaced (names in `FIELDS`).

    Raises `Conflict`, and keeps nothing, when another window has saved other answers of the section since it was
    `seen`. The same window never stands in its own way, whatever order its requests arrive in.
    """
    _require_fields(changes)
    draft = Draft.objects.visible_to(actor).for_update().get(pk=draft_id)
    _require_unfiled(draft)
    if seen:
        _require_seen(draft, seen, answers or {})
        draft.writers = {**draft.writers, seen.section: [draft.version + 1, seen.window]}
    draft.answers = {**draft.answers, **(answers or {})}
    for name, value in changes.items():
        setattr(draft, name, value)
    _touch(draft, now)
    return draft


@transaction.atomic
def add_paper(
    *, draft_id: UUID, component_key: str, document_id: UUID, name: str, actor: Actor, now: datetime
) -> Draft:
    """Attach a checked file to a component of the draft."""
    draft = Draft.objects.visible_to(actor).for_update().get(pk=draft_id)
    _require_unfiled(draft)
    entry = {"component_key": component_key, "document_id": str(document_id), "name": name}
    draft.papers = [*draft.papers, entry]
    _touch(draft, now)
    return draft


@transaction.atomic
def remove_paper(*, draft_id: UUID, document_id: UUID, actor: Actor, now: datetime) -> Draft:
    """Take a file out of the draft and throw it away."""
    draft = Draft.objects.visible_to(actor).for_update().get(pk=draft_id)
    _require_unfiled(draft)
    documents.discard(document_id=document_id, owner_kind=DRAFT, owner_id=draft.pk, actor=actor, now=now)
    draft.papers = [paper for paper in draft.papers if paper["document_id"] != str(document_id)]
    _touch(draft, now)
    return draft


@transaction.atomic
def drop_draft(*, draft_id: UUID, actor: Actor, now: datetime) -> None:
    """Throw a draft away, with its files."""
    draft = Draft.objects.visible_to(actor).for_update().get(pk=draft_id)
    _require_unfiled(draft)
    remove(draft, actor=actor, now=now)


def remove(draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Delete a locked draft with the files that are still its own."""
    for document in document_queries.documents_of(DRAFT, draft.pk):
        documents.discard(document_id=document.pk, owner_kind=DRAFT, owner_id=draft.pk, actor=actor, now=now)
    draft.delete()


def _require_fields(names: dict[str, Any]) -> None:
    unknown = set(names) - FIELDS
    if unknown:
        raise TypeError(f"A draft has no field {sorted(unknown)}.")


def _require_unfiled(draft: Draft) -> None:
    if draft.dossier_id:
        raise Refused("filed", _("This draft has already been filed; you find it among your dossiers."))


def _require_seen(draft: Draft, seen: Seen, answers: dict[str, Any]) -> None:
    version, window = draft.writers.get(seen.section, (0, ""))
    is_newer = version > seen.version and window != seen.window
    if is_newer and any(draft.answers.get(key) != value for key, value in answers.items()):
        raise Conflict(str(CHANGED_SECTION))


def _touch(draft: Draft, now: datetime) -> None:
    draft.version += 1
    draft.changed_at = now
    draft.save()
