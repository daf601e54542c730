"""Many people at once, for data sets: every invariant and every trace of the single act, in few statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from motcua.identity import rules, seals
from motcua.identity.events import PersonRegistered
from motcua.identity.models import Person
from motcua.identity.services.people import PersonFacts, new_person
from motcua.kernel import audit, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.models import AuditEntry

BATCH = 1000


@transaction.atomic
def register_people(*, facts: Sequence[PersonFacts], actor: Actor, now: datetime) -> list[Person]:
    """The people of these facts, in their order; whoever is known by number is taken as known, unchanged.

    Raises:
        Refused: the check of the first wrong number; nothing is registered then.
    """
    numbers = [_number(found) for found in facts]
    known = _known([number for number in numbers if number])
    people, fresh = [], []
    for found, number in zip(facts, numbers, strict=True):
        person = known.get(number) if number else None
        if person is None:
            person = new_person(found, number, now)
            fresh.append(person)
            if number:
                known[number] = person
        people.append(person)
    Person.objects.bulk_create(fresh, batch_size=BATCH)
    entries = [audit.entry(actor, "identity.register_person", person, now=now, vouched=False) for person in fresh]
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)
    for start in range(0, len(fresh), BATCH):
        outbox.publish(*(PersonRegistered(person.pk, now) for person in fresh[start : start + BATCH]))
    return people


def _number(facts: PersonFacts) -> str:
    if not facts.id_number:
        return ""
    year = facts.birth_date.year if facts.birth_date else None
    return rules.check_id_number(facts.id_number, sex=facts.sex or None, birth_year=year).number


def _known(numbers: list[str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for start in range(0, len(numbers), BATCH):
        hashes = {seals.fingerprint(number): number for number in numbers[start : start + BATCH]}
        for person in Person.objects.filter(id_number_hash__in=list(hashes)):
            found[hashes[bytes(person.id_number_hash or b"")]] = person
    return found
