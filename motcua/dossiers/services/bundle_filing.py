"""From the one draft of a bundle to the filing of each matter, and back from what was kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.dossiers import wizard
from motcua.dossiers.bundled import Matter
from motcua.dossiers.enums import Channel, Relation, ResultForm
from motcua.dossiers.models import BundleMember, Draft
from motcua.dossiers.services.base import PaperIn
from motcua.dossiers.services.filing import Filing
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.places import queries as places
from motcua.places.models import Unit

MEMBER = "dossiers.bundle"  # under which files belong to a matter that is not open yet


@dataclass(frozen=True, slots=True)
class Share:
    """What is filed for one matter: its filing with its own papers, the papers it takes from others, its results."""

    key: str
    filing: Filing
    shared: tuple[PaperIn, ...] = ()
    results: tuple[tuple[str, str], ...] = ()  # (component, its name): the result it waits for


def shares(found: Sequence[Matter], draft: Draft, filing: Filing, now: datetime) -> list[Share]:
    """What is filed for each matter that is handled here, the first one first; `filing` is all of it together.

    Raises `Refused` where a matter cannot be filed like this: answers, the commune, the right to file for somebody.
    """
    split: dict[str, list[PaperIn]] = {matter.member.key: [] for matter in found}
    for paper in filing.papers:
        matter, own = _matter_of(paper.component_key, found)
        split[matter.member.key].append(replace(paper, component_key=own))
    return [_share(matter, found, split, draft, filing, now) for matter in found if not matter.member.is_outside]


def _matter_of(key: str, found: Sequence[Matter]) -> tuple[Matter, str]:
    """Whose paper it is, and its key there: names of a matter's papers begin with the matter's own."""
    inside = "form:" if key.startswith("form:") else ""
    for matter in found[1:]:
        if key.startswith(f"{inside}{matter.key_of('')}"):
            return matter, f"{inside}{key.removeprefix(inside).removeprefix(matter.key_of(''))}"
    return found[0], key


def _share(
    matter: Matter,
    found: Sequence[Matter],
    split: Mapping[str, list[PaperIn]],
    draft: Draft,
    filing: Filing,
    now: datetime,
) -> Share:
    member = matter.member
    own = replace(
        filing, procedure_id=matter.procedure.pk, form_key=member.form_key, form_version=member.form_version,
        answers=_answers(matter, draft, filing.answers, now), papers=tuple(split[member.key]),
    )  # fmt: skip
    if matter.is_lead:
        return Share(member.key, own)
    _require_right(matter, draft, now)
    names = {one.key: one.name for one in catalogue.components(matter.procedure, member.case)}
    shared = [
        replace(paper, component_key=component, name=names.get(component, paper.name))
        for component, source in member.papers.items()
        for paper in split[source.partition(".")[0]] if paper.component_key == source.partition(".")[2]
    ]  # fmt: skip
    shared += [paper for paper in split[found[0].member.key] if paper.component_key == wizard.AUTHORITY]
    forms = [form for form, _label in wizard.result_forms(matter.procedure)]
    own = replace(
        own, case_key=member.case, draft_id=None, draft_version=None, files_from=None,
        result_form=filing.result_form if filing.result_form in forms else ResultForm(forms[0]),
    )  # fmt: skip
    results = tuple((component, names.get(component, "")) for component in member.results)
    return Share(member.key, own, tuple(shared), results)


def _answers(matter: Matter, draft: Draft, answers: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The answers of one matter in its own form, checked once more."""
    if draft.bundle is None:
        return dict(answers)
    member, language = matter.member, wizard.language()
    form = eforms.definition(member.form_key, member.form_version)
    own = eform_rules.answers_of(member.key, form, answers, draft.bundle.places, member.fixed)
    checked = eforms.validate(form, own, today=clock.local(now).date(), language=language)
    if not checked.is_valid:
        words = {"matter": member.say("label", language), "fault": next(iter(checked.errors.values()))}
        raise Refused("answers", _("“%(matter)s”: %(fault)s") % words)
    return dict(checked.answers)


