"""The time of day, read only at the edges: views, commands and tasks pass `now` down."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@lru_cache(maxsize=4)
def _offset(path: Path, stamp: int) -> timedelta:
    return timedelta(seconds=float(path.read_text() or 0))


def offset() -> timedelta:
    """How far the demo's clock has been moved; zero wherever no offset file is set (always in production)."""
    path: Path | None = settings.CLOCK_OFFSET_FILE
    if path is None:
        return timedelta()
    try:
        return _offset(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return timedelta()


def now() -> datetime:
    """The present moment, aware, in Vietnam's zone."""
    return datetime.now(ZONE) + offset()


def today() -> date:
    """The present day in Vietnam."""
    return now().date()


def local(moment: datetime) -> datetime:
    """The same moment shown in Vietnam's zone."""
    return moment.astimezone(ZONE)


def parse(text: str) -> datetime:
    """A moment written as ISO text (as events carry it)."""
    return datetime.fromisoformat(text)
