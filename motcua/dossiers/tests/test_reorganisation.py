"""Dossiers when their agency ends: they pass to the heir, nothing is lost, and it can be taken back exactly."""

from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from motcua.dossiers import audiences as dossiers_audiences
from motcua.dossiers import queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Happening, Receiver, State
from motcua.dossiers.models import Access, Dossier, Draft, Inheritance, Part, StoryLine, Tally
from motcua.dossiers.services import tallies
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import World, at
from motcua.identity import queries as identity
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Actor, Role, system
from motcua.kernel.errors import Refused
from motcua.payments.models import Charge
from motcua.places import services as places
from motcua.places.enums import LineKind
from motcua.places.models import Agency, Centre, Competence, Plan, PlanLine, Succession, Unit
from motcua.places.queries import forget_calendars
from motcua.workflow.models import Run, StepRun

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 24)
NOW = at(24, 7)
SYSTEM = system("test")
TABLES = (
    "dossiers_dossier", "dossiers_access", "dossiers_storyline", "dossiers_inheritance", "dossiers_draft",
    "dossiers_part", "dossiers_mandate", "workflow_run", "workflow_steprun", "payments_charge", "identity_staffrole",
    "places_agency", "places_counter", "places_centre", "places_journalrow",
)  # fmt: skip


def checksum() -> dict[str, str]:
    """Every row of every table that a plan touches; a counter at nought is as good as none."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            found[table] = cursor.fetchone()[0]
        cursor.execute(
            "SELECT string_agg(agency_id || ' ' || state || ' ' || count, '|' ORDER BY agency_id, state)"
            " FROM dossiers_tally WHERE count <> 0"
        )
        found["dossiers_tally"] = cursor.fetchone()[0] or ""
    return found


@pytest.fixture
def of() -> World:
    return factories.world(fee=8000)


def heirs() -> tuple[Agency, Agency]:
    committee = people.agency("H49.101", name="Ủy ban nhân dân phường mới", valid_from=ON)
    centre = people.agency("H49.101.01", name="Trung tâm phường mới", kind="centre", parent=committee, valid_from=ON)
    Centre.objects.get_or_create(agency=centre, defaults={"address": "Hồng Gai", "opened_on": ON})
    return committee, centre


def plan_of(of: World, kind: LineKind = LineKind.WHOLE, key: str = "2026", **levels: str) -> Plan:
    """Committee and centre of the world end; the new committee with its centre takes over."""
    committee, centre = heirs()
    made = Plan.objects.create(key=key, name="Sắp xếp thử", on=ON, legal_basis="01/NQ", digest="x")
    pairs = [(of.committee, committee, kind), (of.centre, centre, LineKind.WHOLE)]
    for position, (source, heir, how) in enumerate(pairs):
        PlanLine.objects.create(
            plan=made, position=position, from_agency=source, to_agency=heir, kind=how, decision="theo quyết định"
        )
    for field, level in levels.items():
        Competence.objects.create(plan=made, field="" if field == "rest" else field.replace("_", "-"), goes_to=level)
    return made


def apply(plan: Plan) -> None:
    places.apply(plan_id=plan.pk, actor=SYSTEM, now=NOW)
    forget_calendars()


def reverse(plan: Plan) -> None:
    places.reverse(plan_id=plan.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))
    forget_calendars()


def officer(of: World, role: Role) -> Actor:
    return identity.actor_of(of.staff[role].pk, ON)


def everywhere(of: World) -> dict[str, Dossier]:
    """A dossier at every place of its way."""
    assigned = factories.accepted(of)
    assigned = dossiers.claim(dossier_id=assigned.pk, actor=of.actor(Role.HEAD), now=factories.MONDAY)
    waiting = factories.at_step(of, "appraise")
    dossiers.request_supplement(
        dossier_id=waiting.pk, items=["Giấy chứng sinh"], reason="Thiếu", actor=of.actor(Role.HANDLER),
        now=factories.MONDAY,
    )  # fmt: skip
    closed = factories.at_step(of, "return")
    _give(of.actor(Role.RECEPTION), closed)
    made = {
        "new": factories.submitted(of), "accepted": factories.accepted(of), "assigned": assigned, "waiting": waiting,
        "clerk": factories.at_step(of, "clerk"), "resolved": factories.at_step(of, "return"), "closed": closed,
    }  # fmt: skip
    tallies.recount()
    return made


def _give(actor: Actor, dossier: Dossier, now: datetime = factories.MONDAY) -> Dossier:
    dossiers.record_payment(
        dossier_id=dossier.pk, method="cash", receipt_number="1", actor=actor, now=now
    )  # fmt: skip
    return dossiers.hand_over(
        dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name="Hạnh", signed_for="ký nhận", actor=actor, now=now
    )


def fresh(made: dict[str, Dossier]) -> dict[str, Dossier]:
    return {name: Dossier.objects.get(pk=dossier.pk) for name, dossier in made.items()}


def test_running_dossiers_keep_code_receiver_and_due_dates(of: World) -> None:
    made = everywhere(of)
    before = fresh(made)
    apply(plan_of(of))
    for name, dossier in fresh(made).items():
        was = before[name]
        assert (dossier.code, dossier.due_at, dossier.original_due_at, dossier.state, dossier.step_due_at) == (
            was.code, was.due_at, was.original_due_at, was.state, was.step_due_at,
        ), name  # fmt: skip
        if name not in ("new", "closed"):
            assert (dossier.receiving_agency_id, dossier.reception_agency.code) == (of.centre.pk, "H49.101.01"), name
            assert dossier.competent_agency.code == "H49.101", name
            assert dossier.version == was.version + 2, name  # its committee and its centre ended: two lines
    new = fresh(made)["new"]
    assert (new.receiving_agency.code, new.heir_agency, new.competent_agency.code) == ("H49.101.01", None, "H49.101")
    closed = fresh(made)["closed"]
    assert (closed.competent_agency_id, closed.version) == (of.committee.pk, before["closed"].version)


def test_nothing_open_is_left_with_what_has_ended(of: World) -> None:
    everywhere(of)
    apply(plan_of(of))
    ended = [of.committee.pk, of.centre.pk]
    assert not Run.objects.filter(ended_at__isnull=True, agency__in=ended).exists()
    assert not Run.objects.filter(ended_at__isnull=True, receiving_agency__in=ended).exists()
    assert not StepRun.objects.filter(left_at__isnull=True, run__ended_at__isnull=True, agency__in=ended).exists()
    assert not Charge.objects.filter(state="due", agency__in=ended).exists()
    assert Charge.objects.filter(state="paid", agency=of.centre).count() == 1
    assert not Dossier.objects.filter(step_agency__in=ended).exists()


def test_the_officers_who_come_along_do_the_rest(of: World) -> None:
    made = everywhere(of)
    apply(plan_of(of))
    new = dossiers.accept(dossier_id=made["new"].pk, actor=officer(of, Role.RECEPTION), now=NOW)
    assert new.code is not None
    assert new.code.startswith("H49.101.01-")
    assert new.code.endswith("-0001")
    assigned = fresh(made)["assigned"]
    assert assigned.assignee_id == of.staff[Role.HEAD].pk
    dossiers.forward(dossier_id=assigned.pk, actor=officer(of, Role.HEAD), now=NOW)
    issued = dossiers.issue(
        dossier_id=made["clerk"].pk, symbol="TLKS", opens_register=True, actor=officer(of, Role.CLERK), now=NOW
    )
    assert issued.result.register is not None
    assert (issued.result.register.agency.code, issued.result.number) == ("H49.101", 1)
    given = _give(officer(of, Role.RECEPTION), made["resolved"], NOW)
    assert (given.state, given.hand_over.agency.code) == (State.HANDED_OVER, "H49.101.01")


def test_lists_desks_and_search_follow(of: World) -> None:
    made = everywhere(of)
    apply(plan_of(of))
    inbox = {row.pk for row in queries.inbox(officer(of, Role.RECEPTION)).rows}
    assert made["new"].pk in inbox
    waiting = {row.pk for row in queries.uncollected(officer(of, Role.RECEPTION)).rows}
    assert waiting == {made["resolved"].pk}
    leader = officer(of, Role.LEADER)
    assert {row.pk for row in queries.dossiers_of(leader).rows} == {one.pk for one in made.values()}
    code = made["closed"].code or ""
    assert [row.pk for row in queries.dossiers_of(leader, filters=queries.Filters(text=code)).rows] == [
        made["closed"].pk
    ]
    old_desks = Access.objects.filter(dossier__in=[d.pk for d in made.values()], reason="desk")
    present = {row for d in fresh(made).values() for row in [d.step_agency_id]}
    assert old_desks.exists()
    assert of.committee.pk not in present


def test_the_story_and_the_minutes_say_who_took_over(of: World) -> None:
    made = everywhere(of)
    apply(plan_of(of))
    lines = StoryLine.objects.filter(dossier=made["accepted"].pk, what=Happening.INHERITED).order_by("pk")
    assert [line.agency and line.agency.code for line in lines] == ["H49.101", "H49.101.01"]
    assert "Sắp xếp thử (01/NQ)" in lines[0].note
    assert "Ủy ban nhân dân phường mới" in lines[0].note
    rows = Inheritance.objects.filter(dossier=made["accepted"].pk).order_by("-is_competent")
    assert [(r.is_competent, r.from_agency.code, r.to_agency.code, r.plan_key) for r in rows] == [
        (True, "H49.51", "H49.101", "2026"), (False, "H49.51.01", "H49.101.01", "2026"),
    ]  # fmt: skip
    assert not Inheritance.objects.filter(dossier__in=[made["new"].pk, made["closed"].pk]).exists()


def test_counters_move_and_equal_a_recount(of: World) -> None:
    everywhere(of)
    apply(plan_of(of))
    moved = {(t.agency_id, t.state): t.count for t in Tally.objects.exclude(count=0)}
    tallies.recount()
    assert moved == {(t.agency_id, t.state): t.count for t in Tally.objects.exclude(count=0)}


def test_events_read_afterwards_count_once(of: World) -> None:
    made = factories.accepted(of)  # its events are not read yet
    apply(plan_of(of))
    for name in ("dossiers.DossierAccepted", "dossiers.DossierInherited"):
        tallies.count_moves([outbox.Fact(1, name, {"dossier_id": str(made.pk)}, NOW)])
    counted = {(t.agency_id, t.state): t.count for t in Tally.objects.exclude(count=0)}
    tallies.recount()
    assert counted == {(t.agency_id, t.state): t.count for t in Tally.objects.exclude(count=0)}


def test_taken_back_every_row_is_as_it_was(of: World) -> None:
    everywhere(of)
    plan = plan_of(of)
    before = checksum()
    apply(plan)
    assert checksum() != before
    reverse(plan)
    after = checksum()
    assert [table for table in before if before[table] != after[table]] == []


def test_a_dossier_that_moved_on_is_not_taken_back(of: World) -> None:
    made = everywhere(of)
    plan = plan_of(of)
    apply(plan)
    dossiers.forward(dossier_id=made["assigned"].pk, actor=officer(of, Role.HEAD), now=NOW)
    before = checksum()
    with pytest.raises(places.Disturbed) as conflict:
        reverse(plan)
    assert any(str(made["assigned"].code) in reason for reason in conflict.value.reasons)
    assert checksum() == before


def test_a_page_opened_before_is_out_of_date(of: World) -> None:
    made = factories.accepted(of)
    apply(plan_of(of))
    with pytest.raises(Exception, match="changed while you were working"):
        dossiers.forward(dossier_id=made.pk, expected=made.version, actor=officer(of, Role.HEAD), now=NOW)


def test_the_closed_series_gives_no_number(of: World) -> None:
    waiting = factories.submitted(of)
    for agency in (of.centre, of.committee):
        Agency.objects.filter(pk=agency.pk).update(valid_to=ON - timedelta(days=1))
    forget_calendars()
    with pytest.raises(Refused) as refusal:
        dossiers.accept(dossier_id=waiting.pk, actor=SYSTEM, now=NOW)
    assert refusal.value.code == "series_closed"


def test_an_officer_who_does_not_come_along_lets_go(of: World) -> None:
    """By level: the dossier goes to the department, its officer to the commune."""
    department = people.agency("H49.11", name="Sở Tư pháp", kind="department", level="province")
    civil = of.procedure.field
    civil.agency_2025 = department
    civil.save()
    dossier = factories.accepted(of)
    dossier = dossiers.claim(dossier_id=dossier.pk, actor=of.actor(Role.HEAD), now=factories.MONDAY)
    apply(plan_of(of, LineKind.COMPETENCE, rest="commune", ho_tich="province"))
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.step_agency is not None
    assert (dossier.competent_agency.code, dossier.step_agency.code, dossier.assignee_id) == ("H49.11", "H49.11", None)
    head = people.officer(Role.HEAD, of=department)
    assert [row.pk for row in queries.inbox(identity.actor_of(head.pk, ON)).rows] == [dossier.pk]
    assert not Access.objects.filter(dossier=dossier, audience=of.staff[Role.HEAD].pk, is_turn=True).exists()


def test_what_communes_decide_now_goes_to_the_commune_of_the_owner(of: World) -> None:
    def unit(code: str, kind: str, **fields: Any) -> Unit:
        return Unit.objects.create(code=code, name=code, sort_key=code, folded=code, kind=kind, **fields)

    long_ago, eve = date(2020, 1, 1), ON - timedelta(days=1)
    district = unit("193", "city", valid_from=long_ago, valid_to=eve)
    old = unit("06649", "ward", parent=district, valid_from=long_ago, valid_to=eve)
    new = unit("06658", "ward", valid_from=ON)
    Succession.objects.create(from_unit=old, to_unit=new, on=ON, part="whole", is_default=True)
    theirs = people.agency("H49.102", name="UBND phường Cao Xanh", unit=new, valid_from=ON)
    plan = plan_of(of, LineKind.COMPETENCE, rest="commune")
    Agency.objects.filter(pk=of.committee.pk).update(unit=district)
    of.citizen.address_unit = old
    of.citizen.save()
    near = factories.accepted(of)
    stranger = people.person("Người Nơi Khác")
    far = factories.accepted(of, owner_person_id=stranger.pk, owner_name=stranger.full_name)
    committee, _centre = heirs()
    PlanLine.objects.create(plan=plan, position=9, from_agency=people.agency("H49.999", valid_to=eve),
                            to_agency=committee, kind=LineKind.WHOLE)  # fmt: skip
    apply(plan)
    assert Dossier.objects.get(pk=near.pk).competent_agency == theirs
    assert Dossier.objects.get(pk=far.pk).competent_agency == committee


def test_a_dossier_for_which_nobody_is_competent_stops_the_plan(of: World) -> None:
    dossier = factories.accepted(of)
    plan = plan_of(of, LineKind.COMPETENCE, rest="province")
    before = checksum()
    with pytest.raises(places.Homeless) as refusal:
        apply(plan)
    assert any(str(dossier.code) in fault.message for fault in refusal.value.faults)
    assert checksum() == before


def test_the_dry_run_says_how_many(of: World) -> None:
    made = everywhere(of)
    plan = plan_of(of)
    trial = places.try_plan(plan_id=plan.pk, actor=SYSTEM, now=NOW)
    assert trial.counts["dossiers.dossiers"] == len(made) - 1, "each once, though its committee and its centre end"
    assert trial.faults == ()


@pytest.mark.parametrize(("heirs_of_unit", "kept"), [(1, True), (2, False)])
def test_a_draft_follows_its_unit_or_asks_again(of: World, heirs_of_unit: int, kept: bool) -> None:
    eve = ON - timedelta(days=1)
    names = {"name": "x", "sort_key": "x", "folded": "x", "kind": "ward"}
    old = Unit.objects.create(code="06649", valid_from=date(2020, 1, 1), valid_to=eve, **names)
    new = [Unit.objects.create(code=f"0665{n}", valid_from=ON, **names) for n in range(heirs_of_unit)]
    for number, unit in enumerate(new):
        part = "whole" if kept else "part"
        Succession.objects.create(from_unit=old, to_unit=unit, on=ON, part=part, is_default=number == 0)
    Agency.objects.filter(pk=of.committee.pk).update(unit=old)
    draft = dossiers.open_draft(
        procedure_id=of.procedure.pk, actor=of.actor("citizen"), now=factories.MONDAY, form_key="generic",
        form_version=1, answers={"a": 1}, unit_id=old.pk, receiving_agency_id=of.centre.pk,
    )  # fmt: skip
    apply(plan_of(of))
    after = Draft.objects.get(pk=draft.pk)
    assert after.unit == (new[0] if kept else None)
    assert after.receiving_agency is not None
    assert (after.receiving_agency.code, after.answers) == ("H49.101.01", {"a": 1})


def test_the_old_agencys_people_see_nothing_new(of: World) -> None:
    """Somebody who kept a role in the old agency, against the plan, finds no open dossier of the heir's there."""
    made = factories.accepted(of)
    apply(plan_of(of))
    left: Account = people.officer(Role.HEAD, of=of.committee)
    assert list(queries.inbox(identity.actor_of(left.pk, ON)).rows) == []
    with pytest.raises(Refused):
        dossiers.forward(dossier_id=made.pk, actor=identity.actor_of(left.pk, ON), now=NOW)


