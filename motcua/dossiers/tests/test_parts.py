"""Parts of other agencies: stages, limits, who may do what, what waits for whom."""

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.documents import services as documents
from motcua.documents.models import Document
from motcua.dossiers import partmessages, queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Happening, PartState, State
from motcua.dossiers.models import Access, Dossier, Part, StoryLine
from motcua.dossiers.services import parts
from motcua.dossiers.tests.factories import MONDAY, World, at_step, draft, office_day
from motcua.identity import queries as identity
from motcua.identity.models import Account, Person
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import Event
from motcua.notifications.models import Message
from motcua.places import queries as places

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


class Linked:
    """A dossier at the appraisal of a process with two opinions: one of a department, one from outside."""

    def __init__(self, of: World) -> None:
        self.world = of
        self.department = people.agency("H49.10", name="Sở Xây dựng", office_hours="standard")
        self.officer = people.officer(Role.HANDLER, of=self.department, name="Cán bộ quy hoạch")
        self.chief = people.officer(Role.HEAD, of=self.department, name="Trưởng phòng quy hoạch")
        self.dossier = at_step(of, "appraise", MONDAY)
        self.handler = of.actor(Role.HANDLER)

    def actor(self, who: Account) -> Actor:
        return identity.actor_of(who.pk, self.world.on)

    def part(self, key: str = "planning") -> Part:
        return Part.objects.get(dossier=self.dossier, key=key)

    def now(self) -> Dossier:
        return Dossier.objects.get(pk=self.dossier.pk)


@pytest.fixture
def linked() -> Iterator[Linked]:
    with office_day(process="building-permit", days=20) as of:
        yield Linked(of)


def test_a_step_opens_its_parts_with_limits_that_fit(linked: Linked) -> None:
    planning, fire = linked.part(), linked.part("fire-safety")
    assert {planning.state, fire.state} == {PartState.RUNNING}
    assert (planning.agency, fire.agency, fire.outside[:8]) == (linked.department, None, "Công an ")
    run = linked.dossier.run
    assert run is not None
    assert planning.minutes == run.budgets[2] * 80 // 120
    calendar = places.working_calendar(linked.world.committee)
    assert planning.due_at == calendar.add_minutes(MONDAY, planning.minutes)
    step_due = linked.now().step_due_at
    assert step_due is not None
    assert planning.due_at <= step_due
    told = StoryLine.objects.get(dossier=linked.dossier, what=Happening.PARTS_OPENED)
    assert "Sở Xây dựng" in told.note


def test_the_step_waits_for_a_required_part_and_says_whose(linked: Linked) -> None:
    draft(linked.world, linked.dossier, LATER)
    with pytest.raises(Refused, match="Sở Xây dựng") as refused:
        dossiers.forward(dossier_id=linked.dossier.pk, actor=linked.handler, now=LATER)
    assert refused.value.code == "parts_open"
    answer(linked)
    passed = dossiers.forward(dossier_id=linked.dossier.pk, actor=linked.handler, now=LATER)
    assert passed.step_kind == "approve", "the opinion of the police is not required"
    assert linked.part("fire-safety").state == PartState.RUNNING


def answer(linked: Linked, **words: Any) -> Part:
    values = {"answer": "Phù hợp quy hoạch.", "actor": linked.actor(linked.officer), "now": LATER, **words}
    return dossiers.answer_part(part_id=linked.part().pk, **values)


def test_the_agency_reaches_the_dossier_only_while_it_has_the_part(linked: Linked) -> None:
    officer, part = linked.actor(linked.officer), linked.part()
    row = queries.inbox(officer).rows[0]
    assert row.pk == linked.dossier.pk
    assert Access.objects.get(dossier=row, reason="part", is_turn=True).sort_at == part.due_at
    dossiers.claim_part(part_id=part.pk, actor=officer, now=LATER)
    assert [one.pk for one in queries.inbox(officer).rows] == [row.pk]
    answer(linked)
    assert not queries.inbox(officer).rows
    with pytest.raises(Dossier.DoesNotExist):
        queries.case_for(officer, row.pk)
    assert queries.part_for(officer, part.pk).answer == "Phù hợp quy hoạch."
    assert not Access.objects.filter(dossier=row, reason="part").exists()


