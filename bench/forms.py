"""`bin/bench forms`: the papers of the law, from their data to the PDF, one after another on one core."""

import argparse
import time
from dataclasses import replace
from typing import Any

import pypdfium2

from bench import output
from motcua.documents import examples, services
from motcua.documents.prints import Print

MOST_MS = 40  # at the median, of a form of one dossier
OF_MANY = ("slip-many", "register")  # papers of many pages: measured, without a bar
KEPT = frozenset({"form", "second", "check", "body"})  # what the layout itself is told, not what people wrote


def run(options: argparse.Namespace) -> int:
    """Measure each paper; 1 when one is slower than the bar at the median."""
    papers = [*examples.all_prints(), ("register-1000", examples.register(1000))]
    slow = [name for name, data in papers if not measure(name, data, options.n)]
    if slow:
        output.say(f"Not within {MOST_MS} ms: {', '.join(slow)}.")
    return int(bool(slow))


def measure(name: str, data: Print, n: int) -> bool:
    """Print one paper so often, each time with other words; whether it keeps the bar."""
    times = n if not name.startswith("register") else max(1, n // 10)
    filled = services.fill(data)
    content = services.set_form(filled)  # the first one reads fonts and layouts
    if services.set_form(filled) != content:
        output.say(f"{name}: the same data gave other bytes.")
        return False
    pdf = pypdfium2.PdfDocument(content)
    pages = len(pdf)
    pdf.close()
    # The engine remembers what it has set already: nothing of one paper may stand on the next.
    papers = [replace(filled, data=reworded(filled.data, f" {turn}")) for turn in range(times)]
    seconds: list[float] = []
    began = time.process_time()
    for paper in papers:
        at = time.perf_counter()
        services.set_form(paper)
        seconds.append(time.perf_counter() - at)
    cpu = time.process_time() - began
    output.line(f"forms.{name}", seconds, cpu=cpu, sql=0, per_second=round(times / sum(seconds), 1), pages=pages)
    return name.startswith(OF_MANY) or output.percentile(seconds, 0.5) * 1000 <= MOST_MS


def reworded(value: Any, mark: str) -> Any:
    """The same data with a mark behind every text that people wrote."""
    if isinstance(value, dict):
        return {key: part if key in KEPT else reworded(part, mark) for key, part in value.items()}
    if isinstance(value, list):
        return [reworded(part, mark) for part in value]
    return value + mark if isinstance(value, str) and value else value
