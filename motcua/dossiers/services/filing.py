"""Filing: a dossier comes in, online from a draft or at the counter from an officer's hands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.catalogue import queries as catalogue
from motcua.dossiers import rules
from motcua.dossiers.enums import Action, Channel, Happening, Relation, ResultForm, Source, State
from motcua.dossiers.events import DossierSubmitted
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import access, base, drafts, on_the_spot
from motcua.dossiers.services.acceptance import start_clock
from motcua.dossiers.services.base import PaperIn
from motcua.kernel import acts, audit, clock, ids, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict
from motcua.kernel.together import Together
from motcua.places import queries as places
from motcua.workflow import queries as workflow
from motcua.workflow.rules import Duration

# The last word on a draft: a save that came in between has moved its version, and then nothing is filed.
CLOSE_DRAFT = "UPDATE dossiers_draft SET dossier_id = %s WHERE id = %s AND version = coalesce(%s, version)"


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything somebody hands in. Exactly one of `owner_person_id` and `owner_business_id` is given."""

    procedure_id: UUID
    channel: Channel
    receiving_agency_id: UUID
    competent_agency_id: UUID
    owner_name: str
    owner_person_id: UUID | None = None
    owner_business_id: UUID | None = None
    submitter_person_id: UUID | None = None
    submitter_name: str = ""
    relation: Relation = Relation.SELF
    case_key: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    form_key: str = ""
    form_version: int = 1
    answers: dict[str, Any] = field(default_factory=dict)
    papers: Sequence[PaperIn] = ()
    result_form: ResultForm = ResultForm.ELECTRONIC
    source: Source = Source.PORTAL
    consent: str = ""
    second_language: str = ""  # `SecondLanguage` under the Vietnamese of its papers
    draft_id: UUID | None = None
    draft_version: int | None = None  # the draft as it was read; None: whatever it is now
    files_from: tuple[str, UUID] | None = None  # the owner the files were stored under until now
    on_the_spot: bool = False  # at the counter: settle it inside the centre, under a delegation
    spot_declined: str = ""  # why a delegation that is in force is not used


@transaction.atomic
def submit(*, filing: Filing, actor: Actor, now: datetime, key: UUID | None = None) -> Dossier:
    """File a dossier: it gets a tracking code and waits for acceptance within 8 working hours.

    The same form sent twice (same `key`) gives the first dossier again. Raises `Refused` from the catalogue's rules
    when the procedure cannot be filed this way, `Conflict` when the draft has changed since `draft_version`.
    """
    dossier_id = ids.uuid7()
    done = acts.claim(key, name="dossiers.submit", result_id=dossier_id, actor=actor)
    if done is not None:
        return Dossier.objects.get(pk=done)
    dossier = _open(dossier_id, filing, actor, now)
    calendar = places.working_calendar(dossier.receiving_agency)
    dossier.acceptance_due_at = workflow.acceptance_due(now, calendar)
    _finish(dossier, filing, actor, now)
    return dossier


@transaction.atomic
def receive(
    *, filing: Filing, actor: Actor, now: datetime, limit: Duration | None = None, key: UUID | None = None
) -> Dossier:
    """Take in a dossier at the counter: filed and accepted in one act, with its legal code (Decree 118/2025 art. 17).

    `limit` as in `accept`. Only reception officers of the receiving agency may do this (`Refused` person).
    """
    dossier_id = ids.uuid7()
    done = acts.claim(key, name="dossiers.receive", result_id=dossier_id, actor=actor)
    if done is not None:
        return Dossier.objects.get(pk=done)
    dossier = _open(dossier_id, filing, actor, now)
    dossier.filed_by = actor.account_id
    rules.require(Action.ACCEPT, dossier, actor, rules.Facts())
    if filing.on_the_spot:
        on_the_spot.route(dossier, now)
    _finish(dossier, filing, actor, now)
    start_clock(dossier, actor=actor, now=now, limit=limit)
    return dossier


def _open(dossier_id: UUID, filing: Filing, actor: Actor, now: datetime) -> Dossier:
    procedure = catalogue.procedure_for_filing(filing.procedure_id, channel=filing.channel, on=clock.local(now).date())
    receiving = places.kept_agency(filing.receiving_agency_id)
    competent = places.kept_agency(filing.competent_agency_id)
    rules.require_existing((receiving, competent), clock.local(now).date())
    return Dossier(
        id=dossier_id, tracking_code=ids.code(), state=State.NEW, channel=filing.channel, source_system=filing.source,
        procedure=procedure, procedure_version=procedure.version, case_key=filing.case_key,
        receiving_agency=receiving, competent_agency=competent,
        relation=filing.relation, owner_person_id=filing.owner_person_id, owner_business_id=filing.owner_business_id,
        owner_name=filing.owner_name, submitter_person_id=filing.submitter_person_id,
        submitter_name=filing.submitter_name or filing.owner_name, phone=filing.phone, email=filing.email,
        address=filing.address, form_key=filing.form_key, form_version=filing.form_version, answers=filing.answers,
        result_form=filing.result_form, consent=filing.consent, submitted_at=now, spot_declined=filing.spot_declined,
        second_language=filing.second_language,
        step_kind="accept", step_role="reception", step_agency_id=filing.receiving_agency_id,
    )  # fmt: skip


def _finish(dossier: Dossier, filing: Filing, actor: Actor, now: datetime) -> None:
    """Write the dossier with its papers, its lists, its story, the evidence and the event: one statement."""
    together = Together().insert(dossier)
    base.take_papers(dossier, filing.papers, filing.files_from, together, actor=actor, now=now)
    access.spread(dossier, access.words_of(dossier), together)
    line = base.tell(dossier, Happening.SUBMITTED, actor=actor, now=now, note="", is_public=True)
    entry = audit.entry(actor, "dossiers.submit", dossier, now=now, channel=dossier.channel)
    together.insert(line, entry, *outbox.entries(DossierSubmitted(dossier.pk, now)))
    if filing.draft_id:
        changed = Conflict(str(drafts.CHANGED))
        together.require(CLOSE_DRAFT, dossier.pk, filing.draft_id, filing.draft_version, error=changed)
    together.write()
    dossier.before = base.values_of(dossier)
