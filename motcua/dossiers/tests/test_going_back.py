"""Sent back to a step of one's choice; taken back while nobody has touched it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from motcua.dossiers import rules
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.models import Dossier, StoryLine
from motcua.dossiers.services import base
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, office_day, step
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.workflow.models import StepRun

LATER = at(23, 11)


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with office_day() as made:
        yield made


@given(position=st.integers(0, 9), to=st.integers(-3, 12))
def test_back_is_never_forward_nor_to_the_reception(position: int, to: int) -> None:
    if 1 <= to < position:
        rules.require_earlier(position, to)
        return
    with pytest.raises(Refused) as refused:
        rules.require_earlier(position, to)
    assert refused.value.code == "no_such_step"


def test_back_to_the_step_chosen_and_to_whoever_had_it_there(here: World) -> None:
    dossier = act(Action.CLAIM, at_step(here, "appraise"), here.actor(Role.HANDLER), here, MONDAY)
    appraisal = dossier.step_position
    while dossier.step_kind != "clerk":
        dossier = step(here, dossier, MONDAY)
    assert dossier.result.signed_at is not None
    back = act(Action.RETURN_STEP, dossier, here.actor(Role.CLERK), here, LATER, to_position=appraisal)
    stored = Dossier.objects.get(pk=back.pk)
    assert (stored.step_kind, stored.assignee_name) == ("appraise", "Cán bộ handler")
    assert stored.result.signed_at is None, "a signature is void when the paper goes back"
    assert stored.due_at == dossier.due_at
    left = StepRun.objects.get(run=dossier.run, left_at=LATER)
    assert (left.outcome, left.reason) == ("returned", "Sai họ tên.")


@pytest.mark.parametrize("to", [0, 4, 99, -1])
def test_no_step_that_is_not_behind(here: World, to: int) -> None:
    dossier = at_step(here, "sign")
    to = dossier.step_position if to == 4 else to
    with pytest.raises(Refused) as refused:
        act(Action.RETURN_STEP, dossier, here.actor(Role.LEADER), here, LATER, to_position=to)
    assert refused.value.code == "no_such_step"
    assert Dossier.objects.get(pk=dossier.pk).step_kind == "sign"


def test_taken_back_before_anybody_touched_it(here: World) -> None:
    first = accepted(here)
    passed = act(Action.FORWARD, first, here.actor(Role.HEAD), here, LATER)
    assert passed.step_key != first.step_key
    back = act(Action.RECALL, passed, here.actor(Role.HEAD), here, at(23, 14))
    stored = Dossier.objects.get(pk=back.pk)
    assert (stored.step_key, stored.state) == (first.step_key, State.IN_PROGRESS)
    line = StoryLine.objects.get(dossier=stored, what=Happening.RECALLED)
    assert (line.note, line.is_public) == ("Chuyển nhầm.", False)


def test_a_signature_taken_back_is_void(here: World) -> None:
    signed = act(Action.FORWARD, at_step(here, "sign"), here.actor(Role.LEADER), here, LATER)
    assert signed.result.signed_at == LATER
    back = act(Action.RECALL, signed, here.actor(Role.LEADER), here, at(23, 14))
    result = Dossier.objects.get(pk=back.pk).result
    assert (back.step_kind, result.signed_at, result.signed_by) == ("sign", None, "")


@pytest.mark.parametrize("touch", [Action.CLAIM, Action.DRAFT_RESULT])
def test_once_touched_it_is_asked_for_instead(here: World, touch: Action) -> None:
    passed = act(Action.FORWARD, accepted(here), here.actor(Role.HEAD), here, LATER)
    act(touch, passed, here.actor(Role.HANDLER), here, at(23, 13))
    with pytest.raises(Refused) as refused:
        act(Action.RECALL, passed, here.actor(Role.HEAD), here, at(23, 14))
    assert refused.value.code == "touched"


def test_a_payment_beside_the_work_is_no_touch(here: World) -> None:
    passed = act(Action.FORWARD, accepted(here), here.actor(Role.HEAD), here, LATER)
    line = base.tell(passed, Happening.PAID, actor=here.actor(Role.RECEPTION), now=at(23, 13), note="", is_public=True)
    line.save()
    assert act(Action.RECALL, passed, here.actor(Role.HEAD), here, at(23, 14)).step_position == 1


def test_only_whoever_passed_it_on_and_only_once(here: World) -> None:
    passed = act(Action.FORWARD, accepted(here), here.actor(Role.HEAD), here, LATER)
    other = people.officer(Role.HEAD, of=here.committee, name="Trưởng phòng khác")
    for actor in (identity.actor_of(other.pk, here.on), here.actor(Role.LEADER)):
        with pytest.raises(Refused) as refused:
            act(Action.RECALL, passed, actor, here, at(23, 14))
        assert refused.value.code == "not_passed_by_you"
        shown = rules.actions_for(passed, actor, base.facts_of(passed, now=LATER))
        assert Action.RECALL not in {one.action for one in shown}
    act(Action.RECALL, passed, here.actor(Role.HEAD), here, at(23, 14))
    with pytest.raises(Refused) as refused:
        act(Action.RECALL, passed, here.actor(Role.HEAD), here, at(23, 15))
    assert refused.value.code == "no_recall"


def test_acceptance_and_issue_are_not_taken_back(here: World) -> None:
    fresh = accepted(here)
    with pytest.raises(Refused) as refused:
        act(Action.RECALL, fresh, here.actor(Role.RECEPTION), here, LATER)
    assert refused.value.code == "no_recall"
    issued = at_step(here, "return")
    with pytest.raises(Refused) as refused:
        act(Action.RECALL, issued, here.actor(Role.CLERK), here, LATER)
    assert refused.value.code == "state"


def test_the_page_offers_the_steps_and_sends_there(here: World) -> None:
    dossier = at_step(here, "sign")
    client = people.sign_in(Client(), here.staff[Role.LEADER])
    page = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert 'name="to_position"' in page
    assert page.count('<option value="1"') == 1
    assert '<option value="0"' not in page
    url = reverse("dossiers:act", args=[dossier.pk, "return_step"])
    sent: dict[str, Any] = {"expected": dossier.version, "key": uuid4(), "reason": "Soạn lại."}
    assert client.post(url, {**sent, "to_position": "99"}).status_code == 422
    assert client.post(url, {**sent, "to_position": "1"}).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).step_position == 1


def test_the_page_takes_back(here: World) -> None:
    passed = act(Action.FORWARD, accepted(here), here.actor(Role.HEAD), here, MONDAY)
    client = people.sign_in(Client(), here.staff[Role.HEAD])
    assert "Take back what you passed on" in client.get(reverse("dossiers:case", args=[passed.pk])).content.decode()
    url = reverse("dossiers:act", args=[passed.pk, "recall"])
    sent = {"expected": passed.version, "key": uuid4(), "reason": "Chuyển nhầm."}
    assert client.post(url, {**sent, "reason": ""}).status_code == 422
    assert client.post(url, sent).status_code == 302
    assert Dossier.objects.get(pk=passed.pk).step_position == 1
    assert (
        dossiers.recall(
            dossier_id=passed.pk, reason="x", actor=here.actor(Role.HEAD), now=LATER, key=sent["key"]
        ).step_position
        == 1
    ), "sent twice it acts once"
