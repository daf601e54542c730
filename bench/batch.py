"""`bench batch`: 500 dossiers accepted by one form, row for row, on a durable database."""

import argparse
import os
import time
from datetime import timedelta

import django

from bench import database, output

SLOWEST = 10.0  # seconds of one batch of 500
WARM = 20


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when the bar is missed or a row was refused."""
    output.say("Making the database …")
    os.environ["DATABASE_URL"] = database.fresh("motcua_bench_batch")
    django.setup()
    from django.db import connection

    from bench.desk import Desk

    desk = Desk()
    desk.accept(desk.filed(WARM))
    rows = desk.filed(options.n)
    seen = output.Statements()
    with connection.execute_wrapper(seen):
        cpu, began = time.process_time(), time.perf_counter()
        done = desk.accept(rows)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    refused = [one.message for one in done if not one.ok]
    output.line(
        "batch", [seconds], cpu=cpu, sql=seen.count, rows=len(done), refused=len(refused),
        sql_per_row=round(seen.count / len(done), 2), row_ms=round(seconds / len(done) * 1000, 2),
    )  # fmt: skip
    if refused:
        output.say(f"Refused: {refused[0]}")
    bar = SLOWEST * len(done) / 500
    if seconds > bar:
        output.say(f"{timedelta(seconds=seconds)} is longer than {bar} s.")
    return 1 if refused or seconds > bar else 0
