"""People and businesses become known, get their ties, and are told who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from motcua.identity import rules, seals
from motcua.identity.enums import BusinessKind, BusinessRole, Relation
from motcua.identity.events import BusinessRegistered, PersonRegistered
from motcua.identity.models import AccessEntry, Business, Kinship, Person, Representation
from motcua.kernel import audit, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.text import fold, sort_key

FILLABLE = (
    "birth_date", "sex", "id_issued_on", "ethnic_group", "phone", "email", "address_unit_id", "address_street",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person. `is_vouched`: by the national identity, whose word replaces ours."""

    full_name: str
    id_number: str = ""
    birth_date: date | None = None
    sex: str = ""
    id_issued_on: date | None = None
    ethnic_group: str = ""
    nationality: str = "VN"
    phone: str = ""
    email: str = ""
    address_unit_id: UUID | None = None
    address_street: str = ""
    language: str = "vi"
    is_vouched: bool = False


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """What is known of a business."""

    tax_code: str
    name: str
    kind: str = BusinessKind.COMPANY
    phone: str = ""
    email: str = ""
    address_unit_id: UUID | None = None
    address_street: str = ""


@transaction.atomic
def find_or_register_person(*, facts: PersonFacts, actor: Actor, now: datetime) -> Person:
    """The person with this number, or a new one. Without a number always a new one: names prove nothing.

    Blanks of a known person are filled from the facts; what is known is replaced only by a vouched word.

    Raises:
        Refused: the number's own checks, `name_missing`, or `number_of_another` (kept under another name).
    """
    if not rules.proper_name(facts.full_name):
        raise Refused("name_missing", _("Write the person's full name."), field="full_name")
    if not facts.id_number:
        return _register(facts, "", actor, now)
    birth_year = facts.birth_date.year if facts.birth_date else None
    number = rules.check_id_number(facts.id_number, sex=facts.sex or None, birth_year=birth_year).number
    known = _locked(number)
    if known is None:
        try:
            with transaction.atomic():
                return _register(facts, number, actor, now)
        except IntegrityError:  # registered at another desk in this very moment
            known = _locked(number)
            if known is None:
                raise
    return _complete(known, facts, actor, now)


@transaction.atomic
def update_contact(
    *, person_id: UUID, phone: str, email: str, address_unit_id: UUID | None, address_street: str, language: str,
    expected: int, actor: Actor, now: datetime,
) -> Person:  # fmt: skip
    """The person's own contact data and language; `expected` is the version the form showed.

    Raises:
        Conflict: the data changed since the form was opened.
    """
    person = Person.objects.visible_to(actor).filter(pk=person_id).for_update().get()
    if person.version != expected:
        raise Conflict(
            _("Your details were changed in another window meanwhile. Open the page again and look at them.")
        )
    person.phone, person.email, person.language = phone, email, language
    person.address_unit_id, person.address_street = address_unit_id, address_street
    person.version, person.updated_at = expected + 1, now
    person.save(update_fields=["phone", "email", "language", "address_unit", "address_street", "version", "updated_at"])
    audit.record(actor, "identity.update_contact", person, now=now)
    return person


