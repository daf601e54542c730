"""The jobs of the notices."""

from typing import Any

from motcua.kernel import clock, jobs
from motcua.notifications import services


@jobs.task("notifications.send")
def send(**_: Any) -> None:
    """Send what is due."""
    services.send_due(now=clock.now())


@jobs.periodic("notifications.send_left", "*/5 * * * *")
def send_left() -> None:
    """Send what a worker that died, or a job that was lost, left behind."""
    services.send_due(now=clock.now())
