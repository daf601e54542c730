"""Plans of reorganisation with people in them: what is carried, that it can be resumed and taken back."""

from datetime import date, datetime, timedelta

import pytest

from motcua.identity.models import StaffRole
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role, system
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.places import services
from motcua.places.enums import LineKind, PlanState
from motcua.places.models import Agency, Centre, Counter, JournalRow, Plan, PlanLine
from motcua.places.reorganisation import acts

ON = date(2025, 7, 1)
NOW = datetime(2025, 7, 1, 7, tzinfo=ZONE)
ACTOR = system("test")
EARLY = {"valid_from": date(2020, 1, 1), "valid_to": ON - timedelta(days=1)}


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
    assert reverse(plan).state == PlanState.DRAFT  # an interrupted plan can be taken back at once
    assert not JournalRow.objects.exists()
    assert apply(plan).state == PlanState.APPLIED
    assert StaffRole.objects.filter(agency__code="H49.101").count() == 1
