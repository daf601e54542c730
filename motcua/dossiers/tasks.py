"""What the dossiers do by the clock."""

from typing import Any
from uuid import UUID

import structlog

from motcua.dossiers.services import (
    apologies,
    disposition,
    expiry,
    packages,
    parts,
    reminders,
    retention,
    silence,
    warnings,
)
from motcua.kernel import clock, jobs
from motcua.workflow.queries import NoRegime

log = structlog.get_logger(__name__)


@jobs.periodic("dossiers.late_parts", "*/10 * * * *")
def warn_of_late_parts() -> None:
    """Every ten minutes: write down and tell which agencies have let the limit of their part pass."""
    told = parts.warn_of_late_parts(now=clock.now())
    if told:
        log.info("dossiers_parts_late", told=told)


@jobs.periodic("dossiers.warn", "*/5 * * * *")
def warn() -> None:
    """Every five minutes: bring due dates that come near or have passed, to those who can still act."""
    try:
        made = warnings.warn(now=clock.now())
    except NoRegime:
        return  # no pack is loaded yet
    if made:
        log.info("dossiers_warned", made=made)


@jobs.periodic("dossiers.draft_apologies", "20 * * * *")
def draft_apologies() -> None:
    """Every hour: draft the apology of what will not be ready, while the law still allows it."""
    try:
        made = apologies.draft(now=clock.now())
    except NoRegime:
        return  # no pack is loaded yet
    if made:
        log.info("dossiers_apologies_drafted", made=made)


@jobs.periodic("dossiers.remind", "35 * * * *")
def remind() -> None:
    """Every hour: remind applicants of what they were asked for, and officers of clocks that stand too long."""
    now = clock.now()
    try:
        reminded = reminders.remind_applicants(now=now)
    except NoRegime:
        return  # no pack is loaded yet
    log.info("dossiers_reminded", applicants=reminded, pauses=reminders.tell_of_pauses(now=now))


@jobs.periodic("dossiers.silence", "5-59/10 * * * *")
def note_silence() -> None:
    """Every ten minutes: write down what silence means where a law says so."""
    noted = silence.note(now=clock.now())
    if noted:
        log.info("dossiers_silence_noted", noted=noted)


@jobs.periodic("dossiers.clear", "45 17 * * *")
def clear() -> None:
    """Every night at a quarter to one in Vietnam, before the bytes are swept: let go of what is not kept."""
    now = clock.now()
    log.info(
        "dossiers_cleared",
        reception_files=retention.clear_receptions(now=now),
        warned=retention.warn_of_deletion(now=now),
        drafts=retention.delete_drafts(now=now),
        batches=retention.clear_batches(now=now),
        packages=packages.clear(now=now),
        matters=retention.clear_matters(now=now),
    )


@jobs.task("dossiers.make_package")
def make_package(package_id: str, **_: Any) -> None:
    """Make an export package somebody asked for."""
    packages.make(package_id=UUID(package_id), now=clock.now())


@jobs.periodic("dossiers.dispose", "15 18 * * *")
def dispose() -> None:
    """Every night at a quarter past one in Vietnam: carry out the disposals that are decided."""
    log.info("dossiers_disposed", gone=disposition.carry_out(now=clock.now()))


@jobs.periodic("dossiers.expire", "15 17 * * *")
def expire() -> None:
    """Every night at a quarter past midnight in Vietnam: close what was not supplied in time."""
    log.info("dossiers_expired", closed=expiry.close_unanswered(now=clock.now()))
