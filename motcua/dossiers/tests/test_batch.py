"""Many dossiers by one form: outcomes a row, all or none, once, at the same cost a row, and the pages."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, BatchMode, State
from motcua.dossiers.models import Batch, Dossier, StoryLine
from motcua.dossiers.services import retention
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, office_day, submitted, world
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry
from motcua.places import kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[World]:
    made = world()
    kept.renew("places", "test")
    yield made
    kept.forget()


def run(of: World, who: Role, action: Action, rows: list[Dossier], **more: Any) -> list[dossiers.Outcome]:
    versions = more.pop("versions", None) or {one.pk: one.version for one in rows}
    values: dict[str, Any] = {"key": uuid7(), "now": MONDAY, **more}
    return dossiers.run_batch(
        action=action, dossier_ids=[one.pk for one in rows], versions=versions, actor=of.actor(who), **values
    )


def states(rows: list[Dossier]) -> list[int]:
    return [Dossier.objects.get(pk=one.pk).state for one in rows]


def test_every_row_is_accepted_and_told_with_its_code(here: World) -> None:
    rows = [submitted(here) for _ in range(3)]
    done = run(here, Role.RECEPTION, Action.ACCEPT, rows)
    assert [one.ok for one in done] == [True] * 3
    assert [one.code for one in done] == [Dossier.objects.get(pk=row.pk).code for row in rows]
    assert len({one.code for one in done}) == 3


def test_each_for_itself_leaves_out_what_is_refused(here: World) -> None:
    first, taken, last = (submitted(here) for _ in range(3))
    accepted_already = dossiers.accept(dossier_id=taken.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
    versions = {first.pk: first.version, taken.pk: accepted_already.version, last.pk: last.version}
    done = run(here, Role.RECEPTION, Action.ACCEPT, [first, taken, last], versions=versions)
    assert [one.ok for one in done] == [True, False, True]
    assert "“Accepted”" in done[1].message
    assert states([first, taken, last]) == [State.ACCEPTED] * 3


def test_all_or_none_does_nothing_if_one_is_refused_and_names_it(here: World) -> None:
    good, bad = submitted(here), accepted(here)
    other, codes = submitted(here), StoryLine.objects.count()
    done = run(here, Role.RECEPTION, Action.ACCEPT, [good, bad, other], mode=BatchMode.ALL)
    assert [one.ok for one in done] == [False] * 3
    assert [one.message == "Not done, because others were refused." for one in done] == [True, False, True]
    assert [one.code for one in done] == [good.tracking_code, bad.code, other.tracking_code]
    assert states([good, other]) == [State.NEW] * 2
    assert StoryLine.objects.count() == codes
    after = dossiers.accept(dossier_id=good.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
    assert int((after.code or "").rsplit("-", 1)[1]) == int((bad.code or "").rsplit("-", 1)[1]) + 1, "no number lost"


@pytest.mark.parametrize("mode", list(BatchMode))
def test_the_same_form_again_shows_the_first_outcomes(here: World, mode: BatchMode) -> None:
    rows, key = [submitted(here), submitted(here)], uuid7()
    first = run(here, Role.RECEPTION, Action.ACCEPT, rows, key=key, mode=mode)
    lines, evidence = StoryLine.objects.count(), AuditEntry.objects.count()
    assert run(here, Role.RECEPTION, Action.ACCEPT, rows, key=key, mode=mode, now=at(23, 10)) == first
    assert (StoryLine.objects.count(), AuditEntry.objects.count()) == (lines, evidence)


def test_a_batch_whose_server_died_goes_on_where_it_stopped(here: World) -> None:
    rows, key = [submitted(here) for _ in range(3)], uuid7()
    run(here, Role.RECEPTION, Action.ACCEPT, rows[:2], key=key)
    Batch.objects.filter(pk=key).update(finished_at=None, outcomes=[])
    lines = StoryLine.objects.count()
    done = run(here, Role.RECEPTION, Action.ACCEPT, rows, key=key, now=at(23, 10))
    assert [one.ok for one in done] == [True] * 3
    assert StoryLine.objects.count() == lines + 1, "the first two are not accepted again"


def test_a_form_of_somebody_else_is_no_repetition(here: World) -> None:
    rows, key = [submitted(here)], uuid7()
    run(here, Role.RECEPTION, Action.ACCEPT, rows, key=key)
    with pytest.raises(Conflict):
        run(here, Role.HEAD, Action.ACCEPT, rows, key=key)
    with pytest.raises(Conflict):
        run(here, Role.RECEPTION, Action.FORWARD, rows, key=key)


def test_what_changed_since_the_page_was_shown_is_an_outcome(here: World) -> None:
    row, stranger = submitted(here), accepted(here)
    done = run(here, Role.RECEPTION, Action.ACCEPT, [row], versions={row.pk: row.version - 1})
    assert not done[0].ok
    assert "changed while you were working" in done[0].message
    outside = people.officer(Role.HEAD, of=people.agency("H49.99", office_hours="standard"))
    here.staff[Role.HEAD] = outside
    done = run(here, Role.HEAD, Action.FORWARD, [stranger])
    assert (done[0].ok, done[0].code) == (False, ""), "nothing is told about what one may not see"


@pytest.mark.parametrize("count", [0, dossiers.BATCH_LIMIT + 1])
def test_a_batch_has_one_to_five_hundred_rows(here: World, count: int) -> None:
    with pytest.raises(Refused) as refused:
        dossiers.run_batch(
            action=Action.ACCEPT, dossier_ids=[uuid7() for _ in range(count)], versions={},
            actor=here.actor(Role.RECEPTION), now=MONDAY, key=uuid7(),
        )  # fmt: skip
    assert refused.value.code == "batch_size"


def test_acts_that_need_a_reason_of_their_own_are_not_done_in_batches(here: World) -> None:
    with pytest.raises(Refused) as refused:
        run(here, Role.RECEPTION, Action.STOP, [accepted(here)])
    assert refused.value.code == "no_batch"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(st.sampled_from(["good", "accepted", "old"]), min_size=1, max_size=5),
    mode=st.sampled_from(BatchMode),
)
def test_what_is_told_is_what_happened(here: World, plan: list[str], mode: BatchMode) -> None:
    rows = [accepted(here) if kind == "accepted" else submitted(here) for kind in plan]
    versions = {one.pk: one.version - (kind == "old") for one, kind in zip(rows, plan, strict=True)}
    before = {one.pk: Dossier.objects.get(pk=one.pk).version for one in rows}
    done = run(here, Role.RECEPTION, Action.ACCEPT, rows, versions=versions, mode=mode)
    assert [one.dossier_id for one in done] == [one.pk for one in rows]
    moved = [Dossier.objects.get(pk=one.pk).version > before[one.pk] for one in rows]
    assert [one.ok for one in done] == moved
    expected = [kind == "good" for kind in plan]
    assert moved == (expected if mode == BatchMode.EACH else [all(expected)] * len(plan))


def test_a_row_costs_the_same_in_a_long_batch(here: World) -> None:
    def cost(count: int) -> int:
        rows = [submitted(here) for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            run(here, Role.RECEPTION, Action.ACCEPT, rows)
        return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in seen.captured_queries)

    cost(1)
    one, eleven = cost(1), cost(11)
    assert (eleven - one) % 10 == 0
    assert (eleven - one) / 10 <= 4


def test_outcomes_are_forgotten_after_ninety_days_the_evidence_is_not(here: World) -> None:
    row, key = submitted(here), uuid7()
    run(here, Role.RECEPTION, Action.ACCEPT, [row], key=key)
    assert retention.clear_batches(now=MONDAY + timedelta(days=90)) == 0
    assert retention.clear_batches(now=MONDAY + timedelta(days=91)) == 1
    assert not Batch.objects.filter(pk=key).exists()
    assert AuditEntry.objects.filter(action="dossiers.accept", subject_id=row.pk).exists()


# Pages


@pytest.fixture
def office(db: None) -> Iterator[World]:
    with office_day() as made:
        yield made


def test_a_whole_pile_goes_from_the_head_s_desk_to_the_seal(office: World) -> None:
    rows = [accepted(office) for _ in range(3)]
    fresh = lambda: [Dossier.objects.get(pk=one.pk) for one in rows]  # noqa: E731
    run(office, Role.HEAD, Action.ASSIGN, fresh(), account_id=office.staff[Role.HANDLER].pk)
    assert {one.assignee_name for one in fresh()} == {"Cán bộ handler"}
    pile = [at_step(office, "sign") for _ in range(2)]
    signed = run(office, Role.LEADER, Action.FORWARD, pile)
    assert all(one.ok for one in signed)
    pile = [Dossier.objects.get(pk=one.pk) for one in pile]
    issued = run(office, Role.CLERK, Action.ISSUE, pile)
    assert all(one.ok for one in issued), issued
    results = [Dossier.objects.get(pk=one.pk).result for one in pile]
    assert [one.number for one in results] == [1, 2]
    assert {one.symbol for one in results} == {dossiers.sign_of(pile[0])}


def client_of(here: World, who: Role) -> Client:
    return people.sign_in(Client(), here.staff[who])


def send(client: Client, action: str, rows: list[Dossier], **more: Any) -> Any:
    return client.post(
        reverse("dossiers:batch"), {"action": action, "chosen": [f"{one.pk}:{one.version}" for one in rows], **more}
    )


def test_the_inbox_offers_boxes_and_the_acts_of_its_rows(office: World) -> None:
    row = submitted(office)
    client = client_of(office, Role.RECEPTION)
    text = client.get(reverse("dossiers:inbox")).content.decode()
    assert f'name="chosen" value="{row.pk}:{row.version}"' in text
    assert 'value="accept"' in text
    assert 'value="issue"' not in text
    assert "checked>" not in text
    assert "checked>" in client.get(reverse("dossiers:inbox"), {"select": "all"}).content.decode()


def test_the_next_page_says_beforehand_what_is_refused_and_does_nothing(office: World) -> None:
    good, bad = submitted(office), accepted(office)
    answer = send(client_of(office, Role.RECEPTION), "accept", [good, bad])
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This is not possible while the dossier is “Accepted”." in text
    assert good.tracking_code in text
    assert Dossier.objects.get(pk=good.pk).state == State.NEW


def test_confirmed_it_is_done_and_the_outcomes_have_a_page(office: World) -> None:
    good, bad, key = submitted(office), accepted(office), uuid7()
    client = client_of(office, Role.RECEPTION)
    sent = {"confirm": "1", "key": str(key), "mode": "each"}
    answer = send(client, "accept", [good, bad], **sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("dossiers:batch_outcome", args=[key]))
    text = client.get(answer["Location"]).content.decode()
    assert Dossier.objects.get(pk=good.pk).code in text
    assert "1 dossier done." in text
    assert "1 not done" in text
    assert send(client, "accept", [good, bad], **sent)["Location"] == answer["Location"]
    assert client_of(office, Role.HEAD).get(answer["Location"]).status_code == 404
    outside = people.officer(Role.RECEPTION, of=people.agency("H49.99"))
    assert people.sign_in(Client(), outside).get(answer["Location"]).status_code == 404


def test_assigning_asks_for_one_of_the_desk(office: World) -> None:
    rows = [accepted(office) for _ in range(2)]
    client = client_of(office, Role.HEAD)
    text = send(client, "assign", rows).content.decode()
    assert str(office.staff[Role.HANDLER].pk) in text
    assert str(office.staff[Role.CLERK].pk) not in text
    missing = send(client, "assign", rows, confirm="1", key=str(uuid7()), mode="each", account="")
    assert missing.status_code == 409
    done = send(
        client, "assign", rows, confirm="1", key=str(uuid7()), mode="all", account=str(office.staff[Role.HANDLER].pk)
    )
    assert done.status_code == 302
    assert {Dossier.objects.get(pk=one.pk).assignee_id for one in rows} == {office.staff[Role.HANDLER].pk}


def test_each_row_says_what_passing_on_means_there(office: World) -> None:
    """Whoever signs a pile reads that it is signing."""
    pile = [at_step(office, "sign") for _ in range(2)]
    client = client_of(office, Role.LEADER)
    kept.renew("places", "test")
    text = send(client, "forward", pile).content.decode()
    assert text.count("<span>Sign</span>") == 2

    def cost(rows: list[Dossier]) -> int:
        with CaptureQueriesContext(connection) as seen:
            send(client, "forward", rows)
        return len(seen)

    assert cost(pile[:1]) == cost(pile)
    kept.forget()


def test_nothing_ticked_and_nonsense(office: World) -> None:
    client = client_of(office, Role.HEAD)
    assert send(client, "forward", [])["Location"] == reverse("dossiers:inbox")
    assert send(client, "stop", [accepted(office)]).status_code == 404
    assert client.post(reverse("dossiers:batch"), {"action": "forward", "chosen": ["x"]}).status_code == 404
    assert client.get(reverse("dossiers:batch")).status_code == 405
    assert client.get(reverse("dossiers:batch_outcome", args=[UUID(int=1)])).status_code == 404


def test_the_page_of_a_choice_costs_the_same_for_many(office: World) -> None:
    client = client_of(office, Role.RECEPTION)

    def cost(count: int) -> int:
        rows = [submitted(office) for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            assert send(client, "accept", rows).status_code == 200
        return len(seen)

    cost(1)
    kept.renew("places", "test")
    cost(1)
    assert cost(1) == cost(8)
    kept.forget()


# Two at once, on connections of their own


def both(first: Any, second: Any) -> list[Any]:
    """Two calls at the same moment."""
    found: list[Any] = []

    def call(one: Any) -> None:
        try:
            found.append(one())
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", list(BatchMode))
def test_the_same_form_twice_at_once_acts_once(mode: BatchMode) -> None:
    of = world()
    rows, key = [submitted(of) for _ in range(4)], uuid7()
    send_it = lambda: run(of, Role.RECEPTION, Action.ACCEPT, rows, key=key, mode=mode)  # noqa: E731
    one, other = both(send_it, send_it)
    assert one == other
    assert [row.ok for row in one] == [True] * 4
    assert AuditEntry.objects.filter(action="dossiers.accept").count() == 4
    kept.forget()


@pytest.mark.django_db(transaction=True)
def test_two_officers_with_the_same_rows_in_other_orders_do_not_wait_for_each_other() -> None:
    of = world()
    rows = [submitted(of) for _ in range(6)]
    done = both(
        lambda: run(of, Role.RECEPTION, Action.ACCEPT, rows, mode=BatchMode.ALL),
        lambda: run(of, Role.RECEPTION, Action.ACCEPT, rows[::-1], mode=BatchMode.ALL),
    )
    assert sorted(all(one.ok for one in outcomes) for outcomes in done) == [False, True]
    codes = Dossier.objects.values_list("code", flat=True)
    assert sorted(int((code or "").rsplit("-", 1)[1]) for code in codes) == [1, 2, 3, 4, 5, 6]
    kept.forget()