@transaction.atomic
def register_business(*, facts: BusinessFacts, actor: Actor, now: datetime) -> Business:
    """The business with this tax code, or a new one.

    Raises:
        Refused: `tax_code` (see `rules.check_tax_code`) or `name_missing`.
    """
    code = rules.check_tax_code(facts.tax_code)
    name = " ".join(facts.name.split())
    if not name:
        raise Refused("name_missing", _("Write the name of the business."), field="name")
    known = Business.objects.filter(tax_code=code).first()
    if known:
        return known
    business = Business(
        tax_code=code, name=name, sort_key=sort_key(name), folded=fold(name), kind=facts.kind, phone=facts.phone,
        email=facts.email, address_unit_id=facts.address_unit_id, address_street=facts.address_street, created_at=now,
        updated_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            business.save(force_insert=True)
    except IntegrityError:  # registered at another desk in this very moment
        return Business.objects.get(tax_code=code)
    audit.record(actor, "identity.register_business", business, now=now)
    outbox.publish(BusinessRegistered(business.pk, now))
    return business


@transaction.atomic
def represent(
    *, person_id: UUID, business_id: UUID, role: BusinessRole | str, valid_from: date, valid_to: date | None = None,
    evidence: str = "", actor: Actor, now: datetime,
) -> Representation:  # fmt: skip
    """A person acts for a business from a day on; the same tie twice is one tie."""
    tie = Representation(
        person_id=person_id, business_id=business_id, role=role, valid_from=valid_from, valid_to=valid_to,
        evidence=evidence,
    )  # fmt: skip
    known = Representation.objects.filter(
        person_id=person_id, business_id=business_id, role=role, ended_at__isnull=True
    ).first()
    if known:
        return known
    tie.save(force_insert=True)
    audit.record(actor, "identity.represent", tie, now=now, person=str(person_id), business=str(business_id))
    return tie


@transaction.atomic
def end_representation(*, representation_id: UUID, actor: Actor, now: datetime) -> None:
    """The tie ends now; nothing more is done for the business in this person's name."""
    tie = Representation.objects.select_for_update(no_key=True).get(pk=representation_id)
    if tie.ended_at is None:
        tie.ended_at = now
        tie.save(update_fields=["ended_at"])
        audit.record(actor, "identity.end_representation", tie, now=now)


@transaction.atomic
def record_kinship(
    *, person_id: UUID, relative_id: UUID, relation: Relation | str, evidence: str = "", is_verified: bool = False,
    actor: Actor, now: datetime,
) -> Kinship:  # fmt: skip
    """`relative` is the `relation` of `person`; a later paper may verify what was only said.

    Raises:
        Refused: `kinship_self`.
    """
    if person_id == relative_id:
        raise Refused("kinship_self", _("Nobody is a relative of themselves: choose another person."), field="relative")
    tie, is_new = Kinship.objects.get_or_create(
        person_id=person_id,
        relative_id=relative_id,
        defaults={
            "relation": relation, "evidence": evidence, "created_at": now,
            "verified_at": now if is_verified else None,
        },
    )  # fmt: skip
    if not is_new and is_verified and tie.verified_at is None:
        tie.relation, tie.evidence, tie.verified_at = relation, evidence, now
        tie.save(update_fields=["relation", "evidence", "verified_at"])
        is_new = True
    if is_new:
        audit.record(actor, "identity.record_kinship", tie, now=now, relation=str(relation), verified=is_verified)
    return tie


def log_access(
    *, actor: Actor, person_id: UUID, purpose: str, now: datetime, subject: tuple[str, UUID] | None = None,
    fields: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write that `actor` read data of a person, what for, and (if fields are named) which identifiers were revealed.

    Reading one's own data leaves no entry. `subject` is what was opened, such as `("dossiers.dossier", id)`.
    """
    if actor.person_id == person_id:
        return
    kind, key = subject or ("identity.person", person_id)
    AccessEntry(
        at=now, account_id=actor.account_id, actor_name=actor.name, person_id=person_id, subject_kind=kind,
        subject_id=key, purpose=purpose, fields=list(fields), address=actor.address,
    ).save(force_insert=True)  # fmt: skip


def _locked(number: str) -> Person | None:
    return Person.objects.filter(id_number_hash=seals.fingerprint(number)).for_update().first()


def new_person(facts: PersonFacts, number: str, now: datetime) -> Person:
    """The unsaved row of a person; `number` is checked already."""
    person = Person(
        birth_date=facts.birth_date, sex=facts.sex, id_issued_on=facts.id_issued_on, ethnic_group=facts.ethnic_group,
        nationality=facts.nationality, phone=facts.phone, email=facts.email, address_unit_id=facts.address_unit_id,
        address_street=facts.address_street, language=facts.language, created_at=now, updated_at=now,
        id_checked_at=now if facts.is_vouched else None,
    )  # fmt: skip
    _name(person, facts.full_name)
    if number:
        person.id_number_hash, person.id_number_sealed = seals.fingerprint(number), seals.seal(number)
    return person


def _register(facts: PersonFacts, number: str, actor: Actor, now: datetime) -> Person:
    person = new_person(facts, number, now)
    person.save(force_insert=True)
    audit.record(actor, "identity.register_person", person, now=now, vouched=facts.is_vouched)
    outbox.publish(PersonRegistered(person.pk, now))
    return person


def _complete(person: Person, facts: PersonFacts, actor: Actor, now: datetime) -> Person:
    if not facts.is_vouched and fold(person.full_name) != fold(facts.full_name):
        raise Refused(
            "number_of_another",
            _("We keep this personal number under another name. Compare the name and the number with the card."),
            field="id_number",
        )
    changed = [
        field
        for field in FILLABLE
        if (value := getattr(facts, field)) and getattr(person, field) != value
        and (facts.is_vouched or not getattr(person, field))
    ]  # fmt: skip
    for field in changed:
        setattr(person, field, getattr(facts, field))
    if facts.is_vouched:
        person.id_checked_at = now
        if person.full_name != rules.proper_name(facts.full_name):
            _name(person, facts.full_name)
            changed.append("full_name")
    if changed:
        person.updated_at, person.version = now, person.version + 1
        audit.record(actor, "identity.complete_person", person, now=now, fields=changed)
    if changed or facts.is_vouched:
        person.save()
    return person


def _name(person: Person, text: str) -> None:
    name = rules.proper_name(text)
    given = name.rsplit(" ", 1)[-1]  # Vietnamese lists go by the given name, which stands last
    person.full_name, person.sort_key, person.folded = name, sort_key(f"{given} {name}"), fold(name)
