"""Subjects that had come to their end: a second way after the first, or the first one gone on with.

The ended run keeps its due date, its pauses and its end, so that figures drawn from it stay as they were.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from motcua.kernel.together import Together
from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow import queries, rules
from motcua.workflow.enums import PauseKind, ResumePolicy, StepKind
from motcua.workflow.models import Run, StepRun
from motcua.workflow.rules import Duration, StepView
from motcua.workflow.services.steps import opened, view


def start_again(
    *,
    first: Run,
    kind: StepKind,
    duration: Duration,
    agency_id: UUID,
    receiving_agency_id: UUID,
    calendar: WorkingCalendar,
    now: datetime,
) -> Run:
    """Open another run of a subject whose `first` run has ended: the same way from its first step of a kind on.

    It has a clock of its own, `duration` from now, shared by the steps that are left, under the law of today. Where
    the process has no such step it begins after the reception. The constraint of the table refuses a second open run.
    """
    process, law = queries.process(first.definition_id), queries.regime(now.astimezone(ZONE).date())
    position = next((at for at, step in enumerate(process.steps) if step.kind == kind), min(1, len(process.steps) - 1))
    policy = rules.AT_ONCE
    due = rules.due(now, duration, calendar, policy)
    run = Run(
        definition_id=first.definition_id, subject_id=first.subject_id, agency_id=agency_id,
        receiving_agency_id=receiving_agency_id, received_at=now, started_at=due.started_at, policy=policy.as_json(),
        regime_key=law.key, regime_version=law.version, amount=duration.amount, unit=str(duration.unit), due_at=due.at,
        original_due_at=due.at, is_provisional=due.is_provisional, touches_unverified=due.touches_unverified,
        budgets=list(rules.budgets(process, due.budget_minutes, since=position)),
    )  # fmt: skip
    step = opened(run, position, now=now, calendar=calendar)
    Together().insert(run, step).write()
    run.present = view(step)
    return run


def reopen(
    *, run: Run, now: datetime, calendar: WorkingCalendar | None = None, heirs: Mapping[UUID, UUID] | None = None
) -> StepView | None:
    """Go on with a run that was ended before its last step, where it stood; what is left of its limit is left still.

    The time it was closed is a pause of the kind CLOSED. The step is entered again, by whoever had it.
    `heirs`: by which agencies those that have ended are followed; then nobody has the step, it lies on the heir's desk.
    """
    calendar = calendar or queries.calendar_of(run)
    if heirs:
        run.agency_id = heirs.get(run.agency_id, run.agency_id)
        run.receiving_agency_id = heirs.get(run.receiving_agency_id, run.receiving_agency_id)
    ended_at, last = run.ended_at or now, queries.last_left(run.pk)
    closed = rules.Pause(PauseKind.CLOSED, ended_at, now, ResumePolicy.PAUSE)
    run.ended_at, run.clock = None, [*run.clock, closed.as_json()]
    due = queries.clock(run, calendar)
    if due is not None:
        run.due_at, run.is_provisional, run.touches_unverified = due.at, due.is_provisional, due.touches_unverified
    run.save(
        update_fields=[
            "ended_at", "clock", "due_at", "is_provisional", "touches_unverified", "agency_id", "receiving_agency_id",
        ]
    )  # fmt: skip
    step = _entered_again(run, last, closed, calendar) if last is not None else None
    if step is not None:
        if heirs:
            step.agency_id, step.assignee_id = heirs.get(step.agency_id, step.agency_id), None
        step.save(force_insert=True)
    run.present = view(step) if step else None
    return run.present


def _entered_again(run: Run, last: StepRun, closed: rules.Pause, calendar: WorkingCalendar) -> StepRun:
    """Another stay at the step that was left when the run was closed, with what its budget still held."""
    now = closed.ended_at or closed.started_at
    step = opened(run, last.position, now=now, assignee_id=last.assignee_id, calendar=calendar)
    step.agency_id, step.due_at, step.budget_minutes = last.agency_id, last.due_at, last.budget_minutes
    if last.due_at is not None and closed.started_at < last.due_at:
        left = calendar.minutes_between(closed.started_at, last.due_at)
        step.due_at = calendar.add_minutes(now, left) if left > 0 else last.due_at
    return step
