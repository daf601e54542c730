"""Who signs, in which capacity: the rules for any set of mandates, and the signature through the services."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from motcua.dossiers import services as dossiers
from motcua.dossiers import signing
from motcua.dossiers.models import Dossier, Mandate
from motcua.dossiers.services import prints
from motcua.dossiers.signing import Power, Signing, ToSign
from motcua.dossiers.tests.factories import MONDAY, World, at_step, office_day
from motcua.eforms.enums import SignerCapacity
from motcua.identity import queries as identity
from motcua.identity import services as people_services
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry

HEAD, DEPUTY, UNIT, UNDER = (UUID(int=number) for number in range(1, 5))
AT = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
TODAY = AT.date()
PAPER = ToSign("1.001193", "granted", AT, "Chủ tịch", "Ủy ban nhân dân")
KT, TL, TUQ = SignerCapacity.KT, SignerCapacity.TL, SignerCapacity.TUQ


def power(capacity: SignerCapacity = KT, number: int = 9, **changes: Any) -> Power:
    values: dict[str, Any] = {
        "id": UUID(int=100 + number), "capacity": capacity, "delegate_id": DEPUTY, "head_title": "Chủ tịch",
        "delegate_title": "Phó Chủ tịch", "first_day": TODAY, "last_day": TODAY + timedelta(days=30),
        "decision": "12/QĐ-UBND", **changes,
    }  # fmt: skip
    return Power(**values)


def refusal(who: UUID, *powers: Power, paper: ToSign = PAPER, is_leader: bool = True) -> str:
    found = signing.refusal_of_signer(who, paper, powers, is_leader=is_leader)
    return found.code if found else ""


@pytest.mark.parametrize(
    ("given_power", "paper", "lines"),
    [
        (power(KT), PAPER, ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        (power(KT), replace(PAPER, body=""), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        (power(TL, delegate_title="Chánh Văn phòng"), PAPER, ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
        (power(TUQ, delegate_title="Trưởng phòng"), PAPER, ("TUQ. CHỦ TỊCH", "TRƯỞNG PHÒNG")),
        (power(SignerCapacity.TM, delegate_title="Q. Chủ tịch"), PAPER, ("TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH")),
        (power(SignerCapacity.HEAD, delegate_title="Giám đốc"), PAPER, ("GIÁM ĐỐC",)),
    ],
)
def test_the_lines_above_the_name(given_power: Power, paper: ToSign, lines: tuple[str, ...]) -> None:
    (way,) = signing.ways(DEPUTY, replace(paper, procedure="1.001193"), [given_power], is_leader=True)
    assert way.lines == lines


def test_a_head_signs_in_their_own_capacity() -> None:
    (of_committee,) = signing.ways(HEAD, PAPER, [power()], is_leader=True)
    assert of_committee == Signing(SignerCapacity.TM, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"))
    (of_office,) = signing.ways(HEAD, replace(PAPER, body="", head_title="Giám đốc"), [], is_leader=True)
    assert of_office == Signing(SignerCapacity.HEAD, ("GIÁM ĐỐC",))
    assert refusal(HEAD, is_leader=False) == "no_mandate", "the role of an absent leader is no signature"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last_day": TODAY - timedelta(days=1), "first_day": date(2026, 1, 1)}, "mandate_over"),
        ({"first_day": TODAY + timedelta(days=1)}, "mandate_over"),
        ({"ended_at": AT - timedelta(minutes=1)}, "mandate_over"),
        ({"procedures": frozenset({"2.000001"})}, "mandate_procedure"),
        ({"kinds": frozenset({"refused"})}, "mandate_kind"),
        ({"capacity": TUQ, "last_day": None}, "mandate_unlimited"),
    ],
)
def test_what_does_not_cover_names_the_article(changes: dict[str, Any], code: str) -> None:
    found = signing.refusal_of_signer(DEPUTY, PAPER, [power(**changes)], is_leader=True)
    assert found is not None
    assert (found.code, "30/2020/NĐ-CP" in found.message) == (code, True)


def test_a_paper_allows_certain_capacities_only() -> None:
    paper = replace(PAPER, capacities=frozenset({SignerCapacity.TM, KT}))
    assert refusal(DEPUTY, power(TUQ), paper=paper) == "mandate_capacity"
    assert refusal(DEPUTY, power(KT), paper=paper) == ""


def test_an_authority_goes_no_further_and_an_order_only_to_the_deputy() -> None:
    order = power(TL, 1, delegate_id=UNIT, delegate_title="Chánh Văn phòng")
    below = power(KT, 2, delegate_id=UNDER, giver_id=UNIT, upon=order.id, delegate_title="Phó Chánh Văn phòng")
    (way,) = signing.ways(UNDER, PAPER, [order, below], is_leader=True)
    assert way.lines == ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")
    assert refusal(UNDER, order, replace(below, upon=None)) == "mandate_onward"
    assert refusal(UNDER, order, replace(below, capacity=TUQ)) == "mandate_onward"
    assert refusal(UNDER, replace(order, capacity=TUQ), below) == "mandate_onward"
    assert refusal(UNDER, replace(order, ended_at=AT), below) == "mandate_over", "it falls with what it stands on"
    assert refusal(UNDER, replace(order, procedures=frozenset({"2.000001"})), below) == "mandate_procedure"
    paper = replace(PAPER, capacities=frozenset({SignerCapacity.TM, KT}))
    assert refusal(UNDER, order, below, paper=paper) == "mandate_capacity", "nor where no order is signed"


def test_a_deputy_who_becomes_head_is_written_down_as_such() -> None:
    old = power(KT, first_day=date(2025, 1, 1), last_day=date(2025, 12, 31))
    assert refusal(DEPUTY, old) == "mandate_over"
    assert refusal(DEPUTY, old, power(SignerCapacity.TM, 8, delegate_title="Chủ tịch", last_day=None)) == ""


ACCOUNTS = st.sampled_from([HEAD, DEPUTY, UNIT, UNDER])
POWERS = st.lists(
    st.builds(
        Power, id=st.integers(100, 104).map(lambda number: UUID(int=number)), capacity=st.sampled_from(SignerCapacity),
        delegate_id=ACCOUNTS, head_title=st.just("Chủ tịch"), delegate_title=st.just("Phó"),
        first_day=st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        last_day=st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        ended_at=st.none() | st.just(AT) | st.just(AT + timedelta(days=1)),
        procedures=st.sampled_from([frozenset[str](), frozenset({"1.001193"}), frozenset({"2.000001"})]),
        kinds=st.sampled_from([frozenset[str](), frozenset({"refused"})]), giver_id=st.none() | ACCOUNTS,
        upon=st.none() | st.integers(100, 104).map(lambda number: UUID(int=number)),
    ),
    max_size=5, unique_by=lambda one: one.id,
)  # fmt: skip


@given(who=ACCOUNTS, powers=POWERS, is_leader=st.booleans(), day=st.integers(0, 6))
@example(who=DEPUTY, powers=[power(TUQ, last_day=None)], is_leader=True, day=3)
def test_a_signature_is_covered_by_what_holds_or_refused(
    who: UUID, powers: list[Power], is_leader: bool, day: int
) -> None:
    paper = replace(PAPER, at=datetime(2026, 11, 20 + day, 9, 0, tzinfo=ZONE))
    found = signing.ways(who, paper, powers, is_leader=is_leader)
    refused = signing.refusal_of_signer(who, paper, powers, is_leader=is_leader)
    assert bool(found) == (refused is None)
    by_id = {one.id: one for one in powers}
    for way in found:
        if way.power_id is None:
            assert is_leader
            assert not [one for one in powers if one.delegate_id == who and one.capacity in (KT, TL, TUQ)]
            continue
        held = by_id[way.power_id]
        today = paper.at.date()
        assert held.delegate_id == who
        assert held.first_day <= today <= (held.last_day or date.max)
        assert held.ended_at is None or paper.at < held.ended_at
        assert not held.procedures or paper.procedure in held.procedures
        assert not held.kinds or paper.kind in held.kinds
        assert held.capacity is not TUQ or held.last_day
        if held.upon is not None:
            order = by_id[held.upon]
            assert (order.capacity, held.capacity, order.delegate_id) == (TL, KT, held.giver_id)
            assert order.holds(paper.at)
        elif held.capacity in (KT, TL, TUQ) and held.giver_id is not None:
            theirs = {one.capacity for one in powers if one.delegate_id == held.giver_id and one.id != held.id}
            assert not theirs or theirs & {SignerCapacity.HEAD, SignerCapacity.TM}, "only a head gives"


# ── through the services ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def here(db: None) -> Any:
    with office_day() as made:
        yield made


@pytest.fixture
def plain(db: None) -> Any:
    """A procedure whose result has no template of its own: any capacity may sign it."""
    with office_day(code="1.000099") as made:
        yield made


def deputy_of(of: World, name: str = "Vũ Phó Chủ Tịch") -> Account:
    return people.officer(Role.LEADER, of=of.committee, name=name)


def actor(account: Account) -> Actor:
    return identity.actor_of(account.pk, MONDAY.date())


def give(of: World, to: Account, by: Actor | None = None, **changes: Any) -> Mandate:
    values: dict[str, Any] = {
        "agency_id": of.committee.pk, "delegate_id": to.pk, "capacity": KT, "head_title": "Chủ tịch",
        "delegate_title": "Phó Chủ tịch", "decision": "12/QĐ-UBND", "decided_on": TODAY, "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=30), **changes,
    }  # fmt: skip
    given_by = by or of.actor(Role.LEADER)
    return dossiers.give_mandate(mandate=dossiers.MandateIn(**values), actor=given_by, now=MONDAY)


def sign(dossier: Dossier, by: Actor, **more: Any) -> Dossier:
    return dossiers.forward(dossier_id=dossier.pk, actor=by, now=MONDAY, **more)


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.code


def test_a_leader_without_a_mandate_signs_as_head(here: World) -> None:
    result = sign(at_step(here, "sign"), here.actor(Role.LEADER)).result
    result.refresh_from_db()
    assert (result.capacity, result.signed_as, result.mandate_id) == ("tm", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], None)


def test_a_deputy_signs_in_the_place_of_the_head_and_the_print_says_so(here: World) -> None:
    deputy, dossier = deputy_of(here), at_step(here, "sign")
    mandate = give(here, deputy)
    done = sign(dossier, actor(deputy))
    done.result.refresh_from_db()
    lines = ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert (done.result.capacity, done.result.signed_as, done.result.mandate_id) == ("kt", lines, mandate.pk)
    kept = AuditEntry.objects.filter(subject_id=dossier.pk, action="dossiers.forward").latest("at", "pk")
    assert (kept.detail["capacity"], kept.detail["mandate"]) == ("kt", str(mandate.pk))
    data = prints._DATA["result"](done, None, MONDAY)  # type: ignore[operator]
    assert (list(data.signer.capacity), data.signer.name) == (lines, "Vũ Phó Chủ Tịch")  # type: ignore[attr-defined]


def test_what_was_signed_stays_after_the_mandate_ended(here: World) -> None:
    deputy, dossier, other = deputy_of(here), at_step(here, "sign"), at_step(here, "sign")
    mandate = give(here, deputy)
    done = sign(dossier, actor(deputy))
    dossiers.end_mandate(mandate_id=mandate.pk, reason="Phân công lại.", actor=here.actor(Role.LEADER), now=MONDAY)
    assert done.result.signed_as[-1] == "PHÓ CHỦ TỊCH"
    assert refused(lambda: sign(other, actor(deputy))) == "mandate_over"


def test_of_several_capacities_one_is_chosen(here: World) -> None:
    deputy, first, second = deputy_of(here), at_step(here, "sign"), at_step(here, "sign")
    give(here, deputy)
    code = here.procedure.code
    tuq = give(here, deputy, capacity=TUQ, procedures=(code,), delegate_title="Trưởng phòng")
    ways = dossiers.ways_to_sign(first, actor(deputy), MONDAY)
    assert [way.capacity for way in ways] == [TUQ, KT], "the one that names the procedure first"
    done = sign(first, actor(deputy), mandate_id=tuq.pk)
    assert done.result.signed_as == ["TUQ. CHỦ TỊCH", "TRƯỞNG PHÒNG"]
    elsewhere = UUID(int=1)
    assert refused(lambda: sign(second, actor(deputy), mandate_id=elsewhere)) == "no_such_capacity"
    assert refused(lambda: sign(second, actor(deputy), as_head=True)) == "no_such_capacity"


def test_standing_in_for_a_leader_is_no_signature(here: World) -> None:
    dossier, handler = at_step(here, "sign"), here.staff[Role.HANDLER]
    above = people.officer(Role.DIRECTOR, of=here.committee)
    people_services.ask_absence(
        account_id=here.staff[Role.LEADER].pk, substitute_id=handler.pk, first_day=TODAY, last_day=TODAY,
        basis="Nghỉ phép", actor=actor(above), now=MONDAY,
    )  # fmt: skip
    assert actor(handler).has(Role.LEADER, here.committee.pk)
    assert refused(lambda: sign(dossier, actor(handler))) == "no_mandate"


def test_a_signature_sent_back_is_void_with_its_capacity(here: World) -> None:
    done = sign(at_step(here, "sign"), here.actor(Role.LEADER))
    clerk = here.actor(Role.CLERK)
    back = dossiers.return_step(dossier_id=done.pk, reason="Sai tên.", actor=clerk, now=MONDAY)
    back.result.refresh_from_db()
    assert (back.result.capacity, back.result.signed_as, back.result.signed_at) == ("", [], None)


def test_what_is_given_wrongly_is_refused(here: World) -> None:
    deputy, handler = deputy_of(here), here.staff[Role.HANDLER]
    code = here.procedure.code
    assert refused(lambda: give(here, deputy, capacity=TUQ)) == "unlimited"
    assert refused(lambda: give(here, deputy, capacity=TUQ, procedures=(code,), valid_to=None)) == "unlimited"
    assert refused(lambda: give(here, deputy, procedures=("9.999999",))) == "procedures"
    assert refused(lambda: give(here, deputy, valid_to=TODAY - timedelta(days=1))) == "period"
    assert refused(lambda: give(here, deputy, decided_on=TODAY + timedelta(days=1))) == "before_decision"
    assert refused(lambda: give(here, deputy, decision="  ")) == "no_decision"
    assert refused(lambda: give(here, handler)) == "not_leader"
    assert refused(lambda: give(here, here.staff[Role.LEADER])) == "self"
    assert refused(lambda: give(here, deputy, by=here.actor(Role.HEAD))) == "person"
    assert refused(lambda: give(here, deputy, capacity=SignerCapacity.TM)) == "person"


def test_who_has_a_mandate_gives_none_but_an_order_to_the_deputy(plain: World) -> None:
    here = plain
    deputy, below = deputy_of(here), deputy_of(here, "Bùi Bên Dưới")
    code = here.procedure.code
    give(here, deputy, capacity=TUQ, procedures=(code,))
    for capacity in (KT, TL, TUQ):
        found = refused(lambda c=capacity: give(here, below, by=actor(deputy), capacity=c, procedures=(code,)))
        assert found == "onward", capacity
    unit = deputy_of(here, "Mai Chánh Văn Phòng")
    order = give(here, unit, capacity=TL, delegate_title="Chánh Văn phòng")
    passed = give(here, below, by=actor(unit), delegate_title="Phó Chánh Văn phòng")
    assert (passed.giver_id, passed.upon_id) == (unit.pk, order.pk)
    done = sign(at_step(here, "sign"), actor(below))
    assert done.result.signed_as == ["TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]


def test_the_database_keeps_an_authority_limited(here: World) -> None:
    row = give(here, deputy_of(here), capacity=TUQ, procedures=(here.procedure.code,))
    for changes in ({"valid_to": None}, {"procedures": []}, {"decision": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=row.pk).update(**changes)


def test_mandates_cost_the_signature_no_statement(here: World) -> None:
    one, other, deputy = at_step(here, "sign"), at_step(here, "sign"), deputy_of(here)
    head = here.actor(Role.LEADER)
    with CaptureQueriesContext(connection) as before:
        sign(one, head)
    give(here, deputy)
    by_mandate = actor(deputy)
    with CaptureQueriesContext(connection) as after:
        sign(other, by_mandate)
    assert len(after) <= len(before)
