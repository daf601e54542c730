"""The acts on the clock: put off once, stopped and let run, asked in time and once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers import messages, queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.models import Access, Dossier, Extension, Pause
from motcua.dossiers.services import expiry
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, office_day, submitted, world
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import Event
from motcua.notifications.models import Message
from motcua.workflow import queries as workflow_queries
from motcua.workflow.enums import PauseKind, ResumePolicy
from motcua.workflow.models import ProcessDefinition, Run, StepRun


@pytest.fixture
def here(db: None) -> World:
    return world()


def extended(of: World, dossier: Dossier, day: date, now: datetime = MONDAY) -> Dossier:
    return dossiers.extend(
        dossier_id=dossier.pk, day=day, reason="Cần xác minh thêm.", actor=of.actor(Role.HANDLER), now=now
    )


def paused(of: World, dossier: Dossier, now: datetime, **changes: object) -> Dossier:
    return act(Action.PAUSE_CLOCK, dossier, of.actor(Role.HANDLER), of, now, **changes)


# ── put off ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_due_date_put_off_keeps_the_first_one_and_moves_step_and_lists(here: World) -> None:
    dossier = at_step(here, "appraise")
    before = dossier.step_due_at
    assert dossier.due_at == at(30)
    done = extended(here, dossier, date(2026, 12, 3))
    assert done.due_at == at(3, month=12)
    assert done.original_due_at == at(30)
    assert done.step_due_at is not None
    assert before is not None
    assert done.step_due_at > before
    run, step = Run.objects.get(pk=done.run_id), StepRun.objects.get(run=done.run_id, left_at__isnull=True)
    assert (run.due_at, step.due_at) == (done.due_at, done.step_due_at)
    assert set(Access.objects.filter(dossier=done).values_list("sort_at", flat=True)) == {at(3, month=12)}
    kept = Extension.objects.get(dossier=done)
    assert (kept.old_due_at, kept.new_due_at, kept.granted_at) == (at(30), at(3, month=12), MONDAY)
    assert kept.at_fault == here.committee.name
    assert done.story.latest("at", "pk").what == Happening.EXTENDED


def test_a_second_time_is_refused_with_the_article(here: World) -> None:
    dossier = extended(here, at_step(here, "appraise"), date(2026, 12, 3))
    with pytest.raises(Refused, match=r"once.*118/2025/NĐ-CP"):
        extended(here, dossier, date(2026, 12, 8))
    assert Dossier.objects.get(pk=dossier.pk).due_at == at(3, month=12)


@pytest.mark.parametrize(
    ("now", "day", "code"),
    [
        (at(28), date(2026, 12, 3), "no_extension"),  # a Saturday: the last working day before was the 27th
        (at(30, 8), date(2026, 12, 3), "no_extension"),
        (at(27, 16), date(2026, 11, 30), "not_later"),
        (at(27, 16), date(2026, 12, 6), "not_at_work"),
    ],
)
def test_too_late_or_to_a_day_that_is_none(here: World, now: datetime, day: date, code: str) -> None:
    dossier = at_step(here, "appraise")
    with pytest.raises(Refused) as refused:
        extended(here, dossier, day, now)
    assert refused.value.code == code
    assert "NĐ-CP" in refused.value.message
    assert not Extension.objects.exists()


def test_on_the_last_day_it_is_in_time(here: World) -> None:
    assert extended(here, at_step(here, "appraise"), date(2026, 12, 3), at(27, 16)).due_at == at(3, month=12)


def test_it_needs_a_reason_and_a_due_date(here: World) -> None:
    dossier = at_step(here, "appraise")
    with pytest.raises(Refused) as refused:
        dossiers.extend(
            dossier_id=dossier.pk, day=date(2026, 12, 3), reason=" ", actor=here.actor(Role.HANDLER), now=MONDAY
        )
    assert refused.value.field == "reason"


# ── stopped ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stopped_clock_moves_the_due_date_and_keeps_the_state(here: World) -> None:
    dossier = paused(here, at_step(here, "appraise"), at(24))
    assert (dossier.state, dossier.paused_at) == (State.IN_PROGRESS, at(24))
    assert dossier.due_at == at(30)
    done = dossiers.resume_clock(
        dossier_id=dossier.pk, note="Kết luận giám định số 4.", actor=here.actor(Role.HEAD), now=at(26)
    )
    assert done.paused_at is None
    assert done.due_at == at(2, month=12), "two working days were waited"
    assert done.original_due_at == at(30)
    pause = Pause.objects.get()
    assert (pause.started_at, pause.ended_at, pause.ended_by) == (at(24), at(26), "Cán bộ head")
    assert pause.note == "Kết luận giám định số 4."


@pytest.mark.parametrize("action", [Action.FORWARD, Action.REQUEST_SUPPLEMENT, Action.EXTEND, Action.PAUSE_CLOCK])
def test_nothing_moves_while_it_is_stopped(here: World, action: Action) -> None:
    dossier = paused(here, at_step(here, "appraise"), at(24))
    with pytest.raises(Refused) as refused:
        act(action, dossier, here.actor(Role.HANDLER), here, at(25))
    assert refused.value.code == "clock_stopped"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": PauseKind.SUPPLEMENT}, "kind"), ({"kind": PauseKind.FINANCIAL_OBLIGATION}, "kind"),
        ({"reason": " "}, "no_reason"), ({"basis": ""}, "no_basis"), ({"expected_end": date(2026, 11, 23)}, "past"),
    ],
)  # fmt: skip
def test_it_is_stopped_for_a_reason_law_gives(here: World, changes: dict[str, object], code: str) -> None:
    dossier = at_step(here, "appraise")
    with pytest.raises(Refused) as refused:
        paused(here, dossier, at(24), **changes)
    assert refused.value.code == code
    assert not Pause.objects.exists()


def test_a_dossier_that_ends_ends_its_pause(here: World) -> None:
    dossier = paused(here, at_step(here, "appraise"), at(24))
    act(Action.WITHDRAW, dossier, here.actor("citizen"), here, at(25))
    pause = Pause.objects.get()
    assert pause.ended_at == at(25)


# ── asked in time, and once ──────────────────────────────────────────────────────────────────────────────────────


def asked(of: World, dossier: Dossier, now: datetime, **more: str) -> Dossier:
    return dossiers.request_supplement(
        dossier_id=dossier.pk, items=["Giấy chứng sinh"], reason="Thiếu.", actor=of.actor(Role.HANDLER), now=now,
        **more,
    )  # fmt: skip


def test_asking_ends_three_working_days_after_receipt(here: World) -> None:
    in_time, late = at_step(here, "appraise"), at_step(here, "appraise")
    assert asked(here, in_time, at(26, 9)).state == State.SUPPLEMENT
    with pytest.raises(Refused, match=r"09:00 26/11/2026.*118/2025/NĐ-CP") as refused:
        asked(here, late, at(26, 9, 1))
    assert (refused.value.code, refused.value.field) == ("too_late_to_ask", "sector_law")
    done = asked(here, late, at(26, 9, 1), sector_law="Luật Hộ tịch, Điều 16")
    assert done.supplements.get().sector_law == "Luật Hộ tịch, Điều 16"


def test_the_sector_of_the_process_may_give_other_terms(here: World) -> None:
    found = ProcessDefinition.objects.get(key="commune-standard")
    terms = {"ask_within": {"amount": 1, "unit": "working_day"}, "answer_within": {"amount": 10, "unit": "working_day"}}
    ProcessDefinition.objects.filter(pk=found.pk).update(content={**found.content, **terms})
    dossier = at_step(here, "appraise")
    with pytest.raises(Refused, match="09:00 24/11/2026"):
        asked(here, dossier, at(24, 10))
    done = asked(here, dossier, at(24, 9))
    limit = done.supplements.get().limit_at
    assert limit is not None
    assert (limit.month, limit.day) == (12, 8)


def test_a_second_request_says_what_was_not_visible_and_counts(here: World) -> None:
    dossier = asked(here, at_step(here, "appraise"), at(24))
    dossier = act(Action.ANSWER_SUPPLEMENT, dossier, here.actor("citizen"), here, at(25))
    due = dossier.due_at
    law = "Luật Hộ tịch, Điều 16"
    with pytest.raises(Refused, match="one request") as refused:
        asked(here, dossier, at(26), sector_law=law)
    assert refused.value.field == "not_visible_before"
    again = asked(here, dossier, at(26), not_visible_before="Trang sau.", sector_law=law)
    assert again.has_second_request
    assert (again.state, again.paused_at, again.due_at) == (State.SUPPLEMENT, None, due)
    assert Run.objects.get(pk=again.run_id).pause_policy == ResumePolicy.COUNTS
    assert set(Access.objects.filter(dossier=again).values_list("sort_at", flat=True)) == {due}, "it may become late"
    told = Event.objects.filter(name="dossiers.SupplementRequested").latest("id")
    messages.tell_people([outbox.Fact(told.id, told.name, told.payload, told.at)])
    body = Message.objects.get(template="dossiers.supplement_requested").body
    assert "lần yêu cầu thứ hai" in body
    assert "tạm dừng" not in body
    done = act(Action.ANSWER_SUPPLEMENT, again, here.actor("citizen"), here, at(27))
    assert done.due_at == due, "the wait was the agency's own time"


def test_who_waits_reads_whether_the_clock_stands_still(db: None) -> None:
    with office_day() as here:
        client = people.sign_in(Client(headers={"accept-language": "en"}), here.citizen_account)
        stopped = paused(here, at_step(here, "appraise"), MONDAY)

        def page(dossier: Dossier) -> str:
            return client.get(reverse("dossiers:status", args=[dossier.pk])).content.decode()

        assert "by law does not count" in page(stopped)
        assert "is due on" not in page(stopped)
        assert queries.minutes_left([stopped], MONDAY) == {}
        first = asked(here, at_step(here, "appraise"), MONDAY)
        assert "Until then the clock stands still" in page(first)
        law = {"not_visible_before": "Trang sau.", "sector_law": "Luật Hộ tịch, Điều 16"}
        second = act(Action.ANSWER_SUPPLEMENT, first, here.actor("citizen"), here, MONDAY)
        second = asked(here, second, MONDAY, **law)
        assert "We ask a second time" in page(second)
        assert "stands still" not in page(second).split("Papers")[0]
        assert second.pk in queries.minutes_left([second], MONDAY)


def test_before_acceptance_there_is_no_last_day_to_ask_but_a_second_request_counts(here: World) -> None:
    dossier = submitted(here)
    for number, day in enumerate((24, 26)):
        words = {"not_visible_before": "Trang sau."} if number else {}
        dossier = dossiers.request_supplement(
            dossier_id=dossier.pk, items=["Tờ khai"], reason="Thiếu.", actor=here.actor(Role.RECEPTION), now=at(day),
            **words,
        )  # fmt: skip
        dossier = act(Action.ANSWER_SUPPLEMENT, dossier, here.actor("citizen"), here, at(day, 10))
    assert dossier.has_second_request
    assert list(dossier.supplements.order_by("number").values_list("is_counted", flat=True)) == [False, True]


def test_a_dossier_just_accepted_has_no_second_request(here: World) -> None:
    assert not accepted(here).has_second_request


def test_the_applicant_gets_the_apology_with_the_new_date(here: World) -> None:
    dossier = extended(here, at_step(here, "appraise"), date(2026, 12, 3))
    told = Event.objects.get(name="dossiers.DueDateExtended")
    messages.tell_people([outbox.Fact(told.id, told.name, told.payload, told.at)])
    letter = Message.objects.get(template="dossiers.extended", about_id=dossier.pk)
    assert "03/12/2026" in letter.body or "3/12/2026" in letter.body
    assert "Cần xác minh thêm." in letter.body


def test_a_result_that_is_ready_early_is_told_before_anybody_comes_for_it(here: World) -> None:
    dossier = at_step(here, "return")
    assert dossier.finished_at is not None
    assert dossier.due_at is not None
    assert dossier.finished_at < dossier.due_at
    told = Event.objects.get(name="dossiers.ResultIssued")
    messages.tell_people([outbox.Fact(told.id, told.name, told.payload, told.at)])
    letter = Message.objects.get(template="dossiers.issued", about_id=dossier.pk)
    assert (letter.recipient_id, dossier.state) == (here.citizen.pk, State.RESOLVED)
    assert here.centre.name in letter.body


def test_what_is_not_supplied_in_time_is_closed_once_and_not_a_minute_before(here: World) -> None:
    accepted_one = asked(here, at_step(here, "appraise"), at(24))
    new_one = act(Action.REQUEST_SUPPLEMENT, submitted(here), here.actor(Role.RECEPTION), here, at(24))
    limit = accepted_one.supplements.get().limit_at
    assert limit is not None
    assert (limit.astimezone(MONDAY.tzinfo).date(), limit) == (date(2026, 12, 24), new_one.supplements.get().limit_at)
    assert expiry.close_unanswered(now=limit) == 0
    after = limit + timedelta(minutes=1)
    assert expiry.close_unanswered(now=after) == 2
    assert Dossier.objects.get(pk=accepted_one.pk).state == State.STOPPED
    assert Dossier.objects.get(pk=new_one.pk).state == State.NOT_ACCEPTED
    assert "24/12/2026" in accepted_one.story.latest("at", "pk").note
    assert expiry.close_unanswered(now=after) == 0


def test_one_that_cannot_be_closed_does_not_stand_in_the_way(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (asked(here, at_step(here, "appraise"), at(24)) for _ in range(2))
    stop = expiry.stop

    def refuses_the_first(*, dossier_id: UUID, **words: Any) -> Dossier:
        if dossier_id == first.pk:
            raise Refused("state", "No.")
        return stop(dossier_id=dossier_id, **words)

    monkeypatch.setattr(expiry, "BATCH", 1)
    monkeypatch.setattr(expiry, "stop", refuses_the_first)
    assert expiry.close_unanswered(now=at(24) + timedelta(days=60)) == 1
    assert Dossier.objects.get(pk=second.pk).state == State.STOPPED


@pytest.mark.django_db
def test_the_page_shows_why_the_clock_stands_still() -> None:
    with office_day() as here:
        dossier = paused(here, at_step(here, "appraise"), at(24), paper="Số 4/GĐ")
        page = people.sign_in(Client(), here.staff[Role.HANDLER]).get(reverse("dossiers:case", args=[dossier.pk]))
    shown = page.content.decode()
    assert "Giám định. (Luật Giám định, Điều 1)" in shown
    assert "Số 4/GĐ" in shown
    assert reverse("dossiers:act", args=[dossier.pk, "resume_clock"]) in shown


def test_who_must_look_by_when_is_told_by_the_law_of_the_day(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert submitted(here).acceptance_due_at == at(24, 9)  # eight working hours
    law = replace(workflow_queries.regime(MONDAY.date()), acceptance_minutes=60)
    monkeypatch.setattr(workflow_queries, "regime", lambda on: law)
    filed = submitted(here)
    assert filed.acceptance_due_at == at(23, 10)
    waiting = act(Action.REQUEST_SUPPLEMENT, filed, here.actor(Role.RECEPTION), here, at(24))
    answered = act(Action.ANSWER_SUPPLEMENT, waiting, here.actor("citizen"), here, at(25))
    assert answered.acceptance_due_at == at(25, 10)
