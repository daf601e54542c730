"""The processes that are measured: production's web, worker and relay, and the database server's."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from ops.children import tied
from ops.programs import answers, web_command

PATIENCE = 60.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class System:
    """Web, worker and relay on the present database."""

    def __init__(self, url: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "DATABASE_URL": url, "MOTCUA_EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        }  # fmt: skip
        self.processes: dict[str, psutil.Process] = {}
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start all three and wait until the web process answers."""
        manage = [sys.executable, "-m", "motcua"]
        commands = {
            "relay": [*manage, "relay"], "worker": [*manage, "worker"], "web": web_command("127.0.0.1", self.port),
        }  # fmt: skip
        folder = Path(settings.DATA) / "log"
        folder.mkdir(parents=True, exist_ok=True)
        for name, command in commands.items():
            with (folder / f"{name}.log").open("ab") as log:
                process = subprocess.Popen(
                    tied(command), env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
                )
            self._started.append(process)
            self.processes[name] = psutil.Process(process.pid)
        database = os.environ.get("MOTCUA_DATABASE_PID", "")
        if database:
            self.processes["database"] = psutil.Process(int(database))
        limit = time.monotonic() + PATIENCE
        while not answers(f"{self.address}/health/ready")():
            if time.monotonic() > limit:
                raise SystemExit(f"The web process does not come up: see {folder}/web.log")
            time.sleep(0.2)

    def stop(self) -> None:
        """End them, web first."""
        for process in reversed(self._started):
            process.send_signal(signal.SIGTERM)
        for process in self._started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time by part so far, processes that have ended included."""
        return {name: sum(_seconds(one) for one in _family(process)) for name, process in self.processes.items()}

    def rss_mb(self) -> float:
        """Memory of all web processes together."""
        total = 0
        for one in _family(self.processes["web"]):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
        return round(total / 2**20, 1)

    def settle(self) -> None:
        """Wait until every consumer has read every event and no job is left that could run now."""
        limit = time.monotonic() + 600
        quiet = 0
        while quiet < 2:
            quiet = quiet + 1 if _is_quiet() else 0
            if time.monotonic() > limit:
                raise SystemExit("The consumers have not caught up within ten minutes: see log/worker.log")
            time.sleep(0.25)


def _is_quiet() -> bool:
    from motcua.kernel import outbox

    if outbox.lag():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now())))"
        )
        row = cursor.fetchone()
    return not (row and row[0])


def _family(process: psutil.Process) -> Iterator[psutil.Process]:
    yield process
    with contextlib.suppress(psutil.NoSuchProcess):
        yield from process.children(recursive=True)


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was used in between, by part."""
    return {name: after[name] - before.get(name, 0.0) for name in after}
