"""A person's whole desk given to others: evenly, with an outcome a dossier, and told to both."""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, State
from motcua.dossiers.models import Dossier, StoryLine
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, office_day
from motcua.identity import queries as identity
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.ids import uuid7
from motcua.notifications.models import Message
from motcua.workflow.models import StepRun

LATER = at(23, 10)


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with office_day() as made:
        yield made


def on_desk(of: World, **changes: object) -> Dossier:
    return act(Action.CLAIM, at_step(of, "appraise", **changes), of.actor(Role.HANDLER), of, MONDAY)


def colleague(of: World, name: str, role: Role = Role.HANDLER) -> Account:
    return people.officer(role, of=of.committee, name=name)


def give(of: World, who: Role | Account, *to: Account, **more: object) -> list[dossiers.Outcome]:
    actor = identity.actor_of(who.pk, of.on) if isinstance(who, Account) else of.actor(who)
    values = {"key": uuid7(), "now": LATER, "reason": "Nghỉ thai sản.", **more}
    return dossiers.reassign_desk(
        agency_id=of.committee.pk, from_id=of.staff[Role.HANDLER].pk, to_ids=[one.pk for one in to], actor=actor,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def test_all_of_it_goes_evenly_to_several_and_both_sides_are_told(here: World) -> None:
    rows = [on_desk(here) for _ in range(5)]
    first, second = colleague(here, "Người thứ nhất"), colleague(here, "Người thứ hai")
    done = give(here, Role.HEAD, first, second)
    assert [one.ok for one in done] == [True] * 5
    stored = [Dossier.objects.get(pk=one.pk) for one in rows]
    assert sorted(Counter(one.assignee_id for one in stored).values()) == [2, 3]
    assert {one.assignee_name for one in stored} == {"Người thứ nhất", "Người thứ hai"}
    open_steps = StepRun.objects.filter(run__in=[one.run_id for one in stored], left_at=None)
    assert {one.assignee_id for one in open_steps} == {first.pk, second.pk}
    told = dict(Message.objects.filter(template__startswith="dossiers.desk_").values_list("recipient_id", "template"))
    assert told == {
        here.staff[Role.HANDLER].person_id: "dossiers.desk_given",
        first.person_id: "dossiers.desk_taken",
        second.person_id: "dossiers.desk_taken",
    }


def test_what_waits_for_the_applicant_goes_along_and_goes_on_waiting(here: World) -> None:
    row = act(Action.REQUEST_SUPPLEMENT, on_desk(here), here.actor(Role.HANDLER), here, at(23, 9, 30))
    other = colleague(here, "Người khác")
    assert [one.ok for one in give(here, Role.LEADER, other)] == [True]
    stored = Dossier.objects.get(pk=row.pk)
    assert (stored.state, stored.assignee_id) == (State.SUPPLEMENT, other.pk)
    assert stored.paused_at == row.paused_at


def test_one_procedure_only(here: World) -> None:
    on_desk(here)
    assert give(here, Role.HEAD, colleague(here, "Người khác"), procedure="9.999999") == []
    assert len(give(here, Role.HEAD, colleague(here, "Người nữa"), procedure=here.procedure.code)) == 1


def test_a_party_and_somebody_of_another_role_get_nothing(here: World) -> None:
    party, clerk = colleague(here, "Đương sự"), here.staff[Role.CLERK]
    row = on_desk(here, owner_person_id=party.person_id)
    done = give(here, Role.HEAD, party, clerk)
    assert [one.ok for one in done] == [False]
    assert "party to it" in done[0].message
    assert Dossier.objects.get(pk=row.pk).assignee_id == here.staff[Role.HANDLER].pk
    assert not Message.objects.filter(template__startswith="dossiers.desk_").exists()


def test_close_kin_get_nothing_and_give_nothing(here: World) -> None:
    mother, head = colleague(here, "Mẹ"), here.staff[Role.HEAD]
    row = on_desk(here)
    assert mother.person is not None
    assert head.person is not None
    people.kinship(mother.person, here.citizen)
    assert [one.ok for one in give(here, Role.HEAD, mother)] == [False]
    people.kinship(head.person, here.citizen)
    other = colleague(here, "Người khác")
    done = give(here, Role.HEAD, other)
    assert [one.ok for one in done] == [False]
    assert "close kin" in done[0].message
    assert [one.ok for one in give(here, Role.LEADER, other)] == [True]
    assert Dossier.objects.get(pk=row.pk).assignee_id == other.pk


@pytest.mark.parametrize("who", [Role.HANDLER, Role.CLERK, Role.RECEPTION])
def test_only_who_leads_or_administers_gives_a_desk_away(here: World, who: Role) -> None:
    row = on_desk(here)
    with pytest.raises(Refused) as refused:
        give(here, who, colleague(here, "Người khác"))
    assert refused.value.code == "person"
    stranger = people.officer(Role.LEADER, of=people.agency("H49.99"))
    with pytest.raises(Refused):
        give(here, stranger, colleague(here, "Người nữa"))
    assert Dossier.objects.get(pk=row.pk).assignee_id == here.staff[Role.HANDLER].pk
    admin = colleague(here, "Quản trị", Role.ADMIN)
    assert [one.ok for one in give(here, admin, colleague(here, "Người thay"))] == [True]


def test_the_same_form_gives_once_and_nobody_is_no_receiver(here: World) -> None:
    on_desk(here)
    other, key = colleague(here, "Người khác"), uuid7()
    first = give(here, Role.HEAD, other, key=key)
    lines = StoryLine.objects.count()
    assert give(here, Role.HEAD, other, key=key) == first
    assert StoryLine.objects.count() == lines
    with pytest.raises(Refused) as refused:
        give(here, Role.HEAD, here.staff[Role.HANDLER])
    assert refused.value.code == "nobody"


def test_the_pages_by_cast(here: World) -> None:
    row = on_desk(here)
    other = colleague(here, "Người khác")
    address = reverse("dossiers:desk", args=[here.committee.pk, here.staff[Role.HANDLER].pk])
    head = people.sign_in(Client(), here.staff[Role.HEAD])
    listed = head.get(reverse("dossiers:desks")).content.decode()
    assert address in listed
    assert (row.code or "") in head.get(address).content.decode()
    for account in (here.staff[Role.HANDLER], here.staff[Role.RECEPTION]):
        assert people.sign_in(Client(), account).get(address).status_code == 403
    stranger = people.officer(Role.LEADER, of=people.agency("H49.99"))
    assert people.sign_in(Client(), stranger).get(address).status_code == 404
    sent = {"key": str(uuid4()), "to": [str(other.pk)], "procedure": "", "reason": ""}
    assert head.post(address, sent).status_code == 422
    answer = head.post(address, {**sent, "reason": "Nghỉ ốm."})
    assert answer.status_code == 302
    assert "The dossier is assigned. → Người khác" in head.get(answer["Location"]).content.decode()
    assert Dossier.objects.get(pk=row.pk).assignee_id == other.pk
    assert "mc-empty" in head.get(address).content.decode()
