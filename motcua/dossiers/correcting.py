"""After the end: who corrects or annuls an issued result, who opens a closed dossier again, and why not. Pure.

Decree 61/2018/NĐ-CP art. 21: the agency mends its mistake at its own cost. Who may is dated data of the law's regime;
where a text says nothing of it, the data do not claim to be verified.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.dossiers.enums import Action, State
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.workflow.rules import Regime

if TYPE_CHECKING:
    from motcua.dossiers.models import Dossier
    from motcua.dossiers.rules import Facts
    from motcua.places.models import Agency

AFTERMATH = frozenset({Action.CORRECT, Action.DROP_CORRECTION, Action.ANNUL, Action.REOPEN})
REOPENED = frozenset({State.STOPPED, State.WITHDRAWN, State.NOT_ACCEPTED})
# A correction asks nothing of the applicant, costs nothing, and is no second chance to end the dossier otherwise.
NOT_MEANWHILE = frozenset({
    Action.REQUEST_SUPPLEMENT, Action.ANNOUNCE_OBLIGATION, Action.WITHDRAW, Action.STOP, Action.EXTEND,
    Action.PAUSE_CLOCK, Action.ASK_OPINION,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TookOver:
    """Who stands today for the agency that decided a closed dossier, and for the one that received it."""

    competent: "Agency"
    reception: "Agency"
    plan_keys: tuple[str, str]  # by which plans; empty for an agency that still exists


def may(action: Action, dossier: "Dossier", actor: Actor, law: Regime | None) -> bool:
    """Whether the law of the day gives this act to one of the roles that the actor holds in the right agency."""
    if law is None:
        return False
    competent, reception = dossier.competent_agency_id, dossier.reception_agency_id
    if dossier.took_over is not None:  # its agencies have ended: their heirs answer for what they closed
        competent, reception = dossier.took_over.competent.pk, dossier.took_over.reception.pk
    if action is Action.ANNUL:
        return actor.has(Role.LEADER, competent)
    if action is not Action.REOPEN:
        return actor.has(law.correction.ordered_by, competent)
    if dossier.state == State.NOT_ACCEPTED or dossier.run_id is None:
        return actor.has(law.reopening.not_accepted, reception)
    return actor.has(law.reopening.competent, competent) or actor.has(law.reopening.reception, reception)


def not_meanwhile(action: Action, dossier: "Dossier") -> Refused | None:
    """Why an act has no place while an issued result is being corrected."""
    if dossier.correction_run_id is None or action not in NOT_MEANWHILE:
        return None
    sentence = _("The result is being corrected; that is done with what is at hand and at the agency's own cost.")
    return Refused("in_correction", sentence)


def needs_correction(dossier: "Dossier", facts: "Facts") -> Refused | None:
    """A correction that is under way, and whose new version is not issued."""
    if dossier.correction_run_id is None:
        return Refused("no_correction", _("No result of this dossier is being corrected."))
    return None


def needs_result(dossier: "Dossier", facts: "Facts") -> Refused | None:
    """A result in force, of a dossier that is still kept."""
    return _needs_kept(dossier)


def needs_valid_result(dossier: "Dossier", facts: "Facts") -> Refused | None:
    """A result that is not annulled already."""
    if facts.is_annulled:
        return Refused("annulled", _("The result is annulled already."))
    return _needs_kept(dossier)


def needs_open_book(dossier: "Dossier", facts: "Facts") -> Refused | None:
    """A dossier that is still kept, and whose line in the book is not frozen as ended."""
    if facts.closed_year is not None:
        sentence = _("The book of %(year)d is closed with this dossier as ended. Ask the applicant to file again.")
        return Refused("year_closed", sentence % {"year": facts.closed_year})
    return _needs_kept(dossier)


def _needs_kept(dossier: "Dossier") -> Refused | None:
    if dossier.disposed_at is not None:
        return Refused("disposed", _("The dossier was disposed of when its time of keeping was over; nothing is left."))
    return None


def says_closed(action: Action, state: State) -> str:
    """The sentence for an act on a closed dossier."""
    if action is Action.REOPEN and state is State.HANDED_OVER:
        return _("The result was handed over. If it is wrong, have it corrected instead.")
    return _("The dossier is closed (%(state)s).") % {"state": state.label}
