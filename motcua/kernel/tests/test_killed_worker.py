"""A worker killed with a job in hand: the job is done by the next one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app

from motcua.kernel import jobs, outbox
from motcua.kernel.models import Cursor, Event


def one(query: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone() if cursor.description else None


def wait_for(question: Callable[[], Any]) -> None:
    until = time.monotonic() + 40
    while not question():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.2)


def worker(*words: str) -> "subprocess.Popen[bytes]":
    found = connection.settings_dict
    url = f"postgresql://{found['USER']}@/{found['NAME']}?host={found['HOST']}&port={found['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.Popen([sys.executable, "-m", "motcua", *words], env=environment, stderr=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_job_in_its_hand_is_done_by_the_next() -> None:
    name = outbox.consumers()[0]
    with transaction.atomic():
        event = Event.objects.create(name="tests.Happened", payload={})
    jobs.defer("kernel.consume", once=f"consume-{name}", consumer=name)
    first = None
    try:
        with transaction.atomic():  # nobody can read the log: the job hangs in the worker's hand
            one("LOCK TABLE kernel_event IN ACCESS EXCLUSIVE MODE")
            first = worker("worker")
            wait_for(lambda: one("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NOT NULL"))
            first.kill()
            first.wait(10)
        assert not Cursor.objects.filter(consumer=name, event_id__gte=event.pk).exists()
        assert async_to_sync(jobs.rescue)(app) == 0, "a moment ago it still gave signs of life"
        one("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
        assert async_to_sync(jobs.rescue)(app) >= 1  # at a full minute it may have begun a second one
        assert worker("procrastinate", "worker", "--one-shot").wait(60) == 0
        assert Cursor.objects.get(consumer=name).event_id >= event.pk
    finally:
        if first:
            first.kill()
        one("DELETE FROM procrastinate_jobs")
        one("DELETE FROM procrastinate_workers")
