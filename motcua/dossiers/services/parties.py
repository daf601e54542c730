"""For whom somebody files: oneself, close kin, a business, or a person named for the first time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.catalogue.models import Bundle, Procedure
from motcua.dossiers import wizard
from motcua.dossiers.enums import Relation
from motcua.dossiers.models import Draft
from motcua.dossiers.services import drafts
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.identity import queries as identity
from motcua.identity import services as identity_services
from motcua.identity.enums import Relation as Kin
from motcua.kernel import acts, clock, ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused

CHILDREN = frozenset({Kin.CHILD, Kin.WARD})
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody the filer names for the first time. Nothing we know of this person is shown to the filer."""

    full_name: str
    relation: str
    id_number: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the first page of the wizard says. `whom`: `self`, `person:ID`, `business:ID` or `other` (then `named`)."""

    whom: str
    named: Named | None = None
    case_key: str = ""
    unit_id: UUID | None = None
    receiving_agency_id: UUID | None = None


@transaction.atomic
def begin(
    *,
    procedure: Procedure,
    choice: Choice,
    actor: Actor,
    now: datetime,
    key: UUID | None = None,
    bundle: Bundle | None = None,
) -> Draft:
    """Begin a draft with what the account knows filled in; the same form sent twice gives the first draft.

    `bundle`: the draft asks for all of it; `procedure` is then that of its first member. Raises `Refused` when the
    actor may not file for that party.
    """
    draft_id = ids.uuid7()
    done = acts.claim(key, name="dossiers.begin", result_id=draft_id, actor=actor)
    if done is not None:
        return Draft.objects.visible_to(actor).get(pk=done)
    if actor.person_id is None:
        raise Refused("no_person", _("Sign in as a person to file a dossier."))
    on = clock.local(now).date()
    owner = _owner(procedure, choice, None, actor, now)
    form = (
        eforms.definition(bundle.form_key, bundle.form_version) if bundle else eforms.form_for(procedure.code, on)
    )  # fmt: skip
    facts = wizard.facts_of(
        submitter_id=actor.person_id, owner_person_id=owner["owner_person_id"],
        owner_business_id=owner["owner_business_id"], on=on,
    )  # fmt: skip
    return drafts.open_draft(
        procedure_id=procedure.pk, actor=actor, now=now, form_key=form.key, form_version=form.version,
        answers=eform_rules.prefill(form, _with_named(facts, choice.named)), draft_id=draft_id, **owner,
        **_place(choice), **({"bundle_id": bundle.pk} if bundle else {}),
    )  # fmt: skip


@transaction.atomic
def change_party(*, draft: Draft, choice: Choice, actor: Actor, now: datetime) -> Draft:
    """Change for whom, which case and where; answers that came from the account follow, typed ones stay."""
    on = clock.local(now).date()
    owner = _owner(draft.procedure, choice, draft, actor, now)
    before = wizard.draft_facts(draft, on)
    after = wizard.facts_of(
        submitter_id=draft.person_id, owner_person_id=owner["owner_person_id"],
        owner_business_id=owner["owner_business_id"], on=on,
    )  # fmt: skip
    answers = wizard.refilled(wizard.form_of(draft), draft.answers, before, _with_named(after, choice.named))
    return drafts.save_draft(draft_id=draft.pk, actor=actor, now=now, answers=answers, **owner, **_place(choice))


def _place(choice: Choice) -> dict[str, Any]:
    return {
        "case_key": choice.case_key, "unit_id": choice.unit_id, "receiving_agency_id": choice.receiving_agency_id,
    }  # fmt: skip


def _owner(procedure: Procedure, choice: Choice, draft: Draft | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """The owner's columns of a draft, if the actor may file for that party."""
    kind, _colon, key = choice.whom.partition(":")
    if kind == "self":
        return _columns(Relation.SELF, person_id=actor.person_id)
    if kind == "business" and key in {str(business) for business in actor.businesses}:
        if not wizard.may_file_for_business(procedure):
            raise Refused("people_only", _("Only a person can ask for this. Choose a person."), field="whom")
        return _columns(Relation.BUSINESS, business_id=UUID(key))
    if not wizard.may_file_for_others(procedure):
        raise Refused("owner_only", _("The law asks the person to file this themselves."), field="whom")
    if kind == "person":
        return _known(key, draft, actor, clock.local(now).date())
    if kind == OTHER and choice.named:
        named = choice.named
        facts = identity_services.PersonFacts(named.full_name, id_number=named.id_number, birth_date=named.birth_date)
        try:
            person = identity_services.find_or_register_person(facts=facts, actor=actor, now=now)
        except Refused as refusal:
            raise Refused(
                refusal.code, refusal.message, field=_FIELDS.get(refusal.field or "", "other_number")
            ) from refusal
        relation = Relation.CHILD if named.relation in CHILDREN else Relation.RELATIVE
        return _columns(Relation.OTHER if named.relation == Kin.OTHER else relation, person_id=person.pk)
    raise Refused("unknown_party", _("Choose for whom you file."), field="whom")


_FIELDS = {"full_name": "other_name", "id_number": "other_number", "birth_date": "other_birth"}


def _known(key: str, draft: Draft | None, actor: Actor, on: date) -> dict[str, Any]:
    if draft and str(draft.owner_person_id) == key:
        return _columns(Relation(draft.relation), person_id=draft.owner_person_id)
    for tie in identity.relatives(actor.person_id, on) if actor.person_id else ():
        if str(tie.person.pk) == key:
            relation = Relation.CHILD if tie.relation in CHILDREN else Relation.RELATIVE
            return _columns(relation, person_id=tie.person.pk)
    raise Refused("unknown_party", _("Choose for whom you file."), field="whom")


def _columns(relation: Relation, *, person_id: UUID | None = None, business_id: UUID | None = None) -> dict[str, Any]:
    return {"relation": relation, "owner_person_id": person_id, "owner_business_id": business_id}


def _with_named(facts: eform_rules.Facts, named: Named | None) -> eform_rules.Facts:
    """The facts with what the filer has just typed about a person."""
    if named is None:
        return facts
    typed = {
        "full_name": named.full_name, "id_number": named.id_number,
        "birth_date": named.birth_date.isoformat() if named.birth_date else None,
    }  # fmt: skip
    return {**facts, "owner": typed}
