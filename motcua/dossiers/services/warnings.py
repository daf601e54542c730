"""Warnings before a step or a dossier is late: found by the clock, written once, told to those who can still act.

The job reads what is due soon by index and in batches, each a transaction of its own: killed in the middle it is gone
on with by the next run. The acts on dossiers know nothing of it; a warning that no longer stands is ended here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from motcua.dossiers import warning
from motcua.dossiers.enums import State, WarningLevel
from motcua.dossiers.events import DueWarned
from motcua.dossiers.models import Dossier, DueWarning
from motcua.dossiers.models.warned import WATCHED
from motcua.identity import queries as identity
from motcua.kernel import clock, outbox
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.workflow import queries as workflow
from motcua.workflow.models import Run
from motcua.workflow.rules import Thresholds, Watched

BATCH = 500
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_DOSSIERS = """
SELECT d.id, NULL::uuid, r.id, r.due_at, r.agency_id,
    (SELECT coalesce(sum(minutes::int), 0) FROM jsonb_array_elements_text(r.budgets) AS minutes),
    d.step_agency_id, d.step_role, d.assignee_id
FROM workflow_run r JOIN dossiers_dossier d ON d.id = r.subject_id
    AND coalesce(d.correction_run_id, d.run_id) = r.id AND coalesce(d.correction_due_at, d.due_at) = r.due_at
WHERE r.ended_at IS NULL AND r.due_at <= %(until)s AND (r.due_at, r.id) > (%(at)s, %(key)s)
    AND d.paused_at IS NULL AND d.state = ANY (%(states)s) AND d.step_agency_id IS NOT NULL AND NOT d.is_reconstructed
    AND NOT EXISTS (SELECT FROM dossiers_duewarning w WHERE w.dossier_id = d.id AND w.step_id IS NULL
        AND w.due_at = r.due_at AND w.agency_id = d.step_agency_id AND w.level = 1 AND w.ended_at IS NULL)
ORDER BY r.due_at, r.id LIMIT %(batch)s FOR NO KEY UPDATE OF d SKIP LOCKED
"""
# What waits at the desk that receives: no run yet, the limit is the law's own.
_FILED = """
SELECT d.id, NULL::uuid, d.id, d.acceptance_due_at, d.step_agency_id, %(limit)s, d.step_agency_id, d.step_role,
    d.assignee_id
FROM dossiers_dossier d
WHERE d.state = 1 AND d.acceptance_due_at <= %(until)s AND (d.acceptance_due_at, d.id) > (%(at)s, %(key)s)
    AND d.paused_at IS NULL AND d.step_agency_id IS NOT NULL AND NOT d.is_reconstructed
    AND NOT EXISTS (SELECT FROM dossiers_duewarning w WHERE w.dossier_id = d.id AND w.step_id IS NULL
        AND w.due_at = d.acceptance_due_at AND w.agency_id = d.step_agency_id AND w.level = 1 AND w.ended_at IS NULL)
ORDER BY d.acceptance_due_at, d.id LIMIT %(batch)s FOR NO KEY UPDATE OF d SKIP LOCKED
"""
_STEPS = """
SELECT d.id, s.id, s.id, s.due_at, r.agency_id, coalesce(s.budget_minutes, 0), d.step_agency_id, d.step_role,
    d.assignee_id
FROM workflow_steprun s JOIN workflow_run r ON r.id = s.run_id
    JOIN dossiers_dossier d ON d.id = r.subject_id AND coalesce(d.correction_run_id, d.run_id) = r.id
    AND d.step_due_at = s.due_at
WHERE s.left_at IS NULL AND s.due_at <= %(until)s AND (s.due_at, s.id) > (%(at)s, %(key)s) AND r.ended_at IS NULL
    AND d.paused_at IS NULL AND d.state = ANY (%(states)s) AND d.step_agency_id IS NOT NULL AND NOT d.is_reconstructed
    AND NOT EXISTS (SELECT FROM dossiers_duewarning w WHERE w.dossier_id = d.id AND w.step_id = s.id
        AND w.due_at = s.due_at AND w.agency_id = d.step_agency_id AND w.level = 1 AND w.ended_at IS NULL)
