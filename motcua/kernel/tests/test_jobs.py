"""Jobs survive their worker: what a dead one had in hand is taken up again, once, and not for ever."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from motcua.kernel import jobs

pytestmark = pytest.mark.django_db


def job(*, silent_for: int | None, attempts: int = 0, once: str | None = None, status: str = "doing") -> int:
    """A job as the queue holds it; its worker was last heard of so many seconds ago (None: it is gone altogether)."""
    with connection.cursor() as cursor:
        worker = None
        if silent_for is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
                " RETURNING id",
                [silent_for],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args, attempts, queueing_lock, worker_id)"
            " VALUES ('default', 'kernel.consume', %s::procrastinate_job_status, '{}', %s, %s, %s) RETURNING id",
            [status, attempts, once, worker],
        )
        return int(cursor.fetchone()[0])


def state(key: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [key])
        return cursor.fetchone()


def rescue() -> int:
    return async_to_sync(jobs.rescue)(app)


@pytest.mark.parametrize("silent_for", [None, 31, 3600])
def test_a_dead_worker_s_job_waits_again(silent_for: int | None) -> None:
    key = job(silent_for=silent_for)
    assert rescue() == 1
    assert state(key) == ("todo", 1)
    assert rescue() == 0


def test_a_living_worker_keeps_its_job() -> None:
    key = job(silent_for=5)
    assert rescue() == 0
    assert state(key) == ("doing", 0)


@pytest.mark.django_db(transaction=True)
def test_an_equal_job_already_waiting_is_enough() -> None:
    dead, waiting = job(silent_for=60, once="consume-x"), job(silent_for=None, once="consume-x", status="todo")
    assert rescue() == 0
    assert state(dead) is None
    assert state(waiting) == ("todo", 0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [waiting])


def test_a_job_that_kills_its_workers_is_set_aside() -> None:
    key = job(silent_for=60, attempts=jobs.RESCUES)
    assert rescue() == 0
    assert state(key)[0] == "failed"


def test_what_runs_by_the_clock_is_registered_under_its_name() -> None:
    assert {"documents.sweep", "notifications.send_left"} <= jobs.names()
    known = {name for name, _ in app.periodic_registry.periodic_tasks}
    assert {"kernel.rescue", "documents.sweep", "notifications.send_left"} <= known
    assert all(app.tasks[name].queueing_lock == name for name in known)
