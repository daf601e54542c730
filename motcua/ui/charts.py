"""Geometry of server-made SVG: only numbers leave here, the templates draw them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

# The bar is drawn in a box of 1,000 units so that widths are short numbers.
WIDTH = 1000
# A segment that took no working time (lunch, a holiday) is still seen: a gap of this width.
GAP = 6


def clock_bars(segments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Left edge and width of each segment, by its working minutes; those without time become thin gaps."""
    empty = sum(1 for segment in segments if not segment["minutes"])
    gap = min(GAP, WIDTH / (4 * empty)) if empty else 0
    total = sum(segment["minutes"] for segment in segments)
    unit = (WIDTH - gap * empty) / total if total else 0
    bars, left = [], 0.0
    for segment in segments:
        width = segment["minutes"] * unit if segment["minutes"] else gap
        bars.append({"x": f"{left:.1f}", "width": f"{max(width - 1, 1):.1f}", "tone": segment["tone"]})
        left += width
    return bars


def clock_mark(segments: Sequence[Mapping[str, Any]], now: datetime | None) -> str:
    """Where `now` stands on the bar, or nothing when it lies outside."""
    if now is None:
        return ""
    for segment, bar in zip(segments, clock_bars(segments), strict=True):
        start, end = segment["from"], segment["to"]
        if start <= now <= end:
            span = (end - start).total_seconds()
            share = (now - start).total_seconds() / span if span else 0
            return f"{float(bar['x']) + share * float(bar['width']):.1f}"
    return ""
