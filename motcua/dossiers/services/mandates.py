"""Mandates to sign: given by a decision, ended early (Decree 30/2020/NĐ-CP art. 13)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Procedure
from motcua.dossiers import signing
from motcua.dossiers.models import Mandate
from motcua.dossiers.services import capacities
from motcua.dossiers.signing import GIVEN
from motcua.eforms.enums import SignerCapacity
from motcua.identity import queries as identity
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.places.models import Agency


@dataclass(frozen=True, slots=True)
class MandateIn:
    """What a decision says: who signs in an agency, as whom, what, from when to when."""

    agency_id: UUID
    delegate_id: UUID
    capacity: SignerCapacity
    head_title: str
    delegate_title: str
    decision: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    procedures: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@transaction.atomic
def give_mandate(*, mandate: MandateIn, actor: Actor, now: datetime) -> Mandate:
    """Write down a mandate to sign. The head of the agency gives it, whoever signs by order gives theirs to a deputy,
    and an administrator of the agency writes down any decision of the head.

    Raises `Refused` beside the field that is wrong: `person`, `not_leader`, `procedures`, `no_decision`, and those of
    `signing.refusal_of_giving`.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=mandate.agency_id)
    standing = capacities.powers_in(agency.pk)
    giver_id, upon = _giver(mandate, standing, actor, now)
    if not mandate.decision.strip():
        sentence = _("Write the number of the decision: a mandate is given in writing.")
        raise Refused("no_decision", sentence, field="decision")
    _check_delegate(mandate, now)
    made = Mandate(
        agency=agency, delegate_id=mandate.delegate_id, giver_id=giver_id, upon_id=upon.id if upon else None,
        capacity=mandate.capacity.value, head_title=mandate.head_title.strip(),
        delegate_title=mandate.delegate_title.strip(), procedures=_known(mandate.procedures),
        kinds=list(mandate.kinds), decision=mandate.decision.strip(), decided_on=mandate.decided_on,
        valid_from=mandate.valid_from, valid_to=mandate.valid_to, created_at=now,
    )  # fmt: skip
    (power,) = capacities.powers([made])
    refusal = signing.refusal_of_giving(power, standing, capacities.body_of(agency), mandate.decided_on)
    if refusal:
        raise refusal
    made.save(force_insert=True)
    facts = {"capacity": made.capacity, "delegate": str(made.delegate_id), "decision": made.decision}
    audit.record(actor, "dossiers.give_mandate", made, now=now, agency=agency.code, procedures=made.procedures, **facts)
    return made


@transaction.atomic
def end_mandate(*, mandate_id: UUID, reason: str, actor: Actor, now: datetime) -> Mandate:
    """End a mandate at once; what was signed under it stays. Whoever gives mandates in the agency may.

    Raises `Mandate.DoesNotExist`, or `Refused`: `person`, `no_reason`, `ended`.
    """
    found: Mandate = Mandate.objects.filter(pk=mandate_id).for_update().get()
    is_giver = actor.account_id is not None and found.giver_id == actor.account_id
    if not (is_giver or may_give(actor, found.agency_id, now)):
        raise Refused("person", _("Mandates are given and ended by the head of the agency or its administrator."))
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    if found.is_ended or (found.valid_to and found.valid_to < clock.local(now).date()):
        raise Refused("ended", _("This mandate has ended already."))
    found.ended_at, found.end_reason = now, reason.strip()
    found.save(update_fields=["ended_at", "end_reason"])
    audit.record(actor, "dossiers.end_mandate", found, now=now, reason=found.end_reason)
    return found


def may_give(actor: Actor, agency_id: UUID, now: datetime) -> bool:
    """Whether the actor gives any mandate in an agency: its head, or who administers it."""
    if actor.is_system or identity.administers(actor, agency_id):
        return True
    return actor.has_own(Role.LEADER, agency_id) and not _only_delegate(actor, capacities.powers_in(agency_id), now)


def order_of(actor: Actor, agency_id: UUID, now: datetime) -> signing.Power | None:
    """The order (TL.) under which the actor signs in an agency, which may be given to a deputy."""
    mine = [one for one in capacities.powers_in(agency_id) if one.delegate_id == actor.account_id and one.holds(now)]
    return next((one for one in mine if one.capacity is SignerCapacity.TL), None)


def _giver(
    mandate: MandateIn, standing: list[signing.Power], actor: Actor, now: datetime
) -> tuple[UUID | None, signing.Power | None]:
    """Who gives it, and upon which order. An administrator writes down what the head decided."""
    upon = order_of(actor, mandate.agency_id, now)
    if upon and mandate.capacity is SignerCapacity.KT:
        return actor.account_id, upon
    if actor.is_system or identity.administers(actor, mandate.agency_id):
        return None, None
    if mandate.capacity not in GIVEN:
        sentence = _("Who is head is written down by an administrator, by the decision of appointment.")
        raise Refused("person", sentence, field="capacity")
    if not actor.has_own(Role.LEADER, mandate.agency_id):
        raise Refused("person", _("Mandates are given and ended by the head of the agency or its administrator."))
    return actor.account_id, None


def _only_delegate(actor: Actor, standing: list[signing.Power], now: datetime) -> bool:
    mine = [one for one in standing if one.delegate_id == actor.account_id]
    is_head = any(one.capacity not in GIVEN and one.holds(now) for one in mine)
    return not is_head and any(one.capacity in GIVEN for one in mine)


def _check_delegate(mandate: MandateIn, now: datetime) -> None:
    leaders = identity.staff_of(mandate.agency_id, Role.LEADER, on=clock.local(now).date())
    if mandate.delegate_id not in {one.account_id for one in leaders}:
        sentence = _("Choose somebody with the role of a leader who signs in this agency; an administrator gives it.")
        raise Refused("not_leader", sentence, field="delegate")


def _known(codes: tuple[str, ...]) -> list[str]:
    unknown = []
    for code in codes:
        try:
            catalogue.procedure(code)
        except Procedure.DoesNotExist:
            unknown.append(code)
    if unknown:
        sentence = _("There is no procedure %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Refused("procedures", sentence, field="procedures")
    return list(dict.fromkeys(codes))
