"""The invented people of a pack: citizens with their families, businesses, staff with their roles."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from motcua.identity import seals
from motcua.identity.enums import BusinessRole
from motcua.identity.models import Account, Business, Person, SecondFactor
from motcua.identity.services.accounts import create_account, grant_role
from motcua.identity.services.people import (
    BusinessFacts,
    PersonFacts,
    find_or_register_person,
    record_kinship,
    register_business,
    represent,
)
from motcua.identity.services.signin import new_secret
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.places.models import Agency, Unit

DECISION = "demo"


@dataclass(slots=True)
class CastReport:
    """What was loaded, by key or account name, and what was refused with the reason."""

    people: dict[str, UUID] = field(default_factory=dict)
    businesses: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)


def load_cast(*, path: Path, actor: Actor, now: datetime) -> CastReport:
    """Load a cast file, only where `settings.DEMO` is on; loading it again changes nothing.

    A row that cannot be loaded is reported and stops no other. Staff get an authenticator at once.

    Raises:
        Refused: `not_demo`.
    """
    if not settings.DEMO:
        raise Refused("not_demo", "Invented people are loaded into a demo only.")
    cast = tomllib.loads(path.read_text("utf-8"))
    loading = _Loading(cast, actor, now)
    for row in [*cast.get("citizen", ()), *cast.get("staff", ())]:
        loading.each(row.get("key") or row["username"], loading.person, row)
    for row in cast.get("citizen", ()):
        loading.each(row["key"], loading.kin, row)
    for row in cast.get("business", ()):
        loading.each(row["key"], loading.business, row)
    for row in cast.get("staff", ()):
        loading.each(row["username"], loading.roles, row)
    return loading.report


class _Loading:
    def __init__(self, cast: dict[str, Any], actor: Actor, now: datetime) -> None:
        self.actor, self.now, self.password = actor, now, cast.get("password")
        self.report = CastReport()
        today = now.date()
        units = Unit.objects.filter(valid_from__lte=today).order_by("valid_from")
        self.units = {unit.code: unit.pk for unit in units}
        self.agencies: dict[str, tuple[UUID, date]] = {
            agency.code: (agency.pk, agency.valid_from) for agency in Agency.objects.all()
        }

    def each(self, key: str, load: Callable[[dict[str, Any]], None], row: dict[str, Any]) -> None:
        try:
            with transaction.atomic():
                load(row)
        except Refused as refusal:
            self.report.refused.append((key, refusal.message))
        except KeyError as missing:
            self.report.refused.append((key, f"Nothing is known under {missing}."))

    def person(self, row: dict[str, Any]) -> None:
        key = row.get("key") or row["username"]
        facts = PersonFacts(
            full_name=row["full_name"], id_number=row.get("id_number", ""), birth_date=row["birth_date"],
            sex=row["sex"], ethnic_group=row.get("ethnic_group", "Kinh"), phone=row.get("phone", ""),
            email=row.get("email", ""), address_unit_id=self.units[row["unit"]] if "unit" in row else None,
            address_street=row.get("street", ""), language=row.get("language", "vi"),
        )  # fmt: skip
        known = None
        if not facts.id_number:  # the only way to know somebody without a number again is by name and birth
            known = Person.objects.filter(full_name=facts.full_name, birth_date=facts.birth_date).first()
        person = known or find_or_register_person(facts=facts, actor=self.actor, now=self.now)
        self.report.people[key] = person.pk
        if "username" in row:
            self.report.accounts[row["username"]] = self.account(row, person).pk

    def account(self, row: dict[str, Any], person: Person) -> Account:
        account = Account.objects.filter(username=row["username"]).first()
        if account is None:
            account = create_account(
                username=row["username"], person_id=person.pk, email=row.get("email", ""), password=self.password,
                actor=self.actor, now=self.now,
            )  # fmt: skip
        if "roles" in row and not SecondFactor.objects.filter(account=account).exists():
            SecondFactor.objects.create(
                account=account, secret_sealed=seals.seal(new_secret()), confirmed_at=self.now, created_at=self.now
            )
        return account

    def kin(self, row: dict[str, Any]) -> None:
        for tie in row.get("kin", ()):
            record_kinship(
                person_id=self.report.people[row["key"]], relative_id=self.report.people[tie["key"]],
                relation=tie["relation"], evidence=DECISION, is_verified=True, actor=self.actor, now=self.now,
            )  # fmt: skip

    def business(self, row: dict[str, Any]) -> None:
        facts = BusinessFacts(
            tax_code=row["tax_code"], name=row["name"], kind=row["kind"], phone=row.get("phone", ""),
            email=row.get("email", ""), address_unit_id=self.units[row["unit"]], address_street=row.get("street", ""),
        )  # fmt: skip
        business: Business = register_business(facts=facts, actor=self.actor, now=self.now)
        self.report.businesses[row["key"]] = business.pk
        ties = [(row["representative"], BusinessRole.LEGAL_REPRESENTATIVE)]
        for key, role in [*ties, *((key, BusinessRole.STAFF) for key in row.get("staff", ()))]:
            represent(
                person_id=self.report.people[key], business_id=business.pk, role=role, valid_from=date(2020, 1, 1),
                evidence=DECISION, actor=self.actor, now=self.now,
            )  # fmt: skip

    def roles(self, row: dict[str, Any]) -> None:
        for grant in row["roles"]:
            agency_id, valid_from = self.agencies[grant["agency"]]
            grant_role(
                account_id=self.report.accounts[row["username"]], agency_id=agency_id, role=grant["role"],
                valid_from=valid_from, decision=DECISION, actor=self.actor, now=self.now,
            )  # fmt: skip
