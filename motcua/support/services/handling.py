"""Acts of the agency before the answer: take up, pass on, ask for more, refuse."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.actor import Actor
from motcua.kernel.clock import local
from motcua.kernel.errors import Refused
from motcua.places import queries as places
from motcua.support import terms
from motcua.support.enums import Action, Happening, Outcome, State
from motcua.support.events import FeedbackRefused, FeedbackSupplementAsked, FeedbackTakenUp, FeedbackTransferred
from motcua.support.models import Feedback, Stay
from motcua.support.rules.acts import require_destination, require_reason
from motcua.support.rules.limits import answer_due
from motcua.support.services import base


@transaction.atomic
def take_up(
    *, feedback_id: UUID, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Feedback:
    """The agency handles the case itself; a complaint's limit for the answer begins (02/2011/QH13, art. 27-28)."""
    taken = base.take(feedback_id=feedback_id, action=Action.TAKE_UP, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    _mark_taken_up(case, stay, now)
    event = FeedbackTakenUp(case.pk, case.agency_id, now)
    case.state = State.IN_PROGRESS
    return base.write(case, stay, Action.TAKE_UP, Happening.TAKEN_UP, event, actor=actor, now=now)


@transaction.atomic
def transfer(
    *, feedback_id: UUID, agency_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None,
    key: UUID | None = None,
) -> Feedback:  # fmt: skip
    """Pass the case to the competent agency, where its limits begin anew; the reporter is told where it went.

    Raises `Refused`: reason, same, was_there, agency (it does not exist today).
    """
    taken = base.take(feedback_id=feedback_id, action=Action.TRANSFER, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    require_reason(reason)
    stays = list(Stay.objects.filter(feedback=case).order_by("-number"))
    require_destination(case, agency_id, base.facts_of(case, stays, now=now))
    if not places.agencies_at(local(now).date()).filter(pk=agency_id).exists():
        raise Refused("agency", _("This agency does not exist today. Choose another."), field="agency")
    _leave(stay, Outcome.TRANSFERRED, reason, now)
    stay.save()
    desk_id, event = case.agency_id, FeedbackTransferred(case.pk, case.agency_id, agency_id, now)
    following = base.new_stay(case, number=stay.number + 1, agency_id=agency_id, at=now)
    case.state, case.agency_id = State.RECEIVED, agency_id
    return base.write(
        case, following, Action.TRANSFER, Happening.TRANSFERRED, event, actor=actor, now=now, note=reason.strip(),
        desk_id=desk_id,
    )  # fmt: skip


@transaction.atomic
def ask(
    *, feedback_id: UUID, what: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Feedback:
    """Ask the reporter, once and for everything that is missing; the limit for the answer waits meanwhile."""
    taken = base.take(feedback_id=feedback_id, action=Action.ASK, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    require_reason(what)
    if stay.taken_up_at is None:
        _mark_taken_up(case, stay, now)
    calendar = base.calendar_of(case.agency_id)
    stay.asked_at, stay.asked_for = now, what.strip()
    stay.reply_by = calendar.add_days(calendar.next_working(now), terms.practice().supplement_working_days)
    case.state = State.SUPPLEMENT
    event = FeedbackSupplementAsked(case.pk, now)
    return base.write(case, stay, Action.ASK, Happening.ASKED, event, actor=actor, now=now, note=stay.asked_for)


@transaction.atomic
def refuse(
    *, feedback_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None,
    key: UUID | None = None,
) -> Feedback:  # fmt: skip
    """Do not take the case up, with a reason the reporter is told; one that waits for a reply only after its day."""
    taken = base.take(feedback_id=feedback_id, action=Action.REFUSE, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    require_reason(reason)
    _leave(stay, Outcome.REFUSED, reason, now)
    base.close(case, State.REFUSED, reason, actor=actor, now=now)
    event = FeedbackRefused(case.pk, case.agency_id, now)
    return base.write(case, stay, Action.REFUSE, Happening.REFUSED, event, actor=actor, now=now, note=case.answer)


def _mark_taken_up(case: Feedback, stay: Stay, now: datetime) -> None:
    stay.taken_up_at = now
    found = answer_due(stay, base.terms_of(case), base.calendar_of(stay.agency_id))
    if stay.handle_due_at is None and found is not None:
        stay.handle_due_at = stay.original_due_at = found.at


def _leave(stay: Stay, outcome: Outcome, reason: str, now: datetime) -> None:
    stay.left_at, stay.outcome, stay.reason = now, outcome, reason.strip()
