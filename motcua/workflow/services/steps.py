"""From step to step. Each act closes the open step and enters another: two statements."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.together import Together
from motcua.places.calendar import WorkingCalendar
from motcua.workflow import queries
from motcua.workflow.enums import Outcome, Place
from motcua.workflow.models import Run, StepRun
from motcua.workflow.rules import StepView


class StepPassed(Conflict):
    """Somebody else has moved this dossier on meanwhile. Open it again to see where it is."""


def advance(
    *,
    run: Run,
    by: UUID | None,
    now: datetime,
    assignee_id: UUID | None = None,
    outcome: Outcome | str = Outcome.DONE,
    calendar: WorkingCalendar | None = None,
) -> StepView | None:
    """Leave the present step and enter the next, already given to an account or to whoever holds its role.

    `by` is the account that acts. Returns the step entered, None after the last. Raises StepPassed when no step is
    open. Without `calendar` the competent agency's is used.
    """
    position = close_step(run, by=by, now=now, outcome=outcome) + 1
    if position >= len(queries.plan(run)):
        run.present = None
        return None
    return enter_step(run, position, now=now, assignee_id=assignee_id, calendar=calendar)


def go_back(
    *,
    run: Run,
    to_position: int,
    now: datetime,
    reason: str,
    by: UUID | None = None,
    calendar: WorkingCalendar | None = None,
) -> StepView:
    """Send the dossier back to an earlier step, to the person who had it there; the due date stays.

    Raises Refused when the step does not lie before the present one, StepPassed when no step is open.
    """
    position = close_step(run, by=by, now=now, outcome=Outcome.RETURNED, reason=reason)
    if not 0 <= to_position < position:
        raise Refused("no_earlier_step", _("There is no earlier step to send this dossier back to."))
    had_it = StepRun.objects.filter(run=run, position=to_position).order_by("-entered_at", "-id")
    assignee_id = had_it.values_list("assignee_id", flat=True).first()
    return enter_step(run, to_position, now=now, assignee_id=assignee_id, calendar=calendar)


def jump_to_return(
    *, run: Run, by: UUID | None, now: datetime, calendar: WorkingCalendar | None = None
) -> StepView | None:
    """The result is there: leave the present step and go straight to the hand-over, whatever lies between."""
    close_step(run, by=by, now=now, outcome=Outcome.DONE)
    return enter_step(run, queries.process(run.definition_id).return_position, now=now, calendar=calendar)


def assign(*, run: Run, account_id: UUID | None, now: datetime) -> None:
    """Give the present step to an account, or (None) back to everyone who holds its role. Raises StepPassed."""
    if not StepRun.objects.filter(run=run, left_at__isnull=True, entered_at__lte=now).update(assignee_id=account_id):
        raise StepPassed


def enter_step(
    run: Run, position: int, *, now: datetime, assignee_id: UUID | None = None, calendar: WorkingCalendar | None = None
) -> StepView:
    """Open a step: one statement."""
    step = opened(run, position, now=now, assignee_id=assignee_id, calendar=calendar)
    Together().insert(step).write()
    run.present = view(step)
    return run.present


def opened(
    run: Run, position: int, *, now: datetime, assignee_id: UUID | None = None, calendar: WorkingCalendar | None = None
) -> StepRun:
    """A stay at a step, not saved, with its own due date: its budget from now, or from the start of the limit."""
    step = queries.plan(run)[position]
    budget = run.budgets[position] if run.budgets else None
    due_at = None
    if budget:
        due_at = (calendar or queries.calendar_of(run)).add_minutes(max(now, run.started_at), budget)
    return StepRun(
        run=run,
        position=position,
        key=step.key,
        name=step.name,
        kind=str(step.kind),
        role=str(step.role),
        agency_id=run.receiving_agency_id if step.place is Place.RECEIVING else run.agency_id,
        assignee_id=assignee_id,
        entered_at=now,
        due_at=due_at,
        budget_minutes=budget,
    )


def view(step: StepRun) -> StepView:
    """The step as a value."""
    return StepView(
        step.position, step.key, step.name, step.kind, step.role, step.agency_id, step.assignee_id, step.entered_at,
        step.due_at,
    )  # fmt: skip


def close_step(run: Run, *, by: UUID | None, now: datetime, outcome: Outcome | str, reason: str = "") -> int:
    """Close the open step in one statement; its position. Raises StepPassed when none is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_steprun SET left_at = %s, left_by_id = %s, outcome = %s, reason = %s"
            " WHERE run_id = %s AND left_at IS NULL RETURNING position",
            [now, by, str(outcome), reason, run.pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise StepPassed
    return int(row[0])