def test_an_answer_in_time_and_a_late_one(linked: Linked) -> None:
    part = linked.part()
    assert part.due_at is not None
    done = answer(linked, now=part.due_at + timedelta(minutes=1))
    assert (done.state, done.done_at > part.due_at) == (PartState.ANSWERED, True)
    assert linked.now().due_at == linked.dossier.due_at, "the dossier is judged on the whole"


def test_only_its_agency_answers_and_only_the_lead_for_one_outside(linked: Linked) -> None:
    stranger = linked.actor(people.officer(Role.HANDLER, of=people.agency("H49.18", office_hours="standard")))
    with pytest.raises(Dossier.DoesNotExist):
        answer(linked, actor=stranger)
    with pytest.raises(Refused):
        answer(linked, actor=linked.handler)
    outside = linked.part("fire-safety")
    with pytest.raises(Refused):
        dossiers.answer_part(part_id=outside.pk, answer="Đạt.", actor=linked.actor(linked.officer), now=LATER)
    done = dossiers.answer_part(part_id=outside.pk, answer="Đạt.", actor=linked.handler, now=LATER)
    assert (done.state, done.done_by) == (PartState.ANSWERED, linked.handler.name)


def test_a_part_is_taken_once_and_given_away_by_its_head(linked: Linked) -> None:
    part, colleague = linked.part(), people.officer(Role.HANDLER, of=linked.department, name="Đồng nghiệp")
    dossiers.claim_part(part_id=part.pk, actor=linked.actor(linked.officer), now=LATER)
    with pytest.raises((Refused, Dossier.DoesNotExist)):
        dossiers.claim_part(part_id=part.pk, actor=linked.actor(colleague), now=LATER)
    chief = linked.actor(linked.chief)
    given = dossiers.reassign_part(part_id=part.pk, account_id=colleague.pk, actor=chief, now=LATER)
    assert given.assignee_name == "Đồng nghiệp"
    assert not queries.inbox(linked.actor(linked.officer)).rows
    assert len(queries.inbox(linked.actor(colleague)).rows) == 1
    with pytest.raises(Refused) as refused:
        dossiers.reassign_part(part_id=part.pk, account_id=linked.world.staff[Role.HANDLER].pk, actor=chief, now=LATER)
    assert refused.value.code == "not_on_desk"


def test_the_lead_goes_on_without_an_opinion_only_when_it_is_late(linked: Linked) -> None:
    part = linked.part()
    assert part.due_at is not None
    act = {"part_id": part.pk, "reason": "Quá hạn trả lời.", "actor": linked.handler}
    with pytest.raises(Refused) as refused:
        dossiers.proceed_without(**act, now=part.due_at)
    assert refused.value.code == "not_late"
    passed = dossiers.proceed_without(**act, now=part.due_at + timedelta(minutes=1))
    assert passed.state == PartState.PASSED_OVER
    assert [one["who"] for one in linked.now().open_parts if one["is_required"]] == []


def test_close_kin_of_a_party_take_no_part(linked: Linked) -> None:
    person, citizen = linked.officer.person, linked.world.citizen
    assert person is not None
    people.kinship(person, citizen)
    for act in (
        lambda: dossiers.claim_part(part_id=linked.part().pk, actor=linked.actor(linked.officer), now=LATER),
        lambda: dossiers.reassign_part(
            part_id=linked.part().pk, account_id=linked.officer.pk, actor=linked.actor(linked.chief), now=LATER
        ),
    ):
        with pytest.raises(Refused, match="kin") as refused:
            act()
        assert refused.value.code == "own_matter"


def test_a_late_part_is_told_once(linked: Linked) -> None:
    due = linked.part().due_at
    assert due is not None
    assert parts.warn_of_late_parts(now=due) == 0
    assert parts.warn_of_late_parts(now=due + timedelta(minutes=1)) == 2
    assert parts.warn_of_late_parts(now=due + timedelta(days=1)) == 0
    assert Event.objects.filter(name="dossiers.PartLate").count() == 2


