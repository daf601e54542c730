"""From step to step. Each act leaves the open step and enters another, in one statement.

`at` is the position the caller saw the run at (without it, the run is asked) and `together` the writes of the act that
moves it on (without it, they are written at once): `StepPassed` is raised when they are written.
"""

from datetime import datetime
from uuid import UUID

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
    at: int | None = None,
    together: Together | None = None,
) -> StepView | None:
    """Leave the present step and enter the next, already given to an account or to whoever holds its role.

    `by` is the account that acts. Returns the step entered, None after the last. Raises StepPassed when no step is
    open. Without `calendar` the competent agency's is used.
    """
    left = _position(run, at)
    following = None
    if left + 1 < len(queries.plan(run)):
        following = opened(run, left + 1, now=now, assignee_id=assignee_id, calendar=calendar)
    return _pass(run, left, following, together, by=by, now=now, outcome=outcome)


def go_back(
    *,
    run: Run,
    to_position: int,
    now: datetime,
    reason: str,
    by: UUID | None = None,
    calendar: WorkingCalendar | None = None,
    at: int | None = None,
    together: Together | None = None,
) -> StepView:
    """Send the dossier back to an earlier step, to the person who had it there; the due date stays.

    Raises Refused when the step does not lie before the present one, StepPassed when no step is open.
    """
    left = _position(run, at)
    if not 0 <= to_position < left:
        raise Refused("no_earlier_step", _("There is no earlier step to send this dossier back to."))
    had_it = StepRun.objects.filter(run=run, position=to_position).order_by("-entered_at", "-id")
    assignee_id = had_it.values_list("assignee_id", flat=True).first()
    again = opened(run, to_position, now=now, assignee_id=assignee_id, calendar=calendar)
    _pass(run, left, again, together, by=by, now=now, outcome=Outcome.RETURNED, reason=reason)
    return view(again)


def jump_to_return(
    *,
    run: Run,
    by: UUID | None,
    now: datetime,
    calendar: WorkingCalendar | None = None,
    at: int | None = None,
    together: Together | None = None,
) -> StepView | None:
    """The result is there: leave the present step and go straight to the hand-over, whatever lies between."""
    returning = opened(run, queries.process(run.definition_id).return_position, now=now, calendar=calendar)
    return _pass(run, _position(run, at), returning, together, by=by, now=now, outcome=Outcome.DONE)


def assign(*, run: Run, account_id: UUID | None, now: datetime) -> None:
    """Give the present step to an account, or (None) back to everyone who holds its role. Raises StepPassed."""
    if not StepRun.objects.filter(run=run, left_at__isnull=True, entered_at__lte=now).update(assignee_id=account_id):
        raise StepPassed


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


def _position(run: Run, at: int | None) -> int:
    if at is not None:
        return at
    step = queries.current_step(run.pk)
    if step is None:
        raise StepPassed
    return step.position


def _pass(
    run: Run,
    left: int,
    entered: StepRun | None,
    together: Together | None,
    *,
    by: UUID | None,
    now: datetime,
    outcome: Outcome | str,
    reason: str = "",
) -> StepView | None:
    """Leave the step open at a position, which frees the place for the one entered."""
    writes = together or Together()
    writes.require(
        "UPDATE workflow_steprun SET left_at = %s, left_by_id = %s, outcome = %s, reason = %s"
        " WHERE run_id = %s AND position = %s AND left_at IS NULL",
        now, by, str(outcome), reason, run.pk, left, error=StepPassed(),
    )  # fmt: skip
    if entered is not None:
        writes.insert(entered)
    if together is None:
        writes.write()
    run.present = view(entered) if entered is not None else None
    return run.present


def forget_words(*, subject_id: UUID) -> None:
    """Remove what officers wrote when they sent a subject back; steps, days and outcomes stay for the figures."""
    StepRun.objects.filter(run__subject_id=subject_id).update(reason="")
