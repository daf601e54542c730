"""A colleague is away: what stands on their desk is reached, done and told by whoever stands in, and by nobody else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import ResultKind
from motcua.dossiers.models import Access, Dossier
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, draft, office_day
from motcua.identity import queries as identity
from motcua.identity import services as people_services
from motcua.identity.models import Absence, Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def here() -> Any:
    with office_day() as made:
        yield made


def stand_in(of: World, away: Account, substitute: Account, days: int = 4) -> Absence:
    return people_services.ask_absence(
        account_id=away.pk, substitute_id=substitute.pk, first_day=TODAY, last_day=TODAY + timedelta(days=days),
        basis="Nghỉ phép", actor=of.actor(Role.LEADER), now=MONDAY,
    )  # fmt: skip


def actor(account: Account, now: datetime = MONDAY) -> Actor:
    return identity.actor_of(account.pk, now.date())


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.code


def with_handler(of: World) -> Dossier:
    """At appraisal, on the handler's own desk."""
    made = at_step(of, "appraise")
    return dossiers.claim(dossier_id=made.pk, actor=of.actor(Role.HANDLER), now=MONDAY)


def colleague(of: World, role: Role = Role.HANDLER, name: str = "Đỗ Thay Việc") -> Account:
    return people.officer(role, of=of.committee, name=name)


def test_the_desk_of_the_absent_is_in_the_inbox_and_can_be_done(here: World) -> None:
    dossier, other = with_handler(here), colleague(here)
    assert dossier.pk not in [row.pk for row in queries.inbox(actor(other)).rows]
    with pytest.raises(Dossier.DoesNotExist):
        draft_by(actor(other), dossier)
    stand_in(here, here.staff[Role.HANDLER], other)
    assert dossier.pk in [row.pk for row in queries.inbox(actor(other)).rows]
    done = draft_by(actor(other), dossier)
    line = done.story.order_by("-at", "-pk").first()
    assert line is not None
    assert (line.who, line.instead_of) == ("Đỗ Thay Việc", "Cán bộ handler")
    assert line.told_by == "Đỗ Thay Việc, instead of Cán bộ handler"
    kept = AuditEntry.objects.filter(subject_id=dossier.pk, action="dossiers.draft_result").get()
    assert (kept.account_id, kept.detail["instead_of"]) == (other.pk, str(here.staff[Role.HANDLER].pk))


def draft_by(who: Actor, dossier: Dossier) -> Dossier:
    words: dict[str, Any] = {"kind": ResultKind.GRANTED, "title": "Giấy", "template_key": "generic", "body": {}}
    return dossiers.draft_result(dossier_id=dossier.pk, actor=who, now=MONDAY, **words)


def test_it_ends_by_itself_and_nothing_has_to_be_moved_back(here: World) -> None:
    dossier, other = with_handler(here), colleague(here)
    rows = set(Access.objects.filter(dossier=dossier).values_list("audience", "is_turn"))
    stand_in(here, here.staff[Role.HANDLER], other)
    assert set(Access.objects.filter(dossier=dossier).values_list("audience", "is_turn")) == rows
    later = actor(other, MONDAY + timedelta(days=5))
    assert queries.inbox(later).rows == []
    draft(here, dossier, MONDAY + timedelta(days=5))


def test_what_one_could_have_done_oneself_is_told_as_ones_own(here: World) -> None:
    dossier, other = at_step(here, "appraise"), colleague(here)
    stand_in(here, here.staff[Role.HANDLER], other)
    done = dossiers.claim(dossier_id=dossier.pk, actor=actor(other), now=MONDAY)
    assert [line.instead_of for line in done.story.all() if line.what == "claimed"] == [""]


def test_roles_of_the_absent_open_their_desks(here: World) -> None:
    dossier, clerk = at_step(here, "appraise"), here.staff[Role.CLERK]
    assert refused(lambda: dossiers.claim(dossier_id=dossier.pk, actor=actor(clerk), now=MONDAY)) == "person"
    stand_in(here, here.staff[Role.HANDLER], clerk)
    done = dossiers.claim(dossier_id=dossier.pk, actor=actor(clerk), now=MONDAY)
    assert [line.instead_of for line in done.story.all() if line.what == "claimed"] == ["Cán bộ handler"]


