"""What support does by the clock."""

from motcua.kernel import clock, jobs
from motcua.kernel.actor import system
from motcua.support import services


@jobs.periodic("support.forget", "20 19 * * *")
def forget() -> None:
    """Every night: remove who sent what was closed long enough ago, and files of forms never sent."""
    actor, now = system("support.forget"), clock.now()
    services.forget(actor=actor, now=now)
    services.clear_unsent(actor=actor, now=now)
