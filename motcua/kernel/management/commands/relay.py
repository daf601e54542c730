"""`python -m motcua relay`: wake the consumers of the event log."""

import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from motcua.kernel import jobs, outbox

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Looks at the end of the log every second; a consumer that is behind gets one wake-up job, coalesced."""

    help = "Wake the consumers of the event log."

    def add_arguments(self, parser: CommandParser) -> None:
        """The pause between two looks, in seconds."""
        parser.add_argument("--every", type=float, default=1.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        seen = -1
        while not stop.wait(options["every"]):
            try:
                seen = look(seen)
            except Error:
                log.warning("relay_database_away")
                connection.close()


def look(seen: int) -> int:
    """One look: defer a wake-up for each consumer behind the end of the log; returns the last id looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM kernel_event")
        row = cursor.fetchone()
    last = int(row[0]) if row else 0
    behind = [name for name in outbox.consumers() if outbox.pending(name)] if last != seen else []
    for name in behind:
        jobs.defer("kernel.consume", once=f"consume-{name}", consumer=name)
    return seen if behind else last
