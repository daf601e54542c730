"""Why an absence cannot be as it is asked for, and who decides on it. Pure.

The rules are the product's own: a substitution is an order inside the office, no article gives it a form.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused

SENIOR = frozenset({Role.LEADER, Role.DIRECTOR, Role.ADMIN})  # who decides for everybody in an agency and below it
DECIDERS = SENIOR | {Role.HEAD}


@dataclass(frozen=True, slots=True)
class Away:
    """Who is away, who stands in, from which day to which (both included)."""

    account_id: UUID
    substitute_id: UUID
    first_day: date
    last_day: date

    def meets(self, other: "Away") -> bool:
        """Whether the two have a day in common."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day


def refusal_of(wanted: Away, others: Iterable[Away], today: date) -> Refused | None:
    """Why this absence cannot be: its days, oneself, twice at once, a substitute who is away, a chain of substitutes.

    `others` are those asked for or granted of both accounts.
    """
    if wanted.last_day < wanted.first_day:
        return Refused("period", _("The last day lies before the first."), field="valid_to")
    if wanted.last_day < today:
        return Refused("past", _("These days have passed: correct them."), field="valid_to")
    if wanted.account_id == wanted.substitute_id:
        return Refused("self", _("Nobody stands in for themselves: choose a colleague."), field="substitute")
    for other in others:
        if not wanted.meets(other):
            continue
        days = {"from": f"{other.first_day:%d/%m/%Y}", "to": f"{other.last_day:%d/%m/%Y}"}
        if other.account_id == wanted.account_id:
            sentence = _("There is an absence from %(from)s to %(to)s already: end that one first, or change the days.")
            return Refused("overlap", sentence % days, field="valid_from")
        if other.account_id == wanted.substitute_id:
            sentence = _("This colleague is away too, from %(from)s to %(to)s: choose another one.")
            return Refused("substitute_absent", sentence % days, field="substitute")
        if other.substitute_id == wanted.account_id:
            sentence = _(
                "From %(from)s to %(to)s this person stands in for a colleague, and no substitute has a substitute:"
                " give that substitution to somebody else first."
            )
            return Refused("chain", sentence % days, field="valid_from")
    return None


def may_decide(above: Collection[Role], here: Collection[Role], absent: Collection[Role]) -> bool:
    """Whether somebody decides on an absence, as far as one agency goes.

    `above` are the roles they hold in it or over it, `here` in it itself, `absent` those of the absent person in it.
    """
    if SENIOR & set(above):
        return True
    return Role.HEAD in here and not DECIDERS & set(absent)


def agencies_of(rows: Iterable[tuple[UUID, UUID, str]]) -> Mapping[UUID, Mapping[UUID, set[Role]]]:
    """The roles of each account by agency, from rows of account, agency and role."""
    found: dict[UUID, dict[UUID, set[Role]]] = {}
    for account_id, agency_id, role in rows:
        found.setdefault(account_id, {}).setdefault(agency_id, set()).add(Role(role))
    return found
