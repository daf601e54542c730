"""What the filing wizard knows: the form, the parties, the papers asked for, what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import AUDIENCES, Audience, Authorisation, Channel
from motcua.catalogue.enums import ResultForm as GivenAs
from motcua.catalogue.models import ChannelRule, Component, Procedure
from motcua.catalogue.rules import FeeQuote
from motcua.dossiers import bundled
from motcua.dossiers.enums import ResultForm
from motcua.dossiers.models import Draft
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.eforms.enums import FieldType
from motcua.eforms.rules import Definition, Facts
from motcua.identity import queries as identity
from motcua.places import queries as places
from motcua.places.models import Agency, Centre, Unit

PROMISE = "promise"  # the question of an e-form by which somebody answers for what it says
AUTHORITY = "authority"  # the component that proves the right to file for somebody else


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper of the dossier as the wizard asks for it, with the files added so far."""

    key: str
    name: str
    sheets: tuple[tuple[str, int], ...]
    is_required: bool
    is_made_here: bool  # written by the e-form itself
    files: tuple[dict[str, Any], ...]
    language: str = "vi"

    @property
    def is_missing(self) -> bool:
        """Required, not made here, and no file yet."""
        return self.is_required and not self.is_made_here and not self.files


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft as it would be sent: its form, its checked answers, its papers, who decides, who receives."""

    form: Definition
    checked: eform_rules.Result
    wanted: tuple[Wanted, ...]
    agency: Agency | None
    centre: Centre | None

    @property
    def missing(self) -> list[Wanted]:
        """The required papers without a file."""
        return [one for one in self.wanted if one.is_missing]

    @property
    def faults(self) -> dict[str, int]:
        """How many answers of each section have to be corrected."""
        return faults(self.form, self.checked)


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that two windows answered differently, each answer in words; empty where there is none."""

    label: str
    there: str
    here: str


def differences(form: Definition, section: str, there: dict[str, Any], here: dict[str, Any]) -> list[Difference]:
    """Where the answers of a section saved elsewhere differ from those typed here, in the reader's words."""
    only = replace(form, sections=(replace(form.section(section), when=None),))
    saved, typed = (
        dict(line for _title, lines in eforms.summary(only, answers, language()) for line in lines)
        for answers in (there, here)
    )
    return [
        Difference(label, saved.get(label, ""), typed.get(label, ""))
        for label in {**typed, **saved}
        if saved.get(label) != typed.get(label)
    ]


def language() -> str:
    """The reader's language as the forms know it."""
    return (get_language() or "vi")[:2]


def form_of(draft: Draft) -> Definition:
    """The e-form the draft was begun with."""
    return eforms.definition(draft.form_key, draft.form_version)


def sections_of(draft: Draft, form: Definition) -> list[tuple[str, str]]:
    """(key, title) of the sections that are asked, by the answers so far."""
    shown = eform_rules.visible_sections(form, draft.answers)
    return [(section.key, eform_rules.say(section.title, language())) for section in shown]


def look_over(draft: Draft, on: date) -> "Sheet":
    """Everything that is looked at before a draft is sent, each thing read once."""
    form = form_of(draft)
    return Sheet(
        form=form, checked=eforms.validate(form, draft.answers, today=on, language=language()),
        wanted=tuple(wanted(draft, on)), agency=competent(draft, on),
        centre=centre_for(draft.procedure, draft.unit, draft.receiving_agency_id, on),
    )  # fmt: skip


def faults(form: Definition, checked: eform_rules.Result) -> dict[str, int]:
    """How many answers of each asked section have to be corrected or given."""
    place = {f.key: section.key for section in form.sections for f in section.fields}
    found: dict[str, int] = {}
    for name in checked.errors:
        key = _section_of(name, place)
        found[key] = found.get(key, 0) + 1
    return found


def _section_of(name: str, place: dict[str, str]) -> str:
    """The section of an input: names of parts and rows begin with the name of their question."""
    return place.get(name) or place.get(name.split("-")[0], "")


def facts_of(*, submitter_id: UUID, owner_person_id: UUID | None, owner_business_id: UUID | None, on: date) -> Facts:
    """What may be filled in for both parties. Of somebody whose tie is not shown by a paper only the name is used:
    what the filer does not know must not be learnt here.
    """
    submitter = identity.facts_of_person(identity.person(submitter_id))
    if owner_business_id:
        return {"submitter": submitter, "owner": identity.facts_of_business(identity.business(owner_business_id))}
    if owner_person_id in (None, submitter_id):
        return {"submitter": submitter, "owner": submitter}
    owner = identity.person(owner_person_id)
    is_close = identity.may_act_for(submitter_id, owner.pk, on)
    return {
        "submitter": submitter,
        "owner": identity.facts_of_person(owner) if is_close else {"full_name": owner.full_name},
    }


def draft_facts(draft: Draft, on: date) -> Facts:
    """`facts_of` for a draft."""
    return facts_of(
        submitter_id=draft.person_id, owner_person_id=draft.owner_person_id, owner_business_id=draft.owner_business_id,
        on=on,
    )  # fmt: skip


def refilled(form: Definition, answers: dict[str, Any], before: Facts, after: Facts) -> dict[str, Any]:
    """The answers to change when the owner changes: what came from the account and was not typed over."""
    stale = eform_rules.known_fields(form, answers, before)
    fresh = eform_rules.prefill(form, after)
    changed = {key: fresh.get(key, "") for key in stale if fresh.get(key) != answers.get(key)}
    added = {key: value for key, value in fresh.items() if not eform_rules.is_answered(answers.get(key))}
    return {**changed, **added}


