"""Acceptance: the dossier gets its code, its clock and its first step; or it is refused in writing."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.dossiers import numbering, rules
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.events import DossierAccepted, DossierRefused
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import access, base, parts
from motcua.dossiers.services import on_the_spot as delegations
from motcua.dossiers.services.year_end import year_closed
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.payments import services as payments
from motcua.places import queries as places
from motcua.workflow import services as workflow
from motcua.workflow.rules import Duration


@transaction.atomic
def accept(
    *,
    dossier_id: UUID,
    actor: Actor,
    now: datetime,
    limit: Duration | None = None,
    on_the_spot: bool = False,
    spot_declined: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Accept a complete dossier and start its legal clock (Decree 118/2025 art. 17; code: Circular 03/2025 art. 13).

    `limit` is the time the officer read in the law, needed when the catalogue does not know it (`Refused` limit).
    `on_the_spot` sends it the way inside the centre (`Refused` no_delegation where no decision lets it);
    `spot_declined` says why an offered delegation is not used.
    """
    taken = base.take(dossier_id=dossier_id, action=Action.ACCEPT, actor=actor, expected=expected, key=key, now=now)
    if not taken.is_repeat:
        if on_the_spot:
            delegations.route(taken.dossier, now)
        taken.dossier.spot_declined = spot_declined
        start_clock(taken.dossier, actor=actor, now=now, limit=limit)
    return taken.dossier


def start_clock(dossier: Dossier, *, actor: Actor, now: datetime, limit: Duration | None = None) -> None:
    """Start the run, raise the charges, issue the code. The day's number is taken last: nobody waits on it long.

    The fee is that of the day of filing, which the person was told then.
    """
    filed_on = clock.local(dossier.submitted_at).date()
    facts = catalogue.filing_facts(dossier.procedure, channel=dossier.channel, on=filed_on)
    if limit is None and not facts.is_time_known:
        message = _("The catalogue does not know the time limit of this procedure. Enter the limit that the law gives.")
        raise Refused("limit", message, field="limit")
    calendar = places.working_calendar(dossier.competent_agency)
    process_key, policy = facts.process_key, None
    if dossier.spot_id:  # another way through the office, the same legal clock
        process_key, policy = delegations.PROCESS, delegations.clock_of(dossier, facts.process_key, now)
    run = workflow.start(
        subject_id=dossier.pk, definition_key=process_key, policy=policy, duration=limit or facts.duration,
        agency_id=dossier.competent_agency_id, receiving_agency_id=dossier.receiving_agency_id, calendar=calendar,
        started_at=now, received_by=actor.account_id or dossier.pk,
    )  # fmt: skip
    step = workflow.present_step(run)  # accepting was the whole of the reception step: the transfer follows at once
    dossier.state = State.ACCEPTED
    dossier.accepted_at = now
    dossier.due_at = dossier.original_due_at = run.due_at
    dossier.run = run
    base.set_step(dossier, step)
    together = Together()
    parts.open_at_step(dossier, together, actor=actor, now=now)
    dossier.code = _next_code(dossier, now)
    if facts.charges:
        payments.raise_charges(
            subject_id=dossier.pk, subject_code=dossier.code, agency_id=dossier.receiving_agency_id,
            lines=[payments.Line(c.kind, c.label, c.amount, c.basis, c.is_verified) for c in facts.charges], now=now,
        )  # fmt: skip
    base.write(
        dossier, Action.ACCEPT, Happening.ACCEPTED, DossierAccepted(dossier.pk, now),
        actor=actor, now=now, words=access.code_words(dossier), together=together, code=dossier.code,
    )  # fmt: skip


@transaction.atomic
def refuse(
    *, dossier_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Dossier:
    """Refuse acceptance in writing, with the reason (form 03)."""
    taken = base.take(dossier_id=dossier_id, action=Action.REFUSE, actor=actor, expected=expected, key=key, now=now)
    if taken.is_repeat:
        return taken.dossier
    dossier = taken.dossier
    dossier.supplements.filter(answered_at__isnull=True).update(answered_at=now, answer="")
    dossier.state, dossier.closed_at, dossier.paused_at = State.NOT_ACCEPTED, now, None
    base.set_step(dossier, None)
    base.write(
        dossier, Action.REFUSE, Happening.REFUSED, DossierRefused(dossier.pk, now), actor=actor, now=now, note=reason
    )
    return dossier


def _next_code(dossier: Dossier, now: datetime) -> str:
    """The next code of the receiving agency and day: gapless, because the number is taken in the act's transaction."""
    day = clock.local(now).date()
    rules.require_series(dossier.receiving_agency, day)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_daynumber (agency_id, day, last) SELECT %s::uuid, %s::date, 1"
            " WHERE NOT EXISTS (SELECT FROM dossiers_closedbook WHERE agency_id = %s AND year = %s)"
            " ON CONFLICT (agency_id, day) DO UPDATE SET last = dossiers_daynumber.last + 1 RETURNING last",
            [dossier.receiving_agency_id, day, dossier.receiving_agency_id, day.year],
        )
        row = cursor.fetchone()
    if row is None:
        raise year_closed(dossier.receiving_agency.name, day.year)
    return numbering.code(numbering.in_force(day), agency_code=dossier.receiving_agency.code, day=day, number=row[0])
