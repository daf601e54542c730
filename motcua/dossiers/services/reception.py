"""Reception at the counter: who stands there, for whom, and the dossier that comes of it, in one act."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from motcua.dossiers.enums import Relation
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.filing import Filing, receive
from motcua.identity import services as identity
from motcua.identity.services import BusinessFacts, PersonFacts
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.workflow.rules import Duration

DESK = "dossiers.reception"  # under which files belong to a reception that is still being typed
OWNER_FIELDS = {"id_number": "owner_id_number", "full_name": "owner_name", "name": "business_name"}


@dataclass(frozen=True, slots=True)
class Parties:
    """The person at the counter and, unless they file for themselves, whom they file for."""

    submitter: PersonFacts
    relation: Relation = Relation.SELF
    owner: PersonFacts | None = None
    business: BusinessFacts | None = None


def desk_of(key: UUID, actor: Actor) -> UUID:
    """Where the files of a reception form lie until it is sent: told by the form's key, nobody else's account."""
    return uuid5(key, str(actor.account_id))


@transaction.atomic
def receive_walk_in(
    *, parties: Parties, filing: Filing, actor: Actor, now: datetime, limit: Duration | None = None,
    key: UUID | None = None,
) -> Dossier:  # fmt: skip
    """Make the people known, then file and accept: all of it or nothing.

    Somebody without a personal number is written down by name only: a name alone would make a new person each time.
    `limit` and `key` as in `receive`. Raises `Refused` from the checks of identity (fields of the reception form),
    of the catalogue and of the rules.
    """
    submitter_id = _known(parties.submitter, actor, now)
    owner = _owner(parties, submitter_id, actor, now)
    filed = replace(
        filing, relation=parties.relation, submitter_person_id=submitter_id,
        submitter_name=parties.submitter.full_name, phone=parties.submitter.phone, email=parties.submitter.email,
        **owner,
    )  # fmt: skip
    return receive(filing=filed, actor=actor, now=now, limit=limit, key=key)


def _owner(parties: Parties, submitter_id: UUID | None, actor: Actor, now: datetime) -> dict[str, Any]:
    try:
        if parties.business:
            business = identity.register_business(facts=parties.business, actor=actor, now=now)
            return {"owner_business_id": business.pk, "owner_name": business.name}
        if parties.owner:
            return {"owner_person_id": _known(parties.owner, actor, now), "owner_name": parties.owner.full_name}
    except Refused as refusal:
        field = OWNER_FIELDS.get(refusal.field or "", refusal.field)
        raise Refused(refusal.code, refusal.message, field=field) from refusal
    return {"owner_person_id": submitter_id, "owner_name": parties.submitter.full_name}


def _known(facts: PersonFacts, actor: Actor, now: datetime) -> UUID | None:
    if not facts.id_number:
        return None
    return identity.find_or_register_person(facts=facts, actor=actor, now=now).pk
