"""Apologies drafted in time, for an officer to check; only granting puts a due date off."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from motcua.dossiers import services as dossiers
from motcua.dossiers import warned
from motcua.dossiers.enums import Action
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.services import apologies
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import World, accepted, at, at_step, step, world
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.workflow.models import Run, StepRun


@pytest.fixture
def here(db: None) -> World:
    return world()


@pytest.fixture
def behind(here: World) -> Dossier:
    """Due on Monday the 30th at nine, and still at its second step long after that was due."""
    found = accepted(here)
    assert (found.due_at, found.step_kind) == (at(30), "assign")
    return found


def drafted(dossier: Dossier) -> Extension | None:
    return Extension.objects.filter(dossier=dossier, granted_at=None).first()


def test_drafted_at_the_threshold_and_not_before(here: World, behind: Dossier) -> None:
    assert apologies.draft(now=at(26, 8)) == 0, "two working days and an hour are left"
    assert apologies.draft(now=at(26, 9)) == 1
    found = drafted(behind)
    assert found is not None
    assert (found.old_due_at, found.at_fault) == (at(30), here.committee.name)
    assert found.new_due_at > at(30)
    assert "chưa hoàn thành đúng tiến độ" in found.reason
    assert Dossier.objects.get(pk=behind.pk).due_at == at(30), "a draft promises nothing"
    assert apologies.draft(now=at(26, 10)) == 0, "once"


def test_none_for_what_will_be_ready_waits_or_is_past_the_laws_notice(here: World, behind: Dossier) -> None:
    assert apologies.draft(now=at(30, 8)) == 0, "the law's last day was the 27th"
    assert apologies.draft(now=at(28)) == 0
    on_time = at_step(here, "sign", at(26, 8))
    Dossier.objects.filter(pk=behind.pk).update(paused_at=at(25))
    assert apologies.draft(now=at(27, 8)) == 0
    assert drafted(on_time) is None


def test_on_the_laws_last_day_it_is_still_in_time(behind: Dossier) -> None:
    assert apologies.draft(now=at(27, 16, 55)) == 1


def test_granting_makes_the_draft_the_apology(here: World, behind: Dossier) -> None:
    apologies.draft(now=at(26, 9))
    found = drafted(behind)
    assert found is not None
    dossiers.extend(
        dossier_id=behind.pk, day=found.new_due_at.date(), reason=found.reason, at_fault=found.at_fault,
        actor=here.actor(Role.HEAD), now=at(26, 10),
    )  # fmt: skip
    granted = Extension.objects.get(dossier=behind)
    assert (granted.pk, granted.granted_by, granted.drafted_at) == (found.pk, "Cán bộ head", at(26, 9))
    assert apologies.draft(now=at(2, 9, month=12)) == 0, "the law allows no second time"


def test_a_moved_due_date_is_drafted_anew(here: World, behind: Dossier) -> None:
    apologies.draft(now=at(26, 9))
    act(Action.PAUSE_CLOCK, behind, here.actor(Role.HEAD), here, at(26, 10))
    dossiers.resume_clock(dossier_id=behind.pk, note="Xong.", actor=here.actor(Role.HEAD), now=at(27, 10))
    moved = Dossier.objects.get(pk=behind.pk).due_at
    assert moved == at(1, month=12)
    assert list(warned.apologies(here.actor(Role.HEAD))) == []
    assert apologies.draft(now=at(30, 9)) == 1
    assert [one.old_due_at for one in warned.apologies(here.actor(Role.HEAD))] == [moved]


def test_too_late_or_a_second_time_is_refused_with_the_article(here: World, behind: Dossier) -> None:
    apologies.draft(now=at(26, 9))
    for now in (at(28), at(30, 8)):
        with pytest.raises(Refused, match="NĐ-CP"):
            act(Action.EXTEND, behind, here.actor(Role.HEAD), here, now)


def test_the_steps_still_to_be_done_share_the_time_gained(here: World, behind: Dossier) -> None:
    before = Run.objects.get(pk=behind.run_id).budgets
    dossiers.extend(
        dossier_id=behind.pk, day=date(2026, 12, 3), reason="Xác minh.", actor=here.actor(Role.HEAD), now=at(26, 10)
    )
    run, present = Run.objects.get(pk=behind.run_id), StepRun.objects.get(run=behind.run_id, left_at=None)
    gained = [after - old for old, after in zip(before, run.budgets, strict=True)]
    assert sum(gained) == 3 * 480
    assert gained[0] == 0, "the reception is over"
    assert sum(minutes > 0 for minutes in gained) > 2, "not the present step alone"
    assert present.budget_minutes == run.budgets[present.position]
    passed = step(here, Dossier.objects.get(pk=behind.pk), at(26, 11))
    assert StepRun.objects.get(run=passed.run_id, left_at=None).budget_minutes == run.budgets[passed.step_position]


def test_page_and_list_offer_the_draft(here: World, behind: Dossier, client: Client) -> None:
    apologies.draft(now=at(26, 9))
    with time_machine.travel(at(26, 10), tick=False):
        people.sign_in(client, here.staff[Role.HEAD])
        case: Any = client.get(reverse("dossiers:case", args=[behind.pk]))
        text = case.content.decode()
        assert "Apology drafted: check and grant" in text
        assert "chưa hoàn thành đúng tiến độ" in text
        assert "Apologies to check and grant" in client.get(reverse("dossiers:warnings")).content.decode()
        people.sign_in(client, here.staff[Role.RECEPTION])
        assert "Apologies" not in client.get(reverse("dossiers:warnings")).content.decode()


def test_killed_in_the_middle_the_next_run_goes_on(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        accepted(here)
    monkeypatch.setattr(apologies, "BATCH", 1)
    calls: list[datetime] = []
    real = apologies._draft

    def dies(dossier: Dossier, thresholds: Any, now: datetime) -> Extension | None:
        calls.append(now)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(dossier, thresholds, now)

    monkeypatch.setattr(apologies, "_draft", dies)
    with pytest.raises(KeyboardInterrupt):
        apologies.draft(now=at(26, 9))
    assert Extension.objects.count() == 1
    monkeypatch.setattr(apologies, "_draft", real)
    assert apologies.draft(now=at(26, 9) + timedelta(minutes=5)) == 2
