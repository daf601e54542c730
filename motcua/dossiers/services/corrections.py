"""An issued result that is wrong: corrected by a new version, or annulled. The version before is kept whole.

Decree 61/2018/NĐ-CP art. 21: the agency mends it at its own cost. The dossier's first run, due date and end stay as
they are, so no figure moves; the correction has a run and a limit of its own.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.enums import Action, Fault, Happening, State
from motcua.dossiers.events import CorrectionDropped, CorrectionStarted, ResultAnnulled
from motcua.dossiers.models import Correction, Dossier, HandOver, Result
from motcua.dossiers.services import base, prints
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady, Refused
from motcua.kernel.together import Together
from motcua.places import queries as places
from motcua.workflow import queries as workflow_queries
from motcua.workflow import services as workflow
from motcua.workflow.enums import StepKind


@transaction.atomic
def correct(
    *,
    dossier_id: UUID,
    wrong: str,
    reason: str,
    at_fault: Fault,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Order the correction of an issued result: it goes back to the drafting step, under a limit of its own.

    `wrong` is told to the applicant, `reason` stays in the office. What was issued, and its hand-over, become a former
    version; number, date, signature and seal of the new one come with the ordinary acts.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.CORRECT, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    for field, typed in (("wrong", wrong), ("reason", reason)):
        if not typed.strip():
            raise Refused("no_reason", _("Write the reason in a sentence."), field=field)
    law = workflow_queries.regime(clock.local(now).date()).correction
    present, first = base.run_of(dossier), dossier.run
    if first is None:
        raise NotReady
    if present.ended_at is None:  # the result still lay at the counter
        workflow.finish(run=present, now=now, by=actor.account_id)
    run = workflow.start_again(
        first=first, kind=StepKind.APPRAISE, duration=law.within, agency_id=dossier.competent_agency_id,
        receiving_agency_id=dossier.reception_agency_id, now=now,
        calendar=places.working_calendar(dossier.competent_agency),
    )  # fmt: skip
    version = dossier.result.version + 1
    _set_aside(dossier)
    correction = Correction(
        dossier=dossier, version=version, run=run, wrong=wrong.strip(), reason=reason.strip(), at_fault=at_fault,
        basis=law.basis, was=dossier.state, was_closed_at=dossier.closed_at, started_at=now, started_by=actor.name,
        due_at=run.due_at or now,  # a correction always has its limit
    )  # fmt: skip
    dossier.state, dossier.closed_at = State.IN_PROGRESS, None
    dossier.correction_run, dossier.correction_due_at = run, run.due_at
    base.set_step(dossier, workflow.present_step(run))
    base.write(
        dossier, Action.CORRECT, Happening.CORRECTING, CorrectionStarted(dossier.pk, now, version),
        actor=actor, now=now, note=correction.wrong, rows=[correction], fault=str(at_fault), version=version,
    )  # fmt: skip
    return dossier


@transaction.atomic
def drop_correction(
    *, dossier_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """Give a correction up before its version is issued: nothing was wrong. The former version is in force again."""
    taken = base.take(
        dossier_id=dossier_id, action=Action.DROP_CORRECTION, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    correction = _open_one(dossier)
    _take_up_again(dossier, correction.version - 1)
    together = Together()
    if correction.was == State.HANDED_OVER:
        workflow.finish(run=base.run_of(dossier), now=now, by=actor.account_id)
        base.set_step(dossier, None)
        dossier.correction_run, dossier.correction_due_at = None, None
    else:
        step = workflow.jump_to_return(
            run=base.run_of(dossier), by=actor.account_id, now=now, at=dossier.step_position, together=together
        )
        base.set_step(dossier, step)
    dossier.state, dossier.closed_at = State(correction.was), correction.was_closed_at
    correction.dropped_at, correction.dropped_by, correction.dropped_why = now, actor.name, reason.strip()
    together.change(correction, ["dropped_at", "dropped_by", "dropped_why"])
    base.write(
        dossier, Action.DROP_CORRECTION, Happening.CORRECTION_DROPPED, CorrectionDropped(dossier.pk, now),
        actor=actor, now=now, note=reason, together=together, version=correction.version,
    )  # fmt: skip
    return dossier


@transaction.atomic
def annul(
    *,
    dossier_id: UUID,
    decision: str,
    reason: str,
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Annul an issued result by a numbered decision (thu hồi, hủy bỏ); a corrected one may follow. Figures stay."""
    taken = base.take(dossier_id=dossier_id, action=Action.ANNUL, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not decision.strip():
        raise Refused("no_decision", _("Write the number of the decision."), field="decision")
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    result = dossier.result
    result.annulled_at, result.annulled_by = now, actor.name
    result.annulled_why = f"{decision.strip()}: {reason.strip()}"
    prints.mark_annulled(dossier, result, now=now)
    together = Together().change(result, ["annulled_at", "annulled_by", "annulled_why"])
    base.write(
        dossier, Action.ANNUL, Happening.ANNULLED, ResultAnnulled(dossier.pk, now),
        actor=actor, now=now, note=result.annulled_why, together=together, version=result.version,
    )  # fmt: skip
    return dossier


def replace(dossier: Dossier, result: Result, *, now: datetime) -> None:
    """The new version is issued: the one before is marked, wherever it is asked for. Part of the issuing act."""
    Correction.objects.filter(dossier=dossier, issued_at=None, dropped_at=None).update(issued_at=now)
    former = Result.objects.get(former_of=dossier, version=result.version - 1)
    former.replaced_at = now
    former.save(update_fields=["replaced_at"])
    prints.mark_replaced(dossier, former, by=result, now=now)


def version_of(dossier: Dossier) -> int:
    """The version of a result that is drafted now: the first, or the one its correction makes."""
    return _open_one(dossier).version if dossier.correction_run_id else 1


def require_exchange(dossier: Dossier, handing: HandOver) -> None:
    """A corrected paper is given for the wrong one that was handed over, or it is written down why not."""
    was_given = HandOver.objects.filter(former_of=dossier, version=handing.version - 1).exists()
    if was_given and not handing.is_wrong_returned and not handing.wrong_missing:
        sentence = _("Take the wrong result back, or write down why it cannot be given back.")
        raise Refused("wrong_kept", sentence, field="wrong_missing")


def _open_one(dossier: Dossier) -> Correction:
    """The correction whose version is not issued yet."""
    found = Correction.objects.filter(dossier=dossier, issued_at=None, dropped_at=None).first()
    if found is None:
        raise Refused("no_correction", _("No result of this dossier is being corrected."))
    return found


def _set_aside(dossier: Dossier) -> None:
    """The result and its hand-over become a former version."""
    Result.objects.filter(dossier=dossier).update(dossier=None, former_of=dossier)
    HandOver.objects.filter(dossier=dossier).update(dossier=None, former_of=dossier)
    dossier._state.fields_cache["result"] = None  # as the ORM notes that there is none


def _take_up_again(dossier: Dossier, version: int) -> None:
    """A former version is in force again; what was drafted in its place goes."""
    Result.objects.filter(dossier=dossier).delete()
    for model in (Result, HandOver):
        model.objects.filter(former_of=dossier, version=version).update(dossier=dossier, former_of=None)
    dossier.result = Result.objects.get(dossier=dossier)
