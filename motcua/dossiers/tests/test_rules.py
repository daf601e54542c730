"""What may be done, by whom, and why not: every act in every state, without a database."""

from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.dossiers import correcting, rules
from motcua.dossiers.enums import FINAL, OPEN, Action, State
from motcua.dossiers.forms.office import forward_label
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.factories import MONDAY
from motcua.kernel.actor import Actor, ActorKind, Grant, Role, system
from motcua.kernel.errors import Conflict
from motcua.workflow.tests.factories import LAW

RECEIVING, COMPETENT, OWNER, ACCOUNT = uuid4(), uuid4(), uuid4(), uuid4()
READY = rules.Facts(has_draft=True, is_signed=True, position=3, passed_from=1, law=LAW[2025])


def dossier(state: State = State.IN_PROGRESS, **fields: Any) -> Dossier:
    values: dict[str, Any] = {
        "state": state, "receiving_agency_id": RECEIVING, "competent_agency_id": COMPETENT, "owner_person_id": OWNER,
        "step_role": "handler", "step_kind": "appraise", "step_agency_id": COMPETENT, "version": 4, **fields,
    }  # fmt: skip
    return Dossier(**values)


def officer(role: Role, agency: UUID = COMPETENT, account: UUID = ACCOUNT) -> Actor:
    return Actor(
        kind=ActorKind.PERSON, name="Cán bộ", account_id=account, person_id=uuid4(), grants=(Grant(role, agency),)
    )


def citizen(person: UUID = OWNER) -> Actor:
    return Actor(kind=ActorKind.PERSON, name="Người dân", account_id=uuid4(), person_id=person)


@pytest.mark.parametrize(("action", "state"), list(product(Action, State)))
def test_an_act_is_possible_only_in_its_states(action: Action, state: State) -> None:
    kind = "clerk" if action == Action.ISSUE else "appraise"
    facts = replace(READY, unpaid=action == Action.RECORD_PAYMENT)
    stopped = MONDAY if action == Action.RESUME_CLOCK else None
    run = uuid4() if action == Action.DROP_CORRECTION else None
    here = dossier(state, step_kind=kind, paused_at=stopped, correction_run_id=run)
    refusal = rules.refusal_of(action, here, system("t"), facts)
    if state in rules.TRANSITIONS[action][0]:
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.code == ("closed" if state in FINAL else "state")
        assert refusal.message.endswith(".")


def test_every_state_is_reachable_and_final_states_have_no_way_out() -> None:
    reached = {after for _, after in rules.TRANSITIONS.values() if after} | {State.NEW}
    assert reached == set(State)
    ways_out = {s for s in FINAL for a in correcting.AFTERMATH if s in rules.TRANSITIONS[a][0]}
    assert ways_out == FINAL, "but by privilege"
    others = {a: to for a, to in rules.TRANSITIONS.items() if a not in correcting.AFTERMATH}
    ordinary = {s for s in FINAL for states, after in others.values() if s in states and after}
    assert ordinary == set()


@pytest.mark.parametrize(
    ("action", "actor", "allowed"),
    [
        (Action.ACCEPT, officer(Role.RECEPTION, RECEIVING), True),
        (Action.ACCEPT, officer(Role.RECEPTION, COMPETENT), False),
        (Action.ACCEPT, officer(Role.LEADER, RECEIVING), False),
        (Action.ACCEPT, citizen(), False),
        (Action.REFUSE, officer(Role.RECEPTION, RECEIVING), True),
        (Action.REQUEST_SUPPLEMENT, officer(Role.RECEPTION, RECEIVING), True),
        (Action.REQUEST_SUPPLEMENT, officer(Role.HANDLER), False),
        (Action.WITHDRAW, citizen(), True),
        (Action.WITHDRAW, citizen(uuid4()), False),
        (Action.WITHDRAW, officer(Role.RECEPTION, RECEIVING), True),
        (Action.WITHDRAW, officer(Role.HANDLER), False),
    ],
)
def test_before_acceptance_the_counter_decides(action: Action, actor: Actor, allowed: bool) -> None:
    refusal = rules.refusal_of(action, dossier(State.NEW), actor, rules.Facts())
    assert (refusal is None) == allowed


