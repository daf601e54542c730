"""Reads of identity for pages and for other modules."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Coalesce

from motcua.identity import rules, seals
from motcua.identity.enums import CLOSE, ROLE_LABELS, BusinessRole
from motcua.identity.models import Absence, AccessEntry, Account, Business, Kinship, Person, SignInEvent, StaffRole
from motcua.kernel.actor import Absent, Actor, ActorKind, Grant, Role
from motcua.kernel.errors import Refused
from motcua.kernel.text import fold
from motcua.places import queries as places
from motcua.places.models import Agency, Unit

masked, fingerprint = seals.masked, seals.fingerprint  # how a number is shown, and how it is looked up


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of somebody, and whether kinship alone lets one act for them."""

    person: Person
    relation: str
    is_verified: bool
    may_act: bool


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who holds a role in an agency, or stands in for whoever does (`instead_of`).

    `absent_until` is the last day of an absence that runs, `substitute` who stands in.
    """

    account_id: UUID
    person_id: UUID | None
    name: str
    role: Role
    absent_until: date | None = None
    substitute: str = ""
    instead_of: str = ""


def person(person_id: UUID) -> Person:
    """The person with their address unit; raises `Person.DoesNotExist`. The caller has checked who may know."""
    return Person.objects.select_related("address_unit").get(pk=person_id)


def facts_of_person(person: Person) -> dict[str, Any]:
    """What is known of a person, under the names by which forms are filled in."""
    return {
        "full_name": person.full_name, "id_number": person.id_number, "sex": person.sex, "phone": person.phone,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None, "email": person.email,
        "ethnic_group": person.ethnic_group, "nationality": person.nationality,
        "address": _address(person.address_unit, person.address_street),
    }  # fmt: skip


def facts_of_business(business: Business) -> dict[str, Any]:
    """What is known of a business, as `facts_of_person`."""
    return {
        "full_name": business.name, "business_name": business.name, "tax_code": business.tax_code,
        "phone": business.phone, "email": business.email,
        "address": _address(business.address_unit, business.address_street),
    }  # fmt: skip


def _address(unit: Unit | None, street: str) -> dict[str, str] | None:
    return {"unit": unit.code, "street": street} if unit else None


def people(person_ids: set[UUID]) -> dict[UUID, Person]:
    """Several people in one query."""
    return Person.objects.in_bulk(person_ids)


def find_person(*, id_number: str = "", name: str = "", actor: Actor, limit: int = 20) -> list[Person]:
    """People by their number (exactly), or by the beginnings of words of their name (accents, order do not matter).

    Only those visible to the actor. A number that cannot be one finds nobody.
    """
    found = Person.objects.visible_to(actor).select_related("address_unit")
    if id_number:
        try:
            number = rules.check_id_number(id_number).number
        except Refused:
            return []
        return list(found.filter(id_number_hash=seals.fingerprint(number))[:1])
    words = fold(name).split()
    if not words:
        return []
    matches = Q()
    for word in words:
        matches &= Q(folded__startswith=word) | Q(folded__contains=f" {word}")  # both served by the trigram index
    return list(found.filter(matches).order_by("sort_key", "id")[:limit])


def relatives(person_id: UUID, on: date) -> list[Relative]:
    """The known relatives of a person, with whether kinship alone lets them act (for a child under 18, for a ward)."""
    ties = Kinship.objects.filter(person_id=person_id).select_related("relative").order_by("relative__birth_date", "id")
    return [
        Relative(
            tie.relative,
            tie.relation,
            tie.is_verified,
            rules.may_act_for(
                tie.relation, is_verified=tie.is_verified, birth_date=tie.relative.birth_date, on=on
            ),
        )
        for tie in ties
    ]  # fmt: skip


def kin_of(person_id: UUID | None) -> tuple[UUID, ...]:
    """The spouse, the children and the parents of a person, as far as they are known.

    What the person says of others counts; what others say of the person only once it was shown, or anybody could keep
    an officer from a dossier by naming a tie.
    """
    if person_id is None:
        return ()
    ties = Kinship.objects.filter(relation__in=CLOSE).order_by()
    own = ties.filter(person_id=person_id).values_list("relative_id", flat=True)
    of_others = ties.filter(relative_id=person_id, verified_at__isnull=False).values_list("person_id", flat=True)
    return tuple(own.union(of_others))


def may_act_for(person_id: UUID, relative_id: UUID, on: date) -> bool:
    """Whether kinship alone lets the first act for the second on a day."""
    return any(tie.person.pk == relative_id and tie.may_act for tie in relatives(person_id, on))


def businesses(person_id: UUID, on: date) -> QuerySet[Business]:
    """The businesses a person acts for on a day, by name."""
    ties = Q(representations__valid_to__isnull=True) | Q(representations__valid_to__gte=on)
    return (
        Business.objects.filter(
            ties,
            representations__person_id=person_id,
            representations__valid_from__lte=on,
            representations__ended_at__isnull=True,
        )
        .distinct()
        .order_by("sort_key", "id")
    )


def business(business_id: UUID) -> Business:
    """The business; raises `Business.DoesNotExist`."""
    return Business.objects.select_related("address_unit").get(pk=business_id)


def legal_representative(business_id: UUID, on: date) -> Person | None:
    """Who represents the business by law on a day."""
    return (
        Person.objects.filter(
            Q(representations__valid_to__isnull=True) | Q(representations__valid_to__gte=on),
            representations__business_id=business_id,
            representations__role=BusinessRole.LEGAL_REPRESENTATIVE,
            representations__valid_from__lte=on,
            representations__ended_at__isnull=True,
        )
        .order_by("representations__valid_from", "id")
        .first()
    )


def staff_of(agency_id: UUID, *roles: Role, on: date) -> list[StaffMember]:
    """Who holds one of the roles (any role, if none is named) in the agency on a day, by name."""
    return staff_of_all({agency_id}, *roles, on=on).get(agency_id, [])


def staff_of_all(agency_ids: Collection[UUID], *roles: Role, on: date) -> dict[UUID, list[StaffMember]]:
    """`staff_of` for several agencies at once, in one query; an agency in which nobody holds the roles is left out."""
    grants = StaffRole.objects.valid(on).filter(agency_id__in=agency_ids, account__is_active=True)
    if roles:
        grants = grants.filter(role__in=[role.value for role in roles])
    rows = grants.select_related("account__person").order_by("account__person__sort_key", "account__username", "role")
    found = defaultdict[UUID, list[StaffMember]](list)
    for grant in rows:
        person = grant.account.person
        name = person.full_name if person else grant.account.username
        member = StaffMember(grant.account_id, grant.account.person_id, name, Role(grant.role))
        found[grant.agency_id].append(member)
    return dict(found)


def on_duty(agency_id: UUID, *roles: Role, on: date) -> list[StaffMember]:
    """`staff_of` with who is absent on the day, and with those who stand in for them: to whom work can be given."""
    members = staff_of(agency_id, *roles, on=on)
    away = absences_on({member.account_id for member in members}, on)
    known = {(member.account_id, member.role) for member in members}
    found: list[StaffMember] = []
    for member in members:
        absence = away.get(member.account_id)
        if absence is None:
            found.append(member)
            continue
        name, other = name_of(absence.substitute), absence.substitute
        found.append(replace(member, absent_until=absence.valid_to, substitute=name))
        if (other.pk, member.role) not in known and member.role is not Role.ADMIN:
            known.add((other.pk, member.role))
            found.append(StaffMember(other.pk, other.person_id, name, member.role, instead_of=member.name))
    return found


def absences_on(account_ids: Collection[UUID], on: date) -> dict[UUID, Absence]:
    """The absences of these accounts that run on a day, by account."""
    rows = Absence.objects.running(on).filter(account_id__in=account_ids).select_related("substitute__person")
    return {row.account_id: row for row in rows}


def works_in(account_ids: Collection[UUID], on: date) -> list[tuple[UUID, UUID, str]]:
    """(account, agency, role) of these accounts on a day, and of roles that begin later."""
    rows = StaffRole.objects.filter(_not_over(on), account_id__in=account_ids).order_by("account_id", "agency_id")
    return list(rows.values_list("account_id", "agency_id", "role"))


def colleagues_of(account_id: UUID, on: date) -> QuerySet[Account]:
    """The open accounts with a role on a day in an agency somebody works in, by name."""
    agencies = StaffRole.objects.filter(_not_over(on), account_id=account_id).values("agency_id")
    there = StaffRole.objects.valid(on).filter(account=OuterRef("pk"), agency_id__in=agencies)
    found = Account.objects.filter(Exists(there), is_active=True).exclude(pk=account_id)
    return found.select_related("person").order_by("person__sort_key", "username")


def own_absences(account_id: UUID, limit: int = 20) -> list[Absence]:
    """The absences of an account, latest first."""
    rows = Absence.objects.filter(account_id=account_id).select_related("account__person", "substitute__person")
    return list(rows.order_by("-valid_from", "-pk")[:limit])


def absences_in(agencies: Collection[UUID], on: date) -> QuerySet[Absence]:
    """The absences of the staff of these agencies that wait to be confirmed, run or come."""
    there = StaffRole.objects.filter(_not_over(on), account=OuterRef("account_id"), agency_id__in=agencies)
    rows = Absence.objects.filter(Exists(there), state__in=("asked", "granted"), valid_to__gte=on)
    return rows.select_related("account__person", "substitute__person", "decided_by__person")


def name_of(account: Account) -> str:
    """The name behind an account read with its person."""
    return account.person.full_name if account.person else account.username


def names_of(account_ids: set[UUID]) -> dict[UUID, str]:
    """The names behind accounts, in one query: for lists that show who did what."""
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", "person__full_name", "username")
    return {key: name or username for key, name, username in rows}


def people_of(account_ids: set[UUID]) -> dict[UUID, Person]:
    """The persons behind accounts, in one query; an account of nobody is left out."""
    rows = Account.objects.filter(pk__in=account_ids, person__isnull=False).select_related("person")
    return {account.pk: account.person for account in rows if account.person}


def roles_of(actor: Actor) -> list[tuple[str, str]]:
    """The actor's roles in the reader's language, each with the agency's name, by agency."""
    names = places.agency_names({grant.agency_id for grant in actor.grants})
    own = [grant for grant in actor.grants if grant.instead_of is None]
    pairs = [(names.get(grant.agency_id, ""), str(ROLE_LABELS[grant.role])) for grant in own]
    return [(role, agency) for agency, role in sorted(pairs)]


