"""Who may do what, how long it may take, what must not be published: without a database."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Conflict, Refused
from motcua.places.calendar import WorkingCalendar
from motcua.support import rules, terms
from motcua.support.enums import About, Action, Kind, Limit, Outcome, Publication, State
from motcua.support.rules.acts import require_destination, require_reason
from motcua.support.rules.limits import starting
from motcua.workflow.enums import ClockKind

HERE, THERE, REPORTER = uuid4(), uuid4(), uuid4()
OFFICE = WorkingCalendar.of({day: [(time(7, 30), time(11, 30)), (time(13), time(17))] for day in range(1, 6)})
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


def at(day: int, hour: int = 9, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def officer(role: Role, agency: UUID = HERE) -> Actor:
    return Actor(ActorKind.PERSON, "Cán bộ", uuid4(), uuid4(), (Grant(role, agency),))


def case(**changes: Any) -> Any:
    values: dict[str, Any] = {
        "state": State.RECEIVED, "kind": Kind.FEEDBACK, "agency_id": HERE, "person_id": REPORTER, "version": 3,
        "publication": Publication.NOT_WANTED, "rated_at": None, **changes,
    }  # fmt: skip
    return SimpleNamespace(**values)


def stay(**changes: Any) -> Any:
    names = ("taken_up_at", "asked_at", "replied_at", "left_at", "published_at", "held_back_at", "publish_due_at")
    start = starting(MONDAY, terms.terms("feedback", "rule", MONDAY.date()), OFFICE)
    limits = {name: getattr(start, name) for name in ("sort_due_at", "forward_due_at", "ask_due_at", "handle_due_at")}
    return SimpleNamespace(**{"arrived_at": MONDAY, "outcome": "", **dict.fromkeys(names), **limits, **changes})


def code_of(action: Action, about: Any, actor: Actor, **facts: Any) -> str | None:
    found = rules.refusal_of(action, about, actor, rules.Facts(now=MONDAY, **facts))
    return found.code if found else None


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.HEAD, Role.LEADER, Role.DIRECTOR])
def test_the_desk_of_the_agency_takes_up_and_no_other(role: Role) -> None:
    assert code_of(Action.TAKE_UP, case(), officer(role)) is None
    assert code_of(Action.TAKE_UP, case(), officer(role, THERE)) == "person"


@pytest.mark.parametrize("role", [Role.HANDLER, Role.CLERK, Role.ADMIN])
def test_others_of_the_agency_do_not(role: Role) -> None:
    assert code_of(Action.TAKE_UP, case(), officer(role)) == "person"


def test_reception_prepares_and_a_head_answers() -> None:
    running = case(state=State.IN_PROGRESS)
    assert code_of(Action.ANSWER, running, officer(Role.RECEPTION)) == "answering"
    assert code_of(Action.ANSWER, running, officer(Role.HEAD)) is None


def test_a_complaint_is_answered_by_the_head_of_the_agency() -> None:
    complaint = case(state=State.IN_PROGRESS, kind=Kind.COMPLAINT)
    assert code_of(Action.ANSWER, complaint, officer(Role.HEAD)) == "head_of_agency"
    assert code_of(Action.ANSWER, complaint, officer(Role.LEADER)) is None
    assert code_of(Action.ANSWER, complaint, officer(Role.DIRECTOR)) is None


def test_nobody_handles_a_case_of_their_own() -> None:
    me = officer(Role.LEADER)
    assert code_of(Action.TAKE_UP, case(person_id=me.person_id), me) == "own"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
def test_every_act_has_its_states(action: Action, state: State) -> None:
    found = code_of(action, case(state=state), officer(Role.DIRECTOR))
    assert (found == "state") is (state not in rules.TRANSITIONS[action][0])


def test_the_reporter_is_the_person_or_whoever_shows_code_and_contact() -> None:
    me = Actor(ActorKind.PERSON, "Hà", uuid4(), REPORTER)
    answered, nameless = case(state=State.ANSWERED), case(state=State.ANSWERED, person_id=None)
    assert code_of(Action.RATE, answered, me) is None
    assert code_of(Action.RATE, answered, ANONYMOUS) == "person"
    assert code_of(Action.RATE, answered, ANONYMOUS, has_pass=True) == "person"
    assert code_of(Action.RATE, nameless, ANONYMOUS) == "person"
    assert code_of(Action.RATE, nameless, ANONYMOUS, has_pass=True) is None


def test_one_rating_one_repetition_one_request() -> None:
    me = Actor(ActorKind.PERSON, "Hà", uuid4(), REPORTER)
    assert code_of(Action.RATE, case(state=State.ANSWERED, rated_at=MONDAY), me) == "rated"
    assert code_of(Action.REPEAT, case(state=State.ANSWERED), me, is_repeated=True) == "repeated"
    assert code_of(Action.ASK, case(), officer(Role.RECEPTION), was_asked=True) == "asked"


def test_a_case_that_waits_is_not_refused_before_its_day() -> None:
    waiting, desk = case(state=State.SUPPLEMENT), officer(Role.LEADER)
    assert code_of(Action.REFUSE, waiting, desk, reply_by=MONDAY + timedelta(minutes=1)) == "too_early"
    assert code_of(Action.REFUSE, waiting, desk, reply_by=MONDAY - timedelta(minutes=1)) is None


def test_publication_needs_consent_and_happens_once() -> None:
    desk = officer(Role.RECEPTION)
    assert code_of(Action.PUBLISH, case(state=State.ANSWERED), desk) == "consent"
    assert code_of(Action.PUBLISH, case(state=State.ANSWERED, publication=Publication.PUBLISHED), desk) == "decided"
    assert code_of(Action.PUBLISH, case(state=State.ANSWERED, publication=Publication.PENDING), desk) is None


def test_the_page_shows_what_is_possible_and_why_not() -> None:
    facts = rules.Facts(now=MONDAY)
    options = rules.actions_for(case(state=State.IN_PROGRESS), officer(Role.RECEPTION), facts)
    assert {one.action: one.is_allowed for one in options} == {
        Action.TRANSFER: True, Action.ASK: True, Action.ANSWER: False, Action.REFUSE: True,
    }  # fmt: skip
    closed = rules.actions_for(case(state=State.ANSWERED), officer(Role.RECEPTION), facts)
    assert closed == []


def test_a_case_does_not_go_in_circles() -> None:
    facts = rules.Facts(now=MONDAY, agencies={HERE, THERE})
    for agency, code in ((HERE, "same"), (THERE, "was_there")):
        with pytest.raises(Refused) as refused:
            require_destination(case(), agency, facts)
        assert refused.value.code == code
    require_destination(case(), uuid4(), facts)


def test_an_old_page_is_told() -> None:
    with pytest.raises(Conflict):
        rules.check_version(case(), 2, last="")
    rules.check_version(case(), 3, last="")
    with pytest.raises(Refused):
        require_reason(" không ")


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_limits_of_feedback() -> None:
    found = terms.terms("feedback", "conduct", date(2026, 11, 23))
    amounts = {step: (int(term.duration.amount), term.duration.unit) for step, term in found.items()}
    assert amounts == {
        Limit.SORT: (2, "working_day"), Limit.ASK: (5, "working_day"), Limit.HANDLE: (15, "working_day"),
        Limit.PUBLISH: (2, "working_day"),
    }  # fmt: skip
    assert all("766" in term.legal_basis for term in found.values())


def test_feedback_on_rules_may_be_passed_on_for_five_days() -> None:
    forward = terms.terms("feedback", "rule", date(2026, 11, 23))[Limit.FORWARD]
    assert (int(forward.duration.amount), forward.legal_basis[:7]) == (5, "20/2008")


def test_the_limits_of_a_complaint_begin_with_taking_it_up() -> None:
    found = terms.terms("complaint", "dossier", date(2026, 11, 23))
    assert (int(found[Limit.SORT].duration.amount), int(found[Limit.HANDLE].duration.amount)) == (10, 30)
    assert Limit.PUBLISH not in found
    start = starting(MONDAY, found, OFFICE)
    assert start.handle_due_at is None
    assert start.sort_due_at == at(3, 9, month=12)


def test_a_day_without_a_rule_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        terms.terms("feedback", "conduct", date(2022, 6, 22))
    assert refused.value.code == "law"
    assert terms.terms("feedback", "conduct", date(2022, 6, 23))


def test_two_five_fifteen_working_days() -> None:
    found = stay()
    assert (found.sort_due_at, found.ask_due_at, found.handle_due_at) == (at(25), at(30), at(14, month=12))
    assert found.forward_due_at == at(30)


def test_waiting_for_the_reporter_is_left_out_and_explained() -> None:
    asked = stay(asked_at=at(24), replied_at=at(26), taken_up_at=at(24))
    found = terms.terms("feedback", "rule", MONDAY.date())
    parts = rules.clock_of(asked, found, OFFICE, now=at(27))
    waits = [part for part in parts if part.kind == ClockKind.WAITING]
    assert [(part.start, part.end, part.owner) for part in waits] == [(at(24), at(26), "citizen")]
    assert waits[0].basis == found[Limit.HANDLE].legal_basis
    assert parts[-1].end == at(16, month=12)
    assert sum(part.counted_minutes for part in parts) == 15 * 480


def test_what_comes_next() -> None:
    one = stay(publish_due_at=at(27))
    assert rules.next_due(case(), one) == one.sort_due_at
    assert rules.next_due(case(state=State.IN_PROGRESS), one) == one.handle_due_at
    assert rules.next_due(case(state=State.SUPPLEMENT), one) is None
    assert rules.next_due(case(state=State.ANSWERED), one) is None
    assert rules.next_due(case(state=State.ANSWERED, publication=Publication.PENDING), one) == at(27)


@pytest.mark.parametrize(
    ("now", "word"),
    [(at(23), "in_time"), (at(24), "soon"), (at(25), "soon"), (at(25, 10), "late")],
)
def test_how_near_it_is(now: datetime, word: str) -> None:
    assert rules.nearness(at(25), now, OFFICE) == word
    assert rules.nearness(None, now, OFFICE) == "none"


@pytest.mark.parametrize(
    ("kind", "changes", "as_of", "broken"),
    [
        ("feedback", {}, at(27), []),
        ("feedback", {}, at(15, month=12), [Limit.HANDLE]),
        ("feedback", {"outcome": Outcome.REFUSED, "left_at": at(25, 9)}, at(27), []),
        ("feedback", {"outcome": Outcome.REFUSED, "left_at": at(25, 10)}, at(27), [Limit.SORT]),
        ("feedback", {"outcome": Outcome.REFUSED, "left_at": at(25, 10)}, at(25, 9), []),
        ("feedback", {"outcome": Outcome.TRANSFERRED, "left_at": at(30, 9)}, at(30, 10), []),
        ("feedback", {"outcome": Outcome.TRANSFERRED, "left_at": at(30, 10)}, at(30, 11), [Limit.SORT]),
        ("feedback", {"outcome": Outcome.TRANSFERRED, "left_at": at(26), "forward_due_at": None}, at(27), [Limit.SORT]),
        ("feedback", {"asked_at": at(30, 10)}, at(30, 11), [Limit.ASK]),
        ("feedback", {"asked_at": at(24)}, at(31, month=12), []),
        ("feedback", {"asked_at": at(24), "outcome": Outcome.REFUSED, "left_at": at(9, month=12)}, at(9, 10, 12), []),
        ("feedback", {"outcome": Outcome.ANSWERED, "left_at": at(14, 9, 12)}, at(20, month=12), []),
        ("feedback", {"outcome": Outcome.ANSWERED, "left_at": at(14, 10, 12)}, at(20, month=12), [Limit.HANDLE]),
        ("complaint", {"handle_due_at": None}, at(27), [Limit.SORT]),
        ("complaint", {"handle_due_at": None, "taken_up_at": at(24)}, at(27), []),
    ],
)
def test_which_limits_were_broken(kind: str, changes: Any, as_of: datetime, broken: list[Limit]) -> None:
    assert rules.breaches(stay(**changes), kind, as_of) == broken


def test_an_answer_not_published_in_time_is_late() -> None:
    done = {"outcome": Outcome.ANSWERED, "left_at": at(24), "publish_due_at": at(26)}
    assert rules.breaches(stay(**done), "feedback", at(26)) == []
    assert rules.breaches(stay(**done), "feedback", at(27)) == [Limit.PUBLISH]
    assert rules.breaches(stay(**done, published_at=at(25)), "feedback", at(27)) == []
    assert rules.breaches(stay(**done, held_back_at=at(27)), "feedback", at(30)) == [Limit.PUBLISH]


# ── privacy ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "gọi 0912 345 678", "gọi +84912345678", "gọi 0912.345.678", "ha@example.vn", "CCCD 022193999001",
        "CMND 100123456", "hồ sơ H49.106.01-261123-0007", "bà NGUYỄN  thu hà", "MST 0100109106",
    ],
)  # fmt: skip
def test_traces_of_a_person_are_found_and_taken_out(words: str) -> None:
    names = ["Nguyễn Thu Hà"]
    assert rules.traces(words, names)
    assert rules.traces(rules.remove(words, names), names) == []


@pytest.mark.parametrize(
    "words",
    [
        "Ngày 16/11/2026 lúc 8 giờ", "Quyết định 766/QĐ-TTg", "phí 1.250.000 đồng", "quầy số 2, phòng 301", "Hà Nội",
        "Thủ tục 1.001193 và Nghị định 118/2025/NĐ-CP",
    ],
)  # fmt: skip
def test_ordinary_words_and_numbers_stay(words: str) -> None:
    assert rules.traces(words, ["Hà"]) == []
    assert rules.remove(words, ["Hà"]) == words


# ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None), ({"text": "Chậm quá"}, "text"), ({"phone": ""}, "contact"), ({"phone": "12"}, "phone"),
        ({"about": About.DOSSIER}, "sign_in"), ({"kind": Kind.COMPLAINT}, "sign_in"),
        ({"dossier_code": "x"}, "sign_in"),
    ],
)  # fmt: skip
def test_what_anybody_may_send(changes: Any, code: str | None) -> None:
    values = {"kind": Kind.FEEDBACK, "about": About.CONDUCT, "subject": "Chờ lâu", "text": "x" * 30}
    values["phone"] = "0912 345 678"
    letter = rules.Sent(**{**values, **changes})
    call = {"is_signed_in": False, "sent_today": 0, "most_a_day": 5, "files": 0}
    if code is None:
        rules.require_sendable(letter, **call)
        return
    with pytest.raises(Refused) as refused:
        rules.require_sendable(letter, **call)
    assert refused.value.code == code


@pytest.mark.parametrize(("sent_today", "files", "code"), [(5, 0, "too_many"), (0, 6, "files")])
def test_how_much_may_be_sent(sent_today: int, files: int, code: str) -> None:
    letter = rules.Sent(Kind.FEEDBACK, About.SYSTEM, "Trang chậm", "x" * 30)
    with pytest.raises(Refused) as refused:
        rules.require_sendable(letter, is_signed_in=True, sent_today=sent_today, most_a_day=5, files=files)
    assert refused.value.code == code


def test_a_case_about_my_dossier_names_it() -> None:
    letter = rules.Sent(Kind.COMPLAINT, About.DOSSIER, "Trễ hẹn", "x" * 30)
    with pytest.raises(Refused) as refused:
        rules.require_sendable(letter, is_signed_in=True, sent_today=0, most_a_day=5, files=0)
    assert (refused.value.code, refused.value.field) == ("dossier", "dossier_code")


@pytest.mark.parametrize("typed", ["0912 345 678", "+84 912 345 678", "84912345678", "0912.345.678"])
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert rules.normal_phone(typed) == "0912345678"
