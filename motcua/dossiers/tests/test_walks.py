"""A dossier led at random through its life: whatever happens, pages, rows, lists, clock and evidence agree."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from motcua.dossiers import correcting, linking, queries, rules
from motcua.dossiers.enums import FINAL, FINISHED, OPEN, WAITING, Action, State
from motcua.dossiers.models import Access, Dossier, Register, Result, StoryLine, Tally
from motcua.dossiers.services import access, base, tallies
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at_step, submitted, world
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.payments import queries as payments
from motcua.workflow.models import Run, StepRun

ENDINGS = frozenset({Action.WITHDRAW, Action.STOP, Action.REFUSE, Action.HAND_OVER})
WRONG_BACK = {"is_wrong_returned": True}
walks = settings(
    max_examples=8, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture
def here(db: None) -> World:
    return world(fee=8000)


def cast(here: World) -> list[Actor]:
    """Everybody with a part in it, and a second handler of the same desk."""
    second = people.officer(Role.HANDLER, of=here.committee, name="Cán bộ thứ hai")
    return [here.actor("citizen"), *map(here.actor, here.staff), identity.actor_of(second.pk, here.on)]


def offered(dossier: Dossier, everybody: list[Actor], now: datetime) -> Iterator[tuple[Action, Actor, Refused | None]]:
    """Every act by everybody who reaches the dossier, with what the page would say."""
    facts = base.facts_of(dossier, now=now)
    reached = [actor for actor in everybody if Dossier.objects.visible_to(actor).filter(pk=dossier.pk).exists()]
    for actor, action in product(reached, Action):
        yield action, actor, rules.refusal_of(action, dossier, actor, facts)


@walks
@given(data=st.data())
def test_what_a_page_offers_works_and_what_it_withholds_is_refused(here: World, data: st.DataObject) -> None:
    everybody, now = cast(here), MONDAY
    dossier = submitted(here)
    for _ in range(12):
        now += timedelta(minutes=data.draw(st.integers(1, 3000)))
        choices = list(offered(dossier, everybody, now))
        is_ending = data.draw(st.integers(0, 7)) == 0
        possible = [c for c in choices if c[2] is None and (is_ending or c[0] not in ENDINGS)]
        if data.draw(st.integers(0, 4)) and possible:
            action, actor, refusal = data.draw(st.sampled_from(possible))
        else:
            action, actor, refusal = data.draw(st.sampled_from(choices))
        before = Dossier.objects.values().get(pk=dossier.pk)
        if refusal is not None:
            with pytest.raises(Refused) as refused:
                act(action, dossier, actor, here, now)
            assert refused.value.code == refusal.code
            assert Dossier.objects.values().get(pk=dossier.pk) == before
            continue
        written = AuditEntry.objects.count(), Event.objects.count(), StoryLine.objects.count()
        done = act(action, dossier, actor, here, now)
        stored = Dossier.objects.get(pk=dossier.pk)
        assert base.values_of(done) == base.values_of(stored), "what the act returns is what the row holds"
        assert stored.version == before["version"] + (action is not Action.RATE)
        allowed = {rules.TRANSITIONS[action][1], before["state"], State.NEW, State.IN_PROGRESS}
        assert stored.state in allowed | ({State.RESOLVED} if action is Action.DROP_CORRECTION else set())
        assert_versions(stored, before)
        assert_told(stored, action, actor, written)
        assert_lists(stored)
        assert_clock(stored, now)
        dossier = queries.dossier_for(everybody[0], dossier.pk)
    assert_tallies()


def assert_told(dossier: Dossier, action: Action, actor: Actor, before: tuple[int, int, int]) -> None:
    """Evidence, event and story come with every act."""
    evidence = AuditEntry.objects.filter(subject_id=dossier.pk).latest("at", "id")
    assert AuditEntry.objects.count() > before[0]
    assert evidence.account_id == actor.account_id
    assert Event.objects.count() > before[1]
    assert StoryLine.objects.count() == before[2] + 1
    line = dossier.story.latest("at", "pk")
    assert (line.who, line.state) == (actor.name, dossier.state)


def assert_lists(dossier: Dossier) -> None:
    """Every access row says the same about the dossier, and it is exactly somebody's turn who may act."""
    rows = list(Access.objects.filter(dossier=dossier))
    wanted = {audience: (reason, turn) for audience, reason, turn in access.audience_rows(dossier)}
    assert wanted.keys() <= {row.audience for row in rows}
    for row in rows:
        at = access.sort_moment(dossier)
        if row.reason == "part":
            at = min(linking.due_of(one) or at for one in dossier.open_parts)
        assert (row.state, row.is_open, row.sort_at) == (dossier.state, access.is_listed_open(dossier), at)
        assert f"'c:{dossier.tracking_code.lower()}'" in row.words
        assert dossier.code is None or f"'c:{dossier.code.lower()}'" in row.words
        if row.audience in wanted:
            assert (row.reason, row.is_turn) == wanted[row.audience]
        else:
            assert not row.is_turn, "who had it before still finds it, but it waits for others"
            assert row.reason == "assigned", "a desk that is no longer concerned loses the dossier"


