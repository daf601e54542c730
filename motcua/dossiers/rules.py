"""What may be done to a dossier, by whom, and why not. Pure: no database, no clock.

The transitions are those of the national data exchange, read with Decree 61/2018 art. 17-21 and Decree 118/2025
art. 17-22.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.dossiers import correcting
from motcua.dossiers.enums import FINAL, FINISHED, OPEN, RUNNING, Action, State
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.options import Option

if TYPE_CHECKING:
    from motcua.catalogue.models import OnTheSpot
    from motcua.dossiers.models import Dossier
    from motcua.places.models import Agency
    from motcua.workflow.rules import Regime

SAME = None  # the act leaves the state as it is

TRANSITIONS: dict[Action, tuple[frozenset[State], State | None]] = {
    Action.ACCEPT: (frozenset({State.NEW}), State.ACCEPTED),
    Action.REFUSE: (frozenset({State.NEW, State.SUPPLEMENT}), State.NOT_ACCEPTED),
    Action.REQUEST_SUPPLEMENT: (frozenset({State.NEW, State.ACCEPTED, State.IN_PROGRESS}), State.SUPPLEMENT),
    Action.ANSWER_SUPPLEMENT: (frozenset({State.SUPPLEMENT}), State.IN_PROGRESS),
    Action.CLAIM: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.IN_PROGRESS),
    Action.ASSIGN: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.IN_PROGRESS),
    Action.FORWARD: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.IN_PROGRESS),
    Action.RETURN_STEP: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.IN_PROGRESS),
    Action.RECALL: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.IN_PROGRESS),
    Action.DRAFT_RESULT: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), SAME),
    Action.RECORD_RESULT: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.RESOLVED),
    Action.ISSUE: (frozenset({State.IN_PROGRESS}), State.RESOLVED),
    Action.HAND_OVER: (frozenset({State.RESOLVED}), State.HANDED_OVER),
    Action.ANNOUNCE_OBLIGATION: (frozenset({State.ACCEPTED, State.IN_PROGRESS}), State.OBLIGATION),
    Action.RECORD_PAYMENT: (frozenset(OPEN | {State.RESOLVED}), SAME),
    Action.WITHDRAW: (
        frozenset({State.NEW, State.ACCEPTED, State.IN_PROGRESS, State.SUPPLEMENT, State.OBLIGATION}),
        State.WITHDRAWN,
    ),
    Action.STOP: (
        frozenset({State.ACCEPTED, State.IN_PROGRESS, State.SUPPLEMENT, State.OBLIGATION}),
        State.STOPPED,
    ),
    Action.RATE: (frozenset({State.RESOLVED, State.HANDED_OVER}), SAME),
    Action.EXTEND: (RUNNING, SAME),
    Action.PAUSE_CLOCK: (RUNNING, SAME),
    Action.RESUME_CLOCK: (RUNNING, SAME),
    Action.ASK_OPINION: (RUNNING, SAME),
    Action.CORRECT: (FINISHED, State.IN_PROGRESS),
    Action.DROP_CORRECTION: (frozenset({State.IN_PROGRESS}), State.HANDED_OVER),
    Action.ANNUL: (FINISHED, SAME),
    Action.REOPEN: (correcting.REOPENED, State.IN_PROGRESS),
}

RECEPTION_ACTS = frozenset({Action.ACCEPT, Action.REFUSE, Action.HAND_OVER, Action.RECORD_PAYMENT, Action.STOP})
APPLICANT_ACTS = frozenset({Action.WITHDRAW, Action.RATE})
PARTY_ACTS = APPLICANT_ACTS | {Action.ANSWER_SUPPLEMENT}  # what a party does in its own matter
CLOCK_ACTS = frozenset({Action.EXTEND, Action.PAUSE_CLOCK, Action.RESUME_CLOCK})
# What would move the dossier on while its time limit stands still.
MOVING_ACTS = frozenset({
    Action.FORWARD, Action.RETURN_STEP, Action.RECORD_RESULT, Action.ISSUE, Action.REQUEST_SUPPLEMENT,
    Action.ANNOUNCE_OBLIGATION, Action.EXTEND, Action.PAUSE_CLOCK,
})  # fmt: skip
STEP_ACTS = frozenset({Action.FORWARD, Action.RETURN_STEP, Action.DRAFT_RESULT, Action.RECORD_RESULT})
# Steps that only their own act may leave.
CLERK_STEP, RETURN_STEP_KIND = "clerk", "return"
NEEDS_DRAFT = frozenset({"appraise", "approve", "sign"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules must know besides the dossier's own row."""

    has_draft: bool = False
    is_signed: bool = False
    unpaid: int = 0  # đồng
    position: int = 0  # of the present step, from 0
    has_rating: bool = False
    passed_by: UUID | None = None  # who passed it on to the present step, and from which
    passed_from: int = 0
    is_touched: bool = False  # something was done since it came to the present step
    is_external: bool = False  # the result is issued in another system
    is_annulled: bool = False
    closed_year: int | None = None  # the book in which the dossier stands as ended for good
    law: "Regime | None" = None  # of today, for what comes after the end
    why_not_sign: Refused | None = None  # the mandate that is missing, where the step is the signature
    why_not_extend: str = ""  # the law's own words against putting the due date off


