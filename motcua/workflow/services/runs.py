"""Runs: started with their due date, paused, resumed, ended. They neither audit nor publish: their owner does."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.places.calendar import ZONE, WorkingCalendar
from motcua.workflow import queries, rules
from motcua.workflow.enums import Outcome, PauseKind, ResumePolicy
from motcua.workflow.models import Run, StepRun
from motcua.workflow.rules import Duration, StepView
from motcua.workflow.services.steps import opened, view


def start(
    *,
    subject_id: UUID,
    definition_key: str,
    duration: Duration | None,
    agency_id: UUID,
    receiving_agency_id: UUID,
    calendar: WorkingCalendar,
    started_at: datetime,
    policy: rules.Policy | None = None,
    received_by: UUID | None = None,
) -> Run:
    """Start a subject on its way: the run with its due date, and its first step.

    With `received_by`, the account whose acceptance is the whole of the reception, that step is kept as done and the
    run stays at the next one; both are written in one statement.

    An empty `definition_key` means the default process of the agency's level; `duration` None, no due date. `policy`
    overrides the process's own rules of start and end. The version of the process in force on the day is kept for
    good, and so is the law. Raises `queries.NoProcess`, `queries.NoRegime`.
    """
    day = started_at.astimezone(ZONE).date()
    definition = queries.definition(definition_key, day, agency_id=agency_id)
    process, law = queries.content_of(definition), queries.regime(day)
    policy = policy or process.policy
    run = Run(
        definition=definition,
        subject_id=subject_id,
        agency_id=agency_id,
        receiving_agency_id=receiving_agency_id,
        received_at=started_at,
        started_at=rules.start(started_at, calendar, policy).at,
        policy=policy.as_json(),
        regime_key=law.key,
        regime_version=law.version,
    )
    if duration is not None:
        run.amount, run.unit = duration.amount, str(duration.unit)
        _set_due(run, rules.due(started_at, duration, calendar, policy), process, since=0)
        run.original_due_at = run.due_at
    steps = [opened(run, 0, now=started_at, calendar=calendar)]
    if received_by is not None:
        steps[0].left_at, steps[0].left_by_id, steps[0].outcome = started_at, received_by, Outcome.DONE
        steps.append(opened(run, 1, now=started_at, calendar=calendar))
    Together().insert(run, *steps).write()
    run.present = view(steps[-1])
    return run


def present_step(run: Run) -> StepView | None:
    """The step the run stays at, as a value; known without a query after an act on this same instance."""
    if run.present is None:
        step = queries.current_step(run.pk)
        run.present = view(step) if step else None
    return run.present


def pause(*, run: Run, kind: PauseKind | str, now: datetime, policy: ResumePolicy | str | None = None) -> None:
    """Let the clock wait for something. Raises Refused when it waits already or the run is over.

    A request for a supplement beyond those the law allows does not stop the limit (COUNTS: the wait is the agency's
    own time). `policy` says so for other pauses; left open, it is decided when the pause ends.
    """
    kind = PauseKind(kind)
    if policy is None and kind is PauseKind.SUPPLEMENT:
        law, asked = queries.regime_of(run), sum(one["kind"] == kind for one in run.clock)
        policy = law.supplement_policy(asked, queries.process(run.definition_id).supplement)
    values = {"paused_at": now, "pause_kind": str(kind), "pause_policy": str(policy or "")}
    if not Run.objects.filter(pk=run.pk, paused_at__isnull=True, ended_at__isnull=True).update(**values):
        raise Refused("already_paused", _("The time limit of this dossier is not running, so it cannot be paused."))
    run.paused_at, run.pause_kind, run.pause_policy = now, str(kind), str(policy or "")


def extend(*, run: Run, to: datetime, now: datetime, calendar: WorkingCalendar | None = None) -> None:
    """Put the due date off, once; the original due date stays, and the steps still to be done share the time gained.

    `to` is the new due date, at a moment the agency is at work. Raises Refused with the article when the law of the
    run does not allow it: a second time, too late, or while the limit stands still (`rules.may_extend`).
    """
    calendar = calendar or queries.calendar_of(run)
    before = queries.clock(run, calendar)
    refusal = rules.may_extend(before, now=now, to=to, law=queries.regime_of(run).extension)
    if refusal is not None or before is None:
        raise Refused(refusal.code if refusal else "no_due_date", str(refusal), field="to")
    run.extended_at, run.extended_to = now, to
    due = queries.clock(run, calendar) or before
    gained = due.budget_minutes - before.budget_minutes
    step = queries.current_step(run.pk)
    _set_due(run, due, queries.process(run.definition_id), since=None)
    if step is not None and step.budget_minutes is not None:
        more = rules.shared(queries.process(run.definition_id), gained, since=step.position)
        run.budgets = [minutes + added for minutes, added in zip(run.budgets, more, strict=True)]
        own = more[step.position]
        step.budget_minutes += own
        step.due_at = calendar.add_minutes(step.due_at, own) if step.due_at and own else step.due_at
        step.save(update_fields=["due_at", "budget_minutes"])
    run.save(update_fields=["extended_at", "extended_to", "due_at", "budgets", "is_provisional", "touches_unverified"])
    run.present = view(step) if step else None


def resume(
    *, run: Run, now: datetime, calendar: WorkingCalendar | None = None, policy: ResumePolicy | str | None = None
) -> None:
    """Let the clock run again and set the new due dates of the run and of its present step.

    Without `policy`, what was decided at its beginning holds: a supplement follows the process (by Decree
    61/2018/NĐ-CP, art. 19, the limit starts again), every other pause only moves the due date. When the limit starts
    again, the present step and those after it share the whole of it. The original due date stays. Raises Refused when
    nothing is paused.
    """
    if run.paused_at is None:
        raise Refused("not_paused", _("The time limit of this dossier is not paused."))
    calendar = calendar or queries.calendar_of(run)
    process = queries.process(run.definition_id)
    kind, paused_at = PauseKind(run.pause_kind), run.paused_at
    ended = rules.Pause(kind, paused_at, now, ResumePolicy(policy or run.pause_policy or ResumePolicy.PAUSE))
    run.clock = [*run.clock, ended.as_json()]
    run.paused_at, run.pause_kind, run.pause_policy = None, "", ""
    step = queries.current_step(run.pk)
    due = queries.clock(run, calendar)
    if due is not None:
        restarts = ended.policy is ResumePolicy.RESTART
        _set_due(run, due, process, since=step.position if step and restarts else None)
        if step is not None:
            _move_step(step, run, ended, due, calendar)
    run.save(
        update_fields=[
            "clock", "paused_at", "pause_kind", "pause_policy", "due_at", "started_at", "budgets", "is_provisional",
            "touches_unverified",
        ]
    )  # fmt: skip
    run.present = view(step) if step else None


def finish(
    *, run: Run, now: datetime, by: UUID | None = None, outcome: Outcome | str = Outcome.DONE, reason: str = ""
) -> None:
    """End the run and leave its step; a pause that still lasts ends with it."""
    if run.paused_at is not None:
        policy = ResumePolicy.COUNTS if run.pause_policy == ResumePolicy.COUNTS else ResumePolicy.PAUSE
        ended = rules.Pause(PauseKind(run.pause_kind), run.paused_at, now, policy)
        run.clock = [*run.clock, ended.as_json()]
        run.paused_at, run.pause_kind, run.pause_policy = None, "", ""
    run.ended_at, run.present = now, None
    leave = (
        "UPDATE workflow_steprun SET left_at = %s, left_by_id = %s, outcome = %s, reason = %s"
        " WHERE run_id = %s AND left_at IS NULL"
    )
    together = Together().add(leave, now, by, str(outcome), reason, run.pk)
    together.change(run, ["ended_at", "clock", "paused_at", "pause_kind", "pause_policy"]).write()


def _set_due(run: Run, due: rules.Due, process: rules.Process, *, since: int | None) -> None:
    """Copy what the clock says into the run; `since`: the first of the steps that share the whole limit anew."""
    run.due_at, run.started_at = due.at, due.started_at
    run.is_provisional, run.touches_unverified = due.is_provisional, due.touches_unverified
    if since is not None:
        run.budgets = list(rules.budgets(process, due.budget_minutes, since=since))


def _move_step(step: StepRun, run: Run, pause: rules.Pause, due: rules.Due, calendar: WorkingCalendar) -> None:
    """The present step's own due date after a pause."""
    if pause.policy is ResumePolicy.RESTART:
        step.budget_minutes = run.budgets[step.position]
        step.due_at = calendar.add_minutes(due.started_at, step.budget_minutes) if step.budget_minutes else None
    elif pause.policy is ResumePolicy.COUNTS:
        return
    elif step.due_at is not None and pause.started_at < step.due_at and pause.ended_at is not None:
        lost = calendar.minutes_between(max(pause.started_at, step.entered_at), pause.ended_at)
        step.due_at = calendar.add_minutes(step.due_at, lost) if lost > 0 else step.due_at
    else:
        return
    step.save(update_fields=["due_at", "budget_minutes"])