def needs_authority(draft: Draft, on: date) -> bool:
    """Whether a paper must show the right to file for the owner: neither oneself, nor close kin, nor one's business."""
    if draft.owner_business_id or draft.owner_person_id in (None, draft.person_id):
        return False
    return not identity.may_act_for(draft.person_id, draft.owner_person_id, on)


def may_file_for_others(procedure: Procedure) -> bool:
    """Whether the law lets somebody else file for a person."""
    return procedure.authorisation != Authorisation.FORBIDDEN


def may_file_for_business(procedure: Procedure) -> bool:
    """Whether a business can be the owner: nobody registers the birth of a company. Unknown applicants may be any."""
    return not procedure.subjects or bool({*procedure.subjects} & {*AUDIENCES[Audience.BUSINESS]})


def wanted(draft: Draft, on: date) -> list[Wanted]:
    """The papers of the draft's procedure and case, in order, with their files; then files that belong to none."""
    has_own_form = draft.form_key != eforms.GENERIC
    files: dict[str, list[dict[str, Any]]] = {}
    for file in draft.papers:
        files.setdefault(file["component_key"], []).append(file)
    rows = [_wanted(key, component, has_own_form, files.pop(key, [])) for key, component in bundled.components(draft)]
    if needs_authority(draft, on):
        name = _("Paper that lets you file for this person: written authority, or proof of kinship")
        rows.append(Wanted(AUTHORITY, name, (), True, False, tuple(files.pop(AUTHORITY, [])), language()))
    rest = [file for kept in files.values() for file in kept]
    rows.append(Wanted("", _("Anything else that belongs to it"), (), False, False, tuple(rest), language()))
    return rows


def has_own_promise(form: Definition) -> bool:
    """Whether the e-form asks for the promise itself, in its own words: nobody is asked twice."""
    return any(field.key == PROMISE for field in form.fields())


def to_have_at_hand(procedure: Procedure, on: date) -> list[Component]:
    """The required papers to look for before one begins; a declaration that the e-form writes is not among them."""
    has_own_form = eforms.form_for(procedure.code, on).key != eforms.GENERIC
    papers = catalogue.components(procedure)
    return [paper for paper in papers if paper.is_required and not (paper.is_form and has_own_form)]


def _wanted(key: str, component: Component, has_own_form: bool, files: Iterable[dict[str, Any]]) -> Wanted:
    sheets = tuple(
        (kind, count) for kind, count in (("original", component.original), ("copy", component.copy)) if count
    )
    return Wanted(key, component.name, sheets, component.is_required, component.is_form and has_own_form, tuple(files))


def file_answers(form: Definition, answers: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(field, label, file) of the files given inside the e-form."""
    found = []
    for field in form.fields():
        value = answers.get(field.key)
        if field.type is FieldType.FILE and isinstance(value, dict) and value.get("document"):
            found.append((field.key, eform_rules.say(field.label, "vi"), value))
    return found


def contact_of(draft: Draft, form: Definition) -> dict[str, str]:
    """How to reach the submitter: what was typed in the form, else what the account knows."""
    person = identity.person(draft.person_id)
    typed = {
        name: str(draft.answers.get(field.key) or "")
        for field in form.fields()
        for name in ("phone", "email")
        if field.prefill == f"submitter.{name}"
    }
    return {name: typed.get(name) or getattr(person, name) for name in ("phone", "email")}


def competent_without_unit(procedure: Procedure, on: date) -> Agency | None:
    """Who decides when no commune is named; None where one has to be."""
    return catalogue.competent_agency(procedure, None, on)


def competent(draft: Draft, on: date) -> Agency | None:
    """Who decides on the draft's dossier; None while the commune is not chosen."""
    return catalogue.competent_agency(draft.procedure, draft.unit, on)


def centre_for(procedure: Procedure, unit: Unit | None, agency_id: UUID | None, on: date) -> Centre | None:
    """The centre that receives: the chosen one while it is open, else the nearest, else the province's."""
    if agency_id:
        chosen = catalogue.receiving_centres(procedure, on).filter(agency_id=agency_id).first()
        if chosen:
            return chosen
    return catalogue.nearest_centre(procedure, unit, on) or places.province_centre(on)


def result_forms(procedure: Procedure) -> list[tuple[str, Any]]:
    """In which forms the result may be asked for."""
    given = {
        GivenAs.ELECTRONIC: (ResultForm.ELECTRONIC,), GivenAs.PAPER: (ResultForm.PAPER,),
        GivenAs.BOTH: (ResultForm.ELECTRONIC, ResultForm.PAPER),
    }[GivenAs(procedure.result_form)]  # fmt: skip
    return [(form.value, form.label) for form in given]


def fee_of(procedure: Procedure, on: date) -> FeeQuote:
    """What a filing online costs on a day."""
    return catalogue.filing_facts(procedure, Channel.ONLINE, on).fee


def time_of(procedure: Procedure, on: date) -> str:
    """The time limit of a filing online in the reader's words; empty when it is not known."""
    facts = catalogue.filing_facts(procedure, Channel.ONLINE, on)
    limit = facts.known_duration
    rule = ChannelRule(
        has_no_due_date=facts.has_no_due_date, amount=limit.amount if limit else None, unit=limit.unit if limit else ""
    )
    return catalogue.time_limit(rule)
