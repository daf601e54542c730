"""Putting the due date off: once, in time, with an apology to the applicant (Decree 61/2018/NĐ-CP, art. 19.9)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.enums import Action, Happening
from motcua.dossiers.events import DueDateExtended
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.services import base, letters
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.workflow import queries as workflow_queries
from motcua.workflow import services as workflow


@transaction.atomic
def extend(
    *,
    dossier_id: UUID,
    day: date,
    reason: str,
    actor: Actor,
    now: datetime,
    at_fault: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Put the due date off to a day, at the time of day it has; the applicant gets the apology with the new date.

    A draft of the apology (`services.apologies`) becomes the apology.

    `at_fault` names who is late, as the letter does; empty: the competent agency. Refused with the article: a second
    time, later than the law's notice, to a day that does not lie after the old one or is not worked, without a reason.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.EXTEND, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason; the applicant reads it in the apology."), field="reason")
    run, old = base.run_of(dossier), dossier.due_at or now  # the rules have seen that there is one
    try:
        workflow.extend(run=run, to=moment_on(day, old), now=now)
    except Refused as refusal:
        raise Refused(refusal.code, refusal.message, field="day") from refusal
    step = workflow.present_step(run)
    dossier.due_at, dossier.step_due_at = run.due_at, step.due_at if step else None
    extension = Extension.objects.filter(dossier=dossier).first() or Extension(dossier=dossier, drafted_at=now)
    extension.reason, extension.at_fault = reason.strip(), at_fault.strip() or dossier.competent_agency.name
    extension.old_due_at, extension.new_due_at = old, run.due_at or old
    extension.granted_at, extension.granted_by = now, actor.name
    extension.signed_as = letters.lines_of(dossier, actor, now)
    extension.basis = workflow_queries.regime_of(run).extension.basis
    extension.save()
    base.write(
        dossier, Action.EXTEND, Happening.EXTENDED, DueDateExtended(dossier.pk, now),
        actor=actor, now=now, note=extension.reason, old=str(old), new=str(run.due_at),
    )  # fmt: skip
    return dossier


def moment_on(day: date, due_at: datetime) -> datetime:
    """The moment of a day at which the dossier would be due: the time of day its due date has."""
    return datetime.combine(day, clock.local(due_at).time(), tzinfo=clock.ZONE)
