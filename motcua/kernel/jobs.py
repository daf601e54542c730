"""Background work with a single target (render, sign, send): deferred inside the transaction, run at least once."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

import structlog
from django.db import close_old_connections, transaction
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

STALLED = 30.0  # seconds without a heartbeat after which a worker counts as dead; they beat every ten
RESCUES = 6  # a job that took so many workers down with it is set aside for a person
log = structlog.get_logger(__name__)
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


def periodic(name: str, cron: str, *, queue: str = "default") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a task that runs by the clock (`cron` in UTC), once whatever the number of workers, never piled up."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        @wraps(function)
        def run(timestamp: int, **_: Any) -> None:
            close_old_connections()
            try:
                function()
            finally:
                close_old_connections()

        app.periodic(cron=cron, periodic_id=name)(app.task(name=name, queue=queue, queueing_lock=name)(run))
        _names.add(name)
        return function

    return register


async def rescue(queue: App) -> int:
    """Give back the jobs whose worker died with them in hand; returns how many.

    They run again, which every job bears. What cannot wait beside an equal one already waiting is closed: that one
    does its work.
    """
    rescued = 0
    for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.attempts >= RESCUES:
            log.error("job_set_aside", task=job.task_name, job=job.id, attempts=job.attempts)
            await queue.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        try:
            await queue.job_manager.retry_job(job)
        except ConnectorException:  # its place under `once` is taken
            log.warning("job_rescue_superseded", task=job.task_name, job=job.id)
            await queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            continue
        log.warning("job_rescued", task=job.task_name, job=job.id)
        rescued += 1
    return rescued


@app.periodic(cron="* * * * *", periodic_id="kernel.rescue")
@app.task(name="kernel.rescue", queueing_lock="kernel.rescue", pass_context=True)
async def _rescue(context: JobContext, timestamp: int) -> None:
    await rescue(context.app)


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
