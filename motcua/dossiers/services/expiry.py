"""What was not supplied in time: handling is stopped, or acceptance refused (Circular 03/2025/TT-VPCP, form 05)."""

from datetime import datetime

import structlog

from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, Supplement
from motcua.dossiers.services.acceptance import refuse
from motcua.dossiers.services.closing import stop
from motcua.kernel import clock
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Conflict, Refused

log = structlog.get_logger(__name__)
BATCH = 500  # dossiers of one run; the next one goes on
CLOSER = system("dossiers.expiry")
REASON = "Hết ngày %s chưa nhận được giấy tờ đã yêu cầu bổ sung."  # words of a form of the law


def close_unanswered(*, now: datetime, actor: Actor = CLOSER) -> int:
    """Close the dossiers whose applicant let the last day to answer pass; answers how many.

    Each in a transaction of its own, under its lock: one answered meanwhile is passed over, and a run that was killed
    is gone on with by the next.
    """
    late = Supplement.objects.filter(answered_at=None, limit_at__lt=now, dossier__state=State.SUPPLEMENT)
    closed = 0
    for one in late.select_related("dossier").order_by("limit_at", "pk")[:BATCH]:
        act = stop if one.dossier.accepted_at else refuse
        day = f"{clock.local(one.limit_at):%d/%m/%Y}" if one.limit_at else ""
        version = one.dossier.version
        try:
            act(dossier_id=one.dossier_id, reason=REASON % day, actor=actor, now=now, expected=version)
        except (Conflict, Refused, Dossier.DoesNotExist) as refusal:
            log.warning("dossier_not_closed", dossier=str(one.dossier_id), why=str(refusal))
            continue
        closed += 1
    return closed