def test_a_step_belongs_to_its_desk_until_somebody_takes_it() -> None:
    free, taken = dossier(), dossier(assignee_id=ACCOUNT, assignee_name="Bùi Thị Hoa")
    mine, other = officer(Role.HANDLER), officer(Role.HANDLER, account=uuid4())
    assert rules.refusal_of(Action.FORWARD, free, other, READY) is None
    assert rules.refusal_of(Action.FORWARD, taken, mine, READY) is None
    assert rules.refusal_of(Action.FORWARD, taken, other, READY).code == "person"  # type: ignore[union-attr]
    refusal = rules.refusal_of(Action.CLAIM, taken, other, READY)
    assert refusal is not None
    assert "Bùi Thị Hoa" in refusal.message


def test_a_handler_of_another_agency_holds_nothing() -> None:
    assert not rules.holds_step(dossier(), officer(Role.HANDLER, uuid4()))


@pytest.mark.parametrize(
    ("action", "fields", "facts", "code"),
    [
        (Action.FORWARD, {}, rules.Facts(position=1), "draft"),
        (Action.FORWARD, {"step_kind": "clerk"}, READY, "clerk"),
        (Action.FORWARD, {"step_kind": "return"}, READY, "return"),
        (Action.RETURN_STEP, {}, rules.Facts(position=1), "first"),
        (Action.DRAFT_RESULT, {"step_kind": "sign"}, READY, "step"),
        (Action.ISSUE, {"step_kind": "clerk"}, rules.Facts(has_draft=True), "unsigned"),
        (Action.ISSUE, {"step_kind": "sign"}, READY, "unsigned"),
        (Action.REQUEST_SUPPLEMENT, {"step_kind": "clerk", "accepted_at": 1}, READY, "too_late"),
        (Action.RECORD_PAYMENT, {}, READY, "nothing_due"),
    ],
)
def test_what_an_act_needs(action: Action, fields: dict[str, Any], facts: rules.Facts, code: str) -> None:
    refusal = rules.refusal_of(action, dossier(**fields), system("t"), facts)
    assert refusal is not None
    assert refusal.code == code


def test_unpaid_blocks_the_hand_over() -> None:
    ready = dossier(State.RESOLVED, step_kind="return")
    counter = officer(Role.RECEPTION, RECEIVING)
    assert rules.refusal_of(Action.HAND_OVER, ready, counter, rules.Facts(unpaid=5000)).code == "unpaid"  # type: ignore[union-attr]
    assert rules.refusal_of(Action.HAND_OVER, ready, counter, rules.Facts()) is None


def test_a_supplement_answered_before_acceptance_leads_back_to_the_start() -> None:
    assert rules.state_after(Action.ANSWER_SUPPLEMENT, dossier(State.SUPPLEMENT)) == State.NEW
    assert rules.state_after(Action.ANSWER_SUPPLEMENT, dossier(State.SUPPLEMENT, accepted_at=1)) == State.IN_PROGRESS


def test_an_old_page_is_told_who_was_faster() -> None:
    with pytest.raises(Conflict, match=r"working: Hoa took it\. Look at it again before you go on\.$"):
        rules.check_version(dossier(), 3, last="Hoa took it.")
    with pytest.raises(Conflict, match=r"working\. Look at it again before you go on\.$"):
        rules.check_version(dossier(), 3, last="")
    rules.check_version(dossier(), 4, last="")
    rules.check_version(dossier(), None, last="")


def test_the_page_shows_only_acts_of_this_actor_and_their_reasons() -> None:
    shown = {o.action: o for o in rules.actions_for(dossier(), officer(Role.HANDLER), rules.Facts(position=2))}
    assert shown[Action.DRAFT_RESULT].is_allowed
    assert not shown[Action.FORWARD].is_allowed
    assert Action.HAND_OVER not in shown
    assert Action.RATE not in shown
    assert all(state in OPEN for state in (State.NEW, State.SUPPLEMENT))


