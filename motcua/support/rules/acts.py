"""Who may do what with a case, and why not. Pure: no database, no clock.

Decree 20/2008/NĐ-CP (receiving and handling feedback), Decision 766/QĐ-TTg (group 5 of indicators), Law 02/2011/QH13
art. 7 (a first complaint is settled by the head of the agency).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.options import Option
from motcua.support.enums import OPEN, Action, Kind, Publication, State

if TYPE_CHECKING:
    from motcua.support.models import Feedback

SAME = None

TRANSITIONS: dict[Action, tuple[frozenset[State], State | None]] = {
    Action.TAKE_UP: (frozenset({State.RECEIVED}), State.IN_PROGRESS),
    Action.TRANSFER: (frozenset({State.RECEIVED, State.IN_PROGRESS}), State.RECEIVED),
    Action.ASK: (frozenset({State.RECEIVED, State.IN_PROGRESS}), State.SUPPLEMENT),
    Action.SUPPLEMENT: (frozenset({State.SUPPLEMENT}), State.IN_PROGRESS),
    Action.ANSWER: (frozenset({State.IN_PROGRESS}), State.ANSWERED),
    Action.REFUSE: (OPEN, State.REFUSED),
    Action.PUBLISH: (frozenset({State.ANSWERED}), SAME),
    Action.HOLD_BACK: (frozenset({State.ANSWERED}), SAME),
    Action.RATE: (frozenset({State.ANSWERED}), SAME),
    Action.REPEAT: (frozenset({State.ANSWERED, State.REFUSED}), SAME),
}

REPORTER_ACTS = frozenset({Action.SUPPLEMENT, Action.RATE, Action.REPEAT})
ANY_DESK = (Role.RECEPTION, Role.HEAD, Role.LEADER, Role.DIRECTOR)
ANSWERING = (Role.HEAD, Role.LEADER, Role.DIRECTOR)
HEADS_OF_AGENCY = (Role.LEADER, Role.DIRECTOR)
SHORTEST_REASON = 10  # characters: "no" is not a reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules must know besides the case's own row.

    `has_pass`: code and contact were shown in this visit. `agencies`: those that had the case, the present one too.
    """

    now: datetime
    agencies: Collection[UUID] = field(default_factory=frozenset)
    was_asked: bool = False
    reply_by: datetime | None = None
    is_repeated: bool = False
    has_pass: bool = False


def require(action: Action, case: "Feedback", actor: Actor, facts: Facts) -> None:
    """Raise the refusal of an act, if there is one."""
    refusal = refusal_of(action, case, actor, facts)
    if refusal:
        raise refusal


def refusal_of(action: Action, case: "Feedback", actor: Actor, facts: Facts) -> Refused | None:
    """Why the actor may not do this now, or None: first the state, then the person, then what the act needs."""
    states, _after = TRANSITIONS[action]
    state = State(case.state)
    if state not in states:
        return Refused("state", _("This is not possible while the case is “%(state)s”.") % {"state": state.label})
    refusal = None if actor.is_system else _refusal_of_person(action, case, actor, facts)
    if refusal:
        return refusal
    needs = _NEEDS.get(action)
    return needs(case, facts) if needs else None


def actions_for(case: "Feedback", actor: Actor, facts: Facts) -> list[Option[Action]]:
    """The acts of the office that are possible in this state, each allowed or with its reason."""
    return [
        Option(action, refusal_of(action, case, actor, facts))
        for action, (states, _after) in TRANSITIONS.items()
        if action not in REPORTER_ACTS and State(case.state) in states and _concerns(action, case)
    ]


def is_reporter(case: "Feedback", actor: Actor, facts: Facts) -> bool:
    """Whoever sent it: the person signed in, or for a case sent without an account whoever showed code and contact."""
    if case.person_id is None:
        return facts.has_pass
    return actor.person_id == case.person_id


def check_version(case: "Feedback", expected: int | None, *, last: str) -> None:
    """Raise `Conflict` when the page that was sent showed an older version than the row has now."""
    if expected is not None and case.version != expected:
        message = _("The case changed while you were working: %(last)s Look at it again before you go on.")
        raise Conflict(message % {"last": last})


def require_reason(reason: str) -> None:
    """Refuse an act without a reason that its reader can understand."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("reason", _("Write the reason so that the reporter can understand it."), field="reason")


def require_destination(case: "Feedback", agency_id: UUID, facts: Facts) -> None:
    """Refuse to pass a case to where it is, or back to where it was: only an answer or a refusal ends the circle."""
    if agency_id == case.agency_id:
        raise Refused("same", _("The case is at this agency already."), field="agency")
    if agency_id in facts.agencies:
        message = _("This agency has had the case and passed it on. Answer it, or ask the province's centre.")
        raise Refused("was_there", message, field="agency")


def _concerns(action: Action, case: "Feedback") -> bool:
    if action in (Action.PUBLISH, Action.HOLD_BACK):
        return bool(case.publication == Publication.PENDING)
    return True


def _refusal_of_person(action: Action, case: "Feedback", actor: Actor, facts: Facts) -> Refused | None:
    if action in REPORTER_ACTS:
        allowed = is_reporter(case, actor, facts)
        return None if allowed else Refused("person", _("This act is for the person who sent the case."))
    if case.person_id is not None and case.person_id == actor.person_id:
        return Refused("own", _("Nobody handles a case of their own."))
    if not actor.has(ANY_DESK, case.agency_id):
        return Refused("person", _("This act is for the agency that has the case now."))
    if action is Action.ANSWER and case.kind == Kind.COMPLAINT and not actor.has(HEADS_OF_AGENCY, case.agency_id):
        return Refused("head_of_agency", _("The head of the agency answers a complaint (02/2011/QH13, art. 7)."))
    if action is Action.ANSWER and not actor.has(ANSWERING, case.agency_id):
        return Refused("answering", _("A head of division or a leader of the agency answers."))
    return None


def _needs_first_request(case: "Feedback", facts: Facts) -> Refused | None:
    if facts.was_asked:
        return Refused("asked", _("The reporter was asked once; ask for everything at once."))
    return None


def _needs_time_to_reply(case: "Feedback", facts: Facts) -> Refused | None:
    if case.state == State.SUPPLEMENT and facts.reply_by is not None and facts.now <= facts.reply_by:
        return Refused("too_early", _("The reporter still has time to reply. Wait until that day is over."))
    return None


def _needs_pending(case: "Feedback", facts: Facts) -> Refused | None:
    if case.publication == Publication.NOT_WANTED:
        return Refused("consent", _("The reporter did not agree to publication."))
    if case.publication != Publication.PENDING:
        return Refused("decided", _("It is already decided whether the answer is published."))
    return None


def _needs_no_rating(case: "Feedback", facts: Facts) -> Refused | None:
    return Refused("rated", _("You have already said how it was. Thank you.")) if case.rated_at else None


def _needs_no_repeat(case: "Feedback", facts: Facts) -> Refused | None:
    return Refused("repeated", _("You have already sent this case again.")) if facts.is_repeated else None


_NEEDS: dict[Action, Callable[["Feedback", Facts], Refused | None]] = {
    Action.ASK: _needs_first_request,
    Action.REFUSE: _needs_time_to_reply,
    Action.PUBLISH: _needs_pending,
    Action.HOLD_BACK: _needs_pending,
    Action.RATE: _needs_no_rating,
    Action.REPEAT: _needs_no_repeat,
}