def require(action: Action, dossier: "Dossier", actor: Actor, facts: Facts) -> None:
    """Raise the refusal of an act, if there is one."""
    refusal = refusal_of(action, dossier, actor, facts)
    if refusal:
        raise refusal


def refusal_of(action: Action, dossier: "Dossier", actor: Actor, facts: Facts) -> Refused | None:
    """Why the actor may not do this now, or None: first the state, then the person, then what the act needs."""
    states, _after = TRANSITIONS[action]
    state = State(dossier.state)
    if state not in states:
        if state in FINAL:
            return Refused("closed", correcting.says_closed(action, state))
        return Refused("state", _("This is not possible while the dossier is “%(state)s”.") % {"state": state.label})
    refusal = None if actor.is_system else refusal_of_person(action, dossier, actor, facts.law)
    refusal = refusal or _refusal_of_own(action, dossier, actor)
    refusal = refusal or _refusal_of_recall(action, actor, facts) or correcting.not_meanwhile(action, dossier)
    if refusal:
        return refusal
    if dossier.is_clock_stopped and state in RUNNING and _moves(action, dossier):
        return Refused("clock_stopped", _("The time limit stands still. Let it run on first."))
    needs = _NEEDS.get(action)
    return needs(dossier, facts) if needs else None


def state_after(action: Action, dossier: "Dossier") -> State:
    """The state an act leads to. A supplement answered before acceptance leads back to the start."""
    if action is Action.ANSWER_SUPPLEMENT and dossier.accepted_at is None:
        return State.NEW
    after = TRANSITIONS[action][1]
    return State(dossier.state) if after is SAME else after


def actions_for(dossier: "Dossier", actor: Actor, facts: Facts) -> list[Option[Action]]:
    """The acts that concern this actor, each allowed or with its reason; acts of other people are left out."""
    options = []
    for action in TRANSITIONS:
        refusal = refusal_of(action, dossier, actor, facts)
        if refusal is None or _concerns(action, dossier, actor, facts):
            options.append(Option(action, refusal))
    return options


def is_applicant(dossier: "Dossier", actor: Actor) -> bool:
    """The owner, the one who filed it, or somebody who represents the business that owns it."""
    return is_party(dossier, actor.person_id, actor.businesses)


def is_party(dossier: "Dossier", person_id: UUID | None, businesses: Iterable[UUID] = ()) -> bool:
    """Whether somebody owns or filed the dossier, or acts for the business that owns it."""
    if person_id and person_id in {dossier.owner_person_id, dossier.submitter_person_id}:
        return True
    return dossier.owner_business_id is not None and dossier.owner_business_id in businesses


def is_of_kin(dossier: "Dossier", kin: Iterable[UUID]) -> bool:
    """Whether one of these relatives of an officer owns or filed the dossier."""
    return not {dossier.owner_person_id, dossier.submitter_person_id}.isdisjoint(kin)


def own_or_kin() -> str:
    """Why somebody leaves a dossier to a colleague."""
    return _("You or your close kin are a party to this dossier: a colleague has to do this, not you.")


def holds_step(dossier: "Dossier", actor: Actor) -> bool:
    """The step is this actor's: assigned to them or to whom they stand in for, or to nobody and its role is theirs."""
    if dossier.assignee_id:
        return dossier.assignee_id in actor.accounts
    return bool(dossier.step_role) and actor.has(Role(dossier.step_role), dossier.step_agency_id)


