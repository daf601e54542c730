"""The acts on cases: what they change, whom they are for, what they refuse."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from motcua.documents import queries as documents
from motcua.documents import services as documents_services
from motcua.documents.enums import Kind as DocumentKind
from motcua.documents.enums import Retention
from motcua.documents.tests.factories import pdf
from motcua.dossiers.tests.factories import submitted
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import ANONYMOUS, Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.support import queries
from motcua.support import services as support
from motcua.support.enums import About, Kind, Outcome, Publication, Shelf, State
from motcua.support.models import Feedback, PublishedAnswer, Stay
from motcua.support.tests.factories import ANSWER, MONDAY, REASON, TEXT, Place, answered, at, place, send, sent

pytestmark = pytest.mark.django_db
NAMELESS = {"name": "Bà Tư", "phone": "0912 345 678", "email": "Tu@Example.vn"}


@pytest.fixture
def here(db: None) -> Place:
    return place()


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        call(**arguments)
    return refused.value.code


def present(case: Feedback) -> Stay:
    return Stay.objects.filter(feedback=case).order_by("-number")[0]


def events() -> list[str]:
    return [name for name in Event.objects.order_by("id").values_list("name", flat=True) if name.startswith("support.")]


# ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_arrives_with_its_clock(here: Place) -> None:
    case = send(here)
    stay = present(case)
    assert (case.state, case.shelf, case.agency, case.person) == ("received", "to_do", here.commune, here.world.citizen)
    assert case.due_at == case.sort_at == stay.sort_due_at == at(25)
    assert (stay.ask_due_at, stay.handle_due_at, stay.original_due_at) == (at(30), at(14, month=12), at(14, month=12))
    assert case.name == here.world.citizen.full_name
    assert AuditEntry.objects.filter(action="support.send", subject_id=case.pk).count() == 1
    assert events() == ["support.FeedbackReceived"]


def test_who_does_not_know_the_agency_writes_to_the_province(here: Place) -> None:
    case = send(here, agency_id=None)
    assert (case.agency, case.is_agency_unknown) == (here.province, True)


def test_without_a_centre_the_agency_has_to_be_chosen(here: Place) -> None:
    here.province.centre.delete()
    assert code_of(send, here=here, agency_id=None) == "agency"


def test_an_agency_that_is_gone_is_not_written_to(here: Place) -> None:
    here.department.valid_to = at(22).date()
    here.department.save()
    assert code_of(send, here=here, agency_id=here.department.pk) == "agency"


def test_anybody_who_can_be_reached_may_write(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, **NAMELESS)
    assert (case.person, case.phone, case.email) == (None, "0912345678", "tu@example.vn")
    assert code_of(send, here=here, actor=ANONYMOUS) == "contact"


def test_about_a_dossier_it_goes_to_the_agency_that_decides_it(here: Place) -> None:
    dossier = submitted(here.world)
    case = send(here, about=About.DOSSIER, dossier_code=dossier.tracking_code, agency_id=None)
    assert (case.dossier, case.agency, case.is_agency_unknown) == (dossier, here.world.committee, False)


def test_about_what_an_ended_agency_decided_its_heir_is_asked(here: Place) -> None:
    dossier, ended = submitted(here.world), here.world.committee
    matter = {"about": About.DOSSIER, "dossier_code": dossier.tracking_code}
    ended.valid_to, ended.successor = at(22).date(), here.department
    ended.save()
    assert send(here, **matter).agency == here.department
    ended.successor = None
    ended.save()
    assert send(here, **matter).agency == here.province


def test_nobody_complains_about_a_dossier_of_somebody_else(here: Place) -> None:
    dossier = submitted(here.world)
    stranger = people.account()
    actor = identity.actor_of(stranger.pk, MONDAY.date())
    wrong = {"here": here, "about": About.DOSSIER, "actor": actor}
    assert code_of(send, **wrong, dossier_code=dossier.tracking_code) == "dossier"
    assert code_of(send, **wrong, dossier_code="7K3M-9P2X-P") == "dossier"


def test_a_complaint_is_always_about_its_dossier_and_never_published(here: Place) -> None:
    dossier = submitted(here.world)
    case = send(here, kind=Kind.COMPLAINT, about=About.CONDUCT, dossier_code=dossier.tracking_code)
    assert (case.about, case.may_publish) == (About.DOSSIER, False)
    assert present(case).handle_due_at is None
    assert case.due_at == at(3, month=12)


def test_a_form_sent_twice_is_one_case(here: Place) -> None:
    key, actor = uuid4(), here.actor("citizen")
    first, second = (support.send(sent=sent(here), actor=actor, now=MONDAY, key=key) for _ in range(2))
    assert first == second
    assert Feedback.objects.count() == 1


def test_so_many_cases_a_day_and_no_more(here: Place) -> None:
    for _ in range(5):
        send(here)
    assert code_of(send, here=here) == "too_many"
    assert send(here, MONDAY + timedelta(hours=24))
    for _ in range(5):
        send(here, actor=ANONYMOUS, **NAMELESS)
    assert code_of(send, here=here, actor=ANONYMOUS, phone="+84912345678") == "too_many"
    assert code_of(send, here=here, actor=ANONYMOUS, email="tu@example.vn") == "too_many"


def test_files_belong_to_the_case(here: Place) -> None:
    case = support.send(sent=sent(here), actor=here.actor("citizen"), now=MONDAY, files_from=waiting(here))
    assert [one.name for one in documents.documents_of(support.OWNER, case.pk)] == ["anh.pdf"]


def waiting(here: Place, count: int = 1) -> UUID:
    key = uuid4()
    for number in range(count):
        documents_services.store(
            upload=pdf(), name="anh.pdf" if count == 1 else f"anh{number}.pdf", owner_kind=support.HELD, owner_id=key,
            kind=DocumentKind.EVIDENCE, retention=Retention.DRAFT, actor=here.actor("citizen"), now=MONDAY,
        )  # fmt: skip
    return key


def test_too_many_files_are_refused_and_stay(here: Place) -> None:
    key = waiting(here, 6)
    letter = {"sent": sent(here), "actor": here.actor("citizen"), "now": MONDAY, "files_from": key}
    assert code_of(support.send, **letter) == "files"
    assert documents.documents_of(support.HELD, key).count() == 6


def test_files_never_sent_go_after_a_day(here: Place) -> None:
    key = waiting(here)
    assert support.clear_unsent(actor=ANONYMOUS, now=MONDAY + timedelta(hours=23)) == 0
    assert support.clear_unsent(actor=ANONYMOUS, now=MONDAY + timedelta(hours=25)) == 1
    assert not documents.documents_of(support.HELD, key).exists()


# ── at the agency ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_taken_up_it_runs_to_the_answer(here: Place) -> None:
    case = send(here)
    done = support.take_up(feedback_id=case.pk, actor=here.actor("reception"), now=at(24))
    assert (done.state, done.due_at, done.version) == (State.IN_PROGRESS, at(14, month=12), 2)


def test_a_complaint_taken_up_has_thirty_days(here: Place) -> None:
    dossier = submitted(here.world)
    case = send(here, kind=Kind.COMPLAINT, dossier_code=dossier.tracking_code)
    done = support.take_up(feedback_id=case.pk, actor=here.actor("committee"), now=at(24))
    assert done.due_at == at(24, month=12)
    assert present(case).original_due_at == done.due_at


def test_passed_on_it_begins_anew_at_the_competent_agency(here: Place) -> None:
    case = send(here)
    done = support.transfer(
        feedback_id=case.pk, agency_id=here.department.pk, reason=REASON, actor=here.actor("reception"), now=at(24)
    )
    first, second = Stay.objects.filter(feedback=case).order_by("number")
    assert (first.outcome, first.left_at, first.reason) == (Outcome.TRANSFERRED, at(24), REASON)
    assert (second.agency, second.arrived_at, done.agency, done.state) == (
        here.department, at(24), here.department, State.RECEIVED,
    )  # fmt: skip
    assert done.due_at == at(26)
    line = case.story.order_by("-pk")[0]
    assert (line.agency, line.note) == (here.commune, REASON)


def test_it_does_not_come_back(here: Place) -> None:
    case = send(here)
    to = {"feedback_id": case.pk, "reason": REASON, "now": at(24)}
    support.transfer(**to, agency_id=here.department.pk, actor=here.actor("reception"))
    back = {**to, "actor": here.actor("department")}
    assert code_of(support.transfer, **back, agency_id=here.commune.pk) == "was_there"
    assert code_of(support.transfer, **back, agency_id=here.department.pk) == "same"
    assert code_of(support.transfer, **back, agency_id=uuid4()) == "agency"
    assert code_of(support.transfer, **{**back, "reason": "không"}, agency_id=here.province.pk) == "reason"


def test_asked_the_clock_waits_and_a_reply_moves_it_by_the_wait(here: Place) -> None:
    case = send(here)
    asked = support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=at(24))
    stay = present(case)
    assert (asked.state, asked.shelf, asked.due_at) == (State.SUPPLEMENT, Shelf.WAITING, None)
    assert stay.reply_by == at(8, month=12)
    done = support.supplement(feedback_id=case.pk, reply="Quầy 2, 8 giờ.", actor=here.actor("citizen"), now=at(26))
    stay = present(case)
    assert (done.state, done.due_at) == (State.IN_PROGRESS, at(16, month=12))
    assert (stay.original_due_at, stay.reply) == (at(14, month=12), "Quầy 2, 8 giờ.")


def test_an_empty_reply_is_none(here: Place) -> None:
    case = send(here)
    support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=at(24))
    empty = {"feedback_id": case.pk, "reply": " ", "actor": here.actor("citizen"), "now": at(25)}
    assert code_of(support.supplement, **empty) == "reply"


def test_who_does_not_reply_is_refused_after_the_day(here: Place) -> None:
    case = send(here)
    support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=at(24))
    end = {"feedback_id": case.pk, "reason": "Không nhận được nội dung bổ sung.", "actor": here.actor("leader")}
    assert code_of(support.refuse, **end, now=at(8, month=12)) == "too_early"
    done = support.refuse(**end, now=at(8, 10, month=12))
    assert (done.state, done.answer, done.due_at) == (State.REFUSED, "Không nhận được nội dung bổ sung.", None)


def test_answered_with_consent_it_waits_for_publication(here: Place) -> None:
    case = answered(here)
    assert (case.state, case.publication, case.shelf, case.due_at) == ("answered", "pending", "to_do", at(25))
    silent = answered(here, may_publish=False)
    assert (silent.publication, silent.shelf, silent.due_at) == ("not_wanted", "done", None)


def test_an_answer_says_something(here: Place) -> None:
    case = send(here)
    support.take_up(feedback_id=case.pk, actor=here.actor("leader"), now=MONDAY)
    short = {"feedback_id": case.pk, "text": "Đã xong.", "actor": here.actor("leader"), "now": MONDAY}
    assert code_of(support.answer, **short) == "text"


def test_a_late_answer_is_told_as_late(here: Place) -> None:
    case = send(here)
    support.take_up(feedback_id=case.pk, actor=here.actor("leader"), now=MONDAY)
    support.answer(feedback_id=case.pk, text=ANSWER, actor=here.actor("leader"), now=at(15, month=12))
    assert Event.objects.get(name="support.FeedbackAnswered").payload["is_late"] is True


def test_two_officers_move_one_step(here: Place) -> None:
    case = send(here)
    first, second = here.actor("reception"), here.actor("leader")
    support.take_up(feedback_id=case.pk, actor=first, now=MONDAY, expected=1)
    with pytest.raises(Conflict) as conflict:
        support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=second, now=MONDAY, expected=1)
    assert first.name in conflict.value.message


def test_one_form_acts_once(here: Place) -> None:
    case, key = send(here), uuid4()
    for _ in range(2):
        support.take_up(feedback_id=case.pk, actor=here.actor("leader"), now=MONDAY, key=key)
    assert Feedback.objects.get().version == 2


# ── publication ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_published_without_personal_data(here: Place) -> None:
    case = answered(here)
    whole = {"feedback_id": case.pk, "actor": here.actor("reception"), "now": at(24), "answer": ANSWER}
    leaks = {**whole, "subject": case.subject, "text": f"Tôi là {here.world.citizen.full_name}, gọi 0912345678."}
    with pytest.raises(Refused) as refused, transaction.atomic():
        support.publish(**leaks)
    assert (refused.value.code, refused.value.field) == ("personal", "text")
    assert "0912345678" in refused.value.message
    assert here.world.citizen.full_name in refused.value.message
    assert code_of(support.publish, **whole, subject=case.subject, text=" ") == "empty"
    done = support.publish(**whole, subject=case.subject, text=TEXT)
    assert (done.publication, done.shelf) == (Publication.PUBLISHED, Shelf.DONE)
    assert PublishedAnswer.objects.get().text == TEXT


def test_the_dossier_s_names_are_kept_out_too(here: Place) -> None:
    dossier = submitted(here.world, owner_name="Trần Văn Khác")
    case = send(here, about=About.DOSSIER, dossier_code=dossier.tracking_code)
    support.take_up(feedback_id=case.pk, actor=here.actor("committee"), now=MONDAY)
    support.answer(feedback_id=case.pk, text=ANSWER, actor=here.actor("committee"), now=MONDAY)
    parts = {"subject": case.subject, "text": "Hồ sơ của ông trần văn khác bị chậm.", "answer": ANSWER}
    who = {"feedback_id": case.pk, "actor": here.actor("committee"), "now": MONDAY}
    assert code_of(support.publish, **who, **parts) == "personal"


def test_held_back_with_a_reason(here: Place) -> None:
    case = answered(here)
    who = {"feedback_id": case.pk, "actor": here.actor("reception"), "now": at(24)}
    assert code_of(support.hold_back, **who, reason="") == "reason"
    done = support.hold_back(**who, reason="Nội dung chỉ liên quan một người.")
    assert (done.publication, done.due_at) == (Publication.HELD_BACK, None)
    assert not case.story.get(what="held_back").is_public


def test_the_database_keeps_consent(here: Place) -> None:
    case = answered(here, may_publish=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.filter(pk=case.pk).update(publication=Publication.PENDING)


# ── the reporter ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rated_once(here: Place) -> None:
    case = answered(here)
    done = support.rate(feedback_id=case.pk, is_liked=True, opinion="Cảm ơn", actor=here.actor("citizen"), now=at(24))
    assert (done.is_liked, done.opinion) == (True, "Cảm ơn")
    again = {"feedback_id": case.pk, "is_liked": False, "actor": here.actor("citizen"), "now": at(24)}
    assert code_of(support.rate, **again) == "rated"


def test_sent_again_once_to_the_same_agency(here: Place) -> None:
    case = answered(here)
    again = send(here, at(25), repeats_id=case.pk, agency_id=None)
    assert (again.repeats, again.agency) == (case, here.commune)
    assert code_of(send, here=here, repeats_id=case.pk) == "repeated"
    assert case.story.filter(what="repeated", note=again.code).exists()


def test_only_one_s_own_case_is_sent_again(here: Place) -> None:
    case = answered(here)
    with pytest.raises(Feedback.DoesNotExist):
        send(here, actor=here.actor("handler"), repeats_id=case.pk)


def test_a_nameless_case_opens_with_code_and_contact(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, **NAMELESS)
    for contact in ("+84 912 345 678", "TU@example.vn "):
        assert support.open_by_contact(code=case.code.lower().replace("-", " "), contact=contact, now=MONDAY) == case
    assert support.open_by_contact(code=case.code, contact="", now=MONDAY) is None
    assert support.open_by_contact(code="nichts", contact="0912345678", now=MONDAY) is None
    own = send(here, phone="0987654321")
    assert support.open_by_contact(code=own.code, contact="0987654321", now=MONDAY) is None


def test_guessing_shuts_the_case_for_a_while(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, **NAMELESS)
    for _ in range(5):
        assert support.open_by_contact(code=case.code, contact="0900000000", now=MONDAY) is None
    right = {"code": case.code, "contact": "0912345678"}
    assert code_of(support.open_by_contact, **right, now=MONDAY + timedelta(minutes=14)) == "locked"
    assert support.open_by_contact(**right, now=MONDAY + timedelta(minutes=15)) == case


def test_with_the_pass_a_nameless_reporter_goes_on(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, **NAMELESS)
    support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=at(24))
    reply = {"feedback_id": case.pk, "reply": "Quầy 2.", "actor": ANONYMOUS, "now": at(25)}
    with pytest.raises(Feedback.DoesNotExist), transaction.atomic():
        support.supplement(**reply)
    assert support.supplement(**reply, has_pass=True).state == State.IN_PROGRESS


def test_a_pass_opens_no_case_of_a_person(here: Place) -> None:
    case = answered(here)
    with pytest.raises(Feedback.DoesNotExist), transaction.atomic():
        support.rate(feedback_id=case.pk, is_liked=True, actor=ANONYMOUS, now=MONDAY, has_pass=True)


# ── who sees ────────────────────────────────────────────────────────────────────────────────────────────────────────


def seen_by(actor: Actor) -> set[str]:
    return {case.subject for case in Feedback.objects.at_work_of(actor)}


def test_the_desk_sees_its_own_and_what_it_passed_on(here: Place) -> None:
    mine = send(here, subject="Quầy")
    send(here, subject="Sở", agency_id=here.department.pk)
    move = {"feedback_id": mine.pk, "agency_id": here.province.pk, "reason": REASON, "now": MONDAY}
    support.transfer(**move, actor=here.actor("reception"))
    assert seen_by(here.actor("reception")) == {"Quầy"}
    assert seen_by(here.actor("department")) == {"Sở"}
    assert seen_by(here.actor("province")) == {"Quầy"}
    assert seen_by(here.actor("watcher")) == {"Quầy", "Sở"}
    assert seen_by(here.actor("handler")) == set()
    assert seen_by(here.actor("citizen")) == set()


def test_an_officer_s_own_case_has_no_inside(here: Place) -> None:
    send(here, actor=here.actor("reception"), subject="Của tôi")
    assert seen_by(here.actor("reception")) == set()
    assert seen_by(here.actor("head")) == {"Của tôi"}


def test_a_director_elsewhere_watches_nothing(here: Place) -> None:
    send(here, agency_id=here.department.pk)
    director = people.officer(Role.DIRECTOR, of=here.commune)
    assert seen_by(identity.actor_of(director.pk, MONDAY.date())) == set()


# ── retention ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_five_years_names_contacts_and_files_go(here: Place) -> None:
    letter = sent(here, text=f"Tôi là {here.world.citizen.full_name}, gọi 0912345678 để hỏi thêm.")
    old = support.send(sent=letter, actor=here.actor("citizen"), now=MONDAY, files_from=waiting(here))
    support.refuse(feedback_id=old.pk, reason=REASON, actor=here.actor("leader"), now=MONDAY)
    young, running = answered(here, at(24)), send(here)
    five_years = MONDAY.replace(year=2031) + timedelta(minutes=1)
    assert support.forget(actor=here.actor("leader"), now=five_years) == 1
    assert support.forget(actor=here.actor("leader"), now=five_years) == 0
    old = Feedback.objects.get(pk=old.pk)
    assert (old.person, old.name, old.phone, old.email) == (None, "", "", "")
    assert here.world.citizen.full_name not in old.text
    assert "0912345678" not in old.text
    assert not documents.documents_of(support.OWNER, old.pk).exists()
    assert Feedback.objects.filter(pk__in=[young.pk, running.pk], person=here.world.citizen).count() == 2


def test_what_is_forgotten_opens_for_nobody(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, **NAMELESS)
    support.refuse(feedback_id=case.pk, reason=REASON, actor=here.actor("leader"), now=MONDAY)
    support.forget(actor=here.actor("leader"), now=MONDAY.replace(year=2032))
    assert support.open_by_contact(code=case.code, contact="", now=MONDAY) is None
    with pytest.raises(Feedback.DoesNotExist):
        queries.own_case(ANONYMOUS, case.pk, has_pass=True)