def test_nothing_is_filed_with_an_agency_that_has_ended(of: World) -> None:
    apply(plan_of(of))
    with pytest.raises(Refused) as refusal:
        factories.submitted(of, NOW)
    assert refusal.value.code == "agency_ended"


@pytest.mark.django_db(transaction=True)
def test_an_act_and_a_plan_at_the_same_moment_wait_for_each_other() -> None:
    """An officer accepts while the plan is applied: whoever comes second sees what the first has done."""
    of = factories.world()
    made = factories.submitted(of)
    plan = plan_of(of)
    actor, failed = of.actor(Role.RECEPTION), list[BaseException]()

    def carry() -> None:
        try:
            apply(plan)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        accepted = dossiers.accept(dossier_id=made.pk, actor=actor, now=factories.MONDAY)
        other = Thread(target=carry)
        other.start()
        other.join(1.5)
        assert other.is_alive(), "the plan did not wait for the act"
    other.join(30)
    assert failed == []
    after = Dossier.objects.get(pk=made.pk)
    assert (after.code, after.receiving_agency_id) == (accepted.code, of.centre.pk)
    assert after.heir_agency is not None
    assert after.step_agency is not None
    assert (after.heir_agency.code, after.step_agency.code) == ("H49.101.01", "H49.101")


def asked(of: World, agency: Agency, *, by: Role = Role.HANDLER) -> Part:
    """An opinion that a dossier at its appraisal asks of an agency."""
    dossier = factories.at_step(of, "appraise")
    dossiers.ask_opinion(
        dossier_id=dossier.pk, agency_id=agency.pk, question="Ý kiến về quy hoạch?",
        day=factories.MONDAY.date() + timedelta(days=2), actor=of.actor(by), now=factories.MONDAY,
    )  # fmt: skip
    return Part.objects.get(dossier=dossier)


