"""What the documents do by the clock."""

import structlog

from motcua.documents import services
from motcua.kernel import clock, jobs

log = structlog.get_logger(__name__)


@jobs.periodic("documents.sweep", "15 18 * * *")
def sweep() -> None:
    """Every night at a quarter past one in Vietnam: remove content that no document has used for a day."""
    log.info("documents_swept", files=services.sweep(now=clock.now()))
