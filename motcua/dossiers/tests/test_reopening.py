"""A closed dossier opened again: by whom, with which clock, and when not."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from motcua.dossiers import messages, queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Happening, PartState, State
from motcua.dossiers.models import Access, Dossier, Part, Reopening
from motcua.dossiers.services import letters, prints, year_end
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, submitted, world
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Actor, ActorKind, Role, system
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.notifications.models import Message
from motcua.places.models import Agency
from motcua.workflow import queries as workflow
from motcua.workflow.enums import PauseKind
from motcua.workflow.models import StepRun

CLOSED, AGAIN = at(24), at(26)


@pytest.fixture
def here(db: None) -> World:
    return world()


def director(of: World) -> Actor:
    return identity.actor_of(people.officer(Role.DIRECTOR, of=of.centre, name="Giám đốc").pk, of.on)


def ended(of: World, how: Action = Action.STOP, kind: str = "appraise", now: datetime = CLOSED) -> Dossier:
    dossier = submitted(of) if kind == "accept" else at_step(of, kind)
    who = "citizen" if how is Action.WITHDRAW else Role.RECEPTION
    return act(how, dossier, of.actor(who), of, now)


def reopened(of: World, dossier: Dossier, who: Actor | None = None, now: datetime = AGAIN, **words: Any) -> Dossier:
    return act(Action.REOPEN, dossier, who or of.actor(Role.LEADER), of, now, **words)


@pytest.mark.parametrize("how", [Action.STOP, Action.WITHDRAW])
def test_it_goes_on_at_its_step_with_what_was_left(here: World, how: Action) -> None:
    before = at_step(here, "appraise")
    claimed = act(Action.CLAIM, before, here.actor(Role.HANDLER), here, MONDAY)
    closed = act(how, claimed, here.actor("citizen" if how is Action.WITHDRAW else Role.RECEPTION), here, CLOSED)
    done = reopened(here, closed)
    assert (done.state, done.step_kind, done.code) == (State.IN_PROGRESS, "appraise", before.code)
    assert (done.assignee_id, done.assignee_name) == (claimed.assignee_id, claimed.assignee_name)
    assert (done.closed_at, done.due_at, done.original_due_at) == (None, at(2, month=12), at(30))
    assert claimed.step_due_at is not None
    assert done.step_due_at is not None
    assert done.step_due_at > claimed.step_due_at
    stays = StepRun.objects.filter(run=done.run_id, key=done.step_key)
    assert (stays.count(), stays.filter(left_at=None).count()) == (2, 1)
    row = Reopening.objects.get()
    assert (row.was, row.closed_at, row.at, row.by) == (closed.state, CLOSED, AGAIN, "Cán bộ leader")
    assert done.story.latest("at", "pk").what == Happening.REOPENED
    evidence = AuditEntry.objects.get(action="dossiers.reopen")
    assert evidence.subject_id == done.pk
    assert set(Access.objects.filter(dossier=done).values_list("is_open", flat=True)) == {True}


def test_the_clock_tells_the_time_it_was_closed(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    done = reopened(here, ended(here))
    assert done.run is not None
    told = [part for part in workflow.explained(done.run, now=at(27)) if part.cause is PauseKind.CLOSED]
    assert [(part.start, part.end, part.counted_minutes) for part in told] == [(CLOSED, AGAIN, 0)]
    assert told[0].basis
    call_command("clock", "explain", done.code)
    assert "118/2025/NĐ-CP" in capsys.readouterr().out


def test_closed_while_the_applicant_was_asked_it_goes_on_in_the_office(here: World) -> None:
    asked = act(Action.REQUEST_SUPPLEMENT, at_step(here, "appraise"), here.actor(Role.HANDLER), here, MONDAY)
    done = reopened(here, act(Action.STOP, asked, here.actor(Role.RECEPTION), here, CLOSED))
    assert (done.state, done.paused_at) == (State.IN_PROGRESS, None)
    assert not done.supplements.filter(answered_at=None).exists()


@pytest.mark.parametrize("how", [Action.REFUSE, Action.WITHDRAW])
def test_what_never_was_accepted_waits_for_acceptance_anew(here: World, how: Action) -> None:
    closed = ended(here, how, "accept")
    head = identity.actor_of(people.officer(Role.HEAD, of=here.centre, name="Trưởng bộ phận").pk, here.on)
    done = reopened(here, closed, head)
    assert (done.state, done.code, done.run_id, done.closed_at) == (State.NEW, None, None, None)
    assert done.acceptance_due_at == at(27)
    accepted = dossiers.accept(dossier_id=done.pk, actor=here.actor(Role.RECEPTION), now=at(26, 10))
    assert accepted.state == State.ACCEPTED
    assert accepted.code is not None


def test_parts_that_fell_away_are_asked_again(here: World) -> None:
    asked = act(Action.ASK_OPINION, at_step(here, "appraise"), here.actor(Role.HANDLER), here, MONDAY)
    closed = act(Action.STOP, asked, here.actor(Role.RECEPTION), here, CLOSED)
    assert closed.open_parts == []
    done = reopened(here, closed)
    assert done.open_parts == asked.open_parts
    assert Part.objects.get().state == PartState.RUNNING


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_director_of_the_centre_may(here: World) -> None:
    assert reopened(here, ended(here), director(here)).state == State.IN_PROGRESS


@pytest.mark.parametrize("who", [Role.RECEPTION, Role.HEAD, Role.CLERK, "citizen"])
def test_others_may_not(here: World, who: Role | str) -> None:
    dossier = ended(here)
    with pytest.raises(Refused) as refused:
        reopened(here, dossier, here.actor(who))
    assert refused.value.code == "person"
    assert Dossier.objects.get(pk=dossier.pk).state == State.STOPPED


def test_the_leader_does_not_decide_what_the_reception_refused(here: World) -> None:
    with pytest.raises(Refused) as refused:
        reopened(here, ended(here, Action.REFUSE, "accept"))
    assert refused.value.code == "person"


def test_somebody_unknown_does_not_even_find_it(here: World) -> None:
    dossier = ended(here)
    with pytest.raises(Dossier.DoesNotExist):
        reopened(here, dossier, Actor(kind=ActorKind.ANONYMOUS))


def test_not_in_a_matter_of_one_s_own_or_of_kin(here: World) -> None:
    dossier = ended(here)
    leader = here.actor(Role.LEADER)
    Dossier.objects.filter(pk=dossier.pk).update(owner_person=leader.person_id)
    with pytest.raises(Refused) as refused:
        reopened(here, dossier)
    assert refused.value.code == "own_matter"


# ── when not ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", ["reason", "basis"])
def test_reason_and_basis_are_written_down(here: World, field: str) -> None:
    with pytest.raises(Refused) as refused:
        reopened(here, ended(here), **{field: "  "})
    assert refused.value.field == field


def test_what_was_handed_over_is_corrected_instead(here: World) -> None:
    dossier = act(Action.HAND_OVER, at_step(here, "return"), here.actor(Role.RECEPTION), here, MONDAY)
    with pytest.raises(Refused, match="corrected"):
        reopened(here, dossier)


def test_not_after_the_book_of_its_year_was_closed(here: World) -> None:
    dossier = ended(here)
    year_end.close_year(agency_id=here.centre.pk, year=2026, actor=system("t"), now=at(5, month=1, year=2027))
    with pytest.raises(Refused, match="2026") as refused:
        reopened(here, dossier, now=at(6, month=1, year=2027))
    assert refused.value.code == "year_closed"


def test_what_was_carried_over_and_closed_later_may_be_opened(here: World) -> None:
    dossier = at_step(here, "appraise")
    year_end.close_year(agency_id=here.centre.pk, year=2026, actor=system("t"), now=at(5, month=1, year=2027))
    closed = act(Action.STOP, dossier, here.actor(Role.RECEPTION), here, at(6, month=1, year=2027))
    assert reopened(here, closed, now=at(7, month=1, year=2027)).state == State.IN_PROGRESS


def test_nothing_is_left_of_what_was_disposed_of(here: World) -> None:
    dossier = ended(here)
    Dossier.objects.filter(pk=dossier.pk).update(disposed_at=at(25))
    with pytest.raises(Refused) as refused:
        reopened(here, dossier)
    assert refused.value.code == "disposed"


def test_an_agency_that_ended_opens_nothing(here: World) -> None:
    dossier = ended(here)
    Agency.objects.filter(pk=here.committee.pk).update(valid_to=at(25).date())
    with pytest.raises(Refused) as refused:
        reopened(here, dossier, system("t"))
    assert refused.value.code == "agency_ended"


def test_the_same_form_opens_it_once(here: World) -> None:
    dossier, key = ended(here), uuid4()
    for _ in range(2):
        reopened(here, dossier, key=key)
    assert Reopening.objects.count() == 1


def test_stopped_once_more_it_has_a_notice_of_its_own(here: World) -> None:
    again = act(Action.STOP, reopened(here, ended(here)), here.actor(Role.RECEPTION), here, at(27), reason="Lần hai.")
    assert prints._name(again, "stop", "").startswith("stop-2-")
    made = letters.stop(again, None, at(27))
    assert made.reason == "Lần hai."


def test_the_applicant_is_told_why(here: World) -> None:
    done = reopened(here, ended(here))
    event = Event.objects.get(name="dossiers.DossierReopened")
    messages.tell_people([outbox.Fact(event.id, event.name, event.payload, event.at)])
    told = Message.objects.get(template="dossiers.reopened")
    assert "Dừng nhầm." in told.body
    assert done.shown_code in told.subject
    assert queries.own_dossiers(here.actor("citizen"), is_open=True).rows