def other_agency_ends(of: World) -> tuple[Agency, Agency, Plan]:
    """A department that answers for others ends; another takes over all of it."""
    old = people.agency("H49.10", name="Sở cũ", office_hours="standard")
    new = people.agency("H49.90", name="Sở mới", valid_from=ON, office_hours="standard")
    plan = Plan.objects.create(key="2027", name="Hợp nhất sở", on=ON, legal_basis="02/NQ", digest="x")
    PlanLine.objects.create(
        plan=plan, position=0, from_agency=old, to_agency=new, kind=LineKind.WHOLE, decision="theo quyết định"
    )
    return old, new, plan


def test_an_open_part_passes_to_the_heir_of_who_was_asked_and_back(of: World) -> None:
    old, new, plan = other_agency_ends(of)
    handler = people.officer(Role.HANDLER, of=old, name="Cán bộ sở")
    part = asked(of, old)
    dossiers.claim_part(part_id=part.pk, actor=identity.actor_of(handler.pk, ON), now=factories.MONDAY)
    due, version = part.due_at, Dossier.objects.get(pk=part.dossier_id).version
    before = checksum()
    apply(plan)
    part.refresh_from_db()
    dossier = Dossier.objects.get(pk=part.dossier_id)
    assert (part.agency, part.due_at, part.assignee_id) == (new, due, handler.pk)
    assert [(one["agency"], one["who"]) for one in dossier.open_parts] == [(str(new.pk), "Sở mới")]
    assert (dossier.version, dossier.competent_agency) == (version + 1, of.committee)
    actor = identity.actor_of(handler.pk, ON)
    assert part.dossier_id in {row.pk for row in queries.inbox(actor).rows}
    reverse(plan)
    assert checksum() == before
    apply(plan)
    dossiers.answer_part(part_id=part.pk, answer="Phù hợp.", actor=identity.actor_of(handler.pk, ON), now=NOW)
    assert Part.objects.get(pk=part.pk).state == "answered"


def test_a_part_and_its_dossier_may_pass_on_in_one_plan(of: World) -> None:
    old, new, other = other_agency_ends(of)
    part = asked(of, old)
    plan = plan_of(of)
    other.lines.update(plan=plan, position=2)
    before = checksum()
    apply(plan)
    part.refresh_from_db()
    dossier = Dossier.objects.get(pk=part.dossier_id)
    assert (part.agency, dossier.competent_agency.code) == (new, "H49.101")
    old_desks = {audience for audience in Access.objects.filter(dossier=dossier).values_list("audience", flat=True)}
    assert dossiers_audiences.desk(new.pk, "handler") in old_desks
    assert dossiers_audiences.desk(old.pk, "handler") not in old_desks
    reverse(plan)
    assert checksum() == before


def test_an_ended_part_stays_with_who_answered(of: World) -> None:
    old, _new, plan = other_agency_ends(of)
    handler = people.officer(Role.HANDLER, of=old, name="Cán bộ sở")
    part = asked(of, old)
    dossiers.answer_part(
        part_id=part.pk, answer="Phù hợp.", actor=identity.actor_of(handler.pk, ON), now=factories.MONDAY
    )
    apply(plan)
    assert Part.objects.get(pk=part.pk).agency == old
