"""What was not supplied in time: handling is stopped, or acceptance refused (Circular 03/2025/TT-VPCP, form 05)."""

from datetime import datetime
from itertools import islice

import structlog

from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, Supplement
from motcua.dossiers.services.acceptance import refuse
from motcua.dossiers.services.closing import stop
from motcua.kernel import clock
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Conflict, Refused

log = structlog.get_logger(__name__)
BATCH = 500
CLOSER = system("dossiers.expiry")
REASON = "Hết ngày %s chưa nhận được giấy tờ đã yêu cầu bổ sung."  # words of a form of the law


def close_unanswered(*, now: datetime, actor: Actor = CLOSER) -> int:
    """Close the dossiers whose applicant let the last day to answer pass; answers how many.

    Each in a transaction of its own, under its lock: one answered meanwhile is passed over, and a run that was killed
    is gone on with by the next.
    """
    late = Supplement.objects.filter(answered_at=None, limit_at__lt=now, dossier__state=State.SUPPLEMENT)
    # All of them, in pieces: one that is refused again and again must not stand in the way of the others.
    keys = iter(list(late.order_by("limit_at", "pk").values_list("pk", flat=True)))
    closed = 0
    while some := list(islice(keys, BATCH)):
        rows = Supplement.objects.filter(pk__in=some).select_related("dossier").order_by("limit_at", "pk")
        closed += sum(_close(one, actor, now) for one in rows)
    return closed


def _close(one: Supplement, actor: Actor, now: datetime) -> bool:
    act = stop if one.dossier.accepted_at else refuse
    day = f"{clock.local(one.limit_at):%d/%m/%Y}" if one.limit_at else ""
    version = one.dossier.version
    try:
        act(dossier_id=one.dossier_id, reason=REASON % day, actor=actor, now=now, expected=version)
    except (Conflict, Refused, Dossier.DoesNotExist) as refusal:
        log.warning("dossier_not_closed", dossier=str(one.dossier_id), why=str(refusal))
        return False
    return True
