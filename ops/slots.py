"""Folders for test servers: a run takes the first free one, so that runs beside each other never meet."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from ops.cluster import ClusterError

MOST = 32


class Slot:
    """A folder held by this process until it closes the slot or dies."""

    def __init__(self, folder: Path, lock: IO[str]) -> None:
        self.folder = folder
        self._lock = lock

    def close(self) -> None:
        """Let the next run have it."""
        self._lock.close()


def take(base: Path) -> Slot:
    """The first folder under ``base`` that no living run holds; its warm database is used again."""
    for number in range(MOST):
        folder = base / f"slot-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return Slot(folder, lock)
    raise ClusterError(f"{MOST} test runs work in {base} at the same time: wait for one to end.")
