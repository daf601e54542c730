"""When a due date is brought to whom: the officer first, then the head, then the leader; once late, all. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from motcua.dossiers.enums import WarningLevel
from motcua.kernel.actor import Role
from motcua.places.calendar import WorkingCalendar
from motcua.workflow.rules import Thresholds, Watched

if TYPE_CHECKING:
    from motcua.identity.queries import StaffMember

LEVELS = {Role.HANDLER: WarningLevel.HANDLER, Role.HEAD: WarningLevel.HEAD, Role.LEADER: WarningLevel.LEADER}
UPWARDS = (WarningLevel.HANDLER, WarningLevel.HEAD, WarningLevel.LEADER)
# Who answers for a level in an agency; where nobody does, the level above, then the one below.
ANSWERS = {
    WarningLevel.HEAD: ((Role.HEAD,), (Role.LEADER, Role.DIRECTOR)),
    WarningLevel.LEADER: ((Role.LEADER, Role.DIRECTOR), (Role.HEAD,)),
}


def level_of(
    due_at: datetime, limit: int, *, now: datetime, calendar: WorkingCalendar, thresholds: Thresholds, what: Watched
) -> WarningLevel | None:
    """The level a due date has reached: late, else the highest threshold under which the working time left has fallen.

    `limit` is the whole limit in working minutes. None: nobody is warned yet.
    """
    if now > due_at:
        return WarningLevel.LATE
    reached = thresholds.reached(calendar.minutes_between(now, due_at), limit=limit, what=what)
    return LEVELS[reached] if reached else None


def to_tell(level: WarningLevel, told: Collection[WarningLevel]) -> list[WarningLevel]:
    """The levels to bring it to now, after those told of the same due date: each in its order, and once; late, all."""
    if level is WarningLevel.LATE:
        return list(UPWARDS)
    return [one for one in UPWARDS if one >= level and (one == level or one not in told)]


def answering(
    levels: Sequence[WarningLevel], staff: "Sequence[StaffMember]", *, assignee: UUID | None, role: str
) -> list[UUID]:
    """The accounts behind the levels among an agency's staff, each once.

    The officer's level is whoever has the step, or everybody at its desk while nobody has taken it.
    """
    found: dict[UUID, None] = {}
    for level in levels:
        if level is WarningLevel.HANDLER:
            desk = [one.account_id for one in staff if one.role == role]
            found |= dict.fromkeys([assignee] if assignee else desk)
            continue
        groups = ([one.account_id for one in staff if one.role in roles] for roles in ANSWERS[level])
        found |= dict.fromkeys(next((group for group in groups if group), []))
    return list(found)


def minutes_needed(
    budgets: Sequence[int], position: int, step_due_at: datetime | None, *, now: datetime, calendar: WorkingCalendar
) -> int:
    """The working minutes that the steps still to be done take: what is left of the present one, and those after it.

    A step that is late has used up its own; nobody knows how much more it will take.
    """
    present = max(0, calendar.minutes_between(now, step_due_at)) if step_due_at else 0
    return present + sum(budgets[position + 1 :])
