"""Stopping the clock for a reason that law gives, and letting it run on: appraisal, violation, posting, and others."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.enums import Action, Happening
from motcua.dossiers.events import ClockRuns, ClockStopped
from motcua.dossiers.models import Dossier, Pause
from motcua.dossiers.services import base
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.places import queries as places
from motcua.workflow import services as workflow
from motcua.workflow.enums import PauseKind

# A supplement and a payment have acts and states of their own.
KINDS = (
    PauseKind.APPRAISAL, PauseKind.OBLIGATION_ASSESSMENT, PauseKind.VIOLATION, PauseKind.PUBLIC_POSTING,
    PauseKind.OTHER_BY_LAW,
)  # fmt: skip


@transaction.atomic
def pause_clock(
    *,
    dossier_id: UUID,
    kind: PauseKind,
    reason: str,
    basis: str,
    expected_end: date,
    actor: Actor,
    now: datetime,
    paper: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Stop the time limit: `kind` is one of `KINDS`, `basis` the article that says so, `paper` what shows it.

    The national state stays “in progress”. Past `expected_end` whoever has the dossier is warned.
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.PAUSE_CLOCK, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if kind not in KINDS:
        raise Refused("kind", _("Ask for a supplement or announce a payment instead."), field="kind")
    for field, words in (("reason", reason), ("basis", basis)):
        if not words.strip():
            raise Refused("no_" + field, _("Write the reason and the article it rests on."), field=field)
    if expected_end < clock.local(now).date():
        raise Refused("past", _("The expected end lies in the past."), field="expected_end")
    workflow.pause(run=base.run_of(dossier), kind=kind, now=now)
    dossier.paused_at = now
    pause = Pause(
        dossier=dossier, kind=kind, reason=reason.strip(), basis=basis.strip(), paper=paper.strip(),
        expected_end=expected_end, due_before=dossier.due_at, started_at=now, started_by=actor.name,
    )  # fmt: skip
    base.write(
        dossier, Action.PAUSE_CLOCK, Happening.CLOCK_STOPPED, ClockStopped(dossier.pk, now, str(kind)),
        actor=actor, now=now, note=f"{pause.reason} ({pause.basis})", rows=[pause], kind=str(kind), paper=pause.paper,
    )  # fmt: skip
    return dossier


@transaction.atomic
def resume_clock(
    *,
    dossier_id: UUID,
    actor: Actor,
    now: datetime,
    note: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Let the time limit run on; the due date moves by what it would have run meanwhile."""
    taken = base.take(
        dossier_id=dossier_id, action=Action.RESUME_CLOCK, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    run = base.run_of(dossier)
    workflow.resume(run=run, now=now, calendar=places.working_calendar(dossier.competent_agency))
    step = workflow.present_step(run)
    dossier.due_at, dossier.step_due_at = run.due_at, step.due_at if step else None
    dossier.paused_at = None
    together = Together()
    for pause in dossier.pauses.for_update().filter(ended_at__isnull=True):
        pause.ended_at, pause.ended_by, pause.note = now, actor.name, note.strip()
        together.change(pause, ["ended_at", "ended_by", "note"])
    base.write(
        dossier, Action.RESUME_CLOCK, Happening.CLOCK_RUNS, ClockRuns(dossier.pk, now),
        actor=actor, now=now, note=note.strip(), together=together,
    )  # fmt: skip
    return dossier


def close(dossier: Dossier, *, actor: Actor, now: datetime) -> None:
    """The dossier ends while its clock stands still: the pause ends with it."""
    dossier.pauses.filter(ended_at__isnull=True).update(ended_at=now, ended_by=actor.name)
