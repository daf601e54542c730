"""The open parts of other agencies, as the dossier's own row keeps them; who may do what with a part. Pure.

Kept in the row, they cost the acts on a dossier no statement: its lists and its rules read them from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.dossiers import rules
from motcua.dossiers.audiences import desk
from motcua.dossiers.enums import OPEN, PartAct, PartState
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.workflow.enums import PartKind

if TYPE_CHECKING:
    from motcua.dossiers.models import Dossier, Part

GIVERS = (Role.HEAD, Role.LEADER)  # who gives a part to an officer of the agency


@dataclass(frozen=True, slots=True)
class Reach:
    """An audience that reaches a dossier because of a part, whether it has to act, and by when."""

    audience: UUID
    is_turn: bool
    due_at: datetime | None


def entry(part: "Part") -> dict[str, Any]:
    """An open part as the dossier's row keeps it."""
    return {
        "id": str(part.pk), "who": part.who or part.name, "name": part.name, "agency": _text(part.agency_id),
        "role": part.role, "assignee": _text(part.assignee_id), "is_running": part.is_running,
        "is_required": part.is_required, "closes_at": part.closes_at,
        "due_at": part.due_at.isoformat() if part.due_at else "",
    }  # fmt: skip


def entries(parts: "Iterable[Part]") -> list[dict[str, Any]]:
    """All open parts as the dossier's row keeps them."""
    return [entry(part) for part in parts if part.is_open]


def reaches(open_parts: Sequence[Mapping[str, Any]]) -> list[Reach]:
    """Who reaches a dossier because of its running parts: the desk or the officer asked, and who may give it away."""
    found: dict[UUID, Reach] = {}
    for one in open_parts:
        if not one["is_running"] or not one["agency"]:
            continue
        agency_id, due = UUID(one["agency"]), due_of(one)
        asked = UUID(one["assignee"]) if one["assignee"] else desk(agency_id, one["role"])
        for audience, is_turn in ((asked, True), *((desk(agency_id, role), False) for role in GIVERS)):
            before = found.get(audience)
            dues = [at for at in (due, before.due_at if before else None) if at is not None]
            found[audience] = Reach(audience, is_turn or bool(before and before.is_turn), min(dues, default=None))
    return list(found.values())


def due_of(one: Mapping[str, Any]) -> datetime | None:
    """By when a part is to be answered."""
    return datetime.fromisoformat(one["due_at"]) if one["due_at"] else None


def turn_of(open_parts: Sequence[Mapping[str, Any]], audiences: Iterable[UUID]) -> Mapping[str, Any] | None:
    """The running part that is the turn of one of the audiences, the first due of them."""
    mine = set(audiences)
    found = [
        one for one in open_parts if any(reach.audience in mine and reach.is_turn for reach in reaches([one]))
    ]  # fmt: skip
    return min(found, key=lambda one: one["due_at"] or "9", default=None)


def ready(parts: "Sequence[Part]", dossier: "Dossier") -> "list[Part]":
    """The waiting parts whose stage may start: every required part of the stages before has ended."""
    return [
        part
        for part in parts
        if part.state == PartState.WAITING
        and (part.agency_id is not None or part.outside)
        and not any(
            other.is_open and other.is_required and other.stage < part.stage and _group(other) == _group(part)
            for other in parts
        )
    ]


def is_late(part: "Part", now: datetime) -> bool:
    """Whether a part is past its limit: an open one now, an ended one when it ended."""
    ended = part.done_at or now
    return part.due_at is not None and ended > part.due_at


def refusal_of(act: PartAct, part: "Part", dossier: "Dossier", actor: Actor, now: datetime) -> Refused | None:
    """Why the actor may not do this to the part now, or None: first its state, then the person, then what it needs."""
    if not part.is_open or dossier.state not in OPEN:
        return Refused("part_ended", _("This part has ended (%(state)s).") % {"state": part.get_state_display()})
    if not actor.is_system:
        if not _may(act, part, dossier, actor):
            return Refused("person", _("This act is for somebody else."))
        if rules.is_applicant(dossier, actor) or rules.is_of_kin(dossier, actor.kin):
            return Refused("own_matter", rules.own_or_kin())
    return _NEEDS[act](part, now) if act in _NEEDS else None


def leads(dossier: "Dossier", actor: Actor) -> bool:
    """Whether the actor has the dossier itself: its step, or the lead agency as head or leader."""
    return rules.holds_step(dossier, actor) or actor.has(GIVERS, dossier.competent_agency_id)


def _may(act: PartAct, part: "Part", dossier: "Dossier", actor: Actor) -> bool:
    if act in (PartAct.SEND, PartAct.REMIND, PartAct.PASS_OVER):
        return leads(dossier, actor)
    if part.agency_id is None:  # an agency outside this system: the lead writes down what it answers
        return act in (PartAct.ANSWER, PartAct.REFUSE) and leads(dossier, actor)
    if act is PartAct.REASSIGN:
        return actor.has(GIVERS, part.agency_id)
    if part.assignee_id and act is not PartAct.CLAIM:
        return part.assignee_id in actor.accounts
    return actor.has(Role(part.role), part.agency_id)


def _needs_running(part: "Part", now: datetime) -> Refused | None:
    if part.is_running:
        return None
    return Refused("part_waits", _("This part starts when the stage before it has ended and its agency is named."))


def _needs_free(part: "Part", now: datetime) -> Refused | None:
    if part.assignee_id:
        return Refused("taken", _("%(who)s already has it.") % {"who": part.assignee_name})
    return _needs_running(part, now)


def _needs_late_opinion(part: "Part", now: datetime) -> Refused | None:
    if part.kind != PartKind.CONSULTATION:
        return Refused("own_share", _("This is the agency's own share of the work: it cannot be left out. Remind it."))
    if not part.is_running or not is_late(part, now):
        return Refused("not_late", _("Its limit has not passed yet. Wait for the opinion, or remind the agency."))
    return None


def _group(part: "Part") -> tuple[str, str]:
    """Parts whose stages count together."""
    return part.opens_at, part.closes_at


def _text(key: UUID | None) -> str:
    return str(key) if key else ""


_NEEDS = {
    PartAct.CLAIM: _needs_free,
    PartAct.ANSWER: _needs_running,
    PartAct.REFUSE: _needs_running,
    PartAct.REASSIGN: _needs_running,
    PartAct.REMIND: _needs_running,
    PartAct.PASS_OVER: _needs_late_opinion,
}
