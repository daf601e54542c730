"""One supervised process: started in a session of its own, tied to our life, brought back with back-off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ops.ways import LAUNCHER

FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.5, 30.0, 60.0
LONGEST_LOG = 10_000_000


@dataclass(frozen=True)
class Program:
    """What to run: its name (and log), command, environment, and how one sees that it works (default: it lives)."""

    name: str
    command: list[str]
    environment: dict[str, str]
    is_healthy: Callable[[], bool] = field(default=lambda: True)
    patience: float = 15.0


def tied(command: list[str], number: int = signal.SIGTERM) -> list[str]:
    """The command, told to end by the kernel when this process dies."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), "plain", str(os.getpid()), str(int(number)), "run", *command]


class Child:
    """A program's process through its restarts."""

    def __init__(self, program: Program, log_folder: Path) -> None:
        self.program = program
        self.log = log_folder / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self._failures = 0
        self._started = 0.0
        self._not_before = 0.0

    def start(self, cwd: Path) -> None:
        """Start it; output goes to its log."""
        self._started = time.monotonic()
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tied(self.program.command),
                cwd=cwd,
                env=self.program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        """Whether the process is gone; if so its whole group is ended before the id can be given to another."""
        process = self.process
        if process is None:
            return True
        if not _exited(process):
            return False
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        return True

    def tend(self, cwd: Path) -> str:
        """Called often: starts it again when it ended, later and later. Answers what happened, or nothing."""
        if not self.has_ended():
            return ""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.returncode
            self.process = None
            self._failures = 0 if now - self._started > STEADY else self._failures + 1
            pause = min(FIRST_PAUSE * 2 ** max(self._failures - 1, 0), LONGEST_PAUSE)
            self._not_before = now + pause
            return f"{self.program.name} ended ({_reason(code)}); starting it again in {pause:g} s, see {self.log}"
        if now >= self._not_before:
            self.restarts += 1
            self.start(cwd)
        return ""

    def stop(self) -> None:
        """End it: politely, then for good, with everything it started."""
        process = self.process
        self.process = None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + self.program.patience
        while time.monotonic() < limit:
            if _exited(process):
                break
            time.sleep(0.02)
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _exited(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended, without taking its id away from the group where the system can do that."""
    if process.returncode is not None:
        return True
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def end_leftovers(groups: list[int], mark: str, *, patience: float = 20.0) -> list[int]:
    """End the processes of a killed run that are still there: those of the recorded groups that carry its mark."""
    limit = time.monotonic() + patience
    ended: set[int] = set()
    while left := [pid for pid in _processes() if _belongs(pid, groups, mark)]:
        late = time.monotonic() > limit
        for pid in left:
            if late or pid not in ended:
                _signal(pid, signal.SIGKILL if late else signal.SIGTERM)
                ended.add(pid)
        time.sleep(0.1)
        if time.monotonic() > limit + 10:
            break
    return sorted(ended)


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if os.path.isdir("/proc") else []


def _belongs(pid: int, groups: list[int], mark: str) -> bool:
    try:
        if os.getpgid(pid) not in groups:
            return False
        return f"MOTCUA_RUN={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