OFFICE_ACTS = [action for action in Action if action in rules.TRANSITIONS and action not in rules.PARTY_ACTS]


def everybody(person: UUID | None, businesses: tuple[UUID, ...] = ()) -> Actor:
    """Somebody who holds every role in both agencies."""
    grants = tuple(Grant(role, agency) for role in Role for agency in (RECEIVING, COMPETENT))
    return Actor(ActorKind.PERSON, "Cán bộ", account_id=ACCOUNT, person_id=person, grants=grants, businesses=businesses)


@pytest.mark.parametrize("action", OFFICE_ACTS)
@pytest.mark.parametrize("party", ["owner", "submitter", "business"])
def test_nobody_acts_for_the_office_in_a_matter_of_their_own(action: Action, party: str) -> None:
    person, business = uuid4(), uuid4()
    mine = {
        "owner": {"owner_person_id": person}, "submitter": {"submitter_person_id": person},
        "business": {"owner_person_id": None, "owner_business_id": business},
    }[party]  # fmt: skip
    state = next(iter(rules.TRANSITIONS[action][0]))
    of_mine = dossier(
        state,
        **{
            "correction_run_id": uuid4() if action is Action.DROP_CORRECTION else None,
            "paused_at": MONDAY if action is Action.RESUME_CLOCK else None,
            "step_kind": "clerk" if action is Action.ISSUE else "appraise",
            **mine,
        },
    )
    facts = replace(READY, unpaid=1 if action is Action.RECORD_PAYMENT else 0)
    refusal = rules.refusal_of(action, of_mine, everybody(person, (business,)), facts)
    assert refusal is not None
    assert refusal.code == "own_matter"
    assert refusal.message.endswith(".")
    colleague = rules.refusal_of(action, of_mine, everybody(uuid4()), facts)
    assert colleague is None or colleague.code not in {"own_matter", "person"}
    assert rules.refusal_of(action, of_mine, system("t"), facts) == colleague


@pytest.mark.parametrize("party", ["owner_person_id", "submitter_person_id"])
def test_nobody_acts_for_the_office_in_a_matter_of_close_kin(party: str) -> None:
    officer = replace(everybody(uuid4()), kin=(uuid4(), OWNER))
    of_kin = dossier(State.IN_PROGRESS, **{"owner_person_id": None, "step_kind": "appraise", party: OWNER})
    refusal = rules.refusal_of(Action.FORWARD, of_kin, officer, READY)
    assert refusal is not None
    assert refusal.code == "own_matter"
    assert "spouse, child or parent" in refusal.message
    colleague = rules.refusal_of(Action.FORWARD, of_kin, everybody(uuid4()), READY)
    assert colleague is None or colleague.code != "own_matter"


def test_a_party_keeps_the_acts_of_a_party() -> None:
    mine = everybody(OWNER)
    assert rules.refusal_of(Action.WITHDRAW, dossier(), mine, rules.Facts()) is None
    assert rules.refusal_of(Action.ANSWER_SUPPLEMENT, dossier(State.SUPPLEMENT), mine, rules.Facts()) is None
    shown = {option.action: option for option in rules.actions_for(dossier(), mine, READY)}
    refused = shown[Action.FORWARD].refusal
    assert refused is not None
    assert refused.code == "own_matter"


@pytest.mark.parametrize(
    ("left", "comes", "words"),
    [
        ("assign", "appraise", "Pass to the officers"),
        ("appraise", "approve", "Send for approval"),
        ("appraise", "sign", "Send to be signed"),
        ("approve", "sign", "Approve and send to be signed"),
        ("approve", "clerk", "Approve"),
        ("sign", "clerk", "Sign"),
        ("clerk", "return", None),
    ],
)
def test_passing_on_is_named_after_what_comes(left: str, comes: str, words: str | None) -> None:
    found = forward_label(left, comes)
    assert (str(found) if found else None) == words
