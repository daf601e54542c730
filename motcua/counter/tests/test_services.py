"""Writing guidance down."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from motcua.counter import queries, services
from motcua.counter.enums import GuidanceKind
from motcua.counter.models import Guidance
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.places.models import Agency

NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)


@pytest.fixture
def agency(db: None) -> Agency:
    return people.agency("H49.51")


@pytest.fixture
def officer(agency: Agency) -> Actor:
    return identity.actor_of(people.officer(Role.HANDLER, of=agency).pk, NOW.date())


def test_one_tap_is_one_row_one_audit_one_event(agency: Agency, officer: Actor) -> None:
    key = uuid4()
    events = Event.objects.count()
    first = services.record_guidance(minutes=10, agency_id=agency.pk, actor=officer, now=NOW, key=key)
    again = services.record_guidance(minutes=10, agency_id=agency.pk, actor=officer, now=NOW, key=key)
    assert first == again == Guidance.objects.get()
    assert AuditEntry.objects.filter(action="counter.record_guidance").count() == 1
    assert Event.objects.count() == events + 1
    assert Event.objects.order_by("-pk")[0].name == "counter.GuidanceRecorded"


def test_counts_of_the_day(agency: Agency, officer: Actor) -> None:
    for minutes, at in ((5, NOW), (15, NOW - timedelta(hours=1)), (30, NOW - timedelta(days=1))):
        services.record_guidance(
            minutes=minutes, agency_id=agency.pk, kind=GuidanceKind.SIGN_IN, actor=officer, now=NOW, at=at
        )
    assert officer.account_id
    assert [one.minutes for one in queries.guidance_of_day(officer.account_id, NOW.date())] == [5, 15]
    assert queries.total_of_day([agency.pk], NOW.date()) == queries.Total(2, 20)
    assert queries.total_of_day([], NOW.date()) == queries.Total()


def test_refused_guidance_leaves_nothing(agency: Agency, officer: Actor) -> None:
    with pytest.raises(Refused):
        services.record_guidance(minutes=0, agency_id=agency.pk, actor=officer, now=NOW)
    assert not Guidance.objects.exists()


def test_the_database_keeps_the_bounds(agency: Agency, officer: Actor) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Guidance.objects.create(at=NOW, minutes=500, agency=agency, officer_id=officer.account_id)
