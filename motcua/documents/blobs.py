"""The store of bytes: a local folder, one file a content, named by SHA-256. Files appear whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

INCOMING = "incoming"


class TooLarge(Exception):
    """More bytes came than the limit allows; what was written is gone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that have come in and wait under a temporary name."""

    path: Path
    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Where the content with this digest lies: `aa/bb/<digest>`."""
    return Path(settings.BLOBS) / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def arriving(chunks: Iterable[bytes], *, limit: int) -> Iterator[Arrival]:
    """Write the bytes under a temporary name while they are looked at; unless `keep` moved them, they go again.

    Raises `TooLarge` at the first byte beyond `limit`.
    """
    folder = Path(settings.BLOBS) / INCOMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            sha256, size = _copy(chunks, file, limit)
        yield Arrival(path, sha256, size)
    finally:
        path.unlink(missing_ok=True)


def _copy(chunks: Iterable[bytes], file: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


def keep(arrival: Arrival) -> None:
    """Give the bytes their lasting name, durably. Content already there is only marked as wanted again."""
    target = path_of(arrival.sha256)
    with suppress(FileNotFoundError):
        os.utime(target)
        return
    is_new = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    arrival.path.chmod(0o400)
    arrival.path.replace(target)
    _sync(target.parent)
    if is_new:
        _sync(target.parent.parent)
        _sync(target.parent.parent.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_file(sha256: str) -> BinaryIO:
    """Open a content for reading."""
    return path_of(sha256).open("rb")


def leftovers(*, before: datetime) -> Iterator[Path]:
    """Files last wanted before this moment: candidates for removal, and arrivals whose process died."""
    for path in Path(settings.BLOBS).glob("*/**/*"):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            yield path


def is_arrival(path: Path) -> bool:
    """Whether this file of the store is one that never got its lasting name."""
    return path.parent.name == INCOMING
