"""Feedback cases when agencies are reorganised: what is still to be done lies with the heir, the limits stay.

The stays remain where they were: each agency goes on answering for what it received, so that figures of the past hold.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.kernel import ids
from motcua.kernel.actor import Actor
from motcua.places import queries as places
from motcua.places.models import Agency
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import Move
from motcua.support.enums import OPEN, Happening, Publication
from motcua.support.models import Feedback, StoryLine

TOLD = ("id", "feedback_id", "at", "what", "state", "who", "agency_id", "note", "is_public")


class SupportMover:
    """Carries cases that are open or wait for publication; where no agency takes over, the province's centre sorts."""

    name = "support"
    things = {"feedback": _lazy("Feedback cases")}

    def count(self, move: Move) -> dict[str, int]:
        """Cases the agency that ends has in hand."""
        return {"feedback": _in_hand(move).count()}

    def homeless(self, move: Move) -> list[str]:
        """Cases nobody takes over."""
        if _home(move) is not None:
            return []
        return [
            _("The case %(code)s of %(agency)s has no home: no agency takes over and the province has no centre.")
            % {"code": case.code, "agency": move.source.code}
            for case in _in_hand(move).order_by("pk")
        ]

    def apply(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> dict[str, int]:
        """Pass the cases on and say so in their story."""
        keys, home = list(_in_hand(move).values_list("pk", flat=True)), _home(move)
        if home is None or not keys:
            return {"feedback": 0}
        ledger.change(
            Feedback, {"agency_id": "%s::uuid", "version": "t.version + 1"}, "WHERE t.id = ANY (%s::uuid[])",
            [home.pk, keys],
        )  # fmt: skip
        ledger.insert(
            StoryLine, TOLD,
            "SELECT n.id, n.case_id, %s::timestamptz, %s, f.state, '', %s::uuid, %s, true"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS n(id, case_id) JOIN support_feedback f ON f.id = n.case_id",
            [
                now, Happening.INHERITED.value, home.pk, f"{move.source.name} → {home.name} · {move.plan_name}",
                [ids.uuid7() for _key in keys], keys,
            ],
        )  # fmt: skip
        return {"feedback": len(keys)}

    def disturbed(self, move: Move, ledger: Ledger) -> list[str]:
        """Cases that officers or reporters have moved on since."""
        codes = Feedback.objects.filter(pk__in=ledger.disturbed(Feedback)).order_by("pk").values_list("code", flat=True)
        return [_("The case %(code)s has moved on since.") % {"code": code} for code in codes]

    def reverse(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """Everything back where it was."""
        ledger.undo(StoryLine)
        ledger.undo(Feedback)


def _in_hand(move: Move) -> QuerySet[Feedback]:
    return Feedback.objects.filter(Q(state__in=OPEN) | Q(publication=Publication.PENDING), agency=move.source)


def _home(move: Move) -> Agency | None:
    if move.heir is not None:
        return move.heir
    centre = places.province_centre(move.on)
    return centre.agency if centre is not None else None
