"""What the database itself refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from motcua.kernel.ids import uuid7
from motcua.workflow import services
from motcua.workflow.models import ProcessDefinition, Run, StepRun
from motcua.workflow.tests.factories import CALENDAR, at, processes, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Run:
    processes()
    return run()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"due_at": None}, "workflow_run_due_has_limit"),
        ({"amount": None, "unit": ""}, "workflow_run_due_has_limit"),
        ({"amount": 0}, "workflow_run_due_has_limit"),
        ({"paused_at": at("02 09:00")}, "workflow_run_pause_has_kind"),
        ({"pause_kind": "supplement"}, "workflow_run_pause_has_kind"),
        (
            {"paused_at": at("02 09:00"), "pause_kind": "supplement", "ended_at": at("02 09:00")},
            "workflow_run_pause_has_kind",
        ),
    ],
)
def test_runs_keep_their_clock_whole(made: Run, values: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Run.objects.filter(pk=made.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"left_at": at("02 09:00")},
        {"outcome": "done"},
        {"left_at": at("01 07:00"), "outcome": "done"},
    ],
)
def test_a_step_left_has_an_outcome_and_a_later_time(made: Run, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="workflow_step_left_has_outcome"), transaction.atomic():
        StepRun.objects.filter(run=made).update(**values)


def test_a_run_stays_at_one_step(made: Run) -> None:
    services.advance(run=made, by=None, now=at("01 09:00"), calendar=CALENDAR)
    with pytest.raises(IntegrityError, match="workflow_step_one_open"), transaction.atomic():
        StepRun.objects.filter(run=made).update(left_at=None, outcome="")


def test_a_process_has_one_open_version(made: Run) -> None:
    again = ProcessDefinition.objects.get(pk=made.definition_id)
    again.pk, again.version = uuid7(), 2
    with pytest.raises(IntegrityError, match="workflow_definition_one_open"), transaction.atomic():
        again.save(force_insert=True)