ORDER BY s.due_at, s.id LIMIT %(batch)s FOR NO KEY UPDATE OF d SKIP LOCKED
"""

STATEMENTS = {Watched.ACCEPTANCE: _FILED, Watched.DOSSIER: _DOSSIERS, Watched.STEP: _STEPS}


@dataclass(frozen=True, slots=True)
class Due:
    """A due date that comes near, of a step (`step_id`) or of a dossier; `limit`: the whole of it in working minutes.

    `key` orders what is due at the same moment, `lead_id` names the agency whose calendar counts.
    """

    dossier_id: UUID
    step_id: UUID | None
    key: UUID
    due_at: datetime
    lead_id: UUID
    limit: int
    agency_id: UUID
    role: str
    assignee_id: UUID | None

    @property
    def subject(self) -> tuple[UUID, UUID | None]:
        """What is warned of."""
        return self.dossier_id, self.step_id


def warn(*, now: datetime) -> int:
    """End the warnings that no longer stand and write and tell the new ones, each once; how many are new."""
    _end_stale(now)
    thresholds = workflow.thresholds(clock.local(now).date())
    return sum(_warn_all(what, thresholds, now) for what in Watched if thresholds.levels(what))


def _end_stale(now: datetime) -> None:
    is_more = True
    while is_more:
        standing = DueWarning.objects.standing().values("pk")
        stale = DueWarning.objects.filter(ended_at__isnull=True).exclude(pk__in=standing).values("pk")[:BATCH]
        is_more = DueWarning.objects.filter(pk__in=stale).update(ended_at=now) == BATCH


def _warn_all(what: Watched, thresholds: Thresholds, now: datetime) -> int:
    calendar = cache(lambda agency_id: places.working_calendar(places.kept_agency(agency_id)))
    made, last = 0, (LONG_AGO, UUID(int=0))
    until = _horizon(thresholds, calendar, now, what)
    while True:
        with transaction.atomic():
            batch = _batch(what, until, last, now)
            reached = []
            for due in batch:
                here = calendar(due.lead_id)
                level = warning.level_of(
                    due.due_at, due.limit, now=now, calendar=here, thresholds=thresholds, what=what
                )
                if level is not None:
                    reached.append((due, level))
            made += _write(reached, now) if reached else 0
        if len(batch) < BATCH:
            return made
        last = (batch[-1].due_at, batch[-1].key)


def _horizon(thresholds: Thresholds, calendar: Any, now: datetime, what: Watched) -> datetime:
    """Nothing due later is warned of: the farthest moment that the first threshold reaches in any agency."""
    minutes = max(thresholds.levels(what).values())
    filed = Dossier.objects.filter(state=State.NEW, step_agency__isnull=False).values_list("step_agency_id", flat=True)
    runs = Run.objects.filter(ended_at__isnull=True).values_list("agency_id", flat=True)
    keys = (filed if what is Watched.ACCEPTANCE else runs).order_by().distinct()
    calendars: set[int] = set()
    until = now + timedelta(days=1)
    for key in keys:
        found: WorkingCalendar = calendar(key)
        if id(found) not in calendars:  # agencies without a closure share one
            calendars.add(id(found))
            until = max(until, found.add_minutes(now, minutes))
    return until


def _batch(what: Watched, until: datetime, last: tuple[datetime, UUID], now: datetime) -> list[Due]:
    states = [int(state) for state in WATCHED]
    values: dict[str, Any] = {"until": until, "at": last[0], "key": last[1], "states": states, "batch": BATCH}
    if what is Watched.ACCEPTANCE:
        values["limit"] = workflow.regime(clock.local(now).date()).acceptance_minutes
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[what], values)
        return [Due(*row) for row in cursor.fetchall()]


@dataclass(slots=True)
class Changes:
    """What a batch comes to: new warnings with the levels to tell, those that stand again, those that are over."""

    new: list[tuple[Due, list[WarningLevel], DueWarning]] = field(default_factory=list)
    again: list[UUID] = field(default_factory=list)
    over: list[UUID] = field(default_factory=list)

    def take(self, due: Due, level: WarningLevel, rows: Sequence[DueWarning], now: datetime) -> None:
        """What follows for one due date, after every warning there has been of the same."""
        alike = [row for row in rows if row.due_at == due.due_at and row.agency_id == due.agency_id]
        before = {WarningLevel(row.level): row for row in alike}
        level = min([level, *before])  # a level that was reached stays reached
        kept = before.get(level)
        self.over += [row.pk for row in rows if row.ended_at is None and row is not kept]
        if kept is None:
            row = DueWarning(
                dossier_id=due.dossier_id, step_id=due.step_id, level=level, due_at=due.due_at,
                agency_id=due.agency_id, told=[], made_at=now,
            )  # fmt: skip
            self.new.append((due, warning.to_tell(level, before), row))
        elif kept.ended_at is not None:
            self.again.append(kept.pk)


def _write(reached: Sequence[tuple[Due, WarningLevel]], now: datetime) -> int:
    """Write what is new of one batch and publish it, in a constant number of statements."""
    known, changes = _known([due for due, _level in reached]), Changes()
    for due, level in reached:
        changes.take(due, level, known.get(due.subject, []), now)
    new = changes.new
    staff = identity.staff_of_all({due.agency_id for due, _, _ in new}, on=clock.local(now).date()) if new else {}
    for due, levels, row in new:
        here = staff.get(due.agency_id, [])
        row.told = warning.answering(levels, here, assignee=due.assignee_id, role=due.role)
    DueWarning.objects.filter(pk__in=changes.over).update(ended_at=now)
    DueWarning.objects.filter(pk__in=changes.again).update(ended_at=None)
    rows = DueWarning.objects.bulk_create([row for _, _, row in new])
    outbox.publish(*(DueWarned(row.dossier_id, now, row.pk, row.level) for row in rows))
    return len(rows)


def _known(dues: Sequence[Due]) -> dict[tuple[UUID, UUID | None], list[DueWarning]]:
    """Every warning there has been of these, by what it warned of."""
    found: dict[tuple[UUID, UUID | None], list[DueWarning]] = {}
    for row in DueWarning.objects.filter(dossier_id__in={due.dossier_id for due in dues}):
        found.setdefault((row.dossier_id, row.step_id), []).append(row)
    return found
