"""What loaded packs say, kept in the process: read once, and anew when a pack was loaded since."""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.db import transaction

from motcua.kernel.models import Setting

T = TypeVar("T")
FRESH_SECONDS = 30.0  # how long what was read is used before asking whether a pack was loaded since
MOST = 8192


class _Kept:
    mark: str = ""
    asked_at: float = 0.0
    values: dict[Hashable, Any] = {}  # noqa: RUF012 -- one for the process


def value(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` answers, kept under `key`; what no pack has loaded is read each time.

    Only for rows that loaders alone write. The value is shared by all threads: nobody changes it.
    """
    if time.monotonic() - _Kept.asked_at > FRESH_SECONDS:
        mark = _mark()
        if mark != _Kept.mark:
            forget()
        _Kept.mark, _Kept.asked_at = mark, time.monotonic() if mark else 0.0
    try:
        found: T = _Kept.values[key]
    except KeyError:
        found = read()
        if _Kept.mark and len(_Kept.values) < MOST:
            _Kept.values[key] = found
    return found


def renew(part: str, mark: str) -> None:
    """Write down that a part of the pack was loaded: every process reads anew within `FRESH_SECONDS`, this one now."""
    Setting.objects.update_or_create(name=f"pack:{part}", defaults={"words": [mark]})
    forget()
    transaction.on_commit(forget)


def forget() -> None:
    """Read everything anew at the next question."""
    _Kept.mark, _Kept.asked_at = "", 0.0
    _Kept.values.clear()


def _mark() -> str:
    """The marks of all loaded parts of the pack; empty while its places are not loaded."""
    rows = Setting.objects.filter(name__startswith="pack:").order_by("name").values_list("name", "words")
    marks = {name: ",".join(words) for name, words in rows}
    return " ".join(f"{name}={mark}" for name, mark in marks.items()) if "pack:places" in marks else ""
