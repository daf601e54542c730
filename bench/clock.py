"""`bin/bench clock`: due dates a second on one core, on the province's own days off."""

import argparse
import csv
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as day_time
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from random import Random

from django.conf import settings

from bench import output
from motcua.places.calendar import ZONE, DayKind, SpecialDay, WorkingCalendar
from motcua.workflow import rules
from motcua.workflow.enums import DurationUnit, PauseKind, ResumePolicy
from motcua.workflow.rules import Duration, Extension, Pause, Policy

SINCE, DAYS = datetime(2024, 1, 2, tzinfo=ZONE), 2 * 365
LIMITS = [
    ("5", DurationUnit.WORKING_DAY), ("15", DurationUnit.WORKING_DAY), ("0.5", DurationUnit.WORKING_DAY),
    ("8", DurationUnit.WORKING_HOUR), ("30", DurationUnit.CALENDAR_DAY), ("2", DurationUnit.MONTH),
]  # fmt: skip
WAITS = [(), (), (ResumePolicy.PAUSE,), (ResumePolicy.RESTART,), (ResumePolicy.PAUSE, ResumePolicy.COUNTS)]
POLICIES = [rules.ORDINARY, rules.ORDINARY, rules.SAME_DAY]
FEWEST = 20_000  # due dates a second
SEED = 2026


@dataclass(frozen=True, slots=True)
class Asked:
    """One due date to compute."""

    received_at: datetime
    duration: Duration
    policy: Policy
    pauses: tuple[Pause, ...]
    extension: Extension | None


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when the bar is missed."""
    calendar = pack_calendar(Path(settings.PACK))
    asked = questions(2_000, calendar)
    for one in asked:
        compute(one, calendar)
    seconds: list[float] = []
    began = time.process_time()
    for one in islice(cycle(asked), options.n):
        at = time.perf_counter()
        compute(one, calendar)
        seconds.append(time.perf_counter() - at)
    cpu = time.process_time() - began
    per_second = round(options.n / cpu)
    output.line(
        "clock", seconds, cpu=cpu, sql=0, per_second=per_second, p50_us=round(output.percentile(seconds, 0.5) * 1e6, 1)
    )
    told = [compute(one, calendar) for one in asked]
    began = time.process_time()
    stretches = sum(len(due.segments) for due in told)
    cpu = time.process_time() - began
    output.line("clock.explained", [], cpu=cpu, sql=0, per_second=round(len(told) / cpu), segments=stretches)
    if per_second < FEWEST:
        output.say(f"{per_second} due dates a second: fewer than {FEWEST}.")
    return int(per_second < FEWEST)


def compute(one: Asked, calendar: WorkingCalendar) -> rules.Due:
    """The due date of one question."""
    return rules.due(one.received_at, one.duration, calendar, one.policy, one.pauses, extension=one.extension)


def questions(count: int, calendar: WorkingCalendar) -> list[Asked]:
    """Limits of all units, with and without pauses of each policy; one in ten is extended. The same at every run."""
    random, found = Random(SEED), list[Asked]()  # noqa: S311 -- questions, not secrets
    for number in range(count):
        received = SINCE + timedelta(minutes=random.randrange(DAYS * 1440))
        amount, unit = LIMITS[number % len(LIMITS)]
        edge, pauses = received, list[Pause]()
        for policy in random.choice(WAITS):
            start = edge + timedelta(minutes=random.randrange(60, 2_000))
            edge = start + timedelta(minutes=random.randrange(60, 12_000))
            pauses.append(Pause(random.choice(list(PauseKind)), start, edge, policy))
        one = Asked(received, Duration(Decimal(amount), unit), random.choice(POLICIES), tuple(pauses), None)
        if number % 10 == 0 and not pauses:
            due = compute(one, calendar).at
            one = Asked(received, one.duration, one.policy, (), Extension(received, calendar.add_minutes(due, 960)))
        found.append(one)
    return found


def pack_calendar(pack: Path) -> WorkingCalendar:
    """The province's days off and standard hours, from its files."""
    hours: dict[int, list[tuple[day_time, day_time]]] = {}
    with (pack / "places" / "office_hours.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["key"] == "standard":
                stretch = day_time.fromisoformat(row["opens"]), day_time.fromisoformat(row["closes"])
                hours.setdefault(int(row["weekday"]), []).append(stretch)
    with (pack / "places" / "calendar.csv").open(encoding="utf-8", newline="") as rows:
        days = {
            date.fromisoformat(row["date"]): SpecialDay(
                DayKind(row["kind"]),
                row["note"],
                is_verified=row["verified"] == "1",
                paired_on=date.fromisoformat(row["paired_date"]) if row["paired_date"] else None,
            )
            for row in csv.DictReader(rows)
            if not row["agency_code"]
        }
    return WorkingCalendar.of(hours, days)
