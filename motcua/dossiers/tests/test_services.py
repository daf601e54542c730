"""The acts, against the database: states, codes, clocks, evidence, and what happens when two act at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Receiver, ResultKind, State
from motcua.dossiers.models import Access, Dossier, HandOver, Register, Result, Tally
from motcua.dossiers.services import tallies
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, draft, filing, step, submitted, world
from motcua.identity import queries as identity
from motcua.identity.models import Kinship
from motcua.identity.tests import factories as people
from motcua.kernel import ids, outbox
from motcua.kernel.actor import Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.payments import queries as payments
from motcua.payments.enums import Method


@pytest.fixture
def here(db: None) -> World:
    return world()


def last_event() -> str:
    return Event.objects.order_by("-id").values_list("name", flat=True)[0]


def test_the_whole_life(here: World) -> None:
    dossier = submitted(here)
    assert dossier.state == State.NEW
    assert dossier.acceptance_due_at == at(24, 9)  # eight working hours later
    dossier = dossiers.accept(dossier_id=dossier.pk, actor=here.actor(Role.RECEPTION), now=at(23, 10))
    assert dossier.code == "H49.51.01-261123-0001"
    assert dossier.due_at
    assert dossier.due_at.date() == at(30).date()
    seen = []
    while dossier.state != State.RESOLVED:
        seen.append(dossier.step_kind)
        dossier = step(here, dossier, at(24))
    assert seen == ["assign", "appraise", "approve", "sign", "clerk"]
    assert dossier.step_kind == "return"
    result = Result.objects.get(dossier=dossier)
    assert (result.number, result.symbol, result.issued_on) == (1, "TLKS", at(24).date())
    dossier = dossiers.hand_over(
        dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name=here.citizen.full_name, signed_for="ký nhận",
        actor=here.actor(Role.RECEPTION), now=at(25),
    )  # fmt: skip
    assert dossier.state == State.HANDED_OVER
    dossiers.rate(dossier_id=dossier.pk, score=5, comment="Nhanh", actor=here.actor("citizen"), now=at(26))
    acts = list(AuditEntry.objects.filter(subject_id=dossier.pk).order_by("id").values_list("action", flat=True))
    assert acts[0] == "dossiers.submit"
    assert acts[-1] == "dossiers.rate"
    events = list(
        Event.objects.filter(payload__dossier_id=str(dossier.pk)).order_by("id").values_list("name", flat=True)
    )
    assert events[0] == "dossiers.DossierSubmitted"
    assert events[-2:] == ["dossiers.DossierHandedOver", "dossiers.DossierRated"]
    assert len(events) == len(acts)


def test_a_form_sent_twice_makes_one_dossier(here: World) -> None:
    key = uuid4()
    first = dossiers.submit(filing=filing(here), actor=here.actor("citizen"), now=MONDAY, key=key)
    second = dossiers.submit(filing=filing(here), actor=here.actor("citizen"), now=MONDAY, key=key)
    assert first.pk == second.pk
    assert Dossier.objects.count() == 1
    assert Event.objects.filter(name="dossiers.DossierSubmitted").count() == 1


def test_an_act_sent_twice_acts_once(here: World) -> None:
    dossier, key = submitted(here), uuid4()
    clerk = here.actor(Role.RECEPTION)
    first = dossiers.accept(dossier_id=dossier.pk, actor=clerk, now=MONDAY, expected=1, key=key)
    again = dossiers.accept(dossier_id=dossier.pk, actor=clerk, now=MONDAY, expected=1, key=key)
    assert first.code == again.code
    assert Event.objects.filter(name="dossiers.DossierAccepted").count() == 1


def test_an_old_page_loses_and_is_told_why(here: World) -> None:
    dossier = accepted(here)
    dossiers.claim(dossier_id=dossier.pk, actor=here.actor(Role.HEAD), now=at(23, 9, 30), expected=dossier.version)
    with pytest.raises(Conflict, match=r"Cán bộ head.*09:30"):
        dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role.HEAD), now=at(23, 10), expected=dossier.version)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_one_wins() -> None:
    here = world()
    dossier = accepted(here)
    other = people.officer(Role.HEAD, of=here.committee, name="Cán bộ thứ hai")
    here.staff[Role.DIRECTOR] = other
    outcomes = race(
        *[
            lambda who=who: dossiers.claim(
                dossier_id=dossier.pk, actor=here.actor(who), now=MONDAY, expected=dossier.version
            )
            for who in (Role.HEAD, Role.DIRECTOR)
        ]
    )
    assert sorted(outcomes) == ["Conflict", "ok"]


@pytest.mark.django_db(transaction=True)
def test_codes_are_gapless_while_many_accept_and_some_fail() -> None:
    here = world()
    waiting = [submitted(here) for _ in range(12)]

    def accept(one: Dossier, index: int) -> None:
        with transaction.atomic():
            dossiers.accept(dossier_id=one.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
            if index % 4 == 3:
                raise Refused("test", "This acceptance is rolled back.")

    outcomes = race(*[lambda o=one, i=i: accept(o, i) for i, one in enumerate(waiting)])
    assert outcomes.count("ok") == 9
    codes = sorted(Dossier.objects.filter(code__isnull=False).values_list("code", flat=True))
    assert codes == [f"H49.51.01-261123-{n:04d}" for n in range(1, 10)]


def race(*acts: Callable[[], Any]) -> list[str]:
    """Run acts at the same time; what became of each."""
    outcomes: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            act()
            outcomes.append("ok")
        except Exception as error:  # noqa: BLE001 - the kind of failure is what is compared
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_a_stranger_finds_nothing(here: World) -> None:
    dossier = accepted(here)
    stranger = people.officer(Role.HANDLER, of=people.agency("H49.99", office_hours="standard"))
    here.staff[Role.DIRECTOR] = stranger
    with pytest.raises(Dossier.DoesNotExist):
        dossiers.claim(dossier_id=dossier.pk, actor=here.actor(Role.DIRECTOR), now=MONDAY)


def test_an_unknown_time_limit_is_asked_for_never_guessed(db: None) -> None:
    here = world(days=None)
    dossier = submitted(here)
    with pytest.raises(Refused) as refused:
        dossiers.accept(dossier_id=dossier.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
    assert refused.value.field == "limit"
    assert Dossier.objects.get(pk=dossier.pk).state == State.NEW


def test_supplement_stops_the_clock_and_starts_it_again(here: World) -> None:
    dossier = at_step(here, "appraise", MONDAY)
    due = dossier.due_at
    asked = dossiers.request_supplement(
        dossier_id=dossier.pk,
        items=["Giấy chứng sinh"],
        reason="Thiếu giấy",
        actor=here.actor(Role.HANDLER),
        now=at(24),
    )
    assert asked.state == State.SUPPLEMENT
    assert asked.original_due_at == due
    with pytest.raises(Refused):
        dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role.HANDLER), now=at(24))
    answered = dossiers.answer_supplement(
        dossier_id=dossier.pk, papers=[dossiers.PaperIn("Giấy chứng sinh", originals=1)], answer="Tôi gửi bổ sung.",
        actor=here.actor("citizen"), now=at(30),
    )  # fmt: skip
    assert answered.state == State.IN_PROGRESS
    assert answered.original_due_at == due
    assert answered.due_at
    assert due
    assert answered.due_at > due
    assert answered.papers.count() == 2


def test_supplement_before_acceptance_leads_back_to_the_counter(here: World) -> None:
    dossier = submitted(here)
    clerk = here.actor(Role.RECEPTION)
    dossiers.request_supplement(
        dossier_id=dossier.pk, items=["Ảnh rõ hơn"], reason="Ảnh mờ", actor=clerk, now=at(23, 10)
    )
    answered = dossiers.answer_supplement(
        dossier_id=dossier.pk, papers=[], answer="Đã gửi lại", actor=here.actor("citizen"), now=at(25, 8)
    )
    assert answered.state == State.NEW
    assert answered.acceptance_due_at == at(26, 8)
    assert dossiers.accept(dossier_id=dossier.pk, actor=clerk, now=at(25, 9)).state == State.ACCEPTED


def _empty_request(dossier: Dossier, who: World) -> None:
    actor = who.actor(Role.HANDLER)
    dossiers.request_supplement(dossier_id=dossier.pk, items=[], reason="x", actor=actor, now=MONDAY)


def _result_from_tomorrow(dossier: Dossier, who: World) -> None:
    dossiers.record_result(
        dossier_id=dossier.pk, system="Hộ tịch", title="GKS", symbol="1/2026", issued_on=at(28).date(),
        document_id=None, actor=who.actor(Role.HANDLER), now=MONDAY,
    )  # fmt: skip


def _silent_withdrawal(dossier: Dossier, who: World) -> None:
    dossiers.withdraw(dossier_id=dossier.pk, reason=" ", actor=who.actor("citizen"), now=MONDAY)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (_empty_request, "no_items"),
        (lambda d, w: draft(w, d, MONDAY, kind=ResultKind.REFUSED), "no_reason"),
        (_silent_withdrawal, "no_reason"),
        (lambda d, w: dossiers.forward(dossier_id=d.pk, actor=w.actor(Role.HANDLER), now=MONDAY), "draft"),
        (lambda d, w: dossiers.issue(dossier_id=d.pk, symbol="X", actor=w.actor(Role.CLERK), now=MONDAY), "unsigned"),
        (_result_from_tomorrow, "future"),
    ],
)
def test_refusals_say_what_to_do_and_change_nothing(here: World, call: Any, code: str) -> None:
    dossier = at_step(here, "appraise")
    before = Dossier.objects.values().get(pk=dossier.pk)
    with pytest.raises(Refused) as refused:
        call(dossier, here)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert Dossier.objects.values().get(pk=dossier.pk) == before


def test_sent_back_the_signature_is_void_and_the_officer_has_it_again(here: World) -> None:
    dossier = accepted(here)
    dossier = dossiers.assign(
        dossier_id=dossier.pk, account_id=here.staff[Role.HANDLER].pk, actor=here.actor(Role.HEAD), now=MONDAY
    )
    assert dossier.assignee_name == "Cán bộ handler"
    while dossier.step_kind != "clerk":
        dossier = step(here, dossier, at(24))
    dossier = dossiers.return_step(
        dossier_id=dossier.pk, reason="Sai tên", actor=here.actor(Role.CLERK), now=at(24, 10)
    )
    assert dossier.step_kind == "sign"
    assert Result.objects.get(dossier=dossier).signed_at is None
    dossier = dossiers.return_step(
        dossier_id=dossier.pk, reason="Sai tên", actor=here.actor(Role.LEADER), now=at(24, 11)
    )
    dossier = dossiers.return_step(dossier_id=dossier.pk, reason="Sai tên", actor=here.actor(Role.HEAD), now=at(24, 12))
    assert dossier.assignee_id == here.staff[Role.HANDLER].pk


def test_unpaid_blocks_and_paying_opens_the_hand_over(db: None) -> None:
    here = world(fee=8000)
    dossier = at_step(here, "return", at(24))

    def give() -> Dossier:
        return dossiers.hand_over(
            dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name="Hạnh", signed_for="ký",
            actor=here.actor(Role.RECEPTION), now=at(25),
        )  # fmt: skip

    with pytest.raises(Refused, match="paid"):
        give()
    dossiers.record_payment(
        dossier_id=dossier.pk,
        method=Method.CASH,
        receipt_number="0000012",
        actor=here.actor(Role.RECEPTION),
        now=at(25),
    )
    assert payments.due_amount(dossier.pk) == 0
    assert give().state == State.HANDED_OVER


def test_the_fee_is_that_of_the_day_of_filing(db: None) -> None:
    here = world(fee=400_000)
    here.procedure.fees.update(valid_to=at(23).date())
    after = {"position": 2, "kind": "le_phi", "amount": 800_000, "valid_from": at(24).date()}
    for channel in ("counter", "online"):
        here.procedure.fees.create(channel=channel, **after)
    due = []
    for filed_at, accepted_at in ((at(23, 16), at(24)), (at(24, 8), at(24))):
        dossier = submitted(here, filed_at)
        dossiers.accept(dossier_id=dossier.pk, actor=here.actor(Role.RECEPTION), now=accepted_at)
        due.append(payments.due_amount(dossier.pk))
    assert due == [400_000, 800_000]


def test_a_representative_shows_a_paper(here: World) -> None:
    dossier = at_step(here, "return", at(24))
    with pytest.raises(Refused) as refused:
        dossiers.hand_over(
            dossier_id=dossier.pk, receiver=Receiver.REPRESENTATIVE, receiver_name="Trần Văn B", signed_for="ký",
            actor=here.actor(Role.RECEPTION), now=at(25),
        )  # fmt: skip
    assert refused.value.field == "authority"
    assert not HandOver.objects.exists()


def test_registers_are_gapless_and_only_count_upwards(here: World) -> None:
    for number in (1, 2, 3):
        dossier = at_step(here, "return", at(24))
        assert Result.objects.get(dossier=dossier).number == number
    with pytest.raises(DatabaseError, match="never taken back"), transaction.atomic():
        Register.objects.update(last=1)


def test_nothing_is_issued_without_signature_and_number(here: World) -> None:
    dossier = at_step(here, "clerk", at(24))
    with pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.filter(dossier=dossier).update(issued_at=at(24))


def test_a_result_of_another_system_ends_the_clock(here: World) -> None:
    dossier = at_step(here, "appraise")
    dossier = dossiers.record_result(
        dossier_id=dossier.pk, system="Phần mềm hộ tịch", title="Giấy khai sinh", symbol="45/2026",
        issued_on=at(24).date(), document_id=None, actor=here.actor(Role.HANDLER), now=at(24),
    )  # fmt: skip
    assert dossier.state == State.RESOLVED
    assert dossier.finished_at == at(24)
    assert dossier.step_kind == "return"


@pytest.mark.parametrize("stage", ["new", "accepted", "supplement"])
def test_withdrawal_closes_everything(here: World, stage: str) -> None:
    dossier = submitted(here) if stage == "new" else accepted(here)
    if stage == "supplement":
        dossier = at_step(here, "appraise")
        dossiers.request_supplement(
            dossier_id=dossier.pk, items=["x"], reason="y", actor=here.actor(Role.HANDLER), now=MONDAY
        )
    closed = dossiers.withdraw(dossier_id=dossier.pk, reason="Đổi ý", actor=here.actor("citizen"), now=at(25))
    assert closed.state == State.WITHDRAWN
    assert not closed.supplements.filter(answered_at__isnull=True).exists()
    assert not Access.objects.filter(dossier=closed, is_turn=True).exists()


def test_access_follows_the_dossier(here: World) -> None:
    dossier = accepted(here)
    handler, leader = here.actor(Role.HANDLER), here.actor(Role.LEADER)
    visible = lambda actor: Dossier.objects.visible_to(actor).filter(pk=dossier.pk).exists()  # noqa: E731
    assert visible(leader)
    assert not visible(handler)
    dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role.HEAD), now=MONDAY)
    assert visible(handler)
    other = people.officer(Role.HANDLER, of=here.committee)
    dossiers.claim(dossier_id=dossier.pk, actor=handler, now=MONDAY)
    here.staff[Role.DIRECTOR] = other
    assert visible(handler)
    assert not visible(here.actor(Role.DIRECTOR))


def test_tallies_equal_a_recount_even_when_events_are_read_twice(here: World) -> None:
    at_step(here, "sign")
    accepted(here)
    dossiers.withdraw(dossier_id=submitted(here).pk, reason="x.", actor=here.actor("citizen"), now=MONDAY)
    facts = [outbox.Fact(e.id, e.name, e.payload, e.at) for e in Event.objects.filter(name__startswith="dossiers.")]
    tallies.count_moves(facts[:4])
    tallies.count_moves(facts)
    tallies.count_moves(facts)
    counted = sorted(Tally.objects.exclude(count=0).values_list("agency__code", "state", "count"))
    tallies.recount()
    assert counted == sorted(Tally.objects.values_list("agency__code", "state", "count"))
    assert ("H49.51.01", State.WITHDRAWN, 1) in counted


def test_drafts_keep_everything_and_belong_to_one_person(here: World) -> None:
    me = here.actor("citizen")
    made = dossiers.open_draft(
        procedure_id=here.procedure.pk, actor=me, now=MONDAY, form_key="birth", form_version=1, answers={"a": "1"}
    )
    dossiers.save_draft(draft_id=made.pk, actor=me, now=at(23, 10), answers={"b": "32/13/2020"}, step="child")
    document = ids.uuid7()
    kept = dossiers.add_paper(
        draft_id=made.pk, component_key="k", document_id=document, name="a.pdf", actor=me, now=MONDAY
    )
    assert kept.answers == {"a": "1", "b": "32/13/2020"}
    assert dossiers.remove_paper(draft_id=made.pk, document_id=document, actor=me, now=MONDAY).papers == []
    stranger = people.account()
    from motcua.identity import queries as identity

    with pytest.raises(type(made).DoesNotExist):
        dossiers.drop_draft(draft_id=made.pk, actor=identity.actor_of(stranger.pk, here.on), now=MONDAY)
    dossiers.submit(filing=filing(here, draft_id=made.pk), actor=me, now=MONDAY)
    with pytest.raises(Refused, match="already been filed"):
        dossiers.save_draft(draft_id=made.pk, actor=me, now=MONDAY, answers={"a": "2"})


def test_late_follows_the_due_date(here: World) -> None:
    dossier = accepted(here)
    assert dossier.due_at
    assert dossier.due_at - dossier.accepted_at >= timedelta(days=5)  # type: ignore[operator]
    assert Action.HAND_OVER in Action


def test_an_obligation_stops_the_clock_until_it_is_paid(here: World) -> None:
    dossier = at_step(here, "appraise", MONDAY)
    due = dossier.due_at
    asked = dossiers.announce_obligation(
        dossier_id=dossier.pk, label="Tiền sử dụng đất", amount=2_500_000, reason="Thông báo thuế số 12",
        actor=here.actor(Role.HANDLER), now=at(24),
    )  # fmt: skip
    assert asked.state == State.OBLIGATION
    assert payments.due_amount(dossier.pk) == 2_500_000
    assert last_event() == "dossiers.ObligationAnnounced"
    with pytest.raises(Refused):
        dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role.HANDLER), now=at(24))
    paid = dossiers.record_payment(
        dossier_id=dossier.pk, method=Method.TRANSFER, receipt_number="77", actor=here.actor(Role.RECEPTION), now=at(26)
    )
    assert paid.state == State.IN_PROGRESS
    assert paid.original_due_at == due
    assert paid.due_at == at(2, 9, month=12)  # two working days waited, none of them counted
    assert {"dossiers.ObligationMet", "payments.ChargesPaid"} <= set(Event.objects.values_list("name", flat=True))


def test_an_obligation_comes_before_the_signature_only(here: World) -> None:
    dossier = at_step(here, "clerk", MONDAY)
    with pytest.raises(Refused) as refused:
        dossiers.announce_obligation(
            dossier_id=dossier.pk, label="Phí", amount=1000, reason="x", actor=here.actor(Role.CLERK), now=at(24)
        )
    assert refused.value.code == "too_late"


@pytest.mark.parametrize("is_business", [False, True])
def test_a_step_is_not_given_to_a_party(here: World, is_business: bool) -> None:
    handler = here.staff[Role.HANDLER]
    owner = {"owner_person_id": handler.person_id}
    if is_business:
        business = people.business(handler.person)
        owner = {"owner_person_id": None, "owner_business_id": business.pk}
    dossier = accepted(here, **owner)
    with pytest.raises(Refused, match="Choose another officer") as refused:
        dossiers.assign(dossier_id=dossier.pk, account_id=handler.pk, actor=here.actor(Role.HEAD), now=MONDAY)
    assert (refused.value.code, refused.value.field) == ("own_matter", "account")


@pytest.mark.parametrize("is_declared_by_officer", [True, False])
def test_a_step_is_not_given_to_close_kin_of_a_party(here: World, is_declared_by_officer: bool) -> None:
    handler = here.staff[Role.HANDLER]
    of, relative = (handler.person, here.citizen) if is_declared_by_officer else (here.citizen, handler.person)
    tie = Kinship.objects.create(person=of, relative=relative, relation="spouse", created_at=MONDAY)
    dossier = accepted(here)

    def give() -> None:
        dossiers.assign(dossier_id=dossier.pk, account_id=handler.pk, actor=here.actor(Role.HEAD), now=MONDAY)

    if not is_declared_by_officer:  # what somebody says of an officer keeps nobody away until it was shown
        assert here.citizen.pk not in identity.kin_of(handler.person_id)
        Kinship.objects.filter(pk=tie.pk).update(verified_at=MONDAY)
    with pytest.raises(Refused, match="close kin of a party") as refused:
        give()
    assert (refused.value.code, refused.value.field) == ("own_matter", "account")
    assert here.actor(Role.HANDLER).kin == (here.citizen.pk,)
    Kinship.objects.filter(pk=tie.pk).update(relation="sibling")
    give()


def test_an_officer_does_not_receive_their_own_dossier(here: World) -> None:
    reception = here.staff[Role.RECEPTION]
    with pytest.raises(Refused, match="party") as refused:
        dossiers.receive(
            filing=filing(here, channel="counter", submitter_person_id=reception.person_id),
            actor=here.actor(Role.RECEPTION), now=MONDAY,
        )  # fmt: skip
    assert refused.value.code == "own_matter"
    assert not Dossier.objects.exists()
