"""For which absent colleague an act is done, so that the evidence can say “X, instead of Y”. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.dossiers import rules
from motcua.dossiers.enums import Action
from motcua.kernel.actor import Absent, Actor
from motcua.kernel.errors import Refused

if TYPE_CHECKING:
    from motcua.dossiers.models import Dossier
    from motcua.identity.queries import StaffMember
    from motcua.workflow.rules import Regime


def absent_with(actor: Actor, assignee_id: UUID | None, may: Callable[[Actor], bool]) -> Absent | None:
    """Whom the actor stands in for when they do what `may` allows; None where they may do it themselves.

    Work that was given to the absent colleague is done for them, even by somebody who could have had it.
    """
    if not actor.absent:
        return None
    if assignee_id and assignee_id != actor.account_id and assignee_id in actor.accounts:
        return next(one for one in actor.absent if one.account_id == assignee_id)
    if may(_only(actor, None)):
        return None
    return next((one for one in actor.absent if may(_only(actor, one))), None)


def absent_for(action: Action, dossier: "Dossier", actor: Actor, law: "Regime | None" = None) -> Absent | None:
    """Whom the actor stands in for with this act on a dossier, before it changes anything."""
    return absent_with(
        actor, dossier.assignee_id, lambda one: rules.refusal_of_person(action, dossier, one, law) is None
    )


def _only(actor: Actor, absent: Absent | None) -> Actor:
    """The actor with the roles held for one colleague alone, or (None) with their own."""
    key: UUID | None = absent.account_id if absent else None
    grants = tuple(grant for grant in actor.grants if grant.instead_of == key)
    return replace(actor, grants=grants, absent=(absent,) if absent else ())


def refusal_of_absent(member: "StaffMember", *, may_confirm: bool = False, field: str = "account") -> Refused:
    """The refusal of work for somebody who is away, with the name of who stands in."""
    sentence = _("%(name)s is absent until %(day)s, and %(substitute)s stands in. Choose %(substitute)s.")
    if may_confirm:
        sentence = _(
            "%(name)s is absent until %(day)s, and %(substitute)s stands in. Choose %(substitute)s, or confirm that you"
            " mean %(name)s."
        )
    day = f"{member.absent_until:%d/%m/%Y}"
    return Refused("absent", sentence % {"name": member.name, "day": day, "substitute": member.substitute}, field=field)
