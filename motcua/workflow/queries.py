"""Reading workflow: processes, runs, their steps and the explained clock."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from motcua.kernel.errors import NotReady
from motcua.places import kept
from motcua.places import queries as places
from motcua.places.calendar import ZONE, SpecialDay, WorkingCalendar
from motcua.workflow import rules
from motcua.workflow.enums import DurationUnit, PauseKind, ResumePolicy
from motcua.workflow.models import ProcessDefinition, Regime, Run, StepRun
from motcua.workflow.rules import regime as regimes
from motcua.workflow.rules import tacit as silences
from motcua.workflow.rules import thresholds as warnings

FALLBACK = "province-standard"
PROCESSES_KEPT = 256
_read: dict[UUID, rules.Process] = {}
_laws: dict[UUID, rules.Regime | rules.Tacit | rules.Thresholds] = {}


class NoProcess(NotReady):
    """No process is in force for this procedure. Load the processes of the province first."""


class NoRegime(NotReady):
    """No law of the one-stop mechanism is in force on this day. Load the law of the province first."""


def regime(on: date) -> rules.Regime:
    """The law of the one-stop mechanism in force on a day, kept in the process. Raises NoRegime."""
    found = kept.value(("law", regimes.KEY, on), lambda: _law_in_force(regimes.KEY, on))
    if not isinstance(found, rules.Regime):
        raise NoRegime
    return found


def thresholds(on: date) -> rules.Thresholds:
    """When whom to warn, as configured on a day. Raises NoRegime."""
    found = kept.value(("law", warnings.KEY, on), lambda: _law_in_force(warnings.KEY, on))
    if not isinstance(found, rules.Thresholds):
        raise NoRegime
    return found


def tacit(on: date) -> rules.Tacit | None:
    """What silence means by the laws in force on a day; None: nothing."""
    found = kept.value(("law", silences.KEY, on), lambda: _law_in_force(silences.KEY, on))
    return found if isinstance(found, rules.Tacit) else None


def regime_of(run: Run) -> rules.Regime:
    """The law a run was received under. Raises NoRegime."""
    if not run.regime_key or run.regime_version is None:
        return regime(run.received_at.astimezone(ZONE).date())
    key, version = run.regime_key, run.regime_version
    found = kept.value(("law", key, version), lambda: _law(Regime.objects.filter(key=key, version=version).first()))
    if not isinstance(found, rules.Regime):
        raise NoRegime
    return found


def acceptance_due(submitted_at: datetime, calendar: WorkingCalendar, *, paid_at: datetime | None = None) -> datetime:
    """By when what was filed online is accepted, refused or sent back, under the law of that day. Raises NoRegime."""
    law = regime(submitted_at.astimezone(ZONE).date())
    return rules.acceptance_due(submitted_at, calendar, minutes=law.acceptance_minutes, paid_at=paid_at)


def read_law(content: Mapping[str, Any]) -> rules.Regime | rules.Tacit | rules.Thresholds:
    """A version of the law, of what silence means or of the thresholds, by its key. Raises BadDefinition."""
    if content.get("key") == silences.KEY:
        return silences.read(content)
    return warnings.read(content) if content.get("key") == warnings.KEY else regimes.read(content)


def _law_in_force(key: str, on: date) -> rules.Regime | rules.Tacit | rules.Thresholds | None:
    return _law(Regime.objects.in_force(on).filter(key=key).first())


def _law(row: Regime | None) -> rules.Regime | rules.Tacit | rules.Thresholds | None:
    """What a version says; versions never change, so each is read once."""
    if row is None:
        return None
    if row.pk not in _laws:
        if len(_laws) >= PROCESSES_KEPT:
            _laws.clear()
        _laws[row.pk] = read_law(row.content)
    return _laws[row.pk]


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


def last_left(run_id: UUID) -> StepRun | None:
    """The stay at a step that ended last."""
    left = StepRun.objects.filter(run_id=run_id, left_at__isnull=False)
    return left.order_by("-left_at", "-entered_at", "-pk").first()


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


def process_key(run: Run) -> str:
    """Which process a run goes through."""
    return process(run.definition_id).key


def asking(run: Run | None, *, asked: int, now: datetime, calendar: WorkingCalendar) -> rules.Asking:
    """What holds when the applicant is asked for a supplement now, after so many earlier requests.

    The sector's own terms, which the process names, come before those of the law. Before acceptance (no run) the
    limit to ask is that of acceptance itself.
    """
    law = regime(now.astimezone(ZONE).date()) if run is None else regime_of(run)
    found = process(run.definition_id) if run is not None else None
    within = (found and found.ask_within) or law.supplement.ask_within
    to_answer = (found and found.answer_within) or law.supplement.answer_within
    return rules.Asking(
        until=rules.after(run.received_at, within, calendar) if run is not None else None,
        answer_by=rules.answer_by(now, to_answer, calendar),
        policy=law.supplement_policy(asked, found.supplement if found else None),
        is_again=asked >= law.supplement.requests,
        basis=law.supplement.basis,
        again_basis=law.supplement.again_basis,
    )


def why_not_extend(run: Run, *, now: datetime) -> rules.Refusal | None:
    """Why the due date of a run may not be put off now, to whatever day; None when it may."""
    return rules.may_extend(clock(run), now=now, to=None, law=regime_of(run).extension)


def latest_notice(run: Run) -> date | None:
    """The last day on which the due date of a run may be put off; None when it has none."""
    notice = regime_of(run).extension.notice
    return rules.latest_notice(run.due_at, notice, calendar_of(run)) if run.due_at else None


def unverified_days(run: Run | None) -> list[tuple[date, SpecialDay]]:
    """The days nobody has confirmed that the due date of a run rests on; mostly none, without any work."""
    if run is None or run.due_at is None or not run.touches_unverified:
        return []
    return calendar_of(run).unverified_days(run.received_at, run.due_at)


def pauses(run: Run) -> tuple[rules.Pause, ...]:
    """The pauses of a run, the present one last."""
    ended = tuple(rules.Pause.from_json(one) for one in run.clock)
    if run.paused_at is None:
        return ended
    present = ResumePolicy(run.pause_policy or ResumePolicy.PAUSE)
    return (*ended, rules.Pause(PauseKind(run.pause_kind), run.paused_at, None, present))


def extension(run: Run) -> rules.Extension | None:
    """The extension granted to a run, if there is one."""
    if run.extended_at is None or run.extended_to is None:
        return None
    return rules.Extension(run.extended_at, run.extended_to)


def clock(run: Run, calendar: WorkingCalendar | None = None, law: rules.Regime | None = None) -> rules.Due | None:
    """The legal clock of a run as it stands; None when it has no due date. `law` lets its segments name their basis."""
    limit = duration(run)
    if limit is None:
        return None
    policy = rules.Policy.from_json(run.policy)
    calendar = calendar or calendar_of(run)
    return rules.due(run.received_at, limit, calendar, policy, pauses(run), extension=extension(run), law=law)


def explained(run: Run, *, now: datetime, calendar: WorkingCalendar | None = None) -> list[rules.ClockSegment]:
    """The clock of a run stretch by stretch: to its due date, or where later to its end or now, the earlier."""
    found = clock(run, calendar, regime_of(run)) if run.amount is not None else None
    return [] if found is None else list(rules.explain(found, now=min(run.ended_at or now, now)))