def require_desk(actor: Actor, agency_id: UUID, *, administers: bool) -> None:
    """Refuse giving somebody's whole desk away, unless the actor leads the agency or administers its staff."""
    if not (administers or actor.has((Role.HEAD, Role.LEADER), agency_id)):
        raise Refused("person", _("Only heads, leaders and administrators of the agency give a desk to others."))


def require_earlier(position: int, to_position: int) -> None:
    """Refuse a step that does not lie between the reception and the present step: back is never forward."""
    if not 1 <= to_position < position:
        sentence = _("Choose a step that lies before the present one and after the reception.")
        raise Refused("no_such_step", sentence, field="to_position")


def check_version(dossier: "Dossier", expected: int | None, *, last: str) -> None:
    """Raise `Conflict` when the page that was sent showed an older version than the row has now.

    `last` is a whole sentence with its full stop: who did what, and when; empty when nobody knows.
    """
    if expected is None or dossier.version == expected:
        return
    if not last:
        raise Conflict(_("The dossier changed while you were working. Look at it again before you go on."))
    raise Conflict(
        _("The dossier changed while you were working: %(last)s Look at it again before you go on.") % {"last": last}
    )


def refusal_of_person(action: Action, dossier: "Dossier", actor: Actor, law: "Regime | None" = None) -> Refused | None:
    """Why an act is for somebody else, whatever the state of the dossier; `law` says who acts after the end."""
    if action not in correcting.AFTERMATH:
        return _refusal_of_person(action, dossier, actor)
    if correcting.may(action, dossier, actor, law):
        return None
    return Refused("person", _("This act is for somebody else."))


def _refusal_of_person(action: Action, dossier: "Dossier", actor: Actor) -> Refused | None:
    if action in APPLICANT_ACTS:
        allowed = is_applicant(dossier, actor)
        if action is Action.WITHDRAW:
            allowed = allowed or actor.has(Role.RECEPTION, dossier.reception_agency_id)
    elif action is Action.ANSWER_SUPPLEMENT:
        allowed = is_applicant(dossier, actor) or actor.has(Role.RECEPTION, dossier.reception_agency_id)
    elif action in RECEPTION_ACTS:
        allowed = actor.has(Role.RECEPTION, dossier.reception_agency_id)
    elif action is Action.REQUEST_SUPPLEMENT:
        allowed = (
            actor.has(Role.RECEPTION, dossier.reception_agency_id)
            if dossier.accepted_at is None
            else holds_step(dossier, actor)
        )
    elif action is Action.CLAIM:
        allowed = bool(dossier.step_role) and actor.has(Role(dossier.step_role), dossier.step_agency_id)
    elif action is Action.ASSIGN or action in CLOCK_ACTS:
        allowed = actor.has((Role.HEAD, Role.LEADER), dossier.step_agency_id)
        allowed = allowed or (action in CLOCK_ACTS and holds_step(dossier, actor))
    elif action is Action.RECALL:
        allowed = bool(actor.agencies() & {dossier.reception_agency_id, dossier.competent_agency_id})
    elif action is Action.ISSUE:
        allowed = actor.has(Role.CLERK, dossier.step_agency_id if dossier.spot_id else dossier.competent_agency_id)
    else:
        allowed = holds_step(dossier, actor)
    return None if allowed else Refused("person", _("This act is for somebody else."))


def _refusal_of_own(action: Action, dossier: "Dossier", actor: Actor) -> Refused | None:
    """Nobody acts for the office in a matter of their own or of their close kin.

    It is the product's own safeguard, read by no article yet.

    Looking stays allowed, as for any colleague; a head who is no party gives the step to somebody else.
    """
    if action in PARTY_ACTS:
        return None
    if is_of_kin(dossier, actor.kin):
        return Refused(
            "own_matter", _("This is a dossier of your spouse, child or parent: a colleague has to do this, not you.")
        )
    if not is_applicant(dossier, actor):
        return None
    return Refused("own_matter", _("You are a party to this dossier: a colleague has to do this, not you."))


def _moves(action: Action, dossier: "Dossier") -> bool:
    """Whether an act opens another step or begins another wait; giving the step of assignment away does, too."""
    return action in MOVING_ACTS or (action is Action.ASSIGN and dossier.step_kind == "assign")


def _needs_law(dossier: "Dossier", facts: Facts) -> Refused | None:
    return Refused("no_extension", facts.why_not_extend) if facts.why_not_extend else None


def _needs_stopped_clock(dossier: "Dossier", facts: Facts) -> Refused | None:
    if not dossier.is_clock_stopped:
        return Refused("clock_runs", _("The time limit runs already."))
    return None


