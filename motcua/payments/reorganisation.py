"""Charges still due pass to the heir that receives now; what was paid stays with the agency that took it."""

from collections.abc import Mapping
from uuid import UUID

from motcua.payments.enums import ChargeState
from motcua.payments.models import Charge
from motcua.places.reorganisation.ledger import Ledger


def pass_on(*, homes: Mapping[UUID, UUID], ledger: Ledger) -> int:
    """Let what is due for these subjects be owed to other agencies (subject → agency); how many charges."""
    return ledger.change(
        Charge,
        {"agency_id": "m.agency"},
        "JOIN unnest(%s::uuid[], %s::uuid[]) AS m(subject, agency) ON m.subject = t.subject_id WHERE t.state = %s",
        [list(homes), list(homes.values()), ChargeState.DUE.value],
    )


def is_disturbed(ledger: Ledger) -> bool:
    """Whether charges that were passed on have been paid or changed since."""
    return bool(ledger.disturbed(Charge))


def take_back(ledger: Ledger) -> None:
    """Put the charges back where they were owed."""
    ledger.undo(Charge)
