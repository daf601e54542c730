"""The one process that starts and watches database, sandbox, relay, worker and web, and stops them in order."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from ops import paths
from ops.children import Child, Program, end_leftovers, tied
from ops.postgres import Server

TICK = 0.1


class Stopped(RuntimeError):
    """Someone asked us to stop (Ctrl-C, SIGTERM, a closed terminal)."""


class StartError(RuntimeError):
    """A process does not come up; the message names its log."""


class AlreadyRunning(StartError):
    """Another supervisor works on these data."""


class Supervisor:
    """Programs are started in the order they are added and stopped in the reverse; the database outlives them all.

    Use from the main thread: the kernel ties the children's lives to the thread that started them.
    """

    def __init__(self, server: Server | None, *, cwd: Path = paths.ROOT, about: str = "") -> None:
        self.server = server
        self.cwd = cwd
        self.about = about
        self.mark = secrets.token_hex(8)
        self.children: list[Child] = []
        self.foreground: subprocess.Popen[bytes] | None = None
        self.is_stop_asked = False
        self._lock: IO[str] | None = None
        self._record = paths.run_folder() / "supervisor.json"
        self._database_pause = 0.5
        self._handlers: dict[int, Any] = {}

    # --- one at a time ---

    def claim(self) -> None:
        """Be the only supervisor of these data, catch the signals, and clear away what a killed run left."""
        self._lock = open(paths.run_folder() / "supervisor.lock", "a")  # noqa: SIM115 - held for our life
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(self._who_runs()) from None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._ask_to_stop)
        record = self._read_record()
        groups = record.get("groups")
        end_leftovers([int(group) for group in groups] if isinstance(groups, list) else [], str(record.get("mark", "")))
        self._write_record()

    def _who_runs(self) -> str:
        record = self._read_record()
        where = f" at {record['about']}" if record.get("about") else ""
        who = f" (process {record['pid']})" if record.get("pid") else ""
        return f"Motcua already runs on these data{where}{who}: stop it there with Ctrl-C, or set another MOTCUA_DATA."

    def _read_record(self) -> dict[str, object]:
        try:
            record = json.loads(self._record.read_text())
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _write_record(self) -> None:
        groups = [child.process.pid for child in self.children if child.process is not None]
        facts = {"pid": os.getpid(), "mark": self.mark, "groups": groups, "about": self.about}
        fresh = self._record.with_suffix(".new")
        fresh.write_text(json.dumps(facts))
        fresh.rename(self._record)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.is_stop_asked = True

    # --- life ---

    def start(self, *programs: Program, wait: float = 90.0) -> None:
        """Start the programs together and come back when all of them work."""
        fresh = []
        for program in programs:
            marked = {**program.environment, "MOTCUA_RUN": self.mark}
            child = Child(
                Program(program.name, program.command, marked, program.is_healthy, program.patience), paths.log_folder()
            )
            child.start(self.cwd)
            self.children.append(child)
            fresh.append(child)
        self._write_record()
        limit = time.monotonic() + wait
        while waiting := [child for child in fresh if not child.program.is_healthy()]:
            self.tick()
            for child in waiting:
                if child.restarts > 2 or time.monotonic() > limit:
                    raise StartError(f"{child.program.name} does not start.\n{end_of(child.log)}\nIts log: {child.log}")

    def run(self, command: list[str], environment: dict[str, str]) -> int:
        """Run a command to its end on this terminal, watching the others meanwhile. Answers its exit code."""
        environment = {**environment, "MOTCUA_RUN": self.mark}
        self.foreground = subprocess.Popen(tied(command), cwd=self.cwd, env=environment, start_new_session=True)
        while self.foreground.poll() is None:
            self.tick()
        code, self.foreground = self.foreground.returncode, None
        return code

    def watch(self) -> None:
        """Keep everything alive until someone asks us to stop."""
        while True:
            self.tick()

    def tick(self) -> None:
        """One look at everyone. Raises Stopped when asked to stop."""
        if self.is_stop_asked:
            raise Stopped
        self._tend_database()
        before = [child.process.pid if child.process else 0 for child in self.children]
        for child in self.children:
            if news := child.tend(self.cwd):
                print(news, file=sys.stderr, flush=True)
        if before != [child.process.pid if child.process else 0 for child in self.children]:
            self._write_record()
        time.sleep(TICK)

    def _tend_database(self) -> None:
        if self.server is None or self.server.is_running():
            return
        print(f"database ended; starting it again, see {self.server.log}", file=sys.stderr, flush=True)
        time.sleep(self._database_pause)
        self._database_pause = min(self._database_pause * 2, 30.0)
        self.server.restart()

    def stop(self) -> None:
        """Stop the foreground command, then the programs last started first, then the database."""
        if self.foreground is not None and self.foreground.poll() is None:
            self.foreground.send_signal(signal.SIGTERM)
            try:
                self.foreground.wait(10)
            except subprocess.TimeoutExpired:
                self.foreground.kill()
                self.foreground.wait()
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        if self.server is not None:
            self.server.stop()
        if self._lock is not None:
            self._record.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        while self._handlers:
            signal.signal(*self._handlers.popitem())


def end_of(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for the message that says why something did not start."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
