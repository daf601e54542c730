"""Delegations to settle on the spot: read from the pack, made, and ended early."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.catalogue.models import OnTheSpot, Procedure
from motcua.kernel import audit, clock, ids
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.places import packfiles
from motcua.places.models import Agency
from motcua.places.packfiles import BadValue, FileReport, Row

FILE = "law/on_the_spot.csv"
DELEGATES = (Role.LEADER, Role.HEAD, Role.HANDLER)  # who of a centre may be given the signature


@dataclass(frozen=True, slots=True)
class Delegation:
    """What a decision says: whose matters, in which centre, which procedures, signed by whom and as whom."""

    centre_id: UUID
    competent_id: UUID
    procedures: tuple[str, ...]
    delegate_title: str
    decision: str
    decided_on: date
    capacity: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    delegate_role: Role = Role.LEADER
    delegate_id: UUID | None = None


def load(root: Path) -> FileReport:
    """The delegations of the pack; a province without any leaves the file out. An early end survives a new load."""
    report = FileReport(FILE)
    if not (root / FILE).exists():
        return report
    agencies = dict(Agency.objects.values_list("code", "pk"))
    procedures = set(Procedure.objects.values_list("code", flat=True))
    rows, report = packfiles.read(root, FILE, lambda row: _read(row, agencies, procedures), key=("key",))
    existing = packfiles.assign_keys(OnTheSpot, rows, key=("key",))
    for row in rows:
        if old := existing.get((row.key,)):
            row.ended_on, row.end_reason, row.delegate_id = old.ended_on, old.end_reason, old.delegate_id
    packfiles.upsert(rows, existing, key=("key",), report=report)
    return report


def _read(row: Row, agencies: dict[str, UUID], procedures: set[str]) -> OnTheSpot:
    for column in ("centre_code", "competent_code"):
        if row.text(column, required=True) not in agencies:
            raise BadValue(column, "There is no agency of this code.")
    codes = row.text("procedures", required=True).split("|")
    if unknown := [code for code in codes if code not in procedures]:
        raise BadValue("procedures", f"There is no procedure {', '.join(unknown)}.")
    start, end = row.period()
    return OnTheSpot(
        key=row.text("key", required=True), centre_id=agencies[row.text("centre_code")],
        competent_id=agencies[row.text("competent_code")], procedures=codes,
        delegate_role=row.choice("delegate_role", [role.value for role in DELEGATES]),
        delegate_title=row.text("delegate_title", required=True), decision=row.text("decision", required=True),
        decided_on=row.required_day("decided_on"), capacity=row.text("capacity", required=True).split("|"),
        valid_from=start, valid_to=end, is_verified=row.flag("verified"),
    )  # fmt: skip


@transaction.atomic
def delegate(*, delegation: Delegation, actor: Actor, now: datetime) -> OnTheSpot:
    """Write down a decision that delegates; only administrators. Raises `Refused` beside the field that is wrong."""
    _require_admin(actor)
    if delegation.valid_to and delegation.valid_to < delegation.valid_from:
        raise Refused("period", _("The last day lies before the first."), field="valid_to")
    if delegation.decided_on > delegation.valid_from:
        message = _("A decision cannot delegate from a day before it was made.")
        raise Refused("before_decision", message, field="valid_from")
    known = set(Procedure.objects.filter(code__in=delegation.procedures).values_list("code", flat=True))
    if unknown := [code for code in delegation.procedures if code not in known]:
        message = _("There is no procedure %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Refused("procedures", message, field="procedures")
    made = OnTheSpot.objects.create(
        key=ids.code(12), centre_id=delegation.centre_id, competent_id=delegation.competent_id,
        procedures=list(delegation.procedures), delegate_role=delegation.delegate_role.value,
        delegate_title=delegation.delegate_title, delegate_id=delegation.delegate_id, decision=delegation.decision,
        decided_on=delegation.decided_on, capacity=list(delegation.capacity), valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
    )  # fmt: skip
    audit.record(actor, "catalogue.delegate", made, now=now, decision=made.decision, procedures=made.procedures)
    return made


@transaction.atomic
def end_delegation(*, delegation_id: UUID, reason: str, actor: Actor, now: datetime) -> OnTheSpot:
    """End a delegation with today; dossiers already on the way inside the centre need somebody else's signature."""
    _require_admin(actor)
    found = OnTheSpot.objects.select_for_update().get(pk=delegation_id)
    today = clock.local(now).date()
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    if found.ended_on is not None or (found.valid_to and found.valid_to < today):
        raise Refused("ended", _("This delegation has already ended."))
    found.ended_on, found.end_reason = today, reason
    found.save(update_fields=["ended_on", "end_reason"])
    audit.record(actor, "catalogue.end_delegation", found, now=now, reason=reason)
    return found


def _require_admin(actor: Actor) -> None:
    if not (actor.is_system or actor.has(Role.ADMIN)):
        raise Refused("person", _("Delegations are kept by administrators."))
