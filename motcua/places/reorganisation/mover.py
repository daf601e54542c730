"""Places' own rows: when the agency ends and who follows it, its centre, the counters that have no other home."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.kernel.actor import Actor
from motcua.places.models import Agency, Centre, Counter
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import Move

# Counters follow to the heir's centre where it has none yet under their number; others stay with the closed centre.
_TO_MOVE = """
JOIN places_centre c ON c.id = t.centre_id AND c.agency_id = %s
WHERE NOT EXISTS (SELECT FROM places_counter o JOIN places_centre h ON h.id = o.centre_id
                  WHERE h.agency_id = %s AND o.number = t.number)
  AND EXISTS (SELECT FROM places_centre h WHERE h.agency_id = %s)
"""


class PlacesMover:
    """Ends agency and centre on the eve, names the successor, moves counters."""

    name = "places"
    things = {
        "agencies": _lazy("Agencies that end"),
        "centres": _lazy("Service centres"),
        "counters": _lazy("Counters"),
    }

    def count(self, move: Move) -> dict[str, int]:
        """The agency itself, its centre, its counters."""
        centres = Centre.objects.filter(agency=move.source)
        return {
            "agencies": 1,
            "centres": centres.count(),
            "counters": Counter.objects.filter(centre__in=centres).count(),
        }

    def homeless(self, move: Move) -> list[str]:
        """Nothing: the rules of the plan have asked for an heir."""
        return []

    def apply(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> dict[str, int]:
        """The pack's dates stay where they already say so."""
        eve, heir = move.on - timedelta(days=1), move.heir
        found = self.count(move)
        ledger.change(
            Agency,
            {"valid_to": "least(coalesce(t.valid_to, %s::date), %s::date)", "successor_id": "%s::uuid"},
            "WHERE t.id = %s",
            [eve, eve, heir.pk if heir else None, move.source.pk],
        )
        if heir:
            # Taken from the closing centre before it closes, in its own order.
            centre = "(SELECT h.id FROM places_centre h WHERE h.agency_id = %s)"
            ledger.change(
                Counter, {"centre_id": centre}, _TO_MOVE, [heir.pk, move.source.pk, heir.pk, heir.pk]
            )  # fmt: skip
        closing = {"closed_on": "least(coalesce(t.closed_on, %s::date), %s::date)"}
        ledger.change(Centre, closing, "WHERE t.agency_id = %s", [eve, eve, move.source.pk])
        return found

    def disturbed(self, move: Move, ledger: Ledger) -> list[str]:
        """Agencies, centres or counters that were changed by hand or by another plan."""
        touched = [row for model in (Agency, Centre, Counter) for row in ledger.disturbed(model)]
        words = _("The agency %(code)s, its centre or a counter was changed since.") % {"code": move.source.code}
        return [words] if touched else []

    def reverse(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """As they were."""
        for model in (Counter, Centre, Agency):
            ledger.undo(model)
