"""Plans of reorganisation: what is refused, what is carried, that it can be resumed and taken back."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.identity.models import StaffRole
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role, system
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.places import rules, services
from motcua.places.enums import LineKind, PlanState
from motcua.places.models import Agency, Centre, Counter, JournalRow, Plan, PlanLine
from motcua.places.reorganisation import acts
from motcua.places.rules import Passing
from motcua.places.tests import factories

ON = date(2025, 7, 1)
NOW = datetime(2025, 7, 1, 7, tzinfo=ZONE)
ACTOR = system("test")
EARLY = {"valid_from": date(2020, 1, 1), "valid_to": ON - timedelta(days=1)}


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, int], list[Passing], set[str]]:
    """Old agencies with what they hold, new ones, and lines: merges, divisions, some that stay as they are."""
    old = [f"O{number}" for number in range(draw(st.integers(1, 12)))]
    new = [f"N{number}" for number in range(draw(st.integers(1, 5)))]
    staying = {code for code in old if draw(st.booleans())}
    lines = [
        Passing(code, draw(st.sampled_from(new)), draw(st.sampled_from([LineKind.WHOLE, LineKind.SPLIT])), "decided")
        for code in old
        if code not in staying
    ]
    return {code: draw(st.integers(0, 50)) for code in old}, lines, staying | set(new)


@given(trees())
def test_a_sound_plan_keeps_the_total_and_leaves_nobody_homeless(
    tree: tuple[dict[str, int], list[Passing], set[str]],
) -> None:
    holdings, lines, alive = tree
    ending = set(holdings) - alive
    assert rules.faults(lines, ending=ending, alive=alive, has_default=False) == []
    after = rules.carried(holdings, lines)
    assert sum(after.values()) == sum(holdings.values())
    assert rules.homeless(after, alive) == {}


@given(trees(), st.data())
def test_a_dropped_heir_is_named(tree: tuple[dict[str, int], list[Passing], set[str]], data: st.DataObject) -> None:
    _holdings, lines, alive = tree
    if not lines:
        return
    lost = data.draw(st.sampled_from(lines))
    others = [line for line in lines if line is not lost]
    ending = {line.ending for line in lines}
    for plan in (others, [*others, Passing(lost.ending, None, lost.kind)]):
        found = rules.faults(plan, ending=ending, alive=alive, has_default=True)
        assert [fault.agency for fault in found] == [lost.ending]
        assert lost.ending in found[0].message


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Passing("O", "gone", LineKind.WHOLE), "heir_ended"),
        (Passing("O", "N", LineKind.SPLIT, "  "), "undecided"),
        (Passing("O", "N", LineKind.COMPETENCE), "no_level"),
        (Passing("O", None, LineKind.WHOLE), "no_heir"),
    ],
)
def test_what_a_plan_may_not_leave_open(line: Passing, code: str) -> None:
    found = rules.faults([line], ending={"O"}, alive={"N"}, has_default=False)
    assert [fault.code for fault in found] == [code]


def test_the_rule_for_a_field_goes_before_the_one_for_all() -> None:
    assert rules.level_of("dat-dai", {"": "commune", "dat-dai": "province"}) == "province"
    assert rules.level_of("ho-tich", {"": "commune", "dat-dai": "province"}) == "commune"
    assert rules.level_of("ho-tich", {"dat-dai": "province"}) is None


@pytest.fixture
def plan(db: None) -> Plan:
    """Two old wards become one with a service centre; an old district centre's counters move."""
    new = people.agency("H49.101", valid_from=ON)
    people.agency("H49.101.01", kind="centre", parent=new, valid_from=ON)
    Centre.objects.create(agency=Agency.objects.get(code="H49.101.01"), address="Hồng Gai", opened_on=ON)
    people.agency("H49.41.01", kind="centre", level="district", **EARLY)
    old = Centre.objects.create(agency=Agency.objects.get(code="H49.41.01"), address="Hạ Long")
    Counter.objects.create(centre=old, number="01", name="Hộ tịch")
    for code in ("H49.201", "H49.202"):
        people.agency(code, **EARLY)
    made = Plan.objects.create(key="2025-07-01", name="Sắp xếp", on=ON, legal_basis="1679/NQ-UBTVQH15", digest="x")
    for position, (source, heir) in enumerate(
        [("H49.201", "H49.101"), ("H49.202", "H49.101"), ("H49.41.01", "H49.101.01")]
    ):
        agencies = [Agency.objects.get(code=code) for code in (source, heir)]
        PlanLine.objects.create(
            plan=made, position=position, from_agency=agencies[0], to_agency=agencies[1], kind=LineKind.WHOLE
        )
    return made


def apply(plan: Plan) -> Plan:
    return services.apply(plan_id=plan.pk, actor=ACTOR, now=NOW)


def reverse(plan: Plan) -> Plan:
    return services.reverse(plan_id=plan.pk, actor=ACTOR, now=NOW)


def roles() -> list[tuple[str, str, date | None, date, bool]]:
    found = StaffRole.objects.select_related("agency").order_by("agency__code", "role", "valid_from", "pk")
    return [(r.agency.code, r.role, r.valid_to, r.valid_from, r.ended_at is None) for r in found]


