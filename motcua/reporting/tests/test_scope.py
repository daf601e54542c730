"""What is counted and what is not: agencies by their part in a dossier, sources, and the periods of the province."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation

from motcua.dossiers.enums import Source
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, world
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role, system
from motcua.places.models import Agency
from motcua.reporting import queries
from motcua.reporting.enums import Span, Split
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@dataclass
class Places:
    """A world with a second commune, of whose dossiers the first one's centre receives some."""

    here: World
    other: Agency


@pytest.fixture
def places(db: None) -> Iterator[Places]:
    with time_machine.travel(at(27, 12), tick=False):
        here = world()
        other = people.agency("H49.77", name="Ủy ban nhân dân phường Bạch Đằng", office_hours="standard")
        accepted(here)
        accepted(here, competent_agency_id=other.pk)
        accepted(here, source=Source.NATIONAL)
        yield Places(here, other)


def received(split: Split = Split.AGENCY, **scope: Any) -> dict[str, int]:
    found = queries.report(NOVEMBER, now=at(27, 12), split=split, scope=Scope(**scope))
    assert found.is_balanced
    return {row.name: row.received for row in found.rows}


def test_an_agency_counts_what_it_receives_or_decides(places: Places) -> None:
    here, other = places.here, places.other
    everything = {here.committee.name: 2, other.name: 1}
    only = lambda *agencies: frozenset(agency.pk for agency in agencies)  # noqa: E731
    assert received() == received(agencies=only(here.centre)) == everything
    assert received(agencies=only(here.committee)) == {here.committee.name: 2}
    assert received(agencies=only(other)) == received(competent=only(other)) == {other.name: 1}
    assert received(receiving=only(here.centre)) == everything
    assert received(receiving=only(other)) == received(competent=only(here.centre)) == received(agencies=only()) == {}
    assert received(receiving=only(here.centre), competent=only(other)) == {other.name: 1}


def test_by_source_and_by_centre(places: Places) -> None:
    centre = places.here.centre.name
    assert received(Split.CENTRE) == {centre: 3}
    assert received(Split.CENTRE, sources=frozenset({Source.NATIONAL})) == {centre: 1}
    assert received(sources=frozenset({Source.SPECIALISED})) == received(sources=frozenset()) == {}
    assert received(Split.CENTRE, sources=frozenset({Source.NATIONAL, Source.PORTAL})) == {centre: 3}


def test_who_counts_what(places: Places, settings: Any) -> None:
    leader = places.here.actor(Role.LEADER)
    assert queries.scope_of(leader) == Scope(agencies=frozenset({places.here.committee.pk}))
    assert queries.scope_of(system("test")) == Scope()
    settings.SITE = {**settings.SITE, "organisation_code": places.here.committee.code}
    assert queries.scope_of(leader) == Scope(), "the people's committee of the province counts all of it"
    assert queries.scope_of(replace(leader, grants=())) == Scope(agencies=frozenset())


@pytest.mark.parametrize(("first", "last", "count"), [(23, 23, 3), (22, 22, 0), (24, 24, 0), (22, 23, 3), (23, 24, 3)])
def test_both_days_of_a_period_belong_to_it(places: Places, first: int, last: int, count: int) -> None:
    """Received that day; on the day after, the same dossiers are carried over."""
    period = Period(at(first).date(), at(last).date())
    total = queries.report(period, now=at(27, 12)).total
    assert total.online == count
    assert total.carried == (3 if first > MONDAY.day else 0)


def test_a_period_to_come_is_empty_and_a_running_one_is_judged_now(places: Places) -> None:
    december = Period(date(2026, 12, 1), date(2026, 12, 31))
    assert queries.report(december, now=at(27, 12)).total.online == 0
    running = queries.report(NOVEMBER, now=at(27, 12))
    assert (running.as_of, running.total.open_late) == (at(27, 12), 0)
    ended = queries.report(NOVEMBER, now=at(9, month=12))
    assert ended.as_of == at(1, 0, month=12)
    assert ended.total.open_late == 3, "due on the 30th, still open at its end"


@pytest.mark.parametrize(("language", "place"), list(product(["vi", "en", "pt", "pt-br"], [0, 1])))
def test_the_province_s_own_periods_follow_the_calendar_s(language: str, place: int) -> None:
    names = {
        "vi": ("Năm báo cáo", "Quý I báo cáo"), "en": ("Reporting year", "Reporting quarter I"),
        "pt": ("Ano de relatório", "1.º trimestre de relatório"),
    }  # fmt: skip
    with translation.override(language):
        found = queries.periods(date(2026, 11, 27))
    assert [key for key, *_ in found[: len(Span)]] == [kind.value for kind in Span]
    key, name, period = found[len(Span) + place]
    assert name == names[language[:2]][place]
    expected = (
        Period(date(2025, 12, 15), date(2026, 12, 14)),
        Period(date(2026, 12, 15), date(2027, 3, 14)),
    )[place]
    assert key == ("reporting-year", "reporting-q1")[place]
    assert period == expected


def test_periods_not_yet_valid_are_left_out_and_a_pack_may_have_none(settings: Any, tmp_path: Path) -> None:
    settings.PACK = tmp_path
    assert len(queries.periods(date(2026, 1, 1))) == len(Span)
    (tmp_path / "reporting").mkdir()
    (tmp_path / "reporting" / "periods.toml").write_text(
        '[[period]]\nkey = "k"\nname = { vi = "Kỳ" }\nfrom = "1/2"\nto = "3/4"\nvalid_from = 2026-05-01\n', "utf-8"
    )
    assert [key for key, *_ in queries.periods(date(2026, 4, 30))[len(Span) :]] == []
    assert queries.periods(date(2026, 5, 1))[len(Span) :] == [
        ("k", "Kỳ", Period(date(2027, 2, 1), date(2027, 4, 3)))
    ], "a name without the reader's language is said in Vietnamese"
