"""The province on the eve of the first reorganisation: staff, people, dossiers, drafts and charges in every unit.

Names and dossiers are invented. Dossiers are written as history in bulk, those without a code by the services.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from motcua.catalogue.enums import HandledBy, Level
from motcua.catalogue.models import Procedure
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel, Source
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.history import Past, load
from motcua.identity import services as identity
from motcua.identity.models import Account, Person
from motcua.kernel.actor import Actor, ActorKind, Role, system
from motcua.kernel.clock import ZONE
from motcua.payments import services as payments
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.places.enums import AgencyKind, AgencyLevel
from motcua.places.models import Agency, Unit
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import ORDINARY, Duration, due

ACTOR = system("replay")
EVE = datetime(2024, 10, 31, 16, tzinfo=ZONE)
SINCE = date(2023, 1, 1)
RECEIVED = datetime(2024, 10, 14, 8, tzinfo=ZONE)
LIMIT = Duration(Decimal(15), DurationUnit.WORKING_DAY)
DESKS = {
    AgencyLevel.COMMUNE: ((Role.RECEPTION, Role.LEADER, Role.CLERK), (Role.HANDLER,)),
    AgencyLevel.DISTRICT: ((Role.HEAD, Role.LEADER, Role.CLERK), (Role.HANDLER,)),
}


def build() -> None:
    """Fill the empty database as it would have stood on the eve."""
    Builder().build()


class Builder:
    """Keeps what many rows share."""

    def __init__(self) -> None:
        self.day = EVE.date()
        committees = Agency.objects.in_force(self.day).filter(kind=AgencyKind.PEOPLE_COMMITTEE)
        related = committees.select_related("unit__parent").order_by("code")
        self.communes = list(related.filter(level=AgencyLevel.COMMUNE))
        self.districts = {
            agency.unit.code: agency for agency in related.filter(level=AgencyLevel.DISTRICT) if agency.unit
        }
        centres = Agency.objects.in_force(self.day).filter(kind=AgencyKind.CENTRE, level=AgencyLevel.DISTRICT)
        self.centres = {centre.parent_id: centre for centre in centres}
        self.calendar: WorkingCalendar = places.working_calendar()
        known = Procedure.objects.filter(handled_by=HandledBy.PROVINCE).select_related("field").order_by("code")
        self.procedures = list(known.filter(level=Level.COMMUNE)[:12])
        upwards = set(_fields_upwards())
        self.upward = [p for p in known.filter(field__code__in=upwards, level__in=(Level.COMMUNE, Level.BOTH))][:4]
        self.upward = self.upward or list(known.filter(field__code__in=upwards)[:4])
        self.handlers: dict[UUID, Account] = {}
        self.people: dict[UUID, Person] = {}

    def build(self) -> None:
        """Staff, people, dossiers, drafts, charges."""
        with transaction.atomic():
            self._staff()
            self._register()
        load(self._past(), officer="Bộ phận Một cửa", now=EVE)
        with transaction.atomic():
            self._new()
            self._drafts()
            self._charges()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _staff(self) -> None:
        for agency in (*self.communes, *self.districts.values()):
            for desk in DESKS[AgencyLevel(agency.level)]:
                account = self._officer(agency, *desk)
                if Role.HANDLER in desk:
                    self.handlers[agency.pk] = account
        for centre in self.centres.values():
            self._officer(centre, Role.RECEPTION)

    def _officer(self, agency: Agency, *roles: Role) -> Account:
        name = f"{roles[0].value}.{agency.code.lower()}"
        account = identity.create_account(username=name, person_id=None, actor=ACTOR, now=EVE)
        for role in roles:
            identity.grant_role(
                account_id=account.pk, agency_id=agency.pk, role=role, valid_from=SINCE, actor=ACTOR, now=EVE
            )
        return account

    def _register(self) -> None:
        units = [agency.unit for agency in self.communes if agency.unit]
        facts = [identity.PersonFacts(full_name=f"Nguyễn Văn {unit.name}", address_unit_id=unit.pk) for unit in units]
        made = identity.register_people(facts=facts, actor=ACTOR, now=EVE)
        self.people = {unit.pk: person for unit, person in zip(units, made, strict=True)}

    def _past(self) -> Iterator[Past]:
        for number, agency in enumerate(self.communes):
            unit, procedure = agency.unit, self.procedures[number % len(self.procedures)]
            if unit is None:
                continue
            yield self._one(procedure, agency, agency, unit, number)
            yield self._one(procedure, agency, agency, unit, number, assignee=self.handlers[agency.pk].pk)
            yield self._one(procedure, agency, agency, unit, number, done=True)
            yield self._one(procedure, agency, agency, unit, number, done=True, given=True)
            district = self.districts[unit.parent.code] if unit.parent else None
            if district is None:
                continue
            centre = self.centres[district.pk]
            kind = self.upward[number % len(self.upward)] if number % 3 == 0 and self.upward else procedure
            yield self._one(kind, centre, district, unit, number)
            yield self._one(kind, centre, district, unit, number, assignee=self.handlers[district.pk].pk)
            yield self._one(kind, centre, district, unit, number, done=True)

    def _one(
        self, procedure: Procedure, receiving: Agency, competent: Agency, unit: Unit, number: int, *,
        assignee: UUID | None = None, done: bool = False, given: bool = False,
    ) -> Past:  # fmt: skip
        accepted = RECEIVED + timedelta(minutes=number % 200)
        finished = accepted + timedelta(days=3 + number % 5) if done else None
        owner = self.people[unit.pk]
        return Past(
            procedure=procedure, receiving=receiving, competent=competent, owner_name=owner.full_name,
            channel=Channel.ONLINE if number % 2 else Channel.COUNTER, source=Source.PORTAL, submitted_at=accepted,
            accepted_at=accepted, due_at=due(accepted, LIMIT, self.calendar, ORDINARY).at, limit=LIMIT,
            finished_at=finished, handed_over_at=finished if given else None, owner_person_id=owner.pk,
            submitter_person_id=owner.pk, assignee_id=assignee,
        )  # fmt: skip

    def _new(self) -> None:
        """Filed and not accepted yet, one in every commune: these have no code to keep."""
        for number, agency in enumerate(self.communes):
            owner = self.people[agency.unit_id] if agency.unit_id else None
            if owner is None:
                continue
            filing = dossiers.Filing(
                procedure_id=self.procedures[number % len(self.procedures)].pk, channel=Channel.COUNTER,
                receiving_agency_id=agency.pk, competent_agency_id=agency.pk, owner_name=owner.full_name,
                owner_person_id=owner.pk, submitter_person_id=owner.pk,
            )  # fmt: skip
            dossiers.submit(filing=filing, actor=_citizen(owner), now=EVE)

    def _drafts(self) -> None:
        for number, agency in enumerate(self.communes):
            if agency.unit_id:
                dossiers.open_draft(
                    procedure_id=self.procedures[number % len(self.procedures)].pk, form_key="generic", form_version=1,
                    answers={}, actor=_citizen(self.people[agency.unit_id]), now=EVE, unit_id=agency.unit_id,
                    receiving_agency_id=agency.pk,
                )  # fmt: skip

    def _charges(self) -> None:
        for dossier in Dossier.objects.filter(assignee_id__isnull=False).order_by("pk"):
            payments.raise_charges(
                subject_id=dossier.pk, subject_code=dossier.code or "", agency_id=dossier.receiving_agency_id,
                lines=[payments.Line("le_phi", "Lệ phí", 8000)], now=EVE,
            )  # fmt: skip


def _fields_upwards() -> list[str]:
    """Fields that go up to the province when the districts end."""
    path = settings.PACK / "places" / "plans" / "2025-07-01.levels.csv"
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:]]
    return [row[0] for row in rows if row[0] and row[1] == AgencyLevel.PROVINCE]


def _citizen(person: Person) -> Actor:
    return Actor(kind=ActorKind.PERSON, name=person.full_name, person_id=person.pk)