def everything() -> list[object]:
    tables = (Agency, Centre, Counter, StaffRole)
    return [sorted(map(str, model._default_manager.values_list())) for model in tables]


def test_roles_follow_to_the_heir_and_reception_to_its_centre(plan: Plan) -> None:
    officer = people.officer(Role.RECEPTION, Role.HANDLER, of=Agency.objects.get(code="H49.201"))
    twice = people.officer(Role.HANDLER, of=Agency.objects.get(code="H49.201"))
    people.grant(twice, Role.HANDLER, Agency.objects.get(code="H49.202"))
    people.grant(twice, Role.LEADER, Agency.objects.get(code="H49.202"), valid_to=date(2024, 1, 1))
    assert apply(plan).state == PlanState.APPLIED
    now_held = [(r.account_id, r.agency.code, r.role) for r in StaffRole.objects.valid(ON).select_related("agency")]
    assert sorted(now_held, key=str) == sorted(
        [
            (officer.pk, "H49.101.01", "reception"),
            (officer.pk, "H49.101", "handler"),
            (twice.pk, "H49.101", "handler"),
        ],
        key=str,
    )
    decision = StaffRole.objects.filter(agency__code="H49.101").values_list("decision", flat=True)[0]
    assert "1679/NQ-UBTVQH15" in decision
    assert set(StaffRole.objects.filter(agency__code="H49.201").values_list("valid_to", flat=True)) == {
        date(2025, 6, 30)
    }
    assert StaffRole.objects.get(agency__code="H49.202", role="leader").valid_to == date(2024, 1, 1)


def test_a_role_of_earlier_times_in_the_heir_does_not_stand_in_the_way(plan: Plan) -> None:
    officer = people.officer(Role.HANDLER, of=Agency.objects.get(code="H49.201"))
    people.grant(officer, Role.HANDLER, Agency.objects.get(code="H49.101"), valid_to=date(2021, 1, 1))
    apply(plan)
    assert [r.agency.code for r in StaffRole.objects.valid(ON).select_related("agency")] == ["H49.101"]


def test_the_agency_ends_with_its_centre_and_its_counters_move(plan: Plan) -> None:
    apply(plan)
    old = Agency.objects.get(code="H49.201")
    assert old.successor is not None
    assert (old.valid_to, old.successor.code) == (date(2025, 6, 30), "H49.101")
    assert Centre.objects.get(agency__code="H49.41.01").closed_on == date(2025, 6, 30)
    assert Counter.objects.get().centre.agency.code == "H49.101.01"


def test_taken_back_everything_is_as_it_was(plan: Plan) -> None:
    people.officer(*Role, of=Agency.objects.get(code="H49.201"))
    people.officer(Role.RECEPTION, of=Agency.objects.get(code="H49.41.01"))
    before = everything()
    apply(plan)
    assert everything() != before
    assert reverse(plan).state == PlanState.DRAFT
    assert everything() == before
    assert not JournalRow.objects.exists()
    apply(plan)  # and it can be applied again


def test_twice_is_once(plan: Plan) -> None:
    people.officer(Role.HANDLER, of=Agency.objects.get(code="H49.201"))
    apply(plan)
    held, kept = roles(), JournalRow.objects.count()
    with pytest.raises(Refused) as refusal:
        apply(plan)
    assert refusal.value.code == "applied"
    services.carry_on(plan_id=plan.pk, actor=ACTOR, now=NOW)
    assert (roles(), JournalRow.objects.count()) == (held, kept)


def test_what_was_changed_since_is_not_taken_back(plan: Plan) -> None:
    officer = people.officer(Role.HANDLER, of=Agency.objects.get(code="H49.201"))
    apply(plan)
    StaffRole.objects.filter(account=officer, agency__code="H49.201").update(valid_to=date(2025, 5, 1))
    held = roles()
    with pytest.raises(services.Disturbed) as conflict:
        reverse(plan)
    assert "H49.201" in conflict.value.reasons[0]
    assert roles() == held
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLIED


def test_the_dry_run_counts_and_changes_nothing(plan: Plan) -> None:
    people.officer(Role.HANDLER, Role.HEAD, of=Agency.objects.get(code="H49.201"))
    before = everything()
    trial = services.try_plan(plan_id=plan.pk, actor=ACTOR, now=NOW)
    assert trial.faults == ()
    assert (trial.counts["identity.roles"], trial.counts["places.agencies"]) == (2, 3)
    assert everything() == before
    plan.refresh_from_db()
    assert plan.counts == trial.counts
    assert plan.checked_at == NOW


def test_a_plan_that_leaves_somebody_homeless_is_refused_with_the_list(plan: Plan) -> None:
    people.agency("H49.203", **EARLY)
    plan.lines.filter(from_agency__code="H49.202").update(to_agency=None)
    with pytest.raises(services.Homeless) as refusal:
        apply(plan)
    assert {(fault.code, fault.agency) for fault in refusal.value.faults} == {
        ("no_line", "H49.203"), ("no_heir", "H49.202"),
    }  # fmt: skip
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert not JournalRow.objects.exists()


