"""Every act alike: the same form acts once, an old page loses, evidence is written, and nothing else is touched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from motcua.catalogue.models import ServiceLevel
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Receiver, ResultKind, State
from motcua.dossiers.models import Dossier, HandOver, Paper, Rating, Result, StoryLine
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, draft, submitted, world
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Event
from motcua.payments import queries as payments

LATER = at(24, 10)


@pytest.fixture
def here(db: None) -> World:
    return world(fee=8000)


def waiting(of: World) -> Dossier:
    return act(Action.REQUEST_SUPPLEMENT, submitted(of), of.actor(Role.RECEPTION), of, at(23, 10))


def paid(of: World) -> Dossier:
    return act(Action.RECORD_PAYMENT, at_step(of, "return"), of.actor(Role.RECEPTION), of, at(23, 11))


def taken(of: World) -> Dossier:
    """At appraisal, with an officer who took it: who has had a dossier still reaches it after passing it on."""
    return act(Action.CLAIM, at_step(of, "appraise"), of.actor(Role.HANDLER), of, at(23, 11))


def stopped(of: World) -> Dossier:
    """Its clock stands still for an appraisal."""
    return act(Action.PAUSE_CLOCK, at_step(of, "appraise"), of.actor(Role.HANDLER), of, at(23, 11))


def passed(of: World) -> Dossier:
    """Passed on by the head, and nobody has touched it since."""
    return act(Action.FORWARD, accepted(of), of.actor(Role.HEAD), of, at(23, 11))


def corrected(of: World) -> Dossier:
    """Issued, found wrong, and under correction."""
    return act(Action.CORRECT, at_step(of, "return"), of.actor(Role.LEADER), of, at(23, 11))


def closed(of: World) -> Dossier:
    """Handling was stopped."""
    return act(Action.STOP, accepted(of), of.actor(Role.RECEPTION), of, at(23, 11))


# For every act: a dossier on which it is possible, and who may do it.
READY: dict[Action, tuple[Callable[[World], Dossier], Role | str]] = {
    Action.ACCEPT: (submitted, Role.RECEPTION),
    Action.REFUSE: (submitted, Role.RECEPTION),
    Action.REQUEST_SUPPLEMENT: (submitted, Role.RECEPTION),
    Action.ANSWER_SUPPLEMENT: (waiting, "citizen"),
    Action.CLAIM: (accepted, Role.HEAD),
    Action.ASSIGN: (accepted, Role.HEAD),
    Action.FORWARD: (accepted, Role.HEAD),
    Action.RETURN_STEP: (taken, Role.HANDLER),
    Action.RECALL: (passed, Role.HEAD),
    Action.DRAFT_RESULT: (lambda of: at_step(of, "appraise"), Role.HANDLER),
    Action.RECORD_RESULT: (taken, Role.HANDLER),
    Action.ISSUE: (lambda of: at_step(of, "clerk"), Role.CLERK),
    Action.HAND_OVER: (paid, Role.RECEPTION),
    Action.ANNOUNCE_OBLIGATION: (lambda of: at_step(of, "appraise"), Role.HANDLER),
    Action.RECORD_PAYMENT: (accepted, Role.RECEPTION),
    Action.EXTEND: (lambda of: at_step(of, "appraise"), Role.HANDLER),
    Action.PAUSE_CLOCK: (lambda of: at_step(of, "appraise"), Role.HEAD),
    Action.RESUME_CLOCK: (stopped, Role.HANDLER),
    Action.WITHDRAW: (accepted, "citizen"),
    Action.STOP: (accepted, Role.RECEPTION),
    Action.RATE: (paid, "citizen"),
    Action.ASK_OPINION: (lambda of: at_step(of, "appraise"), Role.HANDLER),
    Action.CORRECT: (lambda of: at_step(of, "return"), Role.LEADER),
    Action.DROP_CORRECTION: (corrected, Role.LEADER),
    Action.ANNUL: (lambda of: at_step(of, "return"), Role.LEADER),
    Action.REOPEN: (closed, Role.LEADER),
}
every_act = pytest.mark.parametrize("action", list(Action))


def ready(of: World, action: Action) -> tuple[Dossier, Any]:
    prepare, who = READY[action]
    return Dossier.objects.get(pk=prepare(of).pk), of.actor(who)


def traces() -> tuple[int, ...]:
    """How much has been written so far."""
    models = (AuditEntry, Event, StoryLine, Paper, Result, HandOver, Rating)
    return tuple(model.objects.count() for model in models)


@every_act
def test_the_same_form_acts_once_and_on_no_other_dossier(here: World, action: Action) -> None:
    dossier, actor = ready(here, action)
    key = uuid7()
    first = act(action, dossier, actor, here, LATER, key=key)
    kept, written = Dossier.objects.values().get(pk=dossier.pk), traces()
    again = act(action, dossier, actor, here, LATER + timedelta(minutes=1), key=key)
    assert (again.pk, again.state, again.version) == (first.pk, first.state, first.version)
    assert Dossier.objects.values().get(pk=dossier.pk) == kept
    assert traces() == written
    other, _ = ready(here, action)
    before = Dossier.objects.values().get(pk=other.pk)
    with pytest.raises(Conflict):
        act(action, other, actor, here, LATER, key=key)
    assert Dossier.objects.values().get(pk=other.pk) == before


@every_act
def test_an_old_page_changes_nothing(here: World, action: Action) -> None:
    dossier, actor = ready(here, action)
    before, written = Dossier.objects.values().get(pk=dossier.pk), traces()
    with pytest.raises(Conflict):
        act(action, dossier, actor, here, LATER, expected=dossier.version - 1)
    assert Dossier.objects.values().get(pk=dossier.pk) == before
    assert traces() == written
    assert act(action, dossier, actor, here, LATER, expected=dossier.version).pk == dossier.pk


@every_act
def test_the_evidence_names_the_act_and_whoever_did_it(here: World, action: Action) -> None:
    dossier, actor = ready(here, action)
    act(action, dossier, actor, here, LATER)
    evidence = AuditEntry.objects.get(subject_id=dossier.pk, at=LATER)
    assert evidence.action == ("payments.pay" if action is Action.RECORD_PAYMENT else f"dossiers.{action.value}")
    assert (evidence.account_id, evidence.actor_name) == (actor.account_id, actor.name)


@pytest.mark.parametrize("score", [0, 6, -1, 100])
def test_marks_go_from_one_to_five(here: World, score: int) -> None:
    dossier, actor = ready(here, Action.RATE)
    with pytest.raises(Refused) as refused:
        act(Action.RATE, dossier, actor, here, LATER, score=score)
    assert refused.value.field == "score"
    assert not Rating.objects.exists()


@pytest.mark.parametrize("score", [1, 5])
def test_the_worst_and_the_best_mark_are_marks(here: World, score: int) -> None:
    dossier, actor = ready(here, Action.RATE)
    act(Action.RATE, dossier, actor, here, LATER, score=score)
    assert Rating.objects.get(dossier=dossier).score == score


def test_only_the_originals_ticked_are_given_back_and_only_of_this_dossier(here: World) -> None:
    names = ("Hộ chiếu", "Sổ hộ khẩu")
    papers = tuple(dossiers.PaperIn(name, originals=1) for name in names)
    one, other = (at_step(here, "return", papers=papers) for _ in range(2))
    act(Action.RECORD_PAYMENT, one, here.actor(Role.RECEPTION), here, LATER)
    ticked = [one.papers.get(name=names[0]).pk, other.papers.get(name=names[1]).pk]
    act(Action.HAND_OVER, one, here.actor(Role.RECEPTION), here, LATER, returned_papers=ticked)
    assert set(Paper.objects.filter(returned_at__isnull=False).values_list("dossier", "name", "returned_at")) == {
        (one.pk, names[0], LATER)
    }


def test_what_is_handed_over_is_written_down_as_it_was(here: World) -> None:
    dossier = paid(here)
    act(
        Action.HAND_OVER, dossier, here.actor(Role.RECEPTION), here, LATER, receiver=Receiver.REPRESENTATIVE,
        receiver_name="Trần Văn B", authority="Giấy ủy quyền số 3", receiver_paper="022090000001", is_slip_lost=True,
    )  # fmt: skip
    written = HandOver.objects.get(dossier=dossier)
    assert (written.at, written.by, written.agency_id) == (LATER, "Cán bộ reception", here.centre.pk)
    assert (written.receiver, written.receiver_name, written.authority, written.is_slip_lost) == (
        "representative", "Trần Văn B", "Giấy ủy quyền số 3", True,
    )  # fmt: skip


def test_a_result_of_another_system_replaces_the_draft_whole(here: World) -> None:
    """A refusal drafted here and then granted there must not be read as a refusal."""
    dossier = at_step(here, "appraise")
    draft(here, dossier, at(23, 11), kind=ResultKind.REFUSED, reason="Thiếu giấy chứng sinh.", body={"a": "b"})
    act(Action.RECORD_RESULT, dossier, here.actor(Role.HANDLER), here, LATER)
    result = Result.objects.get(dossier=dossier)
    assert (result.kind, result.reason, result.template_key, result.body) == (ResultKind.GRANTED, "", "", {})
    assert (result.external_system, result.symbol, result.issued_at) == ("Hộ tịch", "1/2026", LATER)


def test_the_day_of_filing_is_the_day_in_vietnam(here: World) -> None:
    """Shortly after midnight in Hạ Long it is still yesterday in UTC: what begins today may be filed today."""
    today = datetime(2026, 11, 24, 1, tzinfo=at(24).tzinfo)
    ServiceLevel.objects.filter(procedure=here.procedure).update(valid_from=today.date())
    same_moment = today.astimezone(UTC)
    assert same_moment.date() < today.date()
    assert submitted(here, same_moment).state == State.NEW
    with pytest.raises(Refused):
        submitted(here, at(23, 23))


def test_a_walk_in_dossier_is_the_receiving_officer_s_own_act(here: World) -> None:
    filing = dossiers.Filing(
        procedure_id=here.procedure.pk, channel="counter", receiving_agency_id=here.centre.pk,  # type: ignore[arg-type]
        competent_agency_id=here.committee.pk, owner_name="Nguyễn Thị Hạnh", owner_person_id=here.citizen.pk,
    )  # fmt: skip
    key, clerk = uuid7(), here.actor(Role.RECEPTION)
    made = dossiers.receive(filing=filing, actor=clerk, now=MONDAY, key=key)
    assert dossiers.receive(filing=filing, actor=clerk, now=LATER, key=key).pk == made.pk
    assert (made.filed_by, made.state, made.submitter_name) == (clerk.account_id, State.ACCEPTED, "Nguyễn Thị Hạnh")
    assert payments.due_amount(made.pk) == 8000
    for role in (Role.HEAD, Role.HANDLER, Role.LEADER, Role.CLERK):
        with pytest.raises(Refused) as refused:
            dossiers.receive(filing=filing, actor=here.actor(role), now=MONDAY)
        assert refused.value.code == "person"
    assert Dossier.objects.count() == 1


def test_an_officer_does_not_give_work_to_a_party(here: World) -> None:
    """Nor to somebody outside the desk, nor from another agency."""
    dossier = accepted(here, owner_person_id=here.staff[Role.HANDLER].person_id)
    outside = people.officer(Role.HANDLER, of=people.agency("H49.99", office_hours="standard"))
    cases = {
        here.staff[Role.HANDLER].pk: "own_matter",
        here.staff[Role.CLERK].pk: "not_on_desk",
        outside.pk: "not_on_desk",
    }
    for account, code in cases.items():
        with pytest.raises(Refused) as refused:
            act(Action.ASSIGN, dossier, here.actor(Role.HEAD), here, LATER, account_id=account)
        assert (refused.value.code, refused.value.field) == (code, "account")
    colleague = people.officer(Role.HANDLER, of=here.committee, name="Cán bộ thứ hai")
    given = act(Action.ASSIGN, dossier, here.actor(Role.HEAD), here, LATER, account_id=colleague.pk)
    assert (given.assignee_id, given.assignee_name) == (colleague.pk, "Cán bộ thứ hai")
    assert identity.actor_of(colleague.pk, here.on).account_id == given.assignee_id
