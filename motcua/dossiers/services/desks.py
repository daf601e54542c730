"""A person's whole desk given to others: who leaves or is ill leaves no dossier behind."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.dossiers import queries, reading, rules, substitution
from motcua.dossiers.enums import Action, BatchMode, Happening
from motcua.dossiers.events import DossierAssigned
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import base, impartial
from motcua.dossiers.services.batch import LIMIT, Outcome, alone, begun, keep, outcomes_of
from motcua.identity import queries as identity
from motcua.identity.queries import StaffMember
from motcua.kernel import acts, clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, DomainError, Refused
from motcua.notifications import services as notifications
from motcua.workflow import services as workflow


def reassign_desk(
    *,
    agency_id: UUID,
    from_id: UUID,
    to_ids: Sequence[UUID],
    reason: str,
    actor: Actor,
    now: datetime,
    key: UUID,
    procedure: str = "",
) -> list[Outcome]:
    """Give the dossiers that stand with `from_id` in an agency to others, evenly in turn, those due first.

    Heads and leaders of the agency may, and who administers its staff. `procedure` is a code that narrows it; at most
    500 dossiers a form. A dossier nobody of `to_ids` may have (no such role, or a party to it) stays, with the reason
    as its outcome. Waiting dossiers go along and go on waiting. Both sides are told. The same form acts once.
    Raises `Refused` or `Conflict`.
    """
    rules.require_desk(actor, agency_id, administers=identity.administers(actor, agency_id))
    receivers = [one for one in dict.fromkeys(to_ids) if one != from_id]
    if not receivers:
        raise Refused("nobody", _("Choose at least one colleague who takes over."), field="to")
    turn = _Turn(agency_id, receivers, now)
    with alone(key):
        kept = begun(Action.ASSIGN, BatchMode.EACH, actor, now, key)
        if kept.finished_at is not None:
            return outcomes_of(kept)
        rows = queries.desk_of(from_id, agency_id, procedure=procedure)[:LIMIT]
        done = [_give_one(row, from_id, turn, reason, actor, now, key) for row in rows]
        keep(kept, done, actor=actor, now=now, whole_desk_of=str(from_id), reason=reason)
    _tell(turn, from_id, reason, actor, now, key)
    return done


class _Turn:
    """Who gets the next dossier: one after the other, passing over those who may not have it."""

    def __init__(self, agency_id: UUID, receivers: list[UUID], now: datetime) -> None:
        self.now, self.given = now, dict.fromkeys(receivers, 0)
        self.staff: dict[UUID, dict[str, StaffMember]] = {one: {} for one in receivers}
        for member in identity.on_duty(agency_id, on=clock.local(now).date()):
            if member.account_id in self.staff:
                if member.absent_until:
                    raise substitution.refusal_of_absent(member, field="to")
                self.staff[member.account_id][str(member.role)] = member

    def next(self, dossier: Dossier) -> StaffMember:
        """Whoever has got the fewest and may have this one. Raises `Refused`."""
        for account_id in sorted(self.given, key=lambda one: self.given[one]):
            member = self.staff[account_id].get(dossier.step_role)
            if member and impartial.refusal_of(dossier, member, self.now) is None:
                return member
        sentence = _("None of those chosen may have it: its step asks for another role, or they are party to it.")
        raise Refused("not_on_desk", sentence, field="to")


def _give_one(row: Dossier, from_id: UUID, turn: _Turn, reason: str, actor: Actor, now: datetime, key: UUID) -> Outcome:
    try:
        name = _move(row.pk, from_id, turn, reason, actor, now, uuid5(key, str(row.pk)))
    except DomainError as error:
        return Outcome(row.pk, row.shown_code, False, str(error))
    return Outcome(row.pk, row.shown_code, True, name)


@transaction.atomic
def _move(dossier_id: UUID, from_id: UUID, turn: _Turn, reason: str, actor: Actor, now: datetime, key: UUID) -> str:
    claiming = acts.claiming(key, name="dossiers.reassign_desk", result_id=dossier_id, actor=actor)
    dossier, is_new = reading.taken(dossier_id, None, claiming)
    if not is_new:
        return dossier.assignee_name
    dossier.before = base.values_of(dossier)
    if dossier.assignee_id != from_id:
        raise Conflict(_("This dossier has left the desk meanwhile."))
    if rules.is_applicant(dossier, actor) or rules.is_of_kin(dossier, actor.kin):
        raise Refused("own_matter", rules.own_or_kin())
    member = turn.next(dossier)
    workflow.assign(run=base.run_of(dossier), account_id=member.account_id, now=now)
    dossier.assignee_id, dossier.assignee_name = member.account_id, member.name
    base.write(
        dossier, Action.ASSIGN, Happening.ASSIGNED, DossierAssigned(dossier.pk, now, member.account_id),
        actor=actor, now=now, note=reason, is_public=False, to=str(member.account_id), whole_desk_of=str(from_id),
    )  # fmt: skip
    turn.given[member.account_id] += 1
    return member.name


def _tell(turn: _Turn, from_id: UUID, reason: str, actor: Actor, now: datetime, key: UUID) -> None:
    """One message to whoever gave up the desk, one to each who took over something."""
    counts = {one: count for one, count in turn.given.items() if count}
    if not counts:
        return
    counts[from_id] = sum(counts.values())
    people = identity.people_of(set(counts))
    notices = [
        notifications.Notice(
            recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
            template="dossiers.desk_given" if account_id == from_id else "dossiers.desk_taken",
            key=f"{key}:{account_id}", url=reverse("dossiers:inbox"),
            facts={
                "name": person.full_name, "count": counts[account_id], "who": actor.name, "reason": reason,
                "from": people[from_id].full_name if from_id in people else "",
            },
        )
        for account_id, person in people.items()
    ]  # fmt: skip
    notifications.notify_all(notices, now=now)