def test_of_a_late_part_its_own_head_hears_with_the_lead_and_the_one_stop(linked: Linked) -> None:
    due = linked.part().due_at
    assert due is not None
    parts.warn_of_late_parts(now=due + timedelta(minutes=1))
    rows = Event.objects.filter(name="dossiers.PartLate", payload__part_id=str(linked.part().pk))
    partmessages.tell_officers([outbox.Fact(row.id, row.name, row.payload, row.at) for row in rows])
    told = set(Message.objects.filter(template="dossiers.part_late").values_list("recipient_id", flat=True))
    assert linked.chief.person_id in told
    assert linked.officer.person_id not in told  # it lies on the desk, nobody has taken it
    assert linked.world.staff[Role.HEAD].person_id in told


def test_stages_follow_one_another_and_an_own_share_cannot_be_left_out() -> None:
    with office_day(process="linked-birth", days=3) as of:
        dossier, handler = at_step(of, "appraise", MONDAY), of.actor(Role.HANDLER)
        first, second = Part.objects.filter(dossier=dossier).order_by("stage")
        assert (first.state, second.state, second.due_at) == (PartState.RUNNING, PartState.WAITING, None)
        with pytest.raises(Refused, match="stage before"):
            dossiers.answer_part(part_id=second.pk, answer="Đã cấp thẻ.", actor=handler, now=LATER)
        late = MONDAY + timedelta(days=30)
        with pytest.raises(Refused) as refused:
            dossiers.proceed_without(part_id=first.pk, reason="Muộn.", actor=handler, now=late)
        assert refused.value.code == "own_share"
        dossiers.answer_part(part_id=first.pk, answer="Đã đăng ký.", actor=handler, now=LATER)
        second.refresh_from_db()
        assert (second.state, second.started_at) == (PartState.RUNNING, LATER)
        assert second.due_at == places.working_calendar(of.committee).add_minutes(LATER, second.minutes or 0)


def test_an_opinion_asked_for_besides_needs_a_limit_within_the_dossiers(linked: Linked) -> None:
    health = people.agency("H49.18", name="Sở Y tế", office_hours="standard")
    ask = {"dossier_id": linked.dossier.pk, "question": "Có ý kiến gì?", "actor": linked.handler, "now": LATER}
    for day, code in ((date(2026, 11, 22), "no_limit"), (date(2027, 6, 1), "beyond_due")):
        with pytest.raises(Refused, match="Điều 19|118/2025") as refused:
            dossiers.ask_opinion(**ask, agency_id=health.pk, day=day)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        dossiers.ask_opinion(**ask, agency_id=linked.world.committee.pk, day=date(2026, 11, 27))
    assert refused.value.code == "agency"
    asked = dossiers.ask_opinion(**ask, agency_id=health.pk, day=date(2026, 11, 27))
    assert "Sở Y tế" in [one["who"] for one in asked.open_parts]
    part = Part.objects.get(dossier=asked, agency=health)
    assert (part.state, part.closes_at) == (PartState.RUNNING, "appraise")


def test_a_dossier_that_ends_drops_what_is_open(linked: Linked) -> None:
    reception = linked.world.actor(Role.RECEPTION)
    stopped = dossiers.stop(dossier_id=linked.dossier.pk, reason="Không bổ sung.", actor=reception, now=LATER)
    assert stopped.open_parts == []
    assert set(Part.objects.values_list("state", flat=True)) == {PartState.DROPPED}
    assert not queries.inbox(linked.actor(linked.officer)).rows


def test_a_step_entered_again_asks_nobody_twice(linked: Linked) -> None:
    answer(linked)
    draft(linked.world, linked.dossier, LATER)
    dossiers.forward(dossier_id=linked.dossier.pk, actor=linked.handler, now=LATER)
    head = linked.world.actor(Role.HEAD)
    dossiers.return_step(dossier_id=linked.dossier.pk, reason="Xem lại.", actor=head, now=LATER)
    dossiers.forward(dossier_id=linked.dossier.pk, actor=linked.handler, now=LATER)
    assert Part.objects.filter(dossier=linked.dossier).count() == 2


