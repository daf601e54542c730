"""Runs pass to the heirs of agencies that ended. The legal clock is not touched: a change of route restarts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from motcua.places.models import Agency
from motcua.places.reorganisation.ledger import Ledger
from motcua.workflow.models import Run, StepRun


@dataclass(frozen=True, slots=True)
class Route:
    """Where the run of a subject goes: None leaves that part where it is. `is_freed`: nobody has the step any more."""

    subject_id: UUID
    agency_id: UUID | None
    receiving_id: UUID | None
    step_agency_id: UUID | None
    is_freed: bool


def pass_on(*, routes: Sequence[Route], ledger: Ledger) -> int:
    """Send the open runs of these subjects, and the steps they stay at, to other agencies; how many runs.

    Due dates, budgets and what was done before stay. Part of the caller's transaction and of its ledger.
    """
    subjects = [route.subject_id for route in routes]
    count = ledger.change(
        Run,
        {
            "agency_id": "coalesce(m.agency, t.agency_id)",
            "receiving_agency_id": "coalesce(m.receiving, t.receiving_agency_id)",
        },
        "JOIN unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS m(subject, agency, receiving) ON m.subject = t.subject_id"
        " WHERE t.ended_at IS NULL",
        [subjects, [route.agency_id for route in routes], [route.receiving_id for route in routes]],
    )
    ledger.change(
        StepRun,
        {
            "agency_id": "coalesce(m.agency, t.agency_id)",
            "assignee_id": "CASE WHEN m.is_freed THEN NULL ELSE t.assignee_id END",
        },
        "JOIN workflow_run r ON r.id = t.run_id JOIN unnest(%s::uuid[], %s::uuid[], %s::boolean[])"
        " AS m(subject, agency, is_freed) ON m.subject = r.subject_id WHERE t.left_at IS NULL AND r.ended_at IS NULL",
        [subjects, [route.step_agency_id for route in routes], [route.is_freed for route in routes]],
    )
    return count


def left_at(agency: Agency) -> int:
    """How many open runs and steps still lie with an agency."""
    steps = StepRun.objects.filter(agency=agency, left_at__isnull=True, run__ended_at__isnull=True).values("run_id")
    mine = Run.objects.filter(agency=agency, ended_at__isnull=True).values("id")
    return len({row["run_id"] for row in steps} | {row["id"] for row in mine})


def is_disturbed(ledger: Ledger) -> bool:
    """Whether runs that were passed on have moved since."""
    return bool(ledger.disturbed(Run) or ledger.disturbed(StepRun))


def take_back(ledger: Ledger) -> None:
    """Put the runs back where they were."""
    ledger.undo(StepRun)
    ledger.undo(Run)
