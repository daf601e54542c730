"""The result: drafted, signed with the step before the clerk's, numbered, sealed, issued."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers import queries, rules
from motcua.dossiers.enums import Action, Happening, ResultKind, State
from motcua.dossiers.events import ResultCorrected, ResultDrafted, ResultIssued
from motcua.dossiers.models import Dossier, Register, Result
from motcua.dossiers.services import base, corrections, silence
from motcua.dossiers.services.prints import sign_of
from motcua.dossiers.services.year_end import year_closed
from motcua.kernel import clock, ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.together import Together
from motcua.workflow import services as workflow


@transaction.atomic
def draft_result(
    *,
    dossier_id: UUID,
    kind: ResultKind,
    title: str,
    template_key: str,
    body: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Write or change the draft of the result; a refusal needs its reason (Decree 61/2018 art. 19.8)."""
    taken = base.take(
        dossier_id=dossier_id, action=Action.DRAFT_RESULT, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if kind == ResultKind.REFUSED and not reason.strip():
        raise Refused("no_reason", _("Write why the request is refused; the applicant reads it."), field="reason")
    if kind == ResultKind.REFUSED:
        silence.require_undecided(dossier)
    added = _keep(
        dossier, kind=kind, title=title, template_key=template_key, body=body, reason=reason, drafted_at=now,
        drafted_by=actor.name,
    )  # fmt: skip
    base.write(
        dossier, Action.DRAFT_RESULT, Happening.DRAFTED, ResultDrafted(dossier.pk, now),
        actor=actor, now=now, is_public=False, rows=added, kind=str(kind),
    )  # fmt: skip
    return dossier


@transaction.atomic
def issue(
    *,
    dossier_id: UUID,
    symbol: str,
    actor: Actor,
    now: datetime,
    opens_register: bool = False,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """The clerk gives number, date and seal: the result is issued and the clock ends (Decree 30/2020 art. 15, 18).

    `symbol` is the sign behind the number, such as `TLKT-UBND`. Numbers are gapless per agency, kind and year. A sign
    that is neither the one of this kind of result nor known from this or last year opens a register of its own: that
    has to be meant (`opens_register`), or a slip of the finger would begin a second count (`Refused` new_register).
    """
    taken = base.take(dossier_id=dossier_id, action=Action.ISSUE, actor=actor, expected=expected, key=key, now=now)
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    result, day = dossier.result, clock.local(now).date()
    if result.kind == ResultKind.REFUSED:
        silence.require_undecided(dossier)
    result.symbol, result.issued_on = symbol, day
    result.issued_at = result.sealed_at = now
    result.issued_by = actor.name
    result.register_id, result.number = _next_number(dossier, symbol or "VB", day)
    if result.number == 1 and not opens_register and not _is_known(symbol, dossier, day):
        sentence = _(
            "The agency has no register for the sign %(sign)s yet. Choose a known one, or confirm the new one."
        )
        raise Refused("new_register", sentence % {"sign": symbol}, field="opens_register")
    together = _resolve(dossier, actor=actor, now=now)
    what, event = _told(dossier, result, now=now)
    base.write(
        dossier, Action.ISSUE, what, event,
        actor=actor, now=now, signed=result, together=together, number=result.number, symbol=symbol,
    )  # fmt: skip
    return dossier


@transaction.atomic
def record_result(
    *,
    dossier_id: UUID,
    system: str,
    title: str,
    symbol: str,
    issued_on: date,
    document_id: UUID | None,
    actor: Actor,
    now: datetime,
    files_from: tuple[str, UUID] | None = None,
    expected: int | None = None,
    key: UUID | None = None,
) -> Dossier:
    """Record a result issued in another system: its number with sign, its date, its file.

    It replaces a draft whole: what was drafted here, a refusal perhaps, is not what was issued there.
    """
    taken = base.take(
        dossier_id=dossier_id, action=Action.RECORD_RESULT, actor=actor, expected=expected, key=key, now=now
    )
    dossier = taken.dossier
    if taken.is_repeat:
        return dossier
    if issued_on > clock.local(now).date():
        raise Refused(
            "future", _("The date of the result lies in the future; look at the paper again."), field="issued_on"
        )
    added = _keep(
        dossier, title=title, symbol=symbol, issued_on=issued_on, external_system=system, issued_at=now,
        issued_by=actor.name, document_id=document_id, drafted_at=now, drafted_by=actor.name,
        kind=ResultKind.GRANTED, reason="", template_key="", body={},
    )  # fmt: skip
    if document_id and files_from:
        documents.attach(
            document_ids=[document_id], from_kind=files_from[0], from_id=files_from[1], owner_kind=base.OWNER,
            owner_id=dossier.pk, kind=Kind.RESULT, retention=Retention.PERMANENT, actor=actor, now=now,
        )  # fmt: skip
    together = _resolve(dossier, actor=actor, now=now)
    what, event = _told(dossier, added[0] if added else dossier.result, now=now)
    base.write(
        dossier, Action.RECORD_RESULT, what, event,
        actor=actor, now=now, rows=added, together=together, system=system,
    )  # fmt: skip
    return dossier


def _told(dossier: Dossier, result: Result, *, now: datetime) -> tuple[Happening, ResultIssued | ResultCorrected]:
    """What is told of the issue: of a corrected result, that it replaces the one before."""
    if dossier.correction_run_id is None:
        return Happening.ISSUED, ResultIssued(dossier.pk, now)
    corrections.replace(dossier, result, now=now)
    return Happening.CORRECTED, ResultCorrected(dossier.pk, now, result.version)


def signs_for(dossier: Dossier, day: date) -> dict[str, int]:
    """The signs a clerk may choose from with the next number of each: first the one of this kind of result, then those
    of the agency's registers of this year and the last, the busiest first."""
    fitting = sign_of(dossier)
    known = queries.registers_of(dossier.competent_agency_id, day.year)
    return {fitting: known.get(fitting, 0) + 1} | {sign: last + 1 for sign, last in known.items() if sign != fitting}


def _is_known(symbol: str, dossier: Dossier, day: date) -> bool:
    """Whether a sign that has just taken the first number of its year is no new one."""
    before = Register.objects.filter(agency_id=dossier.competent_agency_id, kind=symbol, year=day.year - 1)
    return symbol == sign_of(dossier) or before.exists()


def _keep(dossier: Dossier, **values: Any) -> list[Result]:
    """Put these values into the dossier's one result, under its lock; a first result is a row yet to be written."""
    result: Result | None = getattr(dossier, "result", None)
    if result is None:
        return [Result(dossier=dossier, version=corrections.version_of(dossier), **values)]
    for name, value in values.items():
        setattr(result, name, value)
    result.save(update_fields=list(values))
    return []


def _resolve(dossier: Dossier, *, actor: Actor, now: datetime) -> Together:
    """The clock ends; what is left is handing over. Answers what the workflow writes with the act."""
    together = Together()
    step = workflow.jump_to_return(
        run=base.run_of(dossier), by=actor.account_id, now=now, at=dossier.step_position, together=together
    )
    base.set_step(dossier, step)
    dossier.state, dossier.finished_at = State.RESOLVED, dossier.finished_at or now  # a correction moves no figure
    return together


def _next_number(dossier: Dossier, kind: str, day: date) -> tuple[UUID, int]:
    rules.require_series(dossier.competent_agency, day)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_register (id, agency_id, kind, year, last) SELECT %s::uuid, %s::uuid, %s, %s, 1"
            " WHERE NOT EXISTS (SELECT FROM dossiers_closedbook WHERE agency_id = %s AND year = %s)"
            " ON CONFLICT (agency_id, kind, year) DO UPDATE SET last = dossiers_register.last + 1 RETURNING id, last",
            [ids.uuid7(), dossier.competent_agency_id, kind, day.year, dossier.competent_agency_id, day.year],
        )
        row = cursor.fetchone()
    if row is None:
        raise year_closed(dossier.competent_agency.name, day.year)
    return UUID(str(row[0])), int(row[1])
