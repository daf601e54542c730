"""`bin/motcua reorganise`: try, apply or take back a plan of reorganisation; or replay all plans of the pack."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel import clock
from motcua.kernel.actor import system
from motcua.kernel.errors import DomainError
from motcua.places import services
from motcua.places.models import Plan
from motcua.reporting import own_database
from motcua.reporting.replay import build, run

DATABASE = "motcua_replay"
ACTOR = system("reorganise")


class Command(BaseCommand):
    """Carries what agencies have in hand from one dated set of agencies to the next."""

    help = "Try, apply or take back a plan of reorganisation; --replay runs all plans in a database of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        """The plan and what to do with it."""
        parser.add_argument("plan", nargs="?", help="key of the plan; none: list them")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="count, and name what would be left without a home")
        what.add_argument(
            "--apply", action="store_true", help="carry everything; goes on with one that was interrupted"
        )
        what.add_argument("--reverse", action="store_true", help="put everything back as it was")
        what.add_argument("--replay", action="store_true", help="replay all plans with open dossiers in every unit")
        parser.add_argument(
            "--perturb", nargs="?", const="heir", choices=run.PERTURBATIONS, help="break one thing; it must turn red"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--inside", action="store_true", help="used by the command itself, in its own database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked."""
        if options["replay"]:
            self._replay(options)
        elif options["plan"]:
            self._one(options)
        else:
            self._list(options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [
            {"key": plan.key, "on": plan.on.isoformat(), "state": plan.state, "lines": plan.lines.count()}
            for plan in Plan.objects.order_by("on")
        ]
        self.stdout.write(
            json.dumps(rows) if options["json"] else "\n".join(" ".join(map(str, r.values())) for r in rows)
        )

    def _one(self, options: dict[str, Any]) -> None:
        try:
            plan = Plan.objects.get(key=options["plan"])
        except Plan.DoesNotExist as error:
            raise CommandError(
                f"There is no plan “{options['plan']}”. Without a plan, the command lists them."
            ) from error
        who: dict[str, Any] = {"plan_id": plan.pk, "actor": ACTOR, "now": clock.now()}
        found: dict[str, Any] = {"plan": plan.key, "on": plan.on.isoformat()}
        try:
            if options["apply"] or options["reverse"]:
                act = services.apply if options["apply"] else services.reverse
                found["state"] = act(**who).state
            else:
                trial = services.try_plan(**who)
                found |= {"state": plan.state, "counts": trial.counts, "faults": [_fault(one) for one in trial.faults]}
        except services.Homeless as refusal:
            found |= {"refused": refusal.message, "faults": [_fault(one) for one in refusal.faults]}
        except services.Disturbed as conflict:
            found |= {"refused": conflict.message, "faults": conflict.reasons}
        except DomainError as refusal:
            found |= {"refused": refusal.message}
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else _said(found))
        if found.get("refused") or found.get("faults"):
            sys.exit(1)

    def _replay(self, options: dict[str, Any]) -> None:
        if not options["inside"]:
            inside = ["reorganise", "--replay", "--inside", *(["--json"] if options["json"] else [])]
            inside += ["--perturb", options["perturb"]] if options["perturb"] else []
            failed = own_database.run(DATABASE, inside)
            if failed and failed != inside[0]:
                raise CommandError(f"The step “{failed}” failed in the database {DATABASE}.")
            if failed:
                sys.exit(1)
            return
        started = time.monotonic()
        build.build()
        built = round(time.monotonic() - started, 1)
        found = run.replay(options["perturb"] or "")
        found["seconds"] = {"build": built, "all": round(time.monotonic() - started, 1)}
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else _table(found))
        if not found["ok"]:
            sys.exit(1)


def _fault(fault: Any) -> str:
    return str(fault.message)


def _said(found: dict[str, Any]) -> str:
    lines = [f"{found['plan']}  {found['on']}  {found.get('state', '')}".rstrip()]
    lines += [f"  {name:<28}{count:>8,}" for name, count in found.get("counts", {}).items()]
    lines += [found["refused"]] if "refused" in found else []
    lines += [f"  - {fault}" for fault in found.get("faults", [])]
    return "\n".join(lines)


def _table(found: dict[str, Any]) -> str:
    lines = [f"{'':<14}{'units':>7}{'open':>8}{'orphans':>9}"]
    for step in found["steps"]:
        for side in ("before", "after"):
            shot = step[side]
            lines.append(
                f"{step['plan'] if side == 'after' else shot['on']:<14}{shot['units']:>7,}{shot['open_dossiers']:>8,}"
                f"{shot['orphans']:>9,}"
            )
        lines.append(f"  without the plan {step['orphans_without_the_plan']:,} would be homeless")
        lines += [f"  refused: {one['why']}" for one in step.get("refused", [])]
    lines += [
        f"taken back {one['plan']}: {'as before' if one['ok'] else one['different']}" for one in found["taken_back"]
    ]
    lines.append("Nothing lost, nobody homeless." if found["ok"] else "NOT WHOLE.")
    return "\n".join(lines)