def test_the_real_person_must_not_be_a_party(here: World) -> None:
    dossier = with_handler(here)
    owner = here.citizen_account
    people.grant(owner, Role.HANDLER, here.committee)
    stand_in(here, here.staff[Role.HANDLER], owner)
    assert refused(lambda: draft_by(actor(owner), dossier)) == "own_matter"


def test_work_for_the_absent_names_the_substitute_and_has_to_be_meant(here: World) -> None:
    dossier, other, away = at_step(here, "appraise"), colleague(here), here.staff[Role.HANDLER]
    stand_in(here, away, other)
    head = here.actor(Role.HEAD)

    def give(to: Account, **more: Any) -> Dossier:
        return dossiers.assign(dossier_id=dossier.pk, account_id=to.pk, actor=head, now=MONDAY, **more)

    with pytest.raises(Refused) as caught, transaction.atomic():
        give(away)
    assert (caught.value.code, caught.value.field) == ("absent", "account")
    assert "Đỗ Thay Việc" in caught.value.message
    assert give(away, despite_absence=True).assignee_id == away.pk
    assert give(other).assignee_id == other.pk


def test_a_substitute_of_another_role_may_be_given_the_work(here: World) -> None:
    dossier, clerk = at_step(here, "appraise"), here.staff[Role.CLERK]
    stand_in(here, here.staff[Role.HANDLER], clerk)
    head = here.actor(Role.HEAD)
    given = dossiers.assign(dossier_id=dossier.pk, account_id=clerk.pk, actor=head, now=MONDAY)
    assert given.assignee_id == clerk.pk


def test_a_whole_desk_is_not_given_to_the_absent(here: World) -> None:
    with_handler(here)
    other, third = colleague(here), colleague(here, name="Mai Đi Vắng")
    stand_in(here, third, other)

    def give(to: Account) -> Any:
        return dossiers.reassign_desk(
            agency_id=here.committee.pk, from_id=here.staff[Role.HANDLER].pk, to_ids=[to.pk], reason="Nghỉ",
            actor=here.actor(Role.HEAD), now=MONDAY, key=uuid7(),
        )  # fmt: skip

    assert refused(lambda: give(third)) == "absent"
    assert [outcome.ok for outcome in give(other)] == [True]


def test_the_page_warns_and_offers_the_substitute(here: World) -> None:
    dossier, other, away = at_step(here, "appraise"), colleague(here), here.staff[Role.HANDLER]
    stand_in(here, away, other)
    client = people.sign_in(Client(), here.staff[Role.HEAD])
    text = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert "absent until 27/11/2026; Đỗ Thay Việc stands in" in text
    sent = {"account": away.pk, "note": "", "expected": dossier.version, "key": uuid7()}
    address = reverse("dossiers:act", args=[dossier.pk, "assign"])
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "Choose Đỗ Thay Việc" in answer.content.decode()
    assert client.post(address, {**sent, "key": uuid7(), "despite_absence": "on"}).status_code == 302


def test_the_inbox_says_for_whom_one_stands_in(here: World) -> None:
    other = colleague(here)
    with_handler(here)
    stand_in(here, here.staff[Role.HANDLER], other)
    text = people.sign_in(Client(), other).get(reverse("dossiers:inbox")).content.decode()
    assert "You stand in for Cán bộ handler until" in text


def test_the_inbox_costs_no_statement_more(here: World, django_assert_num_queries: Any) -> None:
    other = colleague(here)
    accepted(here)
    client = people.sign_in(Client(), other)
    address = reverse("dossiers:inbox")
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    stand_in(here, here.staff[Role.HANDLER], other)
    with django_assert_num_queries(len(before)):
        client.get(address)
