"""The way inside the centre: received, appraised, approved, sealed and returned there, under a dated delegation.

Decree 61/2018 art. 8 and 17, Decree 118/2025. What a delegation is: `catalogue.models.OnTheSpot`.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import OnTheSpot
from motcua.dossiers import rules
from motcua.dossiers.models import Dossier
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.workflow import queries as workflow
from motcua.workflow.rules import Policy

PROCESS = "on-the-spot"


def route(dossier: Dossier, now: datetime) -> OnTheSpot:
    """Send a dossier that is being accepted the way inside the centre. Raises `Refused` no_delegation."""
    found = delegation_of(dossier, clock.local(now).date())
    if found is None:
        raise no_delegation(dossier, clock.local(now).date())
    dossier.spot = found
    return found


def delegation_of(dossier: Dossier, on: date) -> OnTheSpot | None:
    """The delegation under which the dossier's centre could settle it on a day."""
    return catalogue.delegation_for(
        dossier.procedure.code, centre_id=dossier.receiving_agency_id, competent_id=dossier.competent_agency_id, on=on
    )


def no_delegation(dossier: Dossier, on: date) -> Refused:
    """The refusal of a centre that may not settle the procedure itself."""
    message = _(
        "No decision lets %(centre)s settle this procedure on the spot on %(day)s (Decree 61/2018/NĐ-CP, article 8)."
        " Pass the dossier to %(agency)s."
    )
    words = {"centre": dossier.receiving_agency.name, "day": f"{on:%d/%m/%Y}", "agency": dossier.competent_agency.name}
    return Refused("no_delegation", message % words, field="on_the_spot")


def require_delegate(dossier: Dossier, actor: Actor, now: datetime) -> None:
    """Refuse a signature on the spot that the delegation does not cover: its days, its procedure, its person."""
    refusal = why_not_sign(dossier, actor, now)
    if refusal:
        raise refusal


def why_not_sign(dossier: Dossier, actor: Actor, now: datetime) -> Refused | None:
    """Why the actor may not sign this dossier as the delegate; None when they may, or when it goes the usual way."""
    if dossier.spot is None:
        return None
    return rules.refusal_of_delegate(
        rules.Delegation.of(dossier.spot), dossier.procedure.code, actor, clock.local(now).date()
    )


def clock_of(dossier: Dossier, process_key: str, now: datetime) -> Policy:
    """The rules of start and end of the procedure's own process: the way inside the centre does not change them."""
    day = clock.local(now).date()
    own = workflow.definition(process_key, day, agency_id=dossier.competent_agency_id)
    return workflow.process(own.pk).policy
