"""Plain readers of the pack's files for these tests; they know nothing of the loaders."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1] / "quangninh"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV file, every row as wide as its header."""
    with (ROOT / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, strict=True))
    for row in rows:
        assert None not in row, (name, row)
        assert None not in row.values(), (name, row)
    return tuple(rows)


@cache
def procedures() -> tuple[dict[str, Any], ...]:
    with (ROOT / "catalogue/procedures.jsonl").open(encoding="utf-8") as handle:
        return tuple(json.loads(line) for line in handle)


def in_force(rows: tuple[dict[str, str], ...], on: str) -> list[dict[str, str]]:
    """Rows valid on an ISO date; `valid_to` is the last day in force."""
    return [row for row in rows if row["valid_from"] <= on and (not row["valid_to"] or on <= row["valid_to"])]


def covers(row: dict[str, str], start: str, end: str) -> bool:
    """Whether the row is in force over the whole period (an empty end is: still)."""
    return row["valid_from"] <= start and (not row["valid_to"] or bool(end) and end <= row["valid_to"])
