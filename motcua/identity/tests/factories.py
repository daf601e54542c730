"""People for tests: through the services, as everywhere. Other modules may use these too."""

from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client

from motcua.identity import services as identity
from motcua.identity.models import Account, Business, Person, SecondFactor
from motcua.kernel import clock
from motcua.kernel.actor import Role, system
from motcua.places.models import Agency

SYSTEM = system("test")
PASSWORD = "mat-khau-de-thu-2026"
_numbers = count(1)


def id_number(sex: str = "female", year: int = 1990) -> str:
    """An invented number that agrees with sex and year."""
    return f"022{(year - 1900) // 100 * 2 + (sex == 'female')}{year % 100:02d}{next(_numbers):06d}"


def person(name: str = "Nguyễn Thị Thử", *, year: int = 1990, sex: str = "female", **facts: Any) -> Person:
    """A person with a number of their own."""
    facts.setdefault("id_number", id_number(sex, year))
    facts.setdefault("birth_date", date(year, 1, 2))
    found = identity.PersonFacts(full_name=name, sex=sex, **facts)
    return identity.find_or_register_person(facts=found, actor=SYSTEM, now=clock.now())


def child(of: Person, *, year: int = 2020, name: str = "Trần Bé Con", relation: str = "child") -> Person:
    """A child of a person, shown by a paper."""
    small = person(name, year=year)
    kinship(of, small, relation)
    return small


def kinship(of: Person, relative: Person, relation: str = "child") -> None:
    """Two people tied by a paper."""
    identity.record_kinship(
        person_id=of.pk, relative_id=relative.pk, relation=relation, is_verified=True, actor=SYSTEM, now=clock.now()
    )


def business(of: Person, *, tax_code: str = "0100109106", name: str = "Công ty Thử nghiệm") -> Business:
    """A business that a person represents by law."""
    facts = identity.BusinessFacts(tax_code=tax_code, name=name)
    found = identity.register_business(facts=facts, actor=SYSTEM, now=clock.now())
    identity.represent(
        person_id=of.pk, business_id=found.pk, role="legal_representative", valid_from=date(2020, 1, 1),
        actor=SYSTEM, now=clock.now(),
    )  # fmt: skip
    return found


def account(of: Person | None = None, *, username: str = "", password: str | None = PASSWORD) -> Account:
    """An account of a person (a new one, if none is given)."""
    owner = of or person()
    return identity.create_account(
        username=username or f"thu.{next(_numbers)}", person_id=owner.pk, password=password, actor=SYSTEM,
        now=clock.now(),
    )  # fmt: skip


def agency(code: str = "H49.106", **fields: Any) -> Agency:
    """A people's committee of a commune, unless the fields say otherwise."""
    values = {
        "name": f"Cơ quan {code}", "sort_key": code, "folded": code.lower(), "kind": "people_committee",
        "level": "commune", "valid_from": date(2020, 1, 1), **fields,
    }  # fmt: skip
    return Agency.objects.get_or_create(code=code, defaults=values)[0]


def officer(*roles: Role, of: Agency | None = None, username: str = "", name: str = "Đào Cán Bộ") -> Account:
    """A member of staff with these roles in one agency."""
    found = account(person(name), username=username)
    for role in roles or (Role.HANDLER,):
        grant(found, role, of or agency())
    return found


def grant(to: Account, role: Role, of: Agency, **dates: Any) -> Any:
    """A role in an agency, from 2020 unless the dates say otherwise."""
    return identity.grant_role(
        account_id=to.pk, agency_id=of.pk, role=role, actor=SYSTEM, now=clock.now(),
        **{"valid_from": date(2020, 1, 1), **dates},
    )  # fmt: skip


def with_second_factor(of: Account, *, now: datetime | None = None) -> SecondFactor:
    """An authenticator app already confirmed."""
    identity.prepare_second_factor(account_id=of.pk, now=now or clock.now())
    SecondFactor.objects.filter(pk=of.pk).update(confirmed_at=now or clock.now())
    return SecondFactor.objects.get(pk=of.pk)


def sign_in(client: Client, who: Account, *, second_factor: bool = True, acting_for: UUID | None = None) -> Client:
    """Put a signed-in session into the client, without the pages."""
    client.cookies[settings.SESSION_COOKIE_NAME] = identity.open_session(
        account_id=who.pk, has_second_factor=second_factor, acting_for=acting_for
    )
    return client
