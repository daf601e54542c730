"""The command, killed in the middle and run again; and the eye of the replay, which must see what is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from motcua.dossiers.models import Dossier
from motcua.dossiers.services import tallies
from motcua.dossiers.tests import factories as dossiers
from motcua.dossiers.tests.test_reorganisation import ON, apply, everywhere, plan_of, reverse
from motcua.identity.models import StaffRole
from motcua.identity.tests import factories as people
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.places import services as places
from motcua.places.enums import LineKind, PlanState
from motcua.places.models import JournalRow, Plan, PlanLine
from motcua.reporting.replay import checks, run

LINES, HELD = 8, 4


def told(*words: str) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("reorganise", *words, "--json", stdout=out)
    except SystemExit as end:
        return {**json.loads(out.getvalue()), "exit": end.code}
    found = json.loads(out.getvalue())
    return found if isinstance(found, dict) else {"rows": found}


def small_plan(lines: int = 2) -> Plan:
    today = clock.today()
    plan = Plan.objects.create(key="thu", name="Thử", on=today, legal_basis="01/NQ", digest="x")
    heir = people.agency("H49.101", valid_from=today)
    for number in range(lines):
        old = people.agency(f"H49.{201 + number}", valid_to=today - timedelta(days=1))
        people.officer(Role.HANDLER, Role.LEADER, of=old)
        PlanLine.objects.create(
            plan=plan, position=number, from_agency=old, to_agency=heir, kind=LineKind.WHOLE, is_verified=True
        )
    return plan


@pytest.mark.django_db
def test_the_command_lists_tries_applies_and_takes_back() -> None:
    small_plan()
    assert told()["rows"] == [{"key": "thu", "on": clock.today().isoformat(), "state": "draft", "lines": 2}]
    assert told("thu", "--dry-run")["counts"]["identity.roles"] == 4
    assert told("thu")["state"] == "draft"  # without a word it only tries
    assert told("thu", "--apply")["state"] == "applied"
    assert "already" in told("thu", "--apply")["refused"]
    assert told("thu", "--reverse")["state"] == "draft"


@pytest.mark.django_db
def test_the_command_refuses_with_the_list() -> None:
    small_plan().lines.update(to_agency=None)
    for words in (["--dry-run"], ["--apply"]):
        found = told("thu", *words)
        assert found["exit"] == 1
        assert len(found["faults"]) == 2
        assert "H49.201" in found["faults"][0]
    with pytest.raises(CommandError, match="There is no plan"):
        call_command("reorganise", "nobody")


def _process(*words: str) -> "subprocess.Popen[bytes]":
    found = connection.settings_dict
    url = f"postgresql://{found['USER']}@/{found['NAME']}?host={found['HOST']}&port={found['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url}
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", "motcua", *words], env=environment, stdout=quiet, stderr=quiet)


def _applied(plan: Plan) -> list[bool]:
    return [line.applied_at is not None for line in plan.lines.order_by("position")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on() -> None:
    plan = small_plan(LINES)
    held = plan.lines.order_by("position")[HELD].from_agency
    with transaction.atomic():  # the line in the middle waits for these rows
        list(StaffRole.objects.filter(agency=held).for_update())
        first = _process("reorganise", "thu", "--apply")
        until = time.monotonic() + 60
        while sum(_applied(plan)) < HELD and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(0.5)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    done = [number < HELD for number in range(LINES)]
    assert _applied(plan) == done
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLYING
    assert StaffRole.objects.filter(agency__code="H49.101").count() == 2 * HELD
    assert not JournalRow.objects.filter(line__position__gte=HELD).exists()
    assert _process("reorganise", "thu", "--apply").wait(60) == 0
    assert _applied(plan) == [True] * LINES
    assert StaffRole.objects.filter(agency__code="H49.101").count() == 2 * LINES
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLIED


@pytest.mark.django_db
def test_the_eye_sees_what_the_plan_would_leave_behind_and_nothing_afterwards() -> None:
    of = dossiers.world(fee=8000)
    made = everywhere(of)
    plan = plan_of(of)
    type(of.committee).objects.filter(pk__in=[of.committee.pk, of.centre.pk]).update(valid_to=ON - timedelta(days=1))
    undone = checks.snapshot(ON)
    assert undone.orphans_by_kind["dossiers_decided"] == len(made) - 1
    assert {"runs", "steps", "charges", "roles", "dossiers_received", "dossiers_on_desks"} <= set(
        undone.orphans_by_kind
    )
    before, kept = checks.checksums(), checks.kept()
    apply(plan)
    after = checks.snapshot(ON)
    assert (after.orphans_by_kind, after.miscounted, after.totals) == ({}, 0, undone.totals)
    assert checks.kept() == kept
    assert checks.checksums() != before
    reverse(plan)
    assert checks.checksums() == before


@pytest.mark.django_db
def test_the_eye_sees_one_forgotten_dossier_a_wrong_counter_and_a_changed_due_date() -> None:
    of = dossiers.world(fee=8000)
    everywhere(of)
    plan = plan_of(of, LineKind.COMPETENCE, rest="commune")  # by level, the trial looks at the dossiers as well
    type(of.committee).objects.filter(pk__in=[of.committee.pk, of.centre.pk]).update(valid_to=ON - timedelta(days=1))
    with run._forgetting(True):
        apply(plan)
    assert checks.snapshot(ON).orphans_by_kind["dossiers_decided"] == 1
    assert checks.snapshot(ON).orphans_by_kind["dossiers_received"] == 1
    kept, one = checks.kept(), Dossier.objects.filter(due_at__isnull=False).order_by("pk").first()
    assert one is not None
    Dossier.objects.filter(pk=one.pk).update(due_at=dossiers.at(29, 10))
    assert checks.kept() != kept
    tallies.shift([one.pk], by=1)
    assert checks.snapshot(ON).miscounted > 0


@pytest.mark.django_db
def test_the_eye_counts_the_units_of_a_day(settings: Any) -> None:
    places.load_places(settings.PACK, now=clock.now())
    days = (date(2024, 10, 31), date(2024, 11, 1), date(2025, 6, 30), date(2025, 7, 1))
    assert [checks.snapshot(day).units for day in days] == [177, 171, 171, 54]
    assert run._divided() == {"units_of_the_first_day": 14, "decided": 12}


@pytest.mark.django_db
def test_every_plan_of_the_pack_gives_everybody_a_home(settings: Any) -> None:
    report = places.load_places(settings.PACK, now=clock.now())
    assert [bad for file in report.files for bad in file.refused] == []
    for plan in Plan.objects.order_by("on"):
        assert places.try_plan(plan_id=plan.pk, actor=run.ACTOR, now=clock.now()).faults == (), plan.key
