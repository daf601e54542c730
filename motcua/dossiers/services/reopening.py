"""Opening a closed dossier again, by privilege: it keeps code and story, and has what was left of its time limit."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import linking
from motcua.dossiers.enums import Action, Happening, PartState, State
from motcua.dossiers.events import DossierReopened
from motcua.dossiers.models import Dossier, Reopening
from motcua.dossiers.services import base
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.places import queries as places
from motcua.workflow import queries as workflow_queries
from motcua.workflow import services as workflow
from motcua.workflow.models import Run


@transaction.atomic
def reopen(
    *,
    dossier_id: UUID,
    reason: str,
    basis: str,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Open a dossier again that was stopped, withdrawn or not accepted; `basis` is the article or decision for it.

    An accepted one goes on at the step it stood at; the time it was closed does not count. One that never was accepted
    waits for acceptance anew. Raises `Refused`: year_closed, disposed, agency_ended.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.REOPEN, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    for field, typed in (("reason", reason), ("basis", basis)):
        if not typed.strip():
            raise Refused("no_reason", _("Write the reason in a sentence."), field=field)
    _require_agencies(dossier, now)
    was, closed_at = State(dossier.state), dossier.closed_at or now
    row = Reopening(
        dossier=dossier, was=was, closed_at=closed_at, at=now, by=actor.name, reason=reason.strip(), basis=basis.strip()
    )
    if dossier.run is not None:
        _go_on(dossier, dossier.run, closed_at, now)
    else:
        _wait_for_acceptance(dossier, now)
    dossier.closed_at = None
    base.write(
        dossier, Action.REOPEN, Happening.REOPENED, DossierReopened(dossier.pk, now, int(was)),
        actor=actor, now=now, note=f"{row.reason} ({row.basis})", rows=[row], was=int(was), basis=row.basis,
    )  # fmt: skip
    return dossier


def _go_on(dossier: Dossier, run: Run, closed_at: datetime, now: datetime) -> None:
    calendar = places.working_calendar(dossier.competent_agency)
    heirs = {} if dossier.took_over is None else _heirs_of(run, dossier)
    step = workflow.reopen(run=run, now=now, calendar=calendar, heirs=heirs)
    dossier.state, dossier.due_at = State.IN_PROGRESS, run.due_at
    base.set_step(dossier, step)
    if step is not None and step.assignee_id is not None:
        dossier.assignee_id = step.assignee_id
        dossier.assignee_name = identity.names_of({step.assignee_id}).get(step.assignee_id, "")
    _ask_again(dossier, closed_at)


def _heirs_of(run: Run, dossier: Dossier) -> dict[UUID, UUID]:
    """Who follows on the two agencies of the way. Where one agency had both parts, its steps follow the decision."""
    return {run.receiving_agency_id: dossier.reception_agency_id, run.agency_id: dossier.competent_agency_id}


def _ask_again(dossier: Dossier, closed_at: datetime) -> None:
    """The parts of other agencies that fell away with the closing stand as before."""
    dropped = list(dossier.parts.select_related("agency").filter(state=PartState.DROPPED, done_at=closed_at))
    for part in dropped:
        part.state, part.done_at = (PartState.RUNNING if part.started_at else PartState.WAITING), None
        part.save(update_fields=["state", "done_at"])
    if dropped:
        dossier.open_parts = linking.entries(dropped)


def _wait_for_acceptance(dossier: Dossier, now: datetime) -> None:
    receiving = places.working_calendar(dossier.reception_agency)
    dossier.state = State.NEW
    dossier.acceptance_due_at = workflow_queries.acceptance_due(now, receiving)
    dossier.step_kind, dossier.step_role, dossier.step_agency_id = "accept", "reception", dossier.reception_agency_id


def _require_agencies(dossier: Dossier, now: datetime) -> None:
    """Refuse where an agency has ended and no plan says who took over; what has an heir has passed to it by now."""
    day = clock.local(now).date()
    for agency in (dossier.competent_agency, dossier.reception_agency):
        if not agency.exists_on(day):
            sentence = _("%(agency)s does not exist any more. Let the dossier be filed again with who took over.")
            raise Refused("agency_ended", sentence % {"agency": agency.name})
