"""What an agency closed before it ended: its heir corrects, annuls, opens again, and has the dossier from then on."""

from datetime import timedelta
from typing import Any

import pytest

from motcua.dossiers import queries, rules
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.models import Dossier, Inheritance, Tally
from motcua.dossiers.services import base, tallies
from motcua.dossiers.tests import factories
from motcua.dossiers.tests import test_reorganisation as plans
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.payments.models import Charge
from motcua.places import services as places
from motcua.places.enums import LineKind
from motcua.places.models import Plan
from motcua.workflow.models import Run, StepRun

pytestmark = pytest.mark.django_db
LATER = at(26)


@pytest.fixture
def of() -> World:
    return factories.world(fee=8000)


def stopped(of: World) -> Dossier:
    dossier = act(Action.CLAIM, at_step(of, "appraise"), of.actor(Role.HANDLER), of, MONDAY)
    return act(Action.STOP, dossier, of.actor(Role.RECEPTION), of, MONDAY)


def given(of: World) -> Dossier:
    return plans._give(of.actor(Role.RECEPTION), at_step(of, "return"))


def ended(of: World, dossier: Dossier, kind: LineKind = LineKind.WHOLE, **levels: str) -> Dossier:
    tallies.recount()
    plans.apply(plans.plan_of(of, kind, **levels))
    return Dossier.objects.get(pk=dossier.pk)


def minutes(dossier: Dossier) -> list[tuple[Any, ...]]:
    rows = Inheritance.objects.filter(dossier=dossier).order_by("-is_competent")
    return [(row.is_competent, row.from_agency.code, row.to_agency.code, row.at) for row in rows]


PASSED = [(True, "H49.51", "H49.101", LATER), (False, "H49.51.01", "H49.101.01", LATER)]


def test_the_heirs_leader_opens_again_and_the_heir_has_it(of: World) -> None:
    before = stopped(of)
    closed = ended(of, before)
    assert (closed.competent_agency_id, closed.heir_agency_id) == (of.committee.pk, None)
    done = act(Action.REOPEN, closed, plans.officer(of, Role.LEADER), of, LATER)
    row = Dossier.objects.get(pk=done.pk)
    assert (row.state, row.code, row.receiving_agency_id) == (State.IN_PROGRESS, before.code, of.centre.pk)
    assert (row.competent_agency.code, row.reception_agency.code) == ("H49.101", "H49.101.01")
    assert (row.step_agency_id, row.assignee_id) == (row.competent_agency_id, None)
    assert minutes(row) == PASSED
    told = [line.what for line in row.story.order_by("pk")][-3:]
    assert told == [Happening.INHERITED, Happening.INHERITED, Happening.REOPENED]
    run = Run.objects.get(pk=row.run_id)
    assert (run.agency.code, run.receiving_agency.code) == ("H49.101", "H49.101.01")
    assert StepRun.objects.get(run=run, left_at=None).agency.code == "H49.101"
    assert {one.agency.code for one in Charge.objects.filter(subject_id=row.pk, state="due")} <= {"H49.101.01"}
    inbox = {one.pk for one in queries.inbox(plans.officer(of, Role.HANDLER)).rows}
    assert row.pk in inbox
    taken = act(Action.CLAIM, row, plans.officer(of, Role.HANDLER), of, LATER)
    assert taken.assignee_id == of.staff[Role.HANDLER].pk


@pytest.mark.parametrize("action", [Action.CORRECT, Action.ANNUL])
def test_the_heirs_leader_mends_what_was_handed_over(of: World, action: Action) -> None:
    before = given(of)
    closed = ended(of, before)
    done = act(action, closed, plans.officer(of, Role.LEADER), of, LATER)
    row = Dossier.objects.get(pk=done.pk)
    assert (row.competent_agency.code, row.reception_agency.code) == ("H49.101", "H49.101.01")
    assert (row.code, row.receiving_agency_id, row.finished_at) == (before.code, of.centre.pk, before.finished_at)
    assert minutes(row) == PASSED
    if action is Action.CORRECT:
        assert row.step_agency_id == row.competent_agency_id
        assert Run.objects.get(pk=row.correction_run_id).agency.code == "H49.101"
        assert Run.objects.get(pk=row.run_id).agency_id == of.committee.pk
    moved = {(t.agency_id, t.state): t.count for t in Tally.objects.exclude(count=0)}
    agencies = {agency for agency, _state in moved}
    assert row.competent_agency_id in agencies


def test_the_page_offers_it_to_the_heir_and_to_nobody_else(of: World) -> None:
    closed = ended(of, given(of))
    offered = {}
    for role in (Role.LEADER, Role.RECEPTION, Role.CLERK):
        actor = plans.officer(of, role)
        facts = base.facts_of(closed, now=LATER, actor=actor)
        offered[role] = {one.action for one in rules.actions_for(closed, actor, facts)}
    assert {Action.CORRECT, Action.ANNUL} <= offered[Role.LEADER]
    assert not {Action.CORRECT, Action.ANNUL} & (offered[Role.RECEPTION] | offered[Role.CLERK])
    assert closed.competent_agency_id == of.committee.pk  # looking passes nothing on
    assert not Inheritance.objects.exists()


def test_a_refused_act_passes_nothing_on(of: World) -> None:
    closed = ended(of, stopped(of))
    with pytest.raises(Refused) as refused:
        act(Action.REOPEN, closed, plans.officer(of, Role.LEADER), of, LATER, reason=" ")
    assert refused.value.code == "no_reason"
    assert Dossier.objects.get(pk=closed.pk).competent_agency_id == of.committee.pk
    assert not Inheritance.objects.exists()


def test_without_an_heir_it_stays_refused(of: World) -> None:
    closed = stopped(of)
    for agency in (of.committee, of.centre):
        agency.valid_to = plans.ON - timedelta(days=1)
        agency.save()
    with pytest.raises(Refused) as refused:
        act(Action.REOPEN, closed, of.actor(Role.LEADER), of, LATER)
    assert refused.value.code in ("agency_ended", "person")


def test_by_level_the_agency_of_the_field_takes_over_and_sees_it(of: World) -> None:
    closed = ended(of, given(of), LineKind.COMPETENCE, rest="commune")
    done = act(Action.CORRECT, closed, plans.officer(of, Role.LEADER), of, LATER)
    assert done.competent_agency.code == "H49.101"


def test_a_plan_is_not_taken_back_over_it(of: World) -> None:
    closed = ended(of, given(of))
    act(Action.ANNUL, closed, plans.officer(of, Role.LEADER), of, LATER)
    with pytest.raises(places.Disturbed) as conflict:
        plans.reverse(Plan.objects.get())
    assert any(closed.shown_code in reason for reason in conflict.value.reasons)