def assert_clock(dossier: Dossier, now: datetime) -> None:
    """The run stands still exactly while the dossier waits, ends exactly when it is closed, and has one open step."""
    stopped = dossier.pauses.filter(ended_at__isnull=True).exists()
    counted = dossier.supplements.filter(answered_at__isnull=True, is_counted=True).exists() and dossier.run_id
    assert dossier.is_clock_stopped == (stopped or dossier.state in WAITING and not counted)
    assert dossier.supplements.filter(answered_at__isnull=True).count() == (dossier.state == State.SUPPLEMENT)
    assert (payments.due_amount(dossier.pk) > 0) or dossier.state != State.OBLIGATION
    assert (dossier.finished_at is not None) == (dossier.state in FINISHED or dossier.is_in_correction)
    assert (dossier.closed_at is not None) == (dossier.state in FINAL)
    assert (dossier.code is not None) == (dossier.accepted_at is not None)
    assert dossier.is_open == (dossier.state in OPEN)
    if dossier.run_id is None:
        assert dossier.accepted_at is None
        return
    first = Run.objects.get(pk=dossier.run_id)
    assert (first.due_at, first.original_due_at) == (dossier.due_at, dossier.original_due_at)
    run = Run.objects.get(pk=dossier.correction_run_id) if dossier.is_in_correction else first
    assert run.due_at == dossier.present_due_at
    assert not dossier.is_in_correction or first.ended_at is not None
    assert (run.paused_at is not None) == (dossier.state in WAITING or stopped)
    assert run.is_paused == dossier.is_clock_stopped
    assert (run.ended_at is not None) == (dossier.state in FINAL)
    stay = StepRun.objects.filter(run=run, left_at__isnull=True).first()
    if stay is None:
        assert dossier.state in FINAL
        assert (dossier.step_key, dossier.step_agency_id, dossier.step_due_at) == ("", None, None)
        return
    assert (stay.position, stay.key, stay.kind, stay.role, stay.agency_id, stay.due_at, stay.assignee_id) == (
        dossier.step_position, dossier.step_key, dossier.step_kind, dossier.step_role, dossier.step_agency_id,
        dossier.step_due_at, dossier.assignee_id,
    )  # fmt: skip
    assert stay.entered_at <= now


def assert_versions(dossier: Dossier, before: dict[str, Any]) -> None:
    """One result is in force at most, its number is gapless, and what was finished once keeps its figures."""
    results = list(Result.objects.filter(Q(dossier=dossier) | Q(former_of=dossier)).order_by("version"))
    assert [one.version for one in results] == list(range(1, len(results) + 1))
    assert all(one.issued_at is not None for one in results[:-1])
    assert all(one.replaced_at is not None for one in results[:-2])
    for register in Register.objects.all():
        assert sorted(register.results.values_list("number", flat=True)) == list(range(1, register.last + 1))
    if before["finished_at"] is not None:
        stays = ("finished_at", "due_at", "original_due_at", "accepted_at", "code", "run_id")
        assert {name: getattr(dossier, name) for name in stays} == {name: before[name] for name in stays}


def assert_tallies() -> None:
    """The counts kept from the events equal a recount."""
    found = Event.objects.filter(name__startswith="dossiers.").order_by("id")
    tallies.count_moves([outbox.Fact(one.id, one.name, one.payload, one.at) for one in found])
    kept = sorted(Tally.objects.exclude(count=0).values_list("agency__code", "state", "count"))
    tallies.recount()
    assert kept == sorted(Tally.objects.values_list("agency__code", "state", "count"))


@walks
@given(data=st.data())
def test_after_the_end_any_walk_keeps_one_result_and_the_first_figures(here: World, data: st.DataObject) -> None:
    """The same from an issued result on, with what comes after the end among the acts."""
    everybody, now = cast(here), MONDAY
    dossier = at_step(here, "return")
    act(Action.RECORD_PAYMENT, dossier, here.actor(Role.RECEPTION), here, now)
    dossier = queries.dossier_for(everybody[0], dossier.pk)
    for _ in range(14):
        now += timedelta(minutes=data.draw(st.integers(1, 3000)))
        possible = [one for one in offered(dossier, everybody, now) if one[2] is None]
        after_the_end = [one for one in possible if one[0] in correcting.AFTERMATH]
        drawn = after_the_end if after_the_end and data.draw(st.booleans()) else possible
        action, actor, _ = data.draw(st.sampled_from(drawn))
        before = Dossier.objects.values().get(pk=dossier.pk)
        done = act(action, dossier, actor, here, now, **WRONG_BACK if action is Action.HAND_OVER else {})
        stored = Dossier.objects.get(pk=dossier.pk)
        assert base.values_of(done) == base.values_of(stored)
        assert_versions(stored, before)
        assert_lists(stored)
        assert_clock(stored, now)
        dossier = queries.dossier_for(everybody[0], dossier.pk)
    assert_tallies()


def test_a_dossier_refused_while_it_waits_for_a_supplement_waits_no_more(here: World) -> None:
    clerk, dossier = here.actor(Role.RECEPTION), submitted(here)
    asked = act(Action.REQUEST_SUPPLEMENT, dossier, clerk, here, MONDAY)
    act(Action.REFUSE, asked, clerk, here, MONDAY + timedelta(days=40))
    refused = Dossier.objects.get(pk=dossier.pk)
    assert refused.state == State.NOT_ACCEPTED
    assert_lists(refused)
    assert_clock(refused, MONDAY)


@pytest.mark.parametrize("action", list(Action))
def test_nobody_from_outside_does_anything(here: World, action: Action) -> None:
    elsewhere = people.agency("H49.99", office_hours="standard")
    strangers = [people.account(), *(people.officer(role, of=elsewhere) for role in here.staff)]
    dossier = submitted(here)
    before = Dossier.objects.values().get(pk=dossier.pk)
    for stranger in strangers:
        with pytest.raises(Dossier.DoesNotExist):
            act(action, dossier, identity.actor_of(stranger.pk, here.on), here, MONDAY)
    assert Dossier.objects.values().get(pk=dossier.pk) == before
