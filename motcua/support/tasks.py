"""What support does by the clock."""

from motcua.kernel import clock, jobs
from motcua.kernel.actor import system
from motcua.support import services


@jobs.periodic("support.forget", "20 19 * * *")
def forget() -> None:
    """Every night: remove who sent what was closed long enough ago."""
    services.forget(actor=system("support.forget"), now=clock.now())
