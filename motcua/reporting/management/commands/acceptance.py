"""`bin/motcua acceptance`: builds the half-year 2023 in a database of its own and prints the published figures."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from motcua.kernel import clock
from motcua.reporting import own_database
from motcua.reporting.acceptance import build, checks
from motcua.reporting.acceptance.figures import PUBLISHED, Figure, figures

DATABASE = "motcua_acceptance"
# What each change moves: the numerator of these figures by this much, and of no other.
MOVES = {
    "late": {"late": 1, "on_time_share": -1},
    "offline": {
        "online_all_systems": -1,
        "online_share_all_systems": -1,
        "portal_online": -1,
        "online_share_portal": -1,
    },
    "unresolved": {"resolved": -1, "on_time_share": -1, "in_hand": 1},
}


class Command(BaseCommand):
    """Computes S1 and S2 over real rows; with --perturb the last three dossiers go another way."""

    help = "Build the acceptance data set of the half-year 2023 and print its figures."

    def add_arguments(self, parser: CommandParser) -> None:
        """Machine-readable output, and the perturbation."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
        parser.add_argument(
            "--perturb", type=int, choices=[build.BY_SERVICES], help="3: one late, one offline, one open"
        )
        parser.add_argument("--inside", action="store_true", help="used by the command itself, in its own database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the database, fill it, print; or, inside it, compute."""
        if not options["inside"]:
            self._in_own_database(options)
            return
        started = time.monotonic()
        build.build(build.Plan(), now=clock.now())
        found = self._figures(perturb=bool(options["perturb"]))
        found["rows"] = checks.counts()
        found["broken_invariants"] = checks.broken()
        found["seconds"] = round(time.monotonic() - started, 1)
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else _table(found))
        if not found["ok"] or found["broken_invariants"]:
            sys.exit(1)

    def _figures(self, *, perturb: bool) -> dict[str, Any]:
        if not perturb:
            build.drive()
            return _judged(figures())
        rows = [_tried()]
        changes: dict[str, bool] = {}
        for change in MOVES:
            changes[change] = True
            rows.append(_tried(**changes))
        build.drive(**changes)
        return _compared(rows)

    def _in_own_database(self, options: dict[str, Any]) -> None:
        inside = ["acceptance", "--inside", *(["--json"] if options["json"] else [])]
        inside += ["--perturb", str(options["perturb"])] if options["perturb"] else []
        if failed := own_database.run(DATABASE, inside):
            raise CommandError(f"The step “{failed}” failed in the database {DATABASE}; its message stands above.")


def _judged(found: list[Figure]) -> dict[str, Any]:
    wrong = [figure.key for figure in found if figure.key in PUBLISHED and figure.value != PUBLISHED[figure.key]]
    return {"figures": [figure.as_json() for figure in found], "ok": not wrong, "differs": wrong}


def _tried(**changes: bool) -> list[Figure]:
    """The figures if the last three dossiers went this way; nothing of it stays."""
    with transaction.atomic():
        build.drive(**changes)
        found = figures()
        transaction.set_rollback(True)
    return found


def _compared(rows: list[list[Figure]]) -> dict[str, Any]:
    """What each change moved, against what it may move; at the end the figures after all three."""
    steps, ok = [], True
    for change, before, after in zip(MOVES, rows, rows[1:], strict=False):
        pairs = zip(before, after, strict=True)
        moved = {new.key: new.numerator - old.numerator for old, new in pairs if new.numerator != old.numerator}
        ok = ok and moved == MOVES[change]
        steps.append({"change": change, "moved": moved, "expected": MOVES[change], "ok": moved == MOVES[change]})
    first = {figure.key: figure for figure in rows[0]}
    shown = [{**figure.as_json(), "before": first[figure.key].value} for figure in rows[-1]]
    return {"figures": shown, "steps": steps, "ok": ok}


def _table(found: dict[str, Any]) -> str:
    lines = []
    for figure in found["figures"]:
        published = "" if figure["published"] is None else f"published {figure['published']:>9,}"
        before = f"  before {figure['before']:,}" if "before" in figure else ""
        share = f"{figure['numerator']:,}" + (f" of {figure['denominator']:,}" if figure["denominator"] else "")
        lines.append(f"{figure['key']:<26}{figure['value']:>10,}  {share:<20}{published}{before}  {figure['filter']}")
    lines += [
        f"one {step['change']}: moved {step['moved']}, expected {step['expected']}" for step in found.get("steps", [])
    ]
    lines.append(f"rows: {found['rows']}")
    lines.append(f"broken invariants: {found['broken_invariants'] or 'none'}")
    lines.append(
        "All as published."
        if found["ok"] and "differs" in found
        else "As expected."
        if found["ok"]
        else "NOT AS EXPECTED."
    )
    return "\n".join(lines)
