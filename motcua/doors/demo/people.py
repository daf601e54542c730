"""Who acts in the demo: the cast of the pack, its staff by desk, and invented people who walk in."""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from motcua.dossiers.enums import Relation
from motcua.identity import queries as identity
from motcua.identity import services as people
from motcua.identity.models import Account, Business, Person
from motcua.identity.services import PersonFacts
from motcua.kernel.actor import Actor, Role, system
from motcua.places.models import Unit

SERIAL = 999100  # numbers of invented people begin their last six digits with 999; the cast uses those below


@dataclass(frozen=True, slots=True)
class Party:
    """For whom a dossier is, who files it, and as what."""

    submitter: Person
    relation: Relation
    owner_person: Person | None = None
    owner_business: Business | None = None

    @property
    def owner_name(self) -> str:
        """As it stands on the dossier."""
        if self.owner_business is not None:
            return self.owner_business.name
        return (self.owner_person or self.submitter).full_name

    def facts(self) -> dict[str, dict[str, Any]]:
        """What is known of owner and submitter, as the e-forms take it."""
        submitter = identity.facts_of_person(self.submitter)
        if self.owner_business is not None:
            return {"submitter": submitter, "owner": identity.facts_of_business(self.owner_business)}
        return {"submitter": submitter, "owner": identity.facts_of_person(self.owner_person or self.submitter)}


class Cast:
    """The people of the pack, as loaded by `identity.services.load_cast`."""

    def __init__(self, report: Any, pack: Path, today: date) -> None:
        self.report, self.pack, self.today = report, pack, today
        self._actors: dict[UUID, Actor] = {}

    def actor(self, username: str) -> Actor:
        """The actor of an account of the cast."""
        return self.actor_of(self.report.accounts[username])

    def actor_of(self, account_id: UUID) -> Actor:
        """The actor of an account, read once."""
        if account_id not in self._actors:
            self._actors[account_id] = identity.actor_of(account_id, self.today)
        return self._actors[account_id]

    def actor_of_person(self, person_id: UUID) -> Actor | None:
        """The actor of a person who has an account."""
        account = Account.objects.filter(person_id=person_id, is_active=True).first()
        return self.actor_of(account.pk) if account else None

    def on_desk(self, agency_id: UUID, role: Role, turn: int = 0) -> Actor:
        """Somebody who holds a role in an agency; colleagues take turns."""
        staff = identity.staff_of(agency_id, role, on=self.today)
        if not staff:
            raise LookupError(f"The cast has no {role} in the agency {agency_id}.")
        return self.actor_of(staff[turn % len(staff)].account_id)

    def party(self, who: str, *, number: int, now: datetime) -> Party:
        """The party a story names (see `plan.Story`)."""
        if who.startswith("+"):
            return self._walk_in(number, with_child=who.endswith(">child"), now=now)
        key, _, kin = who.partition(">")
        key, _, business = key.partition("@")
        submitter = identity.person(self.report.people[key])
        if business:
            firm = identity.business(self.report.businesses[business])
            return Party(submitter, Relation.BUSINESS, owner_business=firm)
        if not kin:
            return Party(submitter, Relation.SELF, owner_person=submitter)
        relative = identity.person(self.report.people[kin])
        minor = relative.birth_date is not None and self.today.year - relative.birth_date.year < 18
        return Party(submitter, Relation.CHILD if minor else Relation.RELATIVE, owner_person=relative)

    def _walk_in(self, number: int, *, with_child: bool, now: datetime) -> Party:
        """An invented person, the same in every run."""
        rng = Random(f"walk-in {number}")  # noqa: S311 - invented people, not secrets
        adult = self._person(rng, serial=SERIAL + number, now=now)
        if not with_child:
            return Party(adult, Relation.SELF, owner_person=adult)
        sex = rng.choice(("male", "female"))
        name = f"{adult.full_name.split()[0]} {' '.join(self._given(rng, sex))}"
        facts = PersonFacts(
            full_name=name, birth_date=date.fromordinal(now.date().toordinal() - rng.randrange(6, 40)), sex=sex,
            ethnic_group=adult.ethnic_group, address_unit_id=adult.address_unit_id,
            address_street=adult.address_street,
        )  # fmt: skip
        child = people.find_or_register_person(facts=facts, actor=system("demo"), now=now)
        return Party(adult, Relation.CHILD, owner_person=child)

    def _person(self, rng: Random, *, serial: int, now: datetime) -> Person:
        sex = rng.choice(("male", "female"))
        born = date(rng.randrange(1958, 2003), rng.randrange(1, 13), rng.randrange(1, 28))
        century = 0 if born.year < 2000 else 2
        number = f"022{century + (sex == 'female')}{born.year % 100:02d}{serial:06d}"
        surnames = _rows(self.pack / "people" / "surnames.csv")
        surname = rng.choices([r["surname"] for r in surnames], [float(r["weight"]) for r in surnames])[0]
        streets = [r["street"] for r in _rows(self.pack / "people" / "streets.csv") if r["area"] == "Hạ Long"]
        unit = Unit.objects.filter(code="06685").order_by("-valid_from").first()
        facts = PersonFacts(
            full_name=" ".join([surname, *self._given(rng, sex)]), id_number=number, birth_date=born, sex=sex,
            ethnic_group="Kinh", phone=f"0900{serial:06d}", address_unit_id=unit.pk if unit else None,
            address_street=f"Số {rng.randrange(1, 180)}, đường {rng.choice(streets)}",
        )  # fmt: skip
        return people.find_or_register_person(facts=facts, actor=system("demo"), now=now)

    def _given(self, rng: Random, sex: str) -> list[str]:
        rows = [r for r in _rows(self.pack / "people" / "given_names.csv") if r["sex"] in (sex, "", "any")]
        kinds = {kind: [r["name"] for r in rows if r["kind"] == kind] for kind in ("middle", "given")}
        return [rng.choice(names) for names in kinds.values() if names]


@lru_cache(maxsize=8)
def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
