"""One JSON object a line, and percentiles."""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the others lies."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def line(
    what: str,
    seconds: Sequence[float],
    *,
    cpu: float | None = None,
    sql: int | None = None,
    rss_mb: float | None = None,
    **more: Any,
) -> None:
    """Print one measurement; `cpu` is the seconds of all of them together, `rss_mb` by default this process at most."""
    n = len(seconds)
    facts = {
        "what": what, "n": n, "p50_ms": round(percentile(seconds, 0.5) * 1000, 1),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 1),
        "cpu_ms": None if cpu is None else round(cpu / max(1, n) * 1000, 1), "sql": sql,
        "rss_mb": own_rss_mb() if rss_mb is None else rss_mb, **more,
    }  # fmt: skip
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def own_rss_mb() -> float:
    """The most memory this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


class Statements:
    """Counts the statements of a connection, as a wrapper of its execution."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *call: Any) -> Any:
        self.count += 1
        return execute(*call)


def say(text: str) -> None:
    """A word for the person who waits; figures go to standard output alone."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
