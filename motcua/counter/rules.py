"""Whether a guidance may be written down. Pure."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused

LONGEST = 240  # minutes: more is not one person at one counter


def require_guidance(*, minutes: int, agency_id: UUID | None, at: datetime, actor: Actor, now: datetime) -> None:
    """Refuse what cannot be true.

    Raises:
        Refused: `minutes` (not 1 to 240), `agency` (the actor has no role there), `future`.
    """
    if not 1 <= minutes <= LONGEST:
        raise Refused("minutes", _("Write the minutes as a number from 1 to 240."), field="minutes")
    if agency_id is None or not actor.has(tuple({grant.role for grant in actor.grants}), agency_id):
        raise Refused("agency", _("Choose an agency in which you work."), field="agency")
    if at > now:
        raise Refused("future", _("Guidance is written down once it has been given."))
