"""What comes after the end of a dossier moves no figure of the past: corrections, dossiers opened again."""

from datetime import date, datetime
from typing import Any

import pytest

from motcua.dossiers.enums import Action, State
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, step, world
from motcua.kernel.actor import Role
from motcua.reporting import corrections, queries
from motcua.reporting.rules import Period, Row

MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def here(db: None) -> World:
    return world()


def rows(now: datetime, period: Period = MONTH) -> tuple[Row, ...]:
    return queries.report(period, now=now).rows


def to_the_end(of: World, dossier: Dossier, now: datetime, **words: Any) -> Dossier:
    while dossier.state != State.RESOLVED:
        dossier = step(of, dossier, now)
    return act(Action.HAND_OVER, dossier, of.actor(Role.RECEPTION), of, now, **words)


def test_a_correction_moves_no_figure_of_the_first_result(here: World) -> None:
    dossier = to_the_end(here, accepted(here), MONDAY)
    seen = [at(24), at(28), at(5, month=12)]
    before = [rows(now) for now in seen]
    dossier = act(Action.CORRECT, dossier, here.actor(Role.LEADER), here, at(26))
    assert [rows(now) for now in seen] == before, "while it is corrected"
    to_the_end(here, dossier, at(27), is_wrong_returned=True)
    assert [rows(now) for now in seen] == before
    after = rows(at(5, month=12), Period(date(2026, 12, 1), date(2026, 12, 31)))
    assert after == (), "the correction is no dossier of its own"
    counted = corrections.corrected(MONTH, now=at(28), scope=queries.Scope())
    assert counted == corrections.Corrected(total=1, by_agency=1)
    elsewhere = queries.Scope(agencies=frozenset({here.procedure.pk}))
    assert corrections.corrected(MONTH, now=at(28), scope=elsewhere).total == 0
    assert corrections.corrected(MONTH, now=at(26), scope=queries.Scope()).total == 0


def test_a_late_result_stays_late_however_fast_it_is_corrected(here: World) -> None:
    dossier = to_the_end(here, at_step(here, "appraise"), at(1, 10, month=12))
    december = Period(date(2026, 12, 1), date(2026, 12, 31))
    before = rows(at(20, month=12), december)
    dossier = act(Action.CORRECT, dossier, here.actor(Role.HEAD), here, at(2, month=12))
    to_the_end(here, dossier, at(2, 11, month=12), is_wrong_returned=True)
    assert rows(at(20, month=12), december) == before


# ── opened again ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", [Action.STOP, Action.WITHDRAW])
def test_a_past_day_still_shows_what_was_closed_then(here: World, ending: Action) -> None:
    dossier = at_step(here, "appraise")
    before = {day: rows(at(day)) for day in (24, 25, 26)}
    act(ending, dossier, here.actor(Role.RECEPTION), here, at(25, 14))
    closed = {day: rows(at(day)) for day in (24, 25, 26, 27)}
    assert closed[24] == before[24]
    assert closed[26] != before[26]
    act(Action.REOPEN, Dossier.objects.get(pk=dossier.pk), here.actor(Role.LEADER), here, at(30))
    assert {day: rows(at(day)) for day in closed} == closed
    assert rows(at(30, 17)) == rows(at(30, 17))
    now_open = rows(at(30, 17))[0]
    assert now_open.resolved == 0
    to_the_end(here, Dossier.objects.get(pk=dossier.pk), at(1, month=12))
    assert {day: rows(at(day)) for day in closed} == closed, "nor does what comes of it"
    december = rows(at(20, month=12), Period(date(2026, 12, 1), date(2026, 12, 31)))
    assert december[0].resolved == 1