def _require_right(matter: Matter, draft: Draft, now: datetime) -> None:
    """Whether this matter too may be filed for that party, in that place."""
    words = {"matter": matter.member.say("label", wizard.language())}
    is_other = draft.owner_person_id not in (None, draft.person_id)
    if is_other and not wizard.may_file_for_others(matter.procedure):
        raise Refused("owner_only", _("“%(matter)s”: the law asks the person to file this themselves.") % words)
    if draft.owner_business_id and not wizard.may_file_for_business(matter.procedure):
        raise Refused("people_only", _("“%(matter)s”: only a person can ask for this.") % words)
    if catalogue.competent_agency(matter.procedure, draft.unit, clock.local(now).date()) is None:
        raise Refused("no_unit", _("“%(matter)s”: choose the ward or commune first.") % words)


def kept(share: Share, papers: Sequence[PaperIn], draft: Draft) -> dict[str, Any]:
    """A filing as plain data, until its matter opens. The agencies are found anew then: they may have changed."""
    filing = share.filing
    return {
        "owner_name": filing.owner_name, "owner_person_id": _plain(filing.owner_person_id),
        "owner_business_id": _plain(filing.owner_business_id), "relation": str(filing.relation),
        "submitter_person_id": _plain(filing.submitter_person_id), "submitter_name": filing.submitter_name,
        "case_key": filing.case_key, "phone": filing.phone, "email": filing.email, "address": filing.address,
        "second_language": str(filing.second_language),
        "form_key": filing.form_key, "form_version": filing.form_version, "answers": filing.answers,
        "result_form": str(filing.result_form), "unit_id": _plain(draft.unit_id),
        "centre_id": _plain(draft.receiving_agency_id),
        "results": [{"component_key": key, "name": name} for key, name in share.results],
        "papers": [
            {"name": one.name, "component_key": one.component_key, "document_id": _plain(one.document_id),
             "document_name": one.document_name}
            for one in papers if one.document_id
        ],
    }  # fmt: skip


def restored(row: BundleMember, now: datetime) -> Filing:
    """The filing kept for a matter, with the agencies of the day; raises `Refused` when nobody decides any more."""
    data, on = row.filing, clock.local(now).date()
    procedure = catalogue.kept_procedure(row.procedure_id)
    unit = _unit_now(as_id(data["unit_id"]), on)
    agency = catalogue.competent_agency(procedure, unit, on)
    centre = wizard.centre_for(procedure, unit, as_id(data["centre_id"]), on)
    if agency is None or centre is None:
        raise Refused("no_agency", _("No agency decides on this there any more. File it for itself, and choose where."))
    return Filing(
        procedure_id=row.procedure_id, channel=Channel.ONLINE, receiving_agency_id=centre.agency_id,
        competent_agency_id=agency.pk, owner_name=data["owner_name"], owner_person_id=as_id(data["owner_person_id"]),
        owner_business_id=as_id(data["owner_business_id"]), submitter_person_id=as_id(data["submitter_person_id"]),
        submitter_name=data["submitter_name"], relation=Relation(data["relation"]), case_key=data["case_key"],
        phone=data["phone"], email=data["email"], second_language=data["second_language"],
        address=data["address"], form_key=data["form_key"],
        form_version=data["form_version"], answers=data["answers"], result_form=ResultForm(data["result_form"]),
        papers=[
            PaperIn(one["name"], one["component_key"], document_id=as_id(one["document_id"]),
                    document_name=one["document_name"])
            for one in data["papers"]
        ],
        files_from=(MEMBER, row.pk),
    )  # fmt: skip


def _unit_now(unit_id: UUID | None, on: date) -> Unit | None:
    """The chosen unit, or the one it went into; of one that was split nobody knows which: the applicant has to say."""
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id else None
    while unit is not None and not Unit.objects.in_force(on).filter(pk=unit.pk).exists():
        after = list(places.successors(unit)[:2])
        unit = after[0].to_unit if len(after) == 1 else None
    if unit_id and unit is None:
        raise Refused("unit_gone", _("The ward or commune was divided. File it for itself, and choose the new one."))
    return unit


def as_id(value: str | None) -> UUID | None:
    """A key as it was kept."""
    return UUID(value) if value else None


def _plain(value: UUID | None) -> str | None:
    return str(value) if value else None
