"""Where things lie: the clone (read only where it must be) and the data folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """$MOTCUA_DATA, or var/ in the clone."""
    given = os.environ.get("MOTCUA_DATA", "")
    return Path(given).expanduser().resolve() if given else ROOT / "var"


def run_folder() -> Path:
    """Small files of the running system: locks, process ids, socket paths."""
    return made(data_folder() / "run")


def log_folder() -> Path:
    """One log per supervised process."""
    return made(data_folder() / "log")


def made(folder: Path) -> Path:
    """The folder, created for this user only when it was missing."""
    if not folder.is_dir():
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def short_key(path: Path) -> str:
    """Eight letters that stand for a path, for names outside the clone."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
