"""Lists: whatever is filtered and however large the page, walking on and back meets every row once, in order."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from motcua.dossiers import queries
from motcua.dossiers.audiences import audiences_of, desks_of
from motcua.dossiers.enums import State
from motcua.dossiers.models import Access, Dossier, Tally
from motcua.dossiers.queries import Filters, Listing
from motcua.dossiers.tests.factories import MONDAY, World, accepted, submitted, world
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel import ids
from motcua.kernel.actor import ANONYMOUS, Actor, Role

NAMES = ("Nguyễn Thị Hạnh", "Nguyễn Văn Hoan", "Trần Thị Thuỳ Dương", "Lê Ân")
listings = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def here(db: None) -> World:
    """Forty dossiers whose places in the lists are crowded: many share one moment, every state occurs."""
    of, luck = world(), Random(7)
    for number in range(40):
        submitted(of, MONDAY + timedelta(days=number % 3), owner_name=NAMES[number % 4])
    for dossier in Dossier.objects.order_by("pk"):
        state, moment = luck.choice(list(State)), MONDAY + timedelta(hours=luck.randrange(5))
        rows = Access.objects.filter(dossier=dossier)
        rows.update(state=state, sort_at=moment, is_open=state in {1, 2, 4, 5, 6, 9}, is_turn=False)
        rows.filter(reason=luck.choice(["desk", "owner", "agency"])).update(is_turn=True)
    return of


def walk(fetch, size: int) -> list[list[UUID]]:
    """All pages forwards; then back again, which must give the same pages."""
    pages, cursor = [], ""
    while True:
        page: Listing = fetch(cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        assert bool(page.previous) == bool(cursor)
        if not page.next:
            break
        cursor = page.next
    for wanted in reversed(pages[:-1]):
        page = fetch(cursor=page.previous, size=size)
        assert [row.pk for row in page.rows] == wanted
        assert page.next
    assert not page.previous
    return pages


def expected(audiences: list[UUID], *, newest_first: bool = False, **conditions: object) -> list[UUID]:
    """The keys in order, found and sorted without any of the queries under test."""
    rows = Access.objects.filter(audience__in=audiences, **conditions).values_list("sort_at", "dossier_id")
    return [key for _, key in sorted(set(rows), reverse=newest_first)]


@listings
@given(size=st.integers(1, 45), state=st.sampled_from([None, *State]), is_open=st.sampled_from([None, True, False]))
def test_every_page_of_every_list(here: World, size: int, state: State | None, is_open: bool | None) -> None:
    clerk, filters = here.actor(Role.RECEPTION), Filters(state=state, is_open=is_open)
    conditions = {
        **({} if state is None else {"state": state}), **({} if is_open is None else {"is_open": is_open}),
    }  # fmt: skip
    lists = {
        queries.dossiers_of: (audiences_of(clerk), conditions),
        queries.inbox: (desks_of(clerk), {**conditions, "is_turn": True}),
    }
    for query, (audiences, wanted) in lists.items():
        pages = walk(lambda query=query, **page: query(clerk, filters=filters, **page), size)
        assert sum(pages, []) == expected(audiences, **wanted)
        assert all(len(page) == size for page in pages[:-1])


@listings
@given(size=st.integers(1, 45), is_open=st.sampled_from([None, True, False]))
def test_a_citizen_s_own_come_newest_first(here: World, size: int, is_open: bool | None) -> None:
    citizen = here.actor("citizen")
    only = {} if is_open is None else {"is_open": is_open}
    pages = walk(lambda **page: queries.own_dossiers(citizen, is_open=is_open, **page), size)
    assert sum(pages, []) == expected([here.citizen.pk], newest_first=True, **only)
    turns = queries.own_turns(citizen, size=size)
    assert [row.pk for row in turns.rows] == expected([here.citizen.pk], newest_first=True, is_turn=True)[:size]


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("nguyen", NAMES[:2]), ("NGUYỄN hoan", NAMES[1:2]), ("hoan nguyen", NAMES[1:2]), ("thi", NAMES[::2]),
        ("duo", NAMES[2:3]), ("duon thi", ()), ("thuy duong", NAMES[2:3]), ("an", NAMES[3:]), ("khong ai", ()),
        ("'", NAMES), ("\\", NAMES), ("nguyen:*", NAMES[:2]), ("h", ()), ("a & b | !c", ()),
    ],
)  # fmt: skip
def test_words_find_names_whatever_their_order_the_last_one_by_its_beginning(
    here: World, text: str, owners: tuple[str, ...]
) -> None:
    found = queries.dossiers_of(here.actor(Role.RECEPTION), size=50, filters=Filters(text=text)).rows
    assert {row.owner_name for row in found} == set(owners)


def test_every_way_to_name_one_dossier_finds_it_and_no_other(here: World) -> None:
    clerk, dossier = here.actor(Role.RECEPTION), accepted(here)
    assert dossier.code
    typed = [dossier.code, dossier.code.lower(), f"  {dossier.code} ", dossier.tracking_code]
    typed += [dossier.tracking_code.lower(), dossier.code[-4:], dossier.code[-4:].lstrip("0")]
    for text in typed:
        found = queries.dossiers_of(clerk, filters=Filters(text=text)).rows
        assert [row.pk for row in found] == [dossier.pk], text
    assert not queries.dossiers_of(clerk, filters=Filters(text=dossier.code[:-1] + "9")).rows
    own = identity.fingerprint(here.citizen.id_number).hex()[:32]
    assert dossier.pk in {r.pk for r in queries.dossiers_of(clerk, size=90, filters=Filters(id_fingerprint=own)).rows}
    assert not queries.dossiers_of(clerk, filters=Filters(id_fingerprint="0" * 32)).rows


@given(name=st.lists(st.text("abcdeghiklmnopqrstuvxy", min_size=1, max_size=6), min_size=2, max_size=5).map(" ".join))
def test_a_name_is_not_taken_for_a_code(name: str) -> None:
    """Not even where its letters happen to pass the check of tracking codes, as those of “hoan nguyen” do."""
    assume(not queries.TRACKING.fullmatch(name))
    assert queries.words_for(name) == name.split()


@given(st.integers(0, 2**40))
def test_a_code_is_known_however_it_is_written(seed: int) -> None:
    tracking = tracking_code(Random(seed))
    for typed in (tracking, tracking.replace("-", " "), tracking.replace("-", ""), tracking.lower(), f" {tracking}"):
        assert queries.words_for(typed) == [f"c:{tracking.lower()}"]


def tracking_code(luck: Random) -> str:
    """A code as the system gives it, of this luck."""
    with patch.object(ids.secrets, "choice", luck.choice):
        return ids.code()


def test_filters_narrow_together(here: World) -> None:
    clerk = here.actor(Role.RECEPTION)
    tuesday = (MONDAY + timedelta(days=1)).date()
    on_tuesday = {d.pk for d in Dossier.objects.all() if d.submitted_at.date() == tuesday}
    found = queries.dossiers_of(clerk, size=90, filters=Filters(day=tuesday)).rows
    assert {row.pk for row in found} == on_tuesday
    both = Filters(day=tuesday, text="hanh", procedure=here.procedure.code)
    found = queries.dossiers_of(clerk, size=90, filters=both).rows
    assert {r.pk for r in found} == {d.pk for d in Dossier.objects.filter(pk__in=on_tuesday, owner_name=NAMES[0])}
    assert found
    assert not queries.dossiers_of(clerk, filters=replace(both, procedure="9.999")).rows


@pytest.mark.parametrize(
    "cursor", ["x", "n", "nabc_def", "n1_2_3", "n99999999999999_" + "0" * 32, "n_", "_", "ninf_" + "0" * 32]
)
def test_a_cursor_that_is_none_starts_anew(here: World, cursor: str) -> None:
    clerk = here.actor(Role.RECEPTION)
    first = queries.dossiers_of(clerk, size=5)
    assert [r.pk for r in queries.dossiers_of(clerk, size=5, cursor=cursor).rows] == [r.pk for r in first.rows]


def test_who_belongs_nowhere_has_empty_lists(here: World) -> None:
    stranger = identity.actor_of(people.account().pk, here.on)
    for actor in (ANONYMOUS, stranger):
        assert queries.inbox(actor) == queries.dossiers_of(actor) == queries.own_dossiers(actor) == Listing([])
        assert queries.own_turns(actor) == queries.uncollected(actor) == Listing([])
        assert queries.counts(actor) == {}
        assert queries.turn_count(actor) == 0


def test_a_badge_counts_dossiers_not_rows(here: World) -> None:
    """One dossier may wait for an officer twice: as the one it was given to and through the desk."""
    clerk = here.actor(Role.RECEPTION)
    mine = expected(desks_of(clerk), is_turn=True)
    assert queries.turn_count(clerk) == len(mine) > 0
    twice = Access.objects.filter(dossier_id=mine[0], reason="desk").get()
    twice.pk, twice.audience, twice.reason = None, clerk.account_id, "assigned"
    twice.save(force_insert=True)
    assert queries.turn_count(clerk) == len(mine)
    assert [row.pk for row in queries.inbox(clerk, size=90).rows] == mine


def test_at_work_one_s_own_dossiers_have_no_inside(here: World) -> None:
    """An officer who is a citizen too finds their own ones as a citizen only."""
    officer = people.officer(Role.HANDLER, of=people.agency("H49.77", office_hours="standard"))
    assert officer.person_id
    mine = submitted(here, owner_person_id=officer.person_id, submitter_person_id=officer.person_id)
    actor: Actor = identity.actor_of(officer.pk, here.on)
    assert [row.pk for row in queries.own_dossiers(actor).rows] == [mine.pk]
    assert [row.pk for row in queries.dossiers_of(actor).rows] == [mine.pk]
    assert queries.office_dossiers(actor).rows == []
    assert queries.dossier_for(actor, mine.pk) == mine == queries.dossier_in_act(actor, mine.pk)
    for look in (queries.case_for, queries.case_in_act):
        with pytest.raises(Dossier.DoesNotExist):
            look(actor, mine.pk)


def test_counts_are_those_of_one_s_agencies(here: World) -> None:
    elsewhere = people.agency("H49.78", office_hours="standard")
    Tally.objects.all().delete()
    for agency, state, count in (
        (here.centre, State.NEW, 4), (here.centre, State.RESOLVED, 0), (here.committee, State.NEW, 3),
        (elsewhere, State.NEW, 90),
    ):  # fmt: skip
        Tally.objects.create(agency=agency, state=state, count=count)
    assert queries.counts(here.actor(Role.RECEPTION)) == {State.NEW: 4}
    assert queries.counts(here.actor(Role.HANDLER)) == {State.NEW: 3}, "a handler works there as well"
