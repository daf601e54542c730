"""Background work with a single target (render, sign, send): deferred inside the transaction, run at least once."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from django.db import close_old_connections, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

P = ParamSpec("P")
_names: set[str] = set()


def task(name: str, *, attempts: int = 6, queue: str = "default") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Register a task under a fixed name. It takes ids only, accepts `**_`, and may run twice."""

    def register(function: Callable[P, None]) -> Callable[P, None]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            close_old_connections()
            try:
                function(*args, **kwargs)
            finally:
                close_old_connections()

        retry = RetryStrategy(max_attempts=attempts, exponential_wait=3)
        app.task(name=name, queue=queue, retry=retry)(run)
        _names.add(name)
        return function

    return register


def defer(
    name: str, *, lock: str | None = None, once: str | None = None, at: datetime | None = None, **ids: Any
) -> None:
    """Enqueue a task by name in the present transaction.

    `lock` keeps the jobs of one object in order; `once` coalesces: a job already waiting under that word is enough.
    """
    options: dict[str, Any] = {"lock": lock, "queueing_lock": once}
    if at is not None:
        options["schedule_at"] = at
    try:
        with transaction.atomic():  # a savepoint: a job already waiting must not undo the caller's work
            app.configure_task(name, **options).defer(**{key: str(value) for key, value in ids.items()})
    except AlreadyEnqueued:
        return


def names() -> frozenset[str]:
    """All registered task names."""
    return frozenset(_names)
