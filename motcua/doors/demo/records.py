"""Records of the demo: one ended dossier is kept from disposal while something about it is still open."""

from datetime import datetime, timedelta

from motcua.doors.demo.life import WARD_CENTRE
from motcua.doors.demo.people import Cast
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, Hold
from motcua.dossiers.services import disposition
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.places import queries as places

KEPT = timedelta(days=90)


def drive(cast: Cast, now: datetime) -> bool:
    """Place the hold, unless there is one already; answers whether it did."""
    centre = places.agency(WARD_CENTRE)
    ended = Dossier.objects.filter(receiving_agency=centre, state=State.HANDED_OVER, is_reconstructed=False)
    found = ended.order_by("closed_at", "pk").first()
    if found is None or Hold.objects.filter(dossier__receiving_agency=centre).exists():
        return False
    disposition.place_hold(
        dossier_id=found.pk, reason="Đang có kiến nghị của người nộp về lệ phí đã thu (PAKN 12/2026).",
        until=clock.local(now + KEPT).date(), actor=cast.on_desk(centre.pk, Role.DIRECTOR), now=now,
    )  # fmt: skip
    return True