def administers(actor: Actor, agency_id: UUID) -> bool:
    """Whether the actor is administrator of the agency, or of one above it."""
    return holds_above(actor.agencies(Role.ADMIN), agency_id)


def holds_above(held: Collection[UUID], agency_id: UUID) -> bool:
    """Whether one of these agencies is the agency itself or stands above it."""
    above = set[UUID]()
    while agency_id not in above:
        if agency_id in held:
            return True
        above.add(agency_id)
        try:
            agency_id = places.kept_agency(agency_id).parent_id or agency_id
        except Agency.DoesNotExist:
            return False
    return False


def administered(actor: Actor, on: date) -> list[Agency]:
    """The agencies in force on a day whose staff the actor administers, by name."""
    return below(actor.agencies(Role.ADMIN), on)


def below(agencies: Collection[UUID], on: date) -> list[Agency]:
    """These agencies and those below them that are in force on a day, by name."""
    within, children = set(agencies), defaultdict[UUID | None, list[UUID]](list)
    for key, parent in Agency.objects.values_list("pk", "parent_id"):
        children[parent].append(key)
    reached = list(within)
    while reached:
        further = [key for key in children[reached.pop()] if key not in within]
        within.update(further)
        reached.extend(further)
    return list(Agency.objects.in_force(on).filter(pk__in=within).order_by("sort_key", "code"))


