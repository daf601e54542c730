"""Absences and who stands in: asked for by oneself or written down by whoever leads, confirmed, declined, ended."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.identity import absence as rules
from motcua.identity import queries
from motcua.identity.enums import AbsenceState
from motcua.identity.events import AbsenceDecided
from motcua.identity.models import Absence, Account
from motcua.identity.models.absences import STANDING
from motcua.kernel import audit, clock, outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused


@transaction.atomic
def ask_absence(
    *, account_id: UUID, substitute_id: UUID, first_day: date, last_day: date, basis: str, actor: Actor, now: datetime
) -> Absence:
    """Write an absence down. One's own waits to be confirmed; one entered by whoever decides on it counts at once.

    `basis` is the decision or the leave it rests on. Raises `Refused`: `person`, `not_colleague`, `period`, `past`,
    `self`, `overlap`, `substitute_absent`, `chain`, `no_basis`.
    """
    is_own = actor.account_id == account_id
    if not (is_own or decides_on(actor, account_id, now)):
        raise Refused("person", _("Absences are written down by the person, or by whoever leads them."))
    if not basis.strip():
        raise Refused("no_basis", _("Write the decision or the leave it rests on."), field="basis")
    _lock(account_id, substitute_id)
    today = clock.local(now).date()
    if account_id != substitute_id and not queries.colleagues_of(account_id, today).filter(pk=substitute_id).exists():
        sentence = _("Choose a colleague: somebody with a role in one of the agencies this person works in.")
        raise Refused("not_colleague", sentence, field="substitute")
    wanted = rules.Away(account_id, substitute_id, first_day, last_day)
    refusal = rules.refusal_of(wanted, _others(wanted), today)
    if refusal:
        raise refusal
    absence = Absence(
        account_id=account_id, substitute_id=substitute_id, valid_from=first_day, valid_to=last_day,
        basis=basis.strip(), asked_at=now, asked_by_id=actor.account_id,
    )  # fmt: skip
    if not is_own:
        _decide(absence, AbsenceState.GRANTED, actor, now)
    absence.save(force_insert=True)
    facts = {"substitute": str(substitute_id), "from": first_day.isoformat(), "to": last_day.isoformat()}
    audit.record(actor, "identity.ask_absence", absence, now=now, state=str(absence.state), **facts)
    _publish(absence, now)
    return absence


@transaction.atomic
def confirm_absence(*, absence_id: UUID, actor: Actor, now: datetime) -> Absence:
    """Whoever leads the absent person confirms; from its first day the substitute holds the roles.

    Raises `Absence.DoesNotExist`, or `Refused`: `person`, `decided`, and what has come between since.
    """
    absence = _taken(absence_id, actor, now)
    wanted = _away(absence)
    refusal = rules.refusal_of(wanted, _others(wanted, besides=absence), clock.local(now).date())
    if refusal:
        raise Refused(refusal.code, refusal.message)
    return _settle(absence, AbsenceState.GRANTED, "", actor, now)


@transaction.atomic
def decline_absence(*, absence_id: UUID, reason: str, actor: Actor, now: datetime) -> Absence:
    """Whoever leads the absent person declines, with a reason. Raises as `confirm_absence`, or `Refused` no_reason."""
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    return _settle(_taken(absence_id, actor, now), AbsenceState.DECLINED, reason.strip(), actor, now)


@transaction.atomic
def end_absence(*, absence_id: UUID, reason: str, actor: Actor, now: datetime) -> Absence:
    """Back early, or not going at all: the substitute's roles end at once. The person, or whoever leads them.

    Raises `Absence.DoesNotExist`, or `Refused`: `person`, `ended`.
    """
    absence = Absence.objects.filter(pk=absence_id).for_update().get()
    if actor.account_id != absence.account_id and not decides_on(actor, absence.account_id, now):
        raise Refused("person", _("Absences are ended by the person, or by whoever leads them."))
    if absence.state not in STANDING or absence.valid_to < clock.local(now).date():
        raise Refused("ended", _("This absence has ended already."))
    absence.state, absence.ended_at, absence.reason = AbsenceState.ENDED, now, reason.strip()
    absence.decided_at = absence.decided_at or now
    absence.save(update_fields=["state", "ended_at", "reason", "decided_at"])
    audit.record(actor, "identity.end_absence", absence, now=now, reason=absence.reason)
    _publish(absence, now)
    return absence


def decides_on(actor: Actor, account_id: UUID, now: datetime) -> bool:
    """Whether the actor leads somebody in every agency they work in; nobody decides on their own absence."""
    return account_id in decided_by(actor, [account_id], now)


def decided_by(actor: Actor, account_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """On whose absences, of these, the actor decides."""
    if actor.is_system:
        return set(account_ids)
    if not actor.has_second_factor:
        return set()
    works_in = rules.agencies_of(queries.works_in(account_ids, clock.local(now).date()))
    return {
        account_id
        for account_id, agencies in works_in.items()
        if account_id != actor.account_id
        and all(_leads(actor, agency_id, roles) for agency_id, roles in agencies.items())
    }


def _leads(actor: Actor, agency_id: UUID, absent: Iterable[Role]) -> bool:
    own = [grant for grant in actor.grants if grant.instead_of is None]
    above = {g.role for g in own if g.role in rules.SENIOR and queries.holds_above([g.agency_id], agency_id)}
    return rules.may_decide(above, {g.role for g in own if g.agency_id == agency_id}, set(absent))


def _lock(*account_ids: UUID) -> None:
    """Hold both accounts, in one order: two absences that would cross are written one after the other."""
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=account_ids).order_by("pk"))


def _taken(absence_id: UUID, actor: Actor, now: datetime) -> Absence:
    found = Absence.objects.get(pk=absence_id)
    _lock(found.account_id, found.substitute_id)
    absence = Absence.objects.filter(pk=absence_id).for_update().get()
    if not decides_on(actor, absence.account_id, now):
        raise Refused("person", _("Absences are confirmed by whoever leads the person."))
    if not absence.is_asked:
        raise Refused("decided", _("This absence has been decided already."))
    return absence


def _settle(absence: Absence, state: AbsenceState, reason: str, actor: Actor, now: datetime) -> Absence:
    _decide(absence, state, actor, now)
    absence.reason = reason
    absence.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    audit.record(actor, "identity.decide_absence", absence, now=now, state=str(state), reason=reason)
    _publish(absence, now)
    return absence


def _decide(absence: Absence, state: AbsenceState, actor: Actor, now: datetime) -> None:
    absence.state, absence.decided_at, absence.decided_by_id = state, now, actor.account_id


def _publish(absence: Absence, now: datetime) -> None:
    if not absence.is_asked:
        outbox.publish(AbsenceDecided(absence.pk, absence.account_id, absence.substitute_id, str(absence.state), now))


def _away(absence: Absence) -> rules.Away:
    return rules.Away(absence.account_id, absence.substitute_id, absence.valid_from, absence.valid_to)


def _others(wanted: rules.Away, besides: Absence | None = None) -> list[rules.Away]:
    """What stands already of the person and of the substitute."""
    both = [wanted.account_id, wanted.substitute_id]
    rows = Absence.objects.filter(state__in=STANDING, valid_to__gte=wanted.first_day)
    rows = rows.exclude(pk=besides.pk) if besides else rows
    return [_away(row) for row in rows.filter(account_id__in=both).union(rows.filter(substitute_id=both[0]))]
