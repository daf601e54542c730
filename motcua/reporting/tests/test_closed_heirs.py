"""What an heir mends after its agency has ended moves no figure of a past day."""

from datetime import date, datetime
from typing import Any

import pytest

from motcua.dossiers.enums import Action
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests import factories
from motcua.dossiers.tests import test_reorganisation as plans
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step
from motcua.kernel.actor import Role
from motcua.reporting import queries
from motcua.reporting.rules import Period

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))
LATER = at(26)


@pytest.fixture
def of() -> World:
    return factories.world(fee=8000)


def figures(as_of: datetime) -> list[Any]:
    return list(queries.report(PERIOD, now=as_of).rows)


def test_a_correction_by_the_heir(of: World) -> None:
    closed = plans._give(of.actor(Role.RECEPTION), at_step(of, "return"))
    plans.apply(plans.plan_of(of))
    before = figures(at(25))
    assert before
    act(Action.CORRECT, Dossier.objects.get(pk=closed.pk), plans.officer(of, Role.LEADER), of, LATER)
    assert figures(at(25)) == before
    assert figures(at(27)) == before, "it was resolved where it was resolved"


def test_one_opened_again_by_the_heir(of: World) -> None:
    closed = act(Action.STOP, at_step(of, "appraise"), of.actor(Role.RECEPTION), of, MONDAY)
    plans.apply(plans.plan_of(of))
    before = figures(at(25))
    assert before
    act(Action.REOPEN, Dossier.objects.get(pk=closed.pk), plans.officer(of, Role.LEADER), of, LATER)
    assert figures(at(25)) == before
    assert [row.name for row in figures(at(27))] == ["Ủy ban nhân dân phường mới"]
