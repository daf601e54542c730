"""`bin/motcua report`: Form II.06 as a table or as JSON."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel import clock
from motcua.reporting import queries, rules
from motcua.reporting.enums import Span, Split
from motcua.reporting.rules import Period, Row

HEAD = ("(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)", "(13)")


class Command(BaseCommand):
    """Prints the report of a period, by default the present half-year."""

    help = "Print Form II.06."

    def add_arguments(self, parser: CommandParser) -> None:
        """Period, rows, form of the answer."""
        parser.add_argument("--from", dest="first", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="last", help="last day, YYYY-MM-DD")
        parser.add_argument("--by", choices=Split.values, default=Split.AGENCY.value)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and print."""
        now = clock.now()
        half = rules.span(Span.HALF_YEAR, now.date())
        try:
            first = date.fromisoformat(options["first"]) if options["first"] else half.first
            last = date.fromisoformat(options["last"]) if options["last"] else half.last
            period = Period(first, last)
        except ValueError as error:
            raise CommandError(f"Give days as YYYY-MM-DD, the last not before the first: {error}") from error
        report = queries.report(period, now=now, split=Split(options["by"]))
        self.stdout.write(_json(report) if options["json"] else _table(report))


def _json(report: queries.Report) -> str:
    def row(one: Row) -> dict[str, Any]:
        return {"key": one.key, "name": one.name, "group": one.group, **dict(zip(HEAD, one.cells(), strict=True))}

    return json.dumps(
        {
            "from": report.period.first.isoformat(), "to": report.period.last.isoformat(),
            "as_of": report.as_of.isoformat(), "balanced": report.is_balanced,
            "rows": [row(one) for one in report.rows], "total": row(report.total),
        },
        ensure_ascii=False,
    )  # fmt: skip


def _table(report: queries.Report) -> str:
    lines = [f"II.06  {report.period.first:%d/%m/%Y} – {report.period.last:%d/%m/%Y}"]
    lines.append("".ljust(52) + "".join(head.rjust(7) for head in HEAD))
    for row in (*report.rows, report.total):
        name = f"{row.group} – {row.name}" if row.group else row.name
        lines.append(name[:51].ljust(52) + "".join(str(cell).rjust(7) for cell in row.cells()))
    lines.append("Check sums hold." if report.is_balanced else "A CHECK SUM DOES NOT HOLD.")
    return "\n".join(lines)