def test_plans_go_in_the_order_of_their_days(plan: Plan) -> None:
    earlier = Plan.objects.create(key="2024", name="Trước", on=date(2024, 11, 1), legal_basis="x", digest="x")
    with pytest.raises(Refused) as refusal:
        apply(plan)
    assert refusal.value.code == "earlier_first"
    apply(earlier)
    apply(plan)
    with pytest.raises(Refused) as refusal:
        reverse(earlier)
    assert refusal.value.code == "later_first"


def test_not_before_its_day(plan: Plan) -> None:
    with pytest.raises(Refused) as refusal:
        services.apply(plan_id=plan.pk, actor=ACTOR, now=datetime(2025, 6, 30, 23, 59, tzinfo=ZONE))
    assert refusal.value.code == "too_early"


def test_the_acts_are_on_record(plan: Plan) -> None:
    apply(plan)
    reverse(plan)
    actions = list(
        AuditEntry.objects.filter(action__startswith="places.").order_by("pk").values_list("action", flat=True)
    )
    assert actions == [
        "places.apply_plan", *["places.carry_line"] * 3, "places.finish_plan",
        "places.reverse_plan", *["places.uncarry_line"] * 3, "places.finish_plan",
    ]  # fmt: skip
    names = set(Event.objects.values_list("name", flat=True))
    assert {"places.PlanApplied", "places.PlanReversed"} <= names


def test_an_interrupted_plan_goes_on(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    people.officer(Role.HANDLER, of=Agency.objects.get(code="H49.202"))
    movers, done = acts.registered(), 0

    class Stops:
        name = "stops"

        def __getattr__(self, name: str) -> object:
            return lambda *_args, **_named: {} if name in ("count", "apply") else []

        def apply(self, *_args: object, **_named: object) -> dict[str, int]:
            nonlocal done
            done += 1
            if done == 2:
                raise KeyboardInterrupt
            return {}

    monkeypatch.setattr(acts, "registered", lambda: (*movers, Stops()))
    with pytest.raises(KeyboardInterrupt):
        apply(plan)
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLYING
    assert [line.applied_at is not None for line in plan.lines.order_by("position")] == [True, False, False]
    assert not StaffRole.objects.filter(agency__code="H49.101").exists()  # the line that failed left nothing
    assert apply(plan).state == PlanState.APPLIED
    assert StaffRole.objects.filter(agency__code="H49.101").count() == 1


PLANS = "key,name,on,legal_basis,verified\n2025-07-01,Sắp xếp,2025-07-01,1679/NQ-UBTVQH15,1\n"
LINES = "from_code,to_code,kind,decision,verified\nH49.206,H49.106,whole,,1\n"
OLD = "H49.206,Ủy ban nhân dân phường Hồng Hải,,,,people_committee,commune,H49,06688,2020-01-01,{end},,0,,standard\n"


def pack(root: Path, *, end: str = "", lines: str = LINES) -> Path:
    agencies = factories.FILES["places/agencies.csv"] + OLD.format(end=end)
    factories.write(root, agencies=agencies)
    (root / "places" / "plans").mkdir(exist_ok=True)
    (root / "places" / "plans.csv").write_text(PLANS, "utf-8")
    (root / "places" / "plans" / "2025-07-01.csv").write_text(lines, "utf-8")
    return root


@pytest.mark.django_db
def test_plans_come_with_the_pack_and_a_later_load_does_not_undo_them(tmp_path: Path) -> None:
    assert [bad for file in services.load_places(pack(tmp_path), now=NOW).files for bad in file.refused] == []
    plan = Plan.objects.get()
    assert [(line.from_agency.code, line.kind) for line in plan.lines.all()] == [("H49.206", "whole")]
    apply(plan)
    services.load_places(pack(tmp_path, lines=LINES.replace("whole", "split")), now=NOW, force=True)
    ended = Agency.objects.get(code="H49.206")
    assert (ended.valid_to, ended.successor and ended.successor.code) == (date(2025, 6, 30), "H49.106")
    assert plan.lines.get().kind == "whole"
    reverse(plan)
    assert Agency.objects.get(code="H49.206").valid_to is None
    services.load_places(pack(tmp_path, lines=LINES.replace("whole", "split")), now=NOW, force=True)
    assert Plan.objects.get().lines.get().kind == "split"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "column"),
    [("H49.999,H49.106,whole,,1", "from_code"), ("H49.206,H49.999,whole,,1", "to_code"),
     ("H49.206,H49.206,whole,,1", "to_code"), ("H49.206,H49.106,half,,1", "kind")],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_with_its_reason(tmp_path: Path, row: str, column: str) -> None:
    header = LINES.splitlines()[0]
    report = services.load_places(pack(tmp_path, lines=f"{header}\n{row}\n"), now=NOW)
    assert [(bad.file, bad.column) for file in report.files for bad in file.refused] == [
        ("places/plans/2025-07-01.csv", column)
    ]
    assert not PlanLine.objects.exists()
