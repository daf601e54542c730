"""Roles of staff when agencies are reorganised: they end with the old agency and begin in its heir on the day."""

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.identity.models import StaffRole
from motcua.kernel import ids
from motcua.kernel.actor import Actor, Role
from motcua.places.models import Agency
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import Move

COLUMNS = ("id", "account_id", "agency_id", "role", "valid_from", "valid_to", "decision", "created_at")


class IdentityMover:
    """Carries the roles held in an agency that ends; reception goes where the heir receives people."""

    name = "identity"
    things = {"roles": _lazy("Roles of staff")}

    def count(self, move: Move) -> dict[str, int]:
        """Roles that would still be in force on the day."""
        return {"roles": _roles(move).count()}

    def homeless(self, move: Move) -> list[str]:
        """Nothing: every role follows the line's heir."""
        return []

    def apply(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> dict[str, int]:
        """End the roles on the eve and open them in the heir, with the plan as their decision."""
        roles = list(_roles(move))
        if move.heir is None or not roles:
            return {"roles": 0}
        keys = [role.pk for role in roles]
        homes = [_home(move, role.role) for role in roles]
        begun = [max(role.valid_from, move.on) for role in roles]
        accounts, kinds, ends = ([getattr(r, name) for r in roles] for name in ("account_id", "role", "valid_to"))
        self._clear(ledger, move.on, accounts, homes, kinds, now)
        ledger.change(
            StaffRole,
            {
                "valid_to": "CASE WHEN t.valid_from < %s THEN %s::date ELSE t.valid_to END",
                "ended_at": "CASE WHEN t.valid_from < %s THEN t.ended_at ELSE %s::timestamptz END",
            },
            "WHERE t.id = ANY (%s::uuid[])",
            [move.on, move.on - timedelta(days=1), move.on, now, keys],
        )
        ledger.insert(
            StaffRole,
            COLUMNS,
            "SELECT n.id, n.account, n.agency, n.role, n.since, n.until, %s, %s::timestamptz"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::date[], %s::date[])"
            " AS n(id, account, agency, role, since, until)",
            [
                move.plan_name,
                now,
                [ids.uuid7() for _role in roles],
                accounts,
                [h.pk for h in homes],
                kinds,
                begun,
                ends,
            ],
        )
        return {"roles": len(roles)}

    def _clear(
        self, ledger: Ledger, on: date, accounts: list[object], homes: list[Agency], kinds: list[object], now: datetime
    ) -> None:
        """The same role held in the heir in earlier times is over; it must not stand in the way of the new one."""
        ledger.change(
            StaffRole,
            {"ended_at": "%s::timestamptz"},
            "JOIN (SELECT DISTINCT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[])) AS n(account, agency, role)"
            " ON n.account = t.account_id AND n.agency = t.agency_id AND n.role = t.role"
            " WHERE t.ended_at IS NULL AND t.valid_to < %s",
            [now, accounts, [home.pk for home in homes], kinds, on],
        )

    def disturbed(self, move: Move, ledger: Ledger) -> list[str]:
        """Roles of the old agency that were changed since."""
        if not ledger.disturbed(StaffRole):
            return []
        return [_("Roles of %(code)s were changed since the plan was applied.") % {"code": move.source.code}]

    def reverse(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """The roles in the heir go, those in the old agency are as they were."""
        ledger.undo(StaffRole)


def _roles(move: Move) -> QuerySet[StaffRole]:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=move.on)
    return StaffRole.objects.filter(still, agency=move.source, ended_at__isnull=True).order_by("pk")


def _home(move: Move, role: str) -> Agency:
    heir = move.front if role == Role.RECEPTION else move.heir
    if heir is None:
        raise ValueError("A line without an heir is never applied.")
    return heir
