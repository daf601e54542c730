"""Reading bundles: what a draft of one asks for, and where the matters of a filed one stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Component, Procedure
from motcua.catalogue.queries import Member
from motcua.dossiers.enums import MemberState
from motcua.dossiers.models import Bundle, BundleMember, Dossier, Draft
from motcua.eforms import rules as eform_rules
from motcua.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Matter:
    """A member of a bundle with its procedure; `is_lead`: the first, with whose parties and place all are filed."""

    member: Member
    procedure: Procedure
    is_lead: bool

    def key_of(self, component: str) -> str:
        """What its paper is called among those of the whole bundle."""
        return component if self.is_lead else f"{self.member.key}_{component}"


def matters(draft: Draft) -> list[Matter]:
    """The matters that are wanted by the answers so far, in order; none for a draft without a bundle."""
    if draft.bundle is None:
        return []
    found = catalogue.bundle_members(draft.bundle)
    return [
        Matter(member, catalogue.kept_procedure(procedure.pk), is_lead=number == 0)
        for number, (member, procedure) in enumerate(found) if is_wanted(member, draft.answers)
    ]  # fmt: skip


def is_wanted(member: Member, answers: dict[str, Any]) -> bool:
    """Whether it is asked for: always, or by its box."""
    return member.is_required or bool(answers.get(eform_rules.wanted_key(member.key)))


def components(draft: Draft) -> Iterator[tuple[str, Component]]:
    """Every paper of the draft once, under its key: what another matter or a result gives is not asked for."""
    if draft.bundle is None:
        for component in catalogue.components(draft.procedure, draft.case_key):
            yield component.key, component
    for matter in matters(draft):
        if matter.member.is_outside:
            continue
        case = draft.case_key if matter.is_lead else matter.member.case
        for component in catalogue.components(matter.procedure, case):
            if component.key not in matter.member.papers and component.key not in matter.member.results:
                yield matter.key_of(component.key), component


@dataclass(frozen=True, slots=True)
class Line:
    """One matter of a filed bundle as a page shows it; `dossier` only where the reader may see it."""

    row: BundleMember
    member: Member
    dossier: Dossier | None

    @property
    def is_outside(self) -> bool:
        """Decided by an agency that does not work here."""
        return self.member.is_outside

    @property
    def may_go_alone(self) -> bool:
        """Whether the applicant may file it for itself: it does not open with the bundle."""
        return self.row.state == MemberState.BLOCKED and not self.is_outside


def bundle_for(actor: Actor, bundle_id: UUID) -> Bundle:
    """A bundle the actor filed or owns a dossier of; raises `Bundle.DoesNotExist`."""
    return Bundle.objects.visible_to(actor).select_related("plan").get(pk=bundle_id)


def siblings(dossier: Dossier, actor: Actor) -> list[Line]:
    """What was filed together with a dossier, for an officer: code and state only of what the officer may see."""
    bundle = bundle_of(dossier)
    if bundle is None:
        return []
    found = lines(bundle, actor, at_work=True)
    return [line for line in found if line.row.dossier_id != dossier.pk and line.row.state != MemberState.ALONE]


def lines(bundle: Bundle, actor: Actor, *, at_work: bool = False) -> list[Line]:
    """The matters of a bundle in order, with the dossiers the actor may see (`at_work`: through an office held)."""
    members = {member.key: member for member, _procedure in catalogue.bundle_members(bundle.plan)}
    rows = bundle.members.select_related("procedure").order_by("position")
    visible = Dossier.objects.at_work_of(actor) if at_work else Dossier.objects.visible_to(actor)
    related = visible.select_related("procedure", "receiving_agency", "heir_agency", "competent_agency")
    seen = {one.pk: one for one in related.filter(bundle_member__bundle=bundle)}
    return [Line(row, members[row.key], seen.get(row.dossier_id) if row.dossier_id else None) for row in rows]


def bundle_of(dossier: Dossier) -> Bundle | None:
    """The bundle a dossier was filed with; None for most."""
    return Bundle.objects.filter(members__dossier=dossier).select_related("plan").first()


def own_bundles(actor: Actor, *, most: int = 5) -> list[Bundle]:
    """The actor's bundles that still have a matter to come, newest first."""
    still = (MemberState.WAITING, MemberState.READY, MemberState.BLOCKED)
    found = Bundle.objects.visible_to(actor).filter(members__state__in=still).distinct()
    return list(found.select_related("plan").order_by("-filed_at")[:most])


def offered(on: date) -> list[tuple[Any, list[tuple[Member, Procedure]]]]:
    """The bundles that can be filed on a day, with their matters."""
    return [(one, catalogue.bundle_members(one)) for one in catalogue.bundles(on)]