def staff_accounts(agencies: Collection[UUID], on: date, *, name: str = "") -> QuerySet[Account]:
    """Accounts with a role in one of the agencies that has not ended (it may begin later), each with those roles.

    `name` narrows to the beginnings of words of the person's name, or to the account's name.
    """
    roles = StaffRole.objects.filter(_not_over(on), agency_id__in=agencies)
    shown = roles.select_related("agency").order_by("agency__sort_key", "role")
    found = Account.objects.filter(Exists(roles.filter(account=OuterRef("pk"))), is_active=True)
    for word in fold(name).split():
        starts = Q(person__folded__startswith=word) | Q(person__folded__contains=f" {word}")
        found = found.filter(starts | Q(username__contains=word))
    key = Coalesce("person__sort_key", "username", output_field=TextField())
    return found.select_related("person").annotate(name_key=key).prefetch_related(
        Prefetch("staff_roles", queryset=shown, to_attr="shown_roles")
    )  # fmt: skip


def staff_member(account_id: UUID, agencies: Collection[UUID]) -> tuple[Account, list[StaffRole]]:
    """An account with all its roles in the agencies, ended ones too, latest first; raises `Account.DoesNotExist`."""
    roles = StaffRole.objects.filter(account_id=account_id, agency_id__in=agencies).select_related("agency")
    found = list(roles.order_by("-valid_from", "agency__sort_key", "role", "id"))
    if not found:
        raise Account.DoesNotExist
    return Account.objects.select_related("person", "second_factor").get(pk=account_id), found


