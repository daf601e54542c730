"""What the doors read: figures that can be recounted, own dossiers only, hours put together."""

from datetime import date, time, timedelta

import pytest
from django.core.cache import cache

from motcua.doors import queries
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, draft, submitted
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import ANONYMOUS, Role
from motcua.places import kept
from motcua.places.models import OfficeHours

TODAY = MONDAY.date()


def finished(here: World, day: int, *, late: bool = False, dated: bool = True) -> Dossier:
    """A dossier finished on a day of November, in time or not."""
    made = accepted(here, at(2))
    moment = at(day)
    Dossier.objects.filter(pk=made.pk).update(
        state=State.RESOLVED,
        finished_at=moment,
        due_at=(moment - timedelta(days=1) if late else moment) if dated else None,
    )
    return made


def test_figures_count_whole_days_and_only_dated_dossiers_have_a_share(here: World) -> None:
    finished(here, 20)
    finished(here, 19)
    finished(here, 18, late=True)
    finished(here, 17, dated=False)
    finished(here, 23)  # today is not over
    found = queries.served(TODAY)
    assert (found.finished, found.dated, found.on_time) == (4, 3, 2)
    assert (found.first, found.last) == (date(2026, 10, 24), date(2026, 11, 22))
    assert found.share == pytest.approx(66.67, abs=0.01)


def test_figures_without_a_due_date_have_no_share(here: World) -> None:
    finished(here, 20, dated=False)
    assert queries.served(TODAY).share is None


def test_figures_are_kept_for_a_while(here: World, django_assert_num_queries) -> None:
    finished(here, 20)
    assert queries.served(TODAY).finished == 1
    finished(here, 19)
    with django_assert_num_queries(0):
        assert queries.served(TODAY).finished == 1
    cache.clear()
    assert queries.served(TODAY).finished == 2


def test_own_matches_are_found_by_code_and_by_words(here: World) -> None:
    dossier = accepted(here)
    citizen = here.actor("citizen")
    assert [found.pk for found in queries.own_matches(citizen, dossier.code or "")] == [dossier.pk]
    assert [found.pk for found in queries.own_matches(citizen, dossier.tracking_code)] == [dossier.pk]
    assert [found.pk for found in queries.own_matches(citizen, "hanh nguyen")] == [dossier.pk]
    assert list(queries.own_matches(citizen, "   ")) == []


def test_nobody_finds_the_dossiers_of_others_not_even_in_the_office(here: World) -> None:
    dossier = accepted(here)
    stranger = identity.actor_of(people.account().pk, TODAY)
    for actor in (ANONYMOUS, stranger, here.actor(Role.LEADER), here.actor(Role.RECEPTION)):
        assert list(queries.own_matches(actor, dossier.code or "")) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("H49.106.01-261124-0002", True), (" h49.106.01-261124-0002 ", True), ("khai sinh", False), ("", False),
     ("12", False)],
)  # fmt: skip
def test_a_code_is_told_from_words(typed: str, expected: bool) -> None:
    assert queries.is_code(typed) is expected


def test_under_way_leaves_out_what_is_resolved_and_asks_once(here: World, django_assert_max_num_queries) -> None:
    rows = [accepted(here), accepted(here), submitted(here)]
    kept.renew("places", "test")  # as in service: what packs say is read once for a process
    queries.under_way(rows, MONDAY)
    with django_assert_max_num_queries(6):  # the runs, and for one agency its hours: never something a row
        found = queries.under_way(rows * 4, MONDAY)
    assert len(found) == 12
    assert all(one.total > 3 and one.segments for one in found if not one.is_new)
    new = [one for one in found if one.is_new]
    assert len(new) == 4
    assert all(one.total == 0 and one.segments == [] for one in new)
    rows[0].state = State.RESOLVED
    assert len(queries.under_way(rows, MONDAY)) == 2


def test_ended_dossiers_say_what_may_still_be_done(here: World) -> None:
    made = at_step(here, "return")
    Dossier.objects.filter(pk=made.pk).update(state=State.HANDED_OVER, closed_at=MONDAY)
    row = Dossier.objects.get(pk=made.pk)
    (one,) = queries.ended([row], MONDAY)
    assert one.has_result
    assert one.may_rate
    (later,) = queries.ended([row], MONDAY + timedelta(days=31))
    assert not later.may_rate


def test_a_draft_is_no_result(here: World) -> None:
    made = at_step(here, "appraise")
    draft(here, made, MONDAY)
    (one,) = queries.ended([Dossier.objects.get(pk=made.pk)], MONDAY)
    assert not one.has_result


def test_hours_of_neighbouring_days_are_told_together(db: None) -> None:
    morning, whole = (time(8), time(11)), (time(8), time(17))
    for weekday, (opens, closes) in {1: whole, 2: whole, 3: whole, 5: whole, 6: morning}.items():
        OfficeHours.objects.create(key="market", weekday=weekday, opens=opens, closes=closes)
    found = queries.hours("market")
    assert [(one.first, one.last) for one in found] == [(1, 3), (5, 5), (6, 6)]
    assert found[0].days == "Monday – Wednesday"
    assert found[2].days == "Saturday"
    assert found[2].stretches == (morning,)
    assert queries.hours("none") == []
