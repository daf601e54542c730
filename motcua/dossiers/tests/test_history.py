"""Dossiers of the past, written in bulk, are found as the others are."""

from decimal import Decimal

import pytest

from motcua.dossiers import queries
from motcua.dossiers.enums import Channel, Source
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.history import Past, load
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import MONDAY, at
from motcua.kernel.actor import Role
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import Duration


@pytest.mark.django_db
def test_a_dossier_of_the_past_is_found_by_its_owners_number() -> None:
    of = factories.world()
    past = Past(
        procedure=of.procedure, receiving=of.centre, competent=of.committee, owner_name=of.citizen.full_name,
        channel=Channel.ONLINE, source=Source.PORTAL, submitted_at=MONDAY, accepted_at=MONDAY, due_at=at(30),
        limit=Duration(Decimal(5), DurationUnit.WORKING_DAY), owner_person_id=of.citizen.pk,
    )  # fmt: skip
    assert load([past], officer="Bộ phận Một cửa", now=MONDAY) == 1
    number = bytes(of.citizen.id_number_hash or b"").hex()[:32]
    found = queries.dossiers_of(of.actor(Role.LEADER), filters=queries.Filters(id_fingerprint=number))
    assert list(found.rows) == [Dossier.objects.get()]
    assert list(queries.own_dossiers(of.actor("citizen")).rows) == [Dossier.objects.get()]
