"""Nobody is given a matter of their own or of their close kin: asked wherever an officer is chosen for a dossier."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.dossiers import rules
from motcua.dossiers.models import Dossier
from motcua.identity import queries as identity
from motcua.identity.queries import StaffMember
from motcua.kernel import clock
from motcua.kernel.errors import Refused


def refusal_of(dossier: Dossier, member: StaffMember, now: datetime) -> Refused | None:
    """Why this officer may not have the dossier: a party to it, or the spouse, child or parent of one; else None."""
    if rules.is_party(dossier, member.person_id, _businesses_of(dossier, member.person_id, now)):
        sentence = _("%(name)s is a party to this dossier. Choose another officer.")
    elif rules.is_of_kin(dossier, identity.kin_of(member.person_id)):
        sentence = _("%(name)s is close kin of a party to this dossier. Choose another officer.")
    else:
        return None
    return Refused("own_matter", sentence % {"name": member.name}, field="account")


def _businesses_of(dossier: Dossier, person_id: UUID | None, now: datetime) -> list[UUID]:
    """The businesses somebody acts for, asked only where a business owns the dossier."""
    if person_id is None or dossier.owner_business_id is None:
        return []
    return [business.pk for business in identity.businesses(person_id, clock.local(now).date())]
