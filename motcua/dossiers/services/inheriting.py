"""Who inherits a dossier whose agency ends: the agency that decides, the one that receives, the desk it lies on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.catalogue.models import Procedure
from motcua.dossiers.enums import OPEN, State
from motcua.dossiers.models import Dossier
from motcua.dossiers.models.dossier import DossierQuerySet
from motcua.identity.models import StaffRole
from motcua.places import queries as places
from motcua.places import rules as places_rules
from motcua.places.enums import AgencyLevel
from motcua.places.models import Agency, PlanLine, Succession, Unit
from motcua.places.reorganisation.movers import Move, front_of

LISTED = (*OPEN, State.RESOLVED)  # to be resolved, or to be handed over


@dataclass(frozen=True, slots=True)
class Heirs:
    """Where one dossier goes. `competent` and `front` are None where that part does not pass on."""

    dossier: Dossier
    competent: UUID | None
    front: UUID | None
    is_homeless: bool = False
    is_freed: bool = False  # the officer who has it does not come along: it returns to the desk

    @property
    def step(self) -> UUID | None:
        """The agency of the step it stays at, if that passes on."""
        return self.front if self.dossier.step_role == "reception" else self.competent


def in_hand(agency: Agency) -> DossierQuerySet:
    """Open dossiers that an agency decides, receives for, or has on a desk."""
    return Dossier.objects.filter(_with([agency.pk]), state__in=LISTED).order_by("pk")


def in_hand_first(move: Move) -> DossierQuerySet:
    """Those of the agency that ends which no earlier line of the plan still has to carry: each dossier once."""
    lines = PlanLine.objects.filter(plan_id=move.line.plan_id, position__lt=move.line.position, applied_at=None)
    return in_hand(move.source).exclude(
        pk__in=Dossier.objects.filter(_with(lines.values("from_agency")), state__in=LISTED)
    )


def _with(agencies: Any) -> Q:
    receives = Q(heir_agency__in=agencies) | Q(heir_agency__isnull=True, receiving_agency__in=agencies)
    return receives | Q(competent_agency__in=agencies) | Q(step_agency__in=agencies)


class Inheriting:
    """Decides for the dossiers of one line; what is the same for many is read once."""

    def __init__(self, move: Move) -> None:
        self.move = move
        self._fronts: dict[UUID, Agency] = {}
        self._communes: dict[UUID, Agency | None] = {}
        self._departments: dict[UUID, Agency | None] = {}

    def all(self, *, lock: bool) -> list[Heirs]:
        """The heirs of every open dossier of the agency that ends; `lock`: no officer acts on one until we are done."""
        related = ("procedure__field", "procedure__competent_agency", "owner_person__address_unit__parent")
        dossiers = in_hand(self.move.source).select_related(*related)
        found = [self._heirs(dossier) for dossier in (dossiers.for_update() if lock else dossiers)]
        return self._with_officers(found)

    def _heirs(self, dossier: Dossier) -> Heirs:
        source = self.move.source
        decides = dossier.competent_agency_id == source.pk
        receives = dossier.reception_agency_id == source.pk
        competent = self.competent(dossier) if decides or self.move.is_by_level else self.move.heir
        if competent is None:
            return Heirs(dossier, None, None, is_homeless=True)
        front = self._front(competent) if self.move.is_by_level else self.move.front
        on_desk = dossier.step_agency_id == source.pk and dossier.step_role != "reception"
        return Heirs(
            dossier,
            competent.pk if decides or on_desk else None,
            front.pk if receives and front else None,
            is_homeless=receives and front is None,
        )

    def competent(self, dossier: Dossier) -> Agency | None:
        """The agency that decides from now on: the line's heir, or the one the level rules name."""
        if not self.move.is_by_level:
            return self.move.heir
        level = places_rules.level_of(dossier.procedure.field.code, self.move.levels)
        if level == AgencyLevel.PROVINCE:
            return self._department(dossier.procedure)
        return self._commune(dossier) if level == AgencyLevel.COMMUNE else None

    def _department(self, procedure: Procedure) -> Agency | None:
        if procedure.pk not in self._departments:
            candidates = (procedure.competent_agency, procedure.field.agency_2025)
            alive = (one for one in candidates if one is not None and one.exists_on(self.move.on))
            self._departments[procedure.pk] = next(alive, None)
        return self._departments[procedure.pk]

    def _commune(self, dossier: Dossier) -> Agency | None:
        """The commune of the owner's address if it lay in the abolished district, else the line's heir."""
        unit = dossier.owner_person.address_unit if dossier.owner_person else None
        if unit is None or not self._lay_here(unit):
            return self.move.heir
        if unit.pk not in self._communes:
            self._communes[unit.pk] = self._committee_after(unit)
        return self._communes[unit.pk] or self.move.heir

    def _lay_here(self, unit: Unit) -> bool:
        home = self.move.source.unit
        return home is not None and unit.parent is not None and unit.parent.code == home.code

    def _committee_after(self, unit: Unit) -> Agency | None:
        """The people's committee, on the day, of the unit's main successor; None when it still had none."""
        last: Unit | None = unit
        while last is not None and last.valid_to is not None and last.valid_to < self.move.on:
            edge = Succession.objects.filter(from_unit=last, is_default=True).select_related("to_unit").first()
            last = edge.to_unit if edge else None
        return places.peoples_committee(last, self.move.on) if last else None

    def reception(self, dossier: Dossier) -> Agency | None:
        """The agency that receives from now on."""
        competent = self.competent(dossier)
        if competent is None:
            return None
        return self._front(competent) if self.move.is_by_level else self.move.front

    def _front(self, agency: Agency) -> Agency:
        if agency.level == AgencyLevel.PROVINCE:
            centre = places.province_centre(self.move.on)
            return centre.agency if centre else agency
        if agency.pk not in self._fronts:
            self._fronts[agency.pk] = front_of(agency, self.move.on)
        return self._fronts[agency.pk]

    def _with_officers(self, found: list[Heirs]) -> list[Heirs]:
        """An officer who holds the step's role in the heir keeps the dossier; any other has it no more."""
        officers = {one.dossier.assignee_id for one in found if one.dossier.assignee_id}
        held = StaffRole.objects.valid(self.move.on).filter(account_id__in=officers)
        grants = set(held.values_list("account_id", "agency_id", "role"))
        return [
            Heirs(one.dossier, one.competent, one.front, one.is_homeless, is_freed=_is_freed(one, grants))
            for one in found
        ]


def _is_freed(one: Heirs, grants: set[tuple[Any, ...]]) -> bool:
    dossier = one.dossier
    if not dossier.assignee_id or one.step is None or dossier.step_agency_id is None:
        return False
    return (dossier.assignee_id, one.step, dossier.step_role) not in grants


def closed_with_heirs(move: Move, *, besides: Sequence[UUID]) -> Iterator[tuple[UUID, Agency]]:
    """What the agency that ends has closed as the one that decided, each dossier with who takes over its field."""
    heirs = Inheriting(move)
    related = ("procedure__field", "procedure__competent_agency", "owner_person__address_unit__parent")
    closed = Dossier.objects.filter(competent_agency=move.source).exclude(pk__in=besides).exclude(state__in=LISTED)
    for dossier in closed.select_related(*related).iterator(chunk_size=500):
        heir = heirs.competent(dossier)
        if heir is not None:
            yield dossier.pk, heir


def drafts_filter(move: Move) -> Q:
    """Drafts that name the agency that ends or its unit."""
    unit = move.source.unit
    mine = Q(receiving_agency=move.source)
    return mine | Q(unit=unit) if unit is not None and unit.is_commune and unit.valid_to is not None else mine
