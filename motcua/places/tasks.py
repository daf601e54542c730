"""The jobs of places."""

from typing import Any
from uuid import UUID

from motcua.kernel import clock, jobs
from motcua.kernel.actor import system
from motcua.places import services


@jobs.task("places.carry_on")
def carry_on(plan_id: str, **_: Any) -> None:
    """Carry what is left of an ordered plan; run twice, it goes on where it was."""
    services.carry_on(plan_id=UUID(plan_id), actor=system("places.carry_on"), now=clock.now())
