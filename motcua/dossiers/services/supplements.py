"""Supplements: one complete request in writing, the clock stands, the answer comes, the clock goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import rules
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.events import SupplementAnswered, SupplementRequested
from motcua.dossiers.models import Dossier, Supplement
from motcua.dossiers.services import base
from motcua.dossiers.services.base import PaperIn
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.places import queries as places
from motcua.workflow import queries as workflow_queries
from motcua.workflow import rules as clock_rules
from motcua.workflow import services as workflow


@transaction.atomic
def request_supplement(
    *,
    dossier_id: UUID,
    items: Sequence[str],
    reason: str,
    actor: Actor,
    now: datetime,
    not_visible_before: str = "",
    sector_law: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Ask once, completely and in writing, for what is missing (form 02); the clock waits for the applicant.

    `items` are the things to hand in, one a line; at least one is needed. A further request says in
    `not_visible_before` what could not be seen at the first, and its wait is the agency's own time: the clock goes
    on. Later than the law's days from receipt, `sector_law` names what allows it.
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.REQUEST_SUPPLEMENT, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not items:
        raise Refused("no_items", _("List what the applicant has to hand in, one thing a line."), field="items")
    asking = asking_of(dossier, now)
    refusal = clock_rules.may_ask(asking, now=now, sector_law=sector_law, not_visible_before=not_visible_before)
    if refusal is not None:
        field = "not_visible_before" if refusal.code == "again" else "sector_law"
        raise Refused(refusal.code, str(refusal), field=field)
    dossier.supplement_count += 1
    Supplement.objects.create(
        dossier=dossier, number=dossier.supplement_count, items=list(items), reason=reason, asked_at=now,
        asked_by=actor.name, limit_at=asking.answer_by, due_before=dossier.due_at,
        not_visible_before=not_visible_before.strip(), sector_law=sector_law.strip(), is_counted=asking.counts,
    )  # fmt: skip
    if dossier.run:
        workflow.pause(run=dossier.run, kind="supplement", now=now, policy=asking.policy)
    dossier.state, dossier.paused_at = State.SUPPLEMENT, None if asking.counts and dossier.run else now
    base.write(
        dossier, Action.REQUEST_SUPPLEMENT, Happening.SUPPLEMENT_REQUESTED, SupplementRequested(dossier.pk, now),
        actor=actor, now=now, note=reason, number=dossier.supplement_count, counts=asking.counts,
    )  # fmt: skip
    return dossier


def asking_of(dossier: Dossier, now: datetime) -> clock_rules.Asking:
    """What the law says to a request for a supplement made now."""
    calendar = places.working_calendar(dossier.competent_agency if dossier.run else dossier.receiving_agency)
    return workflow_queries.asking(dossier.run, asked=dossier.supplement_count, now=now, calendar=calendar)


@transaction.atomic
def answer_supplement(
    *,
    dossier_id: UUID,
    papers: Sequence[PaperIn],
    answer: str,
    actor: Actor,
    now: datetime,
    files_from: tuple[str, UUID] | None = None,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Take in what was missing; the clock goes on by the procedure's policy (restart or pause, domain rule of §4.4)."""
    taken = base.take(
        dossier_id=dossier_id, action=Action.ANSWER_SUPPLEMENT, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if not papers and not answer.strip():
        raise Refused("empty_answer", _("Add a file or write an answer before you send it."), field="answer")
    supplement = dossier.supplements.for_update().get(answered_at__isnull=True)
    dossier.state = rules.state_after(Action.ANSWER_SUPPLEMENT, dossier)
    dossier.paused_at = None
    if dossier.run:
        workflow.resume(run=dossier.run, now=now, calendar=places.working_calendar(dossier.competent_agency))
        dossier.due_at = dossier.run.due_at
        step = workflow.present_step(dossier.run)
        dossier.step_due_at = step.due_at if step else None
    else:
        receiving = places.working_calendar(dossier.receiving_agency)
        dossier.acceptance_due_at = workflow_queries.acceptance_due(now, receiving)
    supplement.answered_at, supplement.answer, supplement.due_after = now, answer, dossier.due_at
    supplement.save(update_fields=["answered_at", "answer", "due_after"])
    together = Together()
    base.take_papers(dossier, papers, files_from, together, actor=actor, now=now)
    base.write(
        dossier, Action.ANSWER_SUPPLEMENT, Happening.SUPPLEMENT_ANSWERED, SupplementAnswered(dossier.pk, now),
        actor=actor, now=now, together=together, papers=len(papers),
    )  # fmt: skip
    return dossier