def _concerns(action: Action, dossier: "Dossier", actor: Actor, facts: Facts) -> bool:
    """Whether an act is this actor's affair, so that its refusal is worth telling."""
    if action is Action.RECALL and facts.passed_by != actor.account_id:
        return False
    if action in correcting.AFTERMATH and dossier.state not in TRANSITIONS[action][0]:
        return False
    return refusal_of_person(action, dossier, actor, facts.law) is None


def _refusal_of_recall(action: Action, actor: Actor, facts: Facts) -> Refused | None:
    if action is not Action.RECALL or actor.is_system or facts.passed_by in (None, actor.account_id):
        return None
    return Refused("not_passed_by_you", _("Only the officer who passed the dossier on can take it back."))


def _needs_untouched(dossier: "Dossier", facts: Facts) -> Refused | None:
    if not 1 <= facts.passed_from < facts.position:
        return Refused(
            "no_recall", _("The dossier did not come here by being passed on; there is nothing to take back.")
        )
    if facts.is_touched:
        return Refused("touched", _("The next desk has begun to work on it. Ask there for it to be sent back."))
    return None


def _needs_free_step(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.assignee_id:
        return Refused("taken", _("%(who)s already has it.") % {"who": dossier.assignee_name})
    return None


def awaited(dossier: "Dossier", step_key: str | None = None) -> list[str]:
    """Whose required parts are still open: those that step `step_key` waits for, or (None) all of them."""
    return [
        one["who"]
        for one in dossier.open_parts
        if one["is_required"] and (step_key is None or one["closes_at"] == step_key)
    ]


def _needs_parts(whose: list[str]) -> Refused | None:
    """A step is not left before the agencies it waits for have answered (Decree 61/2018, art. 19)."""
    if not whose:
        return None
    return Refused("parts_open", _("The answer of %(who)s is still awaited.") % {"who": "; ".join(whose)})


def _needs_forward(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind == CLERK_STEP:
        return Refused("clerk", _("The clerk gives number, date and seal; the dossier moves on with that."))
    if dossier.step_kind == RETURN_STEP_KIND:
        return Refused("return", _("Only handing over the result ends this step."))
    if dossier.step_kind in NEEDS_DRAFT and not facts.has_draft:
        return Refused("draft", _("Draft the result first."))
    if facts.why_not_sign:
        return facts.why_not_sign
    return _needs_parts(awaited(dossier, dossier.step_key))


def _needs_earlier_step(dossier: "Dossier", facts: Facts) -> Refused | None:
    return Refused("first", _("There is no earlier step to send it back to.")) if facts.position <= 1 else None


def _needs_appraisal(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind != "appraise":
        return Refused("step", _("The result is drafted in the appraisal step; send the dossier back to change it."))
    return None


def _needs_outcome(dossier: "Dossier", facts: Facts) -> Refused | None:
    return _needs_appraisal(dossier, facts) or _needs_parts(awaited(dossier))


def _needs_signature(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind != CLERK_STEP or not facts.is_signed:
        return Refused("unsigned", _("The result must be signed before it gets number, date and seal."))
    return _needs_parts(awaited(dossier))


def _needs_payment(dossier: "Dossier", facts: Facts) -> Refused | None:
    if facts.is_annulled:
        return Refused("annulled", _("The result was annulled; nothing is handed over until it is corrected."))
    return Refused("unpaid", _("The fee has to be paid before the result is handed over.")) if facts.unpaid else None


def _needs_debt(dossier: "Dossier", facts: Facts) -> Refused | None:
    return None if facts.unpaid else Refused("nothing_due", _("Nothing is left to pay."))


def _needs_no_rating(dossier: "Dossier", facts: Facts) -> Refused | None:
    return Refused("rated", _("You have already rated this service. Thank you.")) if facts.has_rating else None


def _needs_one_request(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind in {CLERK_STEP, RETURN_STEP_KIND}:
        return Refused("too_late", _("The result is already signed; a supplement can no longer be asked for."))
    return None


def _needs_open_work(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind in {CLERK_STEP, RETURN_STEP_KIND}:
        return Refused("too_late", _("The result is already signed; raise the fee at the hand-over instead."))
    return None


def _needs_unsigned_work(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.step_kind in {CLERK_STEP, RETURN_STEP_KIND}:
        return Refused("too_late", _("The result is already signed; there is nothing left to wait for."))
    return None


def _needs_no_code(dossier: "Dossier", facts: Facts) -> Refused | None:
    if dossier.accepted_at is not None:
        return Refused("accepted", _("The dossier has already been accepted; stop its handling instead."))
    return None


_NEEDS: dict[Action, Callable[["Dossier", Facts], Refused | None]] = {
    Action.REFUSE: _needs_no_code,
    Action.CLAIM: _needs_free_step,
    Action.FORWARD: _needs_forward,
    Action.RETURN_STEP: _needs_earlier_step,
    Action.RECALL: _needs_untouched,
    Action.DRAFT_RESULT: _needs_appraisal,
    Action.RECORD_RESULT: _needs_outcome,
    Action.ISSUE: _needs_signature,
    Action.HAND_OVER: _needs_payment,
    Action.RECORD_PAYMENT: _needs_debt,
    Action.RATE: _needs_no_rating,
    Action.ASK_OPINION: _needs_open_work,
    Action.REQUEST_SUPPLEMENT: _needs_one_request,
    Action.ANNOUNCE_OBLIGATION: _needs_open_work,
    Action.PAUSE_CLOCK: _needs_unsigned_work,
    Action.EXTEND: _needs_law,
    Action.RESUME_CLOCK: _needs_stopped_clock,
    Action.CORRECT: correcting.needs_result,
    Action.DROP_CORRECTION: correcting.needs_correction,
    Action.ANNUL: correcting.needs_valid_result,
    Action.REOPEN: correcting.needs_open_book,
}


def require_existing(agencies: "Iterable[Agency]", day: date) -> None:
    """Refuse a filing with an agency that has ended: the page it came from is older than the reorganisation."""
    for agency in agencies:
        if not agency.exists_on(day):
            raise Refused(
                "agency_ended",
                _("%(agency)s does not exist any more. Open the page again and choose the agency that took over.")
                % {"agency": agency.name},
            )


def require_series(agency: "Agency", day: date) -> None:
    """Refuse a number of an agency that does not exist on the day: its series are closed and never used again."""
    if not agency.exists_on(day):
        raise Refused(
            "series_closed",
            _("%(agency)s does not exist on %(day)s, so it gives no numbers. The agency that took over does.")
            % {"agency": agency.name, "day": day.strftime("%d/%m/%Y")},
        )


@dataclass(frozen=True, slots=True)
class Delegation:
    """A dated decision that lets a centre settle procedures on the spot, and who signs there."""

    decision: str
    centre_id: UUID
    procedures: tuple[str, ...]
    role: str
    delegate_id: UUID | None
    first_day: date
    last_day: date | None

    @classmethod
    def of(cls, row: "OnTheSpot") -> "Delegation":
        """From the catalogue's row."""
        return cls(
            row.decision, row.centre_id, tuple(row.procedures), row.delegate_role, row.delegate_id, row.valid_from,
            row.last_day,
        )  # fmt: skip


def refusal_of_delegate(delegation: Delegation, procedure_code: str, actor: Actor, day: date) -> Refused | None:
    """Why a delegation does not cover a signature: its days, its procedures, its person (Decree 61/2018 art. 8)."""
    words = {"decision": delegation.decision, "day": f"{day:%d/%m/%Y}", "code": procedure_code}
    if not delegation.first_day <= day <= (delegation.last_day or date.max):
        message = _(
            "The delegation (%(decision)s) does not hold on %(day)s, so nobody in the centre may sign"
            " (Decree 61/2018/NĐ-CP, article 8). Ask the competent agency for its signature."
        )
        return Refused("delegation_over", message % words)
    if procedure_code not in delegation.procedures:
        message = _("The delegation (%(decision)s) does not name procedure %(code)s (Decree 61/2018/NĐ-CP, article 8).")
        return Refused("delegation_procedure", message % words)
    is_named = delegation.delegate_id is None or delegation.delegate_id == actor.account_id
    if not (is_named and actor.has_own(Role(delegation.role), delegation.centre_id)):
        message = _(
            "The delegation (%(decision)s) names somebody else: only the delegate signs in the centre"
            " (Decree 61/2018/NĐ-CP, article 8)."
        )
        return Refused("not_delegate", message % words)
    return None


def is_late(due_at: datetime | None, now: datetime, *, is_waiting: bool) -> bool:
    """Whether an open dossier is past its due date; one that waits for the applicant is not (domain rule of §4.6)."""
    return due_at is not None and now > due_at and not is_waiting
