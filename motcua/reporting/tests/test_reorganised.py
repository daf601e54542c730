"""Figures across a reorganisation: a past day prints as it did, and nothing is counted twice or lost."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from motcua.dossiers.services import reorganisation
from motcua.dossiers.tests.factories import World, accepted, at, at_step, world
from motcua.dossiers.tests.test_reorganisation import ON, apply, plan_of, reverse
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.places.models import Agency
from motcua.reporting import queries
from motcua.reporting.enums import Split
from motcua.reporting.rules import Period

BEFORE = Period(date(2026, 11, 1), ON - timedelta(days=1))
AFTER = Period(date(2026, 11, 1), ON)
NOW = at(25, 12)


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with time_machine.travel(at(23, 12), tick=False):
        yield world()


def rows(period: Period, **scope: frozenset[UUID]) -> dict[str, tuple[int, ...]]:
    found = queries.report(period, now=NOW, split=Split.AGENCY, scope=queries.Scope(**scope))
    assert found.is_balanced
    return {row.name: row.cells() for row in found.rows}


def total(period: Period) -> tuple[int, ...]:
    return queries.report(period, now=NOW, split=Split.AGENCY).total.cells()


def test_the_days_before_print_as_they_did(here: World) -> None:
    accepted(here)
    at_step(here, "return")
    old, sums = rows(BEFORE), total(AFTER)
    for split in Split:
        assert queries.report(BEFORE, now=NOW, split=split).is_balanced
    plan = plan_of(here)
    apply(plan)
    assert rows(BEFORE) == old
    assert list(old) == [here.committee.name]
    assert total(AFTER) == sums
    reverse(plan)
    assert rows(BEFORE) == old


def test_afterwards_the_heir_has_what_is_open_and_the_old_agency_what_it_resolved(here: World) -> None:
    accepted(here)
    at_step(here, "return")  # resolved before the day; only the hand-over is left
    apply(plan_of(here))
    after = rows(AFTER)
    heir = Agency.objects.get(code="H49.101").name
    received, resolved, open_ = 0, 4, 8
    assert {name: (cells[received], cells[resolved], cells[open_]) for name, cells in after.items()} == {
        here.committee.name: (1, 1, 0), heir: (1, 0, 1),
    }  # fmt: skip


def test_the_scope_of_an_agency_follows_the_same_day(here: World) -> None:
    accepted(here)
    apply(plan_of(here))
    heir = Agency.objects.get(code="H49.101")
    assert rows(BEFORE, competent=frozenset({heir.pk})) == {}
    assert list(rows(BEFORE, competent=frozenset({here.committee.pk}))) == [here.committee.name]
    assert list(rows(AFTER, competent=frozenset({heir.pk}))) == [heir.name]
    assert list(rows(AFTER, agencies=frozenset({heir.pk}))) == [heir.name]


def test_officers_of_the_heir_read_the_past_of_the_agency_they_took_over(here: World) -> None:
    accepted(here)
    apply(plan_of(here))
    leader = identity.actor_of(here.staff[Role.LEADER].pk, ON)
    assert leader.agencies() == {Agency.objects.get(code="H49.101").pk}
    scope = queries.scope_of(leader)
    assert [row.name for row in queries.report(BEFORE, now=NOW, scope=scope).rows] == [here.committee.name]
    stranger = identity.actor_of(people.officer(Role.LEADER, of=people.agency("H49.777")).pk, ON)
    assert queries.report(BEFORE, now=NOW, scope=queries.scope_of(stranger)).rows == ()


def test_it_can_fail(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the minutes of handing on, the past would change."""
    accepted(here)
    old = rows(BEFORE)
    monkeypatch.setattr(reorganisation.DossiersMover, "_write_down", lambda *_args, **_named: None)
    apply(plan_of(here))
    assert rows(BEFORE) != old