def test_the_same_form_answers_once(linked: Linked) -> None:
    part, chief = linked.part(), linked.handler
    key = part.pk
    for _ in range(2):
        dossiers.remind(part_id=part.pk, actor=chief, now=LATER, key=key)
    assert StoryLine.objects.filter(what=Happening.PART_REMINDED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_agencies_answer_at_the_same_moment() -> None:
    with office_day(process="building-permit", days=20) as of:
        linked = Linked(of)
        start, failed = Barrier(2), list[BaseException]()

        def run(key: str, who: Actor) -> None:
            try:
                start.wait(5)
                dossiers.answer_part(part_id=linked.part(key).pk, answer="Đồng ý.", actor=who, now=LATER)
            except BaseException as error:  # noqa: BLE001 -- told to the test below
                failed.append(error)
            finally:
                connection.close()

        pairs = (("planning", linked.actor(linked.officer)), ("fire-safety", linked.handler))
        threads = [Thread(target=run, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert failed == []
        assert linked.now().open_parts == []
        assert set(Part.objects.values_list("state", flat=True)) == {PartState.ANSWERED}


def test_a_crash_between_leaves_the_part_open(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.base.outbox, "entries", lambda *events: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        answer(linked)
    assert linked.part().state == PartState.RUNNING
    assert len(linked.now().open_parts) == 2


def test_pages_by_cast(linked: Linked, client: Client) -> None:
    part = linked.part()
    page, case = reverse("dossiers:part", args=[part.pk]), reverse("dossiers:case", args=[linked.dossier.pk])
    stranger = people.officer(Role.HANDLER, of=people.agency("H49.18", office_hours="standard"))
    assert people.sign_in(client, stranger).get(page).status_code == 404
    lead = people.sign_in(client, linked.world.staff[Role.HANDLER])
    shown = lead.get(case).content.decode()
    assert page in shown
    assert "Sở Xây dựng" in shown
    foreign = {"answer": "Thay cho họ.", "key": "00000000-0000-7000-8000-000000000001"}
    assert lead.post(reverse("dossiers:part_act", args=[part.pk, "answer_part"]), foreign).status_code == 409
    officer = people.sign_in(Client(), linked.officer)
    assert page in officer.get(reverse("dossiers:inbox")).content.decode()
    assert officer.get(case).status_code == 200
    sent = {"answer": "Phù hợp.", "key": str(part.pk)}
    answered = officer.post(reverse("dossiers:part_act", args=[part.pk, "answer_part"]), sent)
    assert answered.status_code == 302, answered.content
    assert officer.get(case).status_code == 404
    assert "Phù hợp." in officer.get(page).content.decode()
    assert "Phù hợp." in lead.get(case).content.decode()


def test_asking_for_an_opinion_by_the_page(linked: Linked, client: Client) -> None:
    health = people.agency("H49.18", name="Sở Y tế", office_hours="standard")
    lead = people.sign_in(client, linked.world.staff[Role.HANDLER])
    words = {"agency": str(health.pk), "question": "Ý kiến?", "day": "27/11/2026", "key": str(health.pk)}
    words |= {"day_0": "27", "day_1": "11", "day_2": "2026", "expected": str(linked.now().version)}
    sent = lead.post(reverse("dossiers:act", args=[linked.dossier.pk, "ask_opinion"]), words)
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    assert Part.objects.filter(agency=health, question="Ý kiến?").exists()


def told(*names: str) -> list[tuple[str, str]]:
    """Carry the events of these names to the officers; (template, name) of what they find."""
    rows = Event.objects.filter(name__in=names).order_by("id")
    partmessages.tell_officers([outbox.Fact(one.id, one.name, one.payload, one.at) for one in rows])
    people_told = dict(Person.objects.values_list("pk", "full_name"))
    return sorted((one.template, people_told[one.recipient_id]) for one in Message.objects.all())


def test_a_reminder_goes_to_the_desk_of_the_agency_and_not_to_its_head(linked: Linked) -> None:
    dossiers.remind(part_id=linked.part().pk, actor=linked.handler, now=LATER)
    assert told("dossiers.PartReminded") == [("dossiers.part_reminded", "Cán bộ quy hoạch")]


def test_of_an_opinion_passed_over_the_lead_and_the_head_of_the_centre_learn_once(linked: Linked) -> None:
    people.officer(Role.DIRECTOR, of=linked.world.centre, name="Giám đốc trung tâm")
    due = linked.part().due_at
    assert due is not None
    late = due + timedelta(minutes=1)
    dossiers.proceed_without(part_id=linked.part().pk, reason="Quá hạn.", actor=linked.handler, now=late)
    once = told("dossiers.PartEnded")
    assert ("dossiers.part_passed_over", "Giám đốc trung tâm") in once
    assert told("dossiers.PartEnded") == once
    assert not any(name == "Cán bộ quy hoạch" for _, name in once)


def test_an_agency_answers_while_the_applicant_is_asked_for_a_supplement(linked: Linked) -> None:
    words = {"items": ["Bản vẽ"], "reason": "Thiếu bản vẽ."}
    dossiers.request_supplement(dossier_id=linked.dossier.pk, actor=linked.handler, now=MONDAY, **words)
    assert answer(linked).state == PartState.ANSWERED
    assert linked.now().state == State.SUPPLEMENT


def test_an_answer_in_time_is_told_by_the_page_alone(linked: Linked) -> None:
    answer(linked)
    assert told("dossiers.PartEnded") == []


def test_the_inbox_calls_a_part_late_by_its_own_limit(linked: Linked, client: Client) -> None:
    inbox = reverse("dossiers:inbox")
    officer = people.sign_in(client, linked.officer)
    assert "mc-tone-late" not in officer.get(inbox).content.decode()
    Part.objects.filter(pk=linked.part().pk).update(due_at=MONDAY - timedelta(minutes=1))
    parts_now = [{**one, "due_at": (MONDAY - timedelta(minutes=1)).isoformat()} for one in linked.now().open_parts]
    Dossier.objects.filter(pk=linked.dossier.pk).update(open_parts=parts_now)
    page = officer.get(inbox).content.decode()
    assert "mc-tone-late" in page


def test_who_only_takes_part_sees_the_matter_and_not_the_leads_work(linked: Linked) -> None:
    of, dossier = linked.world, linked.dossier
    Dossier.objects.filter(pk=dossier.pk).update(phone="0912000111", email="hanh@vidu.example")
    StoryLine.objects.create(
        dossier=dossier, at=MONDAY, what=Happening.FORWARDED, state=dossier.state, who="Cán bộ", note="Ghi chú nội bộ",
        is_public=False,
    )  # fmt: skip
    draft(of, linked.now(), LATER)
    other = people.agency("H49.11", name="Sở Tư pháp", office_hours="standard")
    reader = people.officer(Role.HANDLER, of=other, name="Cán bộ tư pháp")
    dossiers.ask_opinion(
        dossier_id=dossier.pk, agency_id=other.pk, question="Ý kiến riêng?", day=LATER.date() + timedelta(days=2),
        actor=linked.handler, now=LATER,
    )  # fmt: skip
    client = people.sign_in(Client(headers={"accept-language": "en"}), reader)
    address = reverse("dossiers:case", args=[dossier.pk])
    text = client.get(address).content.decode()
    assert "Through the lead agency" in text
    for hidden in ("0912000111", "hanh@vidu.example", "Ghi chú nội bộ", str(linked.part().pk), "Show in full"):
        assert hidden not in text, hidden
    assert "Ý kiến" in client.get(reverse("dossiers:part", args=[Part.objects.get(agency=other).pk])).content.decode()
    assert client.get(reverse("dossiers:part", args=[linked.part().pk])).status_code == 404
    assert client.post(reverse("dossiers:reveal", args=[dossier.pk])).status_code == 403
    assert client.get(reverse("dossiers:print_form", args=[dossier.pk, "result"])).status_code == 403
    lead = people.sign_in(Client(headers={"accept-language": "en"}), of.staff[Role.HANDLER])
    text = lead.get(address).content.decode()
    assert "0912000111" in text
    assert "Ghi chú nội bộ" in text
    assert str(linked.part().pk) in text


def test_the_transfer_sheet_is_made_once_and_the_same_for_both_sides(linked: Linked) -> None:
    address = reverse("dossiers:part_sheet", args=[linked.part().pk])
    lead, asked = (people.sign_in(Client(), one) for one in (linked.world.staff[Role.HANDLER], linked.officer))
    first, second = (b"".join(client.get(address).streaming_content) for client in (lead, asked))  # type: ignore[attr-defined]
    assert first == second
    assert first.startswith(b"%PDF")
    rows = Document.objects.filter(owner_id=linked.dossier.pk, name__startswith="transfer-planning-H49.10-")
    assert [documents.print_again(row.pk) for row in rows] == [first]
    stranger = people.officer(Role.HANDLER, of=people.agency("H49.12", name="Sở khác"), name="Người lạ")
    assert people.sign_in(Client(), stranger).get(address).status_code == 404
