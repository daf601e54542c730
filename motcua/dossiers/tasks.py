"""What the dossiers do by the clock."""

import structlog

from motcua.dossiers.services import retention
from motcua.kernel import clock, jobs

log = structlog.get_logger(__name__)


@jobs.periodic("dossiers.clear", "45 17 * * *")
def clear() -> None:
    """Every night at a quarter to one in Vietnam, before the bytes are swept: let go of what is not kept."""
    now = clock.now()
    log.info(
        "dossiers_cleared",
        reception_files=retention.clear_receptions(now=now),
        warned=retention.warn_of_deletion(now=now),
        drafts=retention.delete_drafts(now=now),
        batches=retention.clear_batches(now=now),
    )
