"""Reading workflow: processes, runs, their steps and the explained clock."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from motcua.kernel.errors import NotReady
from motcua.places import kept
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.workflow import rules
from motcua.workflow.enums import DurationUnit, PauseKind
from motcua.workflow.models import ProcessDefinition, Run, StepRun

FALLBACK = "province-standard"
PROCESSES_KEPT = 256
_read: dict[UUID, rules.Process] = {}


class NoProcess(NotReady):
    """No process is in force for this procedure. Load the processes of the province first."""


def definition(key: str, on: date, *, agency_id: UUID | None = None) -> ProcessDefinition:
    """The version of a process in force on a day; without a key, the default of the agency's level.

    Raises NoProcess.
    """
    if not key and agency_id is not None:
        key = default_key(places.kept_agency(agency_id).level)
    return kept.value(("process", key, on), lambda: _in_force(key, on))


def _in_force(key: str, on: date) -> ProcessDefinition:
    found = ProcessDefinition.objects.in_force(on).filter(key=key).order_by("-version").first()
    if found is None:
        raise NoProcess
    return found


def default_key(level: str) -> str:
    """The process of procedures that name none, by the level that decides them (`province`, `commune` …)."""
    named = ProcessDefinition.objects.filter(valid_to__isnull=True, content__default_for__contains=[level])
    keys = named.order_by("key").values_list("key", flat=True)
    return kept.value(("default process", level), keys.first) or FALLBACK


def process(definition_id: UUID) -> rules.Process:
    """What a version of a process says. Versions never change, so each is read once."""
    return _read.get(definition_id) or content_of(ProcessDefinition.objects.get(pk=definition_id))


def content_of(definition: ProcessDefinition) -> rules.Process:
    """What a version that is at hand says."""
    found = _read.get(definition.pk)
    if found is None:
        if len(_read) >= PROCESSES_KEPT:
            _read.clear()
        found = _read[definition.pk] = rules.from_json(definition.content)
    return found


def calendar_of(run: Run) -> WorkingCalendar:
    """The working calendar of the run's competent agency, as a rule without a query."""
    return places.working_calendar(places.kept_agency(run.agency_id))


def current_step(run_id: UUID) -> StepRun | None:
    """The step a run stays at; None when it is over or between its last step and its end."""
    return StepRun.objects.filter(run_id=run_id, left_at__isnull=True).first()


def steps(run_id: UUID) -> list[StepRun]:
    """Every stay of a run at a step, in order, with its agency."""
    return list(StepRun.objects.filter(run_id=run_id).select_related("agency").order_by("entered_at", "id"))


def plan(run: Run) -> tuple[rules.Step, ...]:
    """All steps of the run's process, those to come included."""
    return process(run.definition_id).steps


def runs_for(subject_ids: Iterable[UUID]) -> dict[UUID, Run]:
    """The latest run of each subject, in one query."""
    found = Run.objects.filter(subject_id__in=list(subject_ids)).order_by("started_at", "id")
    return {run.subject_id: run for run in found}


def duration(run: Run) -> rules.Duration | None:
    """The time limit of a run; None when the law sets none or it is not known."""
    return None if run.amount is None else rules.Duration(Decimal(run.amount), DurationUnit(run.unit))


def pauses(run: Run) -> tuple[rules.Pause, ...]:
    """The pauses of a run, the present one last."""
    ended = tuple(rules.Pause.from_json(kept) for kept in run.clock)
    return (*ended, rules.Pause(PauseKind(run.pause_kind), run.paused_at)) if run.paused_at else ended


def clock(run: Run, calendar: WorkingCalendar | None = None) -> rules.Due | None:
    """The legal clock of a run as it stands; None when it has no due date."""
    limit = duration(run)
    if limit is None:
        return None
    policy = rules.Policy.from_json(run.policy)
    return rules.due(run.received_at, limit, calendar or calendar_of(run), policy, pauses(run))


def explained(run: Run, *, now: datetime, calendar: WorkingCalendar | None = None) -> list[rules.ClockSegment]:
    """The clock of a run stretch by stretch: to its due date, or to now (or its end) where that is later."""
    found = clock(run, calendar)
    return [] if found is None else list(rules.explain(found, now=run.ended_at or now))
