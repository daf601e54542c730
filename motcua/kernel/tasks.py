"""The kernel's jobs: waking a consumer of the event log."""

from typing import Any

from motcua.kernel import jobs, outbox


@jobs.task("kernel.consume")
def consume(consumer: str, **_: Any) -> None:
    """Let one consumer read on from its cursor."""
    outbox.consume(consumer)
