"""`motcua clock due`: compute a due date and explain it, without a dossier."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.places import queries as places
from motcua.places.calendar import ZONE, DateOutsideCalendar, WorkingCalendar
from motcua.places.models import Agency
from motcua.workflow import rules
from motcua.workflow.enums import ClockKind, DurationUnit


class Command(BaseCommand):
    """The legal clock from the command line."""

    help = "Compute when a time limit is due by the working calendar of an office, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """One way so far: `due`."""
        ways = parser.add_subparsers(dest="way", required=True)
        due = ways.add_parser("due", help="The due date of a limit from its start.")
        due.add_argument("--start", required=True, help="when it was received: 2026-02-13T09:00, Vietnam's time")
        due.add_argument("--amount", required=True, help="how long: 5, 0.5")
        due.add_argument("--unit", default=DurationUnit.WORKING_DAY.value, choices=DurationUnit.values)
        due.add_argument("--office", default="standard", help="an agency's code or a key of office hours")
        due.add_argument("--same-day", action="store_true", help="due by closing; from 15:00 on, the next working day")
        due.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, then print as a table or as JSON."""
        try:
            start = datetime.fromisoformat(options["start"])
            start = start.replace(tzinfo=ZONE) if start.tzinfo is None else start.astimezone(ZONE)
            duration = rules.Duration(Decimal(options["amount"]), DurationUnit(options["unit"]))
            policy = rules.SAME_DAY if options["same_day"] else rules.ORDINARY
            found = rules.due(start, duration, _calendar(options["office"]), policy)
            segments = found.segments
        except InvalidOperation as error:
            raise CommandError("--amount: write a number such as 5 or 0.5.") from error
        except (ValueError, DateOutsideCalendar) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(found, segments) if options["json"] else _as_table(found, segments))


def _calendar(office: str) -> WorkingCalendar:
    agency = Agency.objects.filter(code=office).first()
    return places.working_calendar(agency or office)


def _as_json(due: rules.Due, segments: tuple[rules.ClockSegment, ...]) -> str:
    return json.dumps(
        {
            "received_at": due.received_at.isoformat(),
            "started_at": due.started_at.isoformat(),
            "due_at": due.at.isoformat(),
            "amount": str(due.duration.amount),
            "unit": str(due.duration.unit),
            "budget_minutes": due.budget_minutes,
            "is_provisional": due.is_provisional,
            "touches_unverified": due.touches_unverified,
            "segments": [
                {
                    "kind": str(part.kind),
                    "owner": str(part.owner),
                    "start": part.start.isoformat(),
                    "end": part.end.isoformat(),
                    "minutes": part.minutes,
                    "counted_minutes": part.counted_minutes,
                    "basis": part.basis,
                    "note": part.note,
                    "is_verified": part.is_verified,
                    "is_provisional": part.is_provisional,
                }
                for part in segments
            ],
        },
        ensure_ascii=False,
    )


def _as_table(due: rules.Due, segments: tuple[rules.ClockSegment, ...]) -> str:
    lines = [
        f"{part.start:%Y-%m-%d %H:%M}  {part.end:%Y-%m-%d %H:%M}  {part.minutes:>6}  {part.counted_minutes:>7}  "
        f"{_what(part)}"
        for part in segments
    ]
    marks = [
        mark
        for mark, holds in (("provisional", due.is_provisional), ("unverified days on the way", due.touches_unverified))
        if holds
    ]
    head = f"{'from':<16}  {'to':<16}  {'minutes':>7} {'counted':>8}  what"
    return "\n".join([head, *lines, f"due {due.at:%Y-%m-%d %H:%M} {', '.join(marks)}".rstrip()])


def _what(part: rules.ClockSegment) -> str:
    note = f" ({part.note})" if part.note else ""
    return f"{ClockKind(part.kind).label}{note}{'' if part.is_verified else ' [unverified]'}"