def account_for(who: str) -> Account | None:
    """The open account of this name, or of the person with this personal number."""
    found = Account.objects.filter(is_active=True).select_related("person")
    try:
        number = rules.check_id_number(who).number
    except Refused:
        return found.filter(username=who.strip().lower()).first()
    return found.filter(person__id_number_hash=seals.fingerprint(number)).first()


def _not_over(on: date) -> Q:
    return Q(ended_at__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def account(username: str) -> Account:
    """The account of this name; raises `Account.DoesNotExist`."""
    return Account.objects.select_related("person").get(username=username)


def sign_ins(account_id: UUID, limit: int = 10) -> list[SignInEvent]:
    """The last attempts on an account, newest first."""
    return list(SignInEvent.objects.filter(account_id=account_id).order_by("-at", "-id")[:limit])


def looks_at(person_id: UUID, limit: int = 20) -> list[AccessEntry]:
    """Who looked at a person's data, newest first."""
    return list(AccessEntry.objects.filter(person_id=person_id).order_by("-at", "-id")[:limit])


def actor_of(account_id: UUID, on: date, *, has_second_factor: bool = True) -> Actor:
    """The actor an account is on a day, without a request: for commands that act as the cast, and tests."""
    found = Account.objects.select_related("person").get(pk=account_id, is_active=True)
    grants = StaffRole.objects.valid(on).filter(account_id=account_id).order_by("role", "agency_id")
    own = businesses(found.person_id, on).values_list("pk", flat=True) if found.person_id else []
    absent, held = _stood_in_for(found, on)
    return Actor(
        kind=ActorKind.PERSON,
        name=found.person.full_name if found.person else found.username,
        account_id=found.pk,
        person_id=found.person_id,
        grants=(*(Grant(Role(grant.role), grant.agency_id) for grant in grants), *held),
        businesses=tuple(own),
        kin=kin_of(found.person_id) if grants or held else (),
        absent=absent,
        has_second_factor=has_second_factor,
    )


def _stood_in_for(account: Account, on: date) -> tuple[tuple[Absent, ...], list[Grant]]:
    """For whom somebody stands in on a day, and the roles held with it; an administrator's are not."""
    running = Absence.objects.running(on).filter(substitute=account, account__is_active=True)
    rows = {row.account_id: row for row in running.select_related("account__person")}
    roles = StaffRole.objects.valid(on).filter(account_id__in=rows).exclude(role=Role.ADMIN)
    held = [Grant(Role(one.role), one.agency_id, one.account_id) for one in roles.order_by("account_id", "role", "pk")]
    keys = dict.fromkeys(grant.instead_of for grant in held if grant.instead_of)
    return tuple(Absent(key, name_of(rows[key].account), rows[key].valid_to) for key in keys), held
