"""A past day prints the same however the dossiers went on, and every dossier is where its own row says it is."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from motcua.dossiers import rules as dossier_rules
from motcua.dossiers.enums import Action, State
from motcua.dossiers.management.commands.clock import explained
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import base
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, submitted, world
from motcua.kernel.actor import Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.reporting import queries
from motcua.reporting.rules import Period, Row
from motcua.workflow.enums import ResumePolicy
from motcua.workflow.rules import Pause

FIRST = MONDAY.date()
ENDINGS = frozenset({Action.WITHDRAW, Action.STOP})
lives = settings(
    max_examples=6, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with time_machine.travel(at(23, 12), tick=False):
        yield world(fee=8000)


def printed(last: date, now: datetime) -> tuple[int, ...]:
    """The bottom line from the first day to a last one, asked at a moment."""
    found = queries.report(Period(FIRST, last), now=now)
    assert found.is_balanced
    return found.total.cells()


def own_account(now: datetime) -> tuple[int, int, int, int]:
    """(resolved early or in time, late, open in time, open late), counted dossier by dossier from the rows."""
    done = late = waiting = overdue = 0
    for dossier in Dossier.objects.filter(accepted_at__isnull=False):
        ended = dossier.finished_at or dossier.closed_at
        if ended is not None:
            judged = ended if dossier.finished_at else stood_still_since(dossier) or ended
            is_late = dossier.due_at is not None and judged > dossier.due_at
            late, done = late + is_late, done + (not is_late)
        else:
            is_late = dossier_rules.is_late(dossier.due_at, now, is_waiting=dossier.is_clock_stopped)
            overdue, waiting = overdue + is_late, waiting + (not is_late)
    return done, late, waiting, overdue


def stood_still_since(dossier: Dossier) -> datetime | None:
    """When the wait began in which a dossier was closed."""
    assert dossier.run
    paused = (Pause.from_json(one) for one in dossier.run.clock)
    held = [one for one in paused if one.policy is not ResumePolicy.COUNTS and one.ended_at == dossier.closed_at]
    return held[0].started_at if held else None


@lives
@given(data=st.data())
def test_what_was_printed_at_the_end_of_a_day_is_printed_ever_after(here: World, data: st.DataObject) -> None:
    with transaction.atomic():
        now, seen = MONDAY, {}
        under_way = [submitted(here, now) for _ in range(3)]
        for _ in range(14):
            later = now + timedelta(hours=data.draw(st.integers(1, 60)))
            while now.date() < later.date():  # the evening report of every day that ends meanwhile
                midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=ZONE)
                seen[now.date()] = printed(now.date(), midnight)
                now = midnight
            now = later
            do_something(here, data.draw(st.sampled_from(under_way)), now, data)
        row = queries.report(Period(FIRST, now.date()), now=now).total
        assert (row.early + row.on_time, row.late, row.open_in_time, row.open_late) == own_account(now)
        for day, cells in seen.items():
            assert printed(day, now + timedelta(days=90)) == cells, day
        transaction.set_rollback(True)


def do_something(here: World, which: Dossier, now: datetime, data: st.DataObject) -> None:
    """An act that somebody may do now, seldom one that ends everything."""
    dossier = Dossier.objects.get(pk=which.pk)
    facts, everybody = base.facts_of(dossier, now=now), [here.actor("citizen"), *map(here.actor, here.staff)]
    actions = [action for action in Action if action not in ENDINGS or data.draw(st.integers(0, 30)) == 0]
    choices = [
        (action, actor)
        for action, actor in product(actions, everybody)
        if dossier_rules.refusal_of(action, dossier, actor, facts) is None
    ]
    if choices:
        action, actor = data.draw(st.sampled_from(choices))
        with suppress(Refused), transaction.atomic():  # a day that law does not allow any more changes nothing
            act(action, dossier, actor, here, now)


def total(last: date, now: datetime) -> Row:
    return queries.report(Period(FIRST, last), now=now).total


def test_who_waits_for_a_payment_is_not_late(here: World) -> None:
    """As with supplements: the time until the applicant has paid is not the agency's."""
    dossier = at_step(here, "appraise", MONDAY)
    assert dossier.due_at
    act(Action.ANNOUNCE_OBLIGATION, dossier, here.actor(Role.HANDLER), here, at(24))
    long_after = dossier.due_at + timedelta(days=20)
    row = total(long_after.date(), long_after)
    assert (row.open_in_time, row.open_late) == (1, 0)
    dossier.refresh_from_db()
    act(Action.RECORD_PAYMENT, dossier, here.actor(Role.RECEPTION), here, long_after)
    the_day_before = long_after.date() - timedelta(days=1)
    row = total(the_day_before, long_after + timedelta(days=90))
    assert (row.open_in_time, row.open_late) == (1, 0)


def test_a_dossier_stopped_or_withdrawn_after_acceptance_is_resolved(here: World) -> None:
    for action, who in ((Action.STOP, here.actor(Role.RECEPTION)), (Action.WITHDRAW, here.actor("citizen"))):
        act(action, accepted(here, MONDAY), who, here, at(24))
    assert own_account(at(24, 12)) == (2, 0, 0, 0)
    assert total(at(24).date(), at(24, 12)).resolved == 2
    assert Dossier.objects.filter(state__in=[State.STOPPED, State.WITHDRAWN]).count() == 2


@pytest.mark.parametrize("ending", [Action.STOP, Action.WITHDRAW])
def test_what_ends_without_a_result_is_judged_by_its_end(here: World, ending: Action) -> None:
    """Else a late dossier could be stopped, or given up, into the figures of what was done in time."""
    dossier = accepted(here, MONDAY)
    assert dossier.due_at
    late = dossier.due_at + timedelta(days=9)
    act(ending, dossier, here.actor(Role.RECEPTION), here, late)
    row = total(late.date(), late + timedelta(hours=1))
    assert (row.early, row.on_time, row.late) == (0, 0, 1)
    assert clock_of(dossier, late + timedelta(hours=1)) == ("late", "late")


@pytest.mark.parametrize("ending", [Action.STOP, Action.WITHDRAW])
def test_what_ends_while_it_waits_for_the_applicant_is_not_late(here: World, ending: Action) -> None:
    dossier = at_step(here, "appraise", MONDAY)
    act(Action.REQUEST_SUPPLEMENT, dossier, here.actor(Role.HANDLER), here, at(24))
    assert dossier.due_at
    late = dossier.due_at + timedelta(days=9)
    act(ending, Dossier.objects.get(pk=dossier.pk), here.actor(Role.RECEPTION), here, late)
    row = total(late.date(), late + timedelta(hours=1))
    assert (row.early, row.on_time, row.late) == (0, 1, 0)
    assert clock_of(dossier, late + timedelta(hours=1)) == ("on_time", "on_time")


def test_at_the_due_moment_is_on_time_and_a_minute_later_late(here: World) -> None:
    for minutes, late in ((0, 0), (1, 1)):
        dossier = at_step(here, "clerk", MONDAY)
        assert dossier.due_at
        ends = dossier.due_at + timedelta(minutes=minutes)
        act(Action.ISSUE, dossier, here.actor(Role.CLERK), here, ends, symbol="X", opens_register=True)
        assert total(ends.date(), ends + timedelta(hours=1)).late == late


def clock_of(dossier: Dossier, now: datetime) -> tuple[str, str]:
    """What the engine says of it."""
    code = Dossier.objects.get(pk=dossier.pk).code
    assert code
    told = explained(code, now)
    return told["standing"], told["index_standing"]
