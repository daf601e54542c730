"""An issued result that is wrong: corrected by a new version, given up, annulled; the first one's figures stand."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.documents.models import Verification
from motcua.dossiers import messages, queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.models import Correction, Dossier, DueWarning, HandOver, Register, Result
from motcua.dossiers.services import warnings
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, office_day, step, world
from motcua.dossiers.versions import at_version, versions_of
from motcua.kernel import outbox
from motcua.kernel.actor import Role, system
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Event
from motcua.notifications.models import Message
from motcua.payments.models import Charge
from motcua.workflow.models import Run

LATER = at(26)


@pytest.fixture
def here(db: None) -> World:
    return world()


def handed(of: World, now: datetime = MONDAY) -> Dossier:
    issued = at_step(of, "return", now)
    return act(Action.HAND_OVER, issued, of.actor(Role.RECEPTION), of, now)


def corrected(of: World, dossier: Dossier, now: datetime = LATER, who: Role = Role.LEADER, **changes: Any) -> Dossier:
    return act(Action.CORRECT, dossier, of.actor(who), of, now, **changes)


def issued_again(of: World, dossier: Dossier, now: datetime = LATER) -> Dossier:
    while dossier.state != State.RESOLVED:
        dossier = step(of, dossier, now)
    return dossier


def given_again(of: World, dossier: Dossier, now: datetime = LATER, **changes: Any) -> Dossier:
    words = {"is_wrong_returned": True, **changes}
    return act(Action.HAND_OVER, dossier, of.actor(Role.RECEPTION), of, now, **words)


def kept(dossier: Dossier) -> dict[str, Any]:
    """What the figures of the first result rest on."""
    names = ("code", "accepted_at", "due_at", "original_due_at", "finished_at", "run_id", "submitted_at")
    return Dossier.objects.values(*names).get(pk=dossier.pk)


# ── the way of a correction ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_handed", [True, False])
def test_a_correction_goes_back_to_the_draft_with_a_clock_of_its_own(here: World, is_handed: bool) -> None:
    dossier = handed(here) if is_handed else at_step(here, "return")
    before, first = kept(dossier), Result.objects.get()
    done = corrected(here, dossier)
    assert (done.state, done.step_kind, done.step_role) == (State.IN_PROGRESS, "appraise", "handler")
    assert kept(done) == before
    assert done.is_in_correction
    assert (done.correction_due_at, done.present_due_at) == (at(1, month=12), at(1, month=12)), "three working days"
    assert done.closed_at is None
    assert not hasattr(Dossier.objects.get(pk=done.pk), "result")
    former = Result.objects.get()
    assert (former.pk, former.former_of_id, former.number, former.version) == (first.pk, done.pk, first.number, 1)
    assert HandOver.objects.filter(former_of=done).count() == is_handed
    correction = Correction.objects.get()
    assert (correction.version, correction.was, correction.at_fault) == (2, dossier.state, "agency")
    assert correction.basis.startswith("61/2018/NĐ-CP, Điều 21")
    assert done.story.latest("at", "pk").what == Happening.CORRECTING
    assert AuditEntry.objects.filter(action="dossiers.correct", subject_id=done.pk).count() == 1


def test_the_new_version_is_issued_and_handed_over_by_the_ordinary_acts(here: World) -> None:
    dossier = handed(here)
    first = Result.objects.get()
    done = issued_again(here, corrected(here, dossier))
    second = Result.objects.get(dossier=done)
    assert (second.version, second.number, second.issued_at) == (2, 2, LATER)
    first.refresh_from_db()
    assert (first.number, first.replaced_at, first.former_of_id) == (1, LATER, done.pk)
    assert Correction.objects.get().issued_at == LATER
    assert done.is_in_correction, "until it is handed over"
    done = given_again(here, done)
    assert (done.state, done.is_in_correction, done.closed_at) == (State.HANDED_OVER, False, LATER)
    assert done.finished_at == MONDAY
    handings = HandOver.objects.order_by("version").values_list("version", "at", "is_wrong_returned")
    assert list(handings) == [(1, MONDAY, False), (2, LATER, True)]
    assert Run.objects.filter(subject_id=done.pk, ended_at__isnull=False).count() == 2
    shown = versions_of(Dossier.objects.get(pk=done.pk))
    assert [(one.result.version, one.hand_over is not None, one.correction is not None) for one in shown] == [
        (2, True, True),
        (1, True, False),
    ]


def test_numbers_stay_gapless_and_are_never_given_again(here: World) -> None:
    dossier = handed(here)
    for turn in range(3):
        dossier = issued_again(here, corrected(here, dossier, at(26, 9 + turn)), at(26, 9 + turn))
        dossier = given_again(here, dossier, at(26, 9 + turn))
    assert sorted(Result.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Register.objects.get().last == 4
    assert Result.objects.get(dossier=dossier).version == 4


def test_a_correction_costs_the_applicant_nothing(db: None) -> None:
    here = world(fee=8000)
    dossier = at_step(here, "return")
    act(Action.RECORD_PAYMENT, dossier, here.actor(Role.RECEPTION), here, MONDAY)
    issued_again(here, corrected(here, dossier))
    assert Charge.objects.count() == 1


# ── who, when, why not ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", [Role.HEAD, Role.LEADER])
def test_the_head_or_the_leader_orders_it(here: World, who: Role) -> None:
    assert corrected(here, handed(here), who=who).is_in_correction


@pytest.mark.parametrize("who", [Role.HANDLER, Role.CLERK, Role.RECEPTION])
def test_nobody_else_does(here: World, who: Role) -> None:
    dossier = handed(here)
    with pytest.raises((Refused, Dossier.DoesNotExist)) as refused:
        corrected(here, dossier, who=who)
    assert getattr(refused.value, "code", "unseen") in {"person", "unseen"}
    assert not Correction.objects.exists()


def test_not_in_a_matter_of_one_s_own(here: World) -> None:
    dossier = handed(here)
    Dossier.objects.filter(pk=dossier.pk).update(submitter_person=here.actor(Role.LEADER).person_id)
    with pytest.raises(Refused) as refused:
        corrected(here, dossier)
    assert refused.value.code == "own_matter"


@pytest.mark.parametrize("field", ["wrong", "reason"])
def test_it_says_what_is_wrong_and_why(here: World, field: str) -> None:
    with pytest.raises(Refused) as refused:
        corrected(here, handed(here), **{field: " "})
    assert refused.value.field == field


@pytest.mark.parametrize(
    "action",
    [
        Action.REQUEST_SUPPLEMENT,
        Action.ANNOUNCE_OBLIGATION,
        Action.WITHDRAW,
        Action.STOP,
        Action.EXTEND,
        Action.PAUSE_CLOCK,
        Action.ASK_OPINION,
    ],
)
def test_nothing_else_is_begun_meanwhile(here: World, action: Action) -> None:
    dossier = corrected(here, handed(here))
    before = Dossier.objects.values().get(pk=dossier.pk)
    with pytest.raises(Refused) as refused:
        act(action, dossier, system("t"), here, LATER)
    assert refused.value.code == "in_correction"
    assert Dossier.objects.values().get(pk=dossier.pk) == before


def test_a_corrected_paper_is_given_for_the_wrong_one(here: World) -> None:
    dossier = issued_again(here, corrected(here, handed(here)))
    with pytest.raises(Refused) as refused:
        given_again(here, dossier, is_wrong_returned=False)
    assert refused.value.field == "wrong_missing"
    done = given_again(here, dossier, is_wrong_returned=False, wrong_missing="Đã nộp cho ngân hàng.")
    assert done.hand_over.wrong_missing == "Đã nộp cho ngân hàng."


def test_what_was_never_handed_over_need_not_come_back(here: World) -> None:
    dossier = issued_again(here, corrected(here, at_step(here, "return")))
    assert given_again(here, dossier, is_wrong_returned=False).state == State.HANDED_OVER


def test_a_result_under_correction_is_corrected_again_only_once_it_is_issued(here: World) -> None:
    dossier = corrected(here, handed(here))
    with pytest.raises(Refused) as refused:
        corrected(here, dossier)
    assert refused.value.code == "state"
    done = issued_again(here, corrected(here, issued_again(here, dossier)))
    assert Result.objects.get(dossier=done).version == 3
    assert [one.result.version for one in versions_of(done)] == [3, 2, 1]


@pytest.mark.parametrize("is_handed", [True, False])
def test_given_up_the_result_is_as_it_was(here: World, is_handed: bool) -> None:
    dossier = handed(here) if is_handed else at_step(here, "return")
    before, state, result = kept(dossier), dossier.state, Result.objects.values().get()
    begun = step(here, corrected(here, dossier), LATER)
    assert Result.objects.filter(dossier=begun).exists(), "drafted"
    done = act(Action.DROP_CORRECTION, begun, here.actor(Role.HEAD), here, LATER)
    assert (done.state, kept(done)) == (state, before)
    assert Result.objects.values().get() == result
    assert HandOver.objects.filter(dossier=done).count() == is_handed
    assert Correction.objects.get().dropped_why
    if not is_handed:
        assert act(Action.HAND_OVER, done, here.actor(Role.RECEPTION), here, LATER).state == State.HANDED_OVER
    again = issued_again(here, corrected(here, Dossier.objects.get(pk=done.pk)))
    assert Result.objects.get(dossier=again).version == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_correct_at_once_make_one_correction() -> None:
    here = world()
    dossier = handed(here)
    actors, barrier, said = [here.actor(Role.HEAD), here.actor(Role.LEADER)], Barrier(2), list[str]()

    def go(who: Any) -> None:
        barrier.wait()
        try:
            dossiers.correct(
                dossier_id=dossier.pk, wrong="Sai tên.", reason="Nhầm.", at_fault="agency",  # type: ignore[arg-type]
                actor=who, now=LATER, expected=dossier.version,
            )  # fmt: skip
            said.append("done")
        except (Conflict, Refused) as error:
            said.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=go, args=(who,)) for who in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["Conflict", "done"]
    assert Correction.objects.count() == 1


def test_the_same_form_twice_corrects_once(here: World) -> None:
    dossier, key = handed(here), uuid7()
    for _ in range(2):
        corrected(here, dossier, key=key)
    assert Correction.objects.count() == 1


# ── annulled ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_annulled_result_is_not_handed_over_until_it_is_corrected(here: World) -> None:
    dossier = at_step(here, "return")
    done = act(Action.ANNUL, dossier, here.actor(Role.LEADER), here, LATER)
    assert (done.state, done.finished_at) == (State.RESOLVED, MONDAY)
    with pytest.raises(Refused) as refused:
        act(Action.HAND_OVER, done, here.actor(Role.RECEPTION), here, LATER)
    assert refused.value.code == "annulled"
    again = issued_again(here, corrected(here, done))
    assert given_again(here, again).state == State.HANDED_OVER


def test_a_result_is_annulled_once_and_by_the_leader(here: World) -> None:
    dossier = handed(here)
    with pytest.raises(Refused) as refused:
        act(Action.ANNUL, dossier, here.actor(Role.HEAD), here, LATER)
    assert refused.value.code == "person"
    act(Action.ANNUL, dossier, here.actor(Role.LEADER), here, LATER)
    with pytest.raises(Refused) as refused:
        act(Action.ANNUL, dossier, here.actor(Role.LEADER), here, LATER)
    assert refused.value.code == "annulled"


# ── people, papers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_is_told_at_the_beginning_and_at_the_end(here: World) -> None:
    dossier = handed(here)
    begun = corrected(here, dossier)
    tell(begun, "CorrectionStarted")
    told = Message.objects.latest("pk")
    assert "Sai ngày sinh" in str(told.facts) or "Sai ngày sinh" in told.body
    tell(issued_again(here, begun), "ResultCorrected")
    assert Message.objects.filter(template="dossiers.corrected").exists()


def tell(dossier: Dossier, name: str) -> None:
    event = Event.objects.get(name=f"dossiers.{name}")
    messages.tell_people([outbox.Fact(event.id, event.name, event.payload, event.at)])


def test_each_version_has_its_paper_and_the_public_page_says_which_holds(client: Client, db: None) -> None:
    with office_day() as here:
        dossier = handed(here)
        who = here.actor(Role.LEADER)
        first = dossiers.paper(dossier=queries.case_for(who, dossier.pk), form="result", actor=who, now=MONDAY)
        bytes_before = first.blob_id
        check = Verification.objects.get(document=first)
        page = client.get(reverse("documents:verify", args=[check.code])).content.decode()
        assert "replaced" not in page
        done = issued_again(here, corrected(here, dossier))
        second = dossiers.paper(dossier=queries.case_for(who, done.pk), form="result", actor=who, now=LATER)
        assert second.pk != first.pk
        old = at_version(queries.case_for(who, done.pk), 1)
        again = dossiers.paper(dossier=old, form="result", actor=who, now=LATER)
        assert (again.pk, again.blob_id) == (first.pk, bytes_before)
        page = client.get(reverse("documents:verify", args=[check.code])).content.decode()
        assert "replaced by version 2" in page
        assert here.citizen.full_name not in page
        newer = Verification.objects.get(document=second)
        page = client.get(reverse("documents:verify", args=[newer.code])).content.decode()
        assert "This paper was issued here" in page
        act(Action.ANNUL, done, who, here, LATER)
        page = client.get(reverse("documents:verify", args=[newer.code])).content.decode()
        assert "annulled on" in page


def test_a_former_version_printed_late_bears_its_mark(db: None) -> None:
    with office_day() as here:
        done = issued_again(here, corrected(here, handed(here)))
        who = here.actor(Role.LEADER)
        old = at_version(queries.case_for(who, done.pk), 1)
        made = dossiers.paper(dossier=old, form="result", actor=who, now=LATER)
        check = Verification.objects.get(document=made)
        assert (check.replaced_at, check.replaced_version) == (LATER, 2)
        assert check.replaced_by.startswith("2/")


# ── warnings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_about_to_be_late_is_warned_of_by_its_own_limit(here: World) -> None:
    done = corrected(here, handed(here))
    assert done.correction_due_at is not None
    assert warnings.warn(now=LATER + (done.correction_due_at - LATER) / 100) == 0
    made = warnings.warn(now=done.correction_due_at - timedelta(hours=1))
    found = DueWarning.objects.filter(dossier=done)
    assert made == found.count() == 2
    assert {row.due_at for row in found if row.step_id is None} == {done.correction_due_at}
    assert DueWarning.objects.standing().count() == 2
    assert warnings.warn(now=done.correction_due_at - timedelta(minutes=59)) == 0, "each once"


def test_once_the_new_version_is_issued_nothing_is_warned_of(here: World) -> None:
    done = corrected(here, handed(here))
    assert done.correction_due_at is not None
    issued_again(here, done)
    assert warnings.warn(now=done.correction_due_at + timedelta(days=1)) == 0
