"""`motcua demo seed|guide|tick`: fill the demo with invented people's dossiers, show what to try, move its clock."""

import sys
import time
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.doors.demo import bundled, clockwork, feedback, last, records, seed, signing, timing
from motcua.doors.demo.browser import Unexpected
from motcua.doors.demo.guide import password, tips
from motcua.kernel import clock
from motcua.places import queries as places


class Command(BaseCommand):
    """The demo's own command; it does nothing outside the demo."""

    help = "seed: drive the demo's dossiers; guide: five things to try; tick: move the demo's clock forward."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word for what to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("seed")
        acts.add_parser("guide")
        tick = acts.add_parser("tick")
        tick.add_argument("--days", type=int, required=True, help="how many days to move the clock forward")

    def handle(self, *args: Any, act: str, days: int = 0, **options: Any) -> None:
        """Do it."""
        if not settings.DEMO:
            raise CommandError("This command is for the demo only: it invents people and moves the clock.")
        if act == "seed":
            self._seed()
        elif act == "guide":
            self._guide()
        else:
            self._tick(days)

    def _seed(self) -> None:
        started, now = time.monotonic(), clock.now()
        try:
            cast = seed.load_cast(now)
        except seed.SeedError as error:
            raise CommandError(str(error)) from error
        seed.reorganise(now)
        folder = seed.write_samples(cast, now)
        count = seed.drive(cast, folder, now, sys.stdout)
        try:
            count += last.drive(cast, folder, now, sys.stdout, password=password())
        except (Unexpected, requests.RequestException) as error:
            raise CommandError(f"The last dossiers could not be driven over HTTP: {error}") from error
        count += bundled.drive(cast, folder, now)
        cases = feedback.drive(cast, now)
        records.drive(cast, now)
        clockwork.drive(now)
        signing.drive(cast, now)
        told = seed.figures(now)
        day = timing.due_day(places.working_calendar(), now)
        due = "due today" if day == now.date() else f"due on {day:%d/%m/%Y}, the next working day"
        self.stdout.write(
            f"  {told['dossiers']} dossiers of {told['procedures']} procedures: {told['open']} open, of these"
            f" {told['late']} late, {told['due']} {due}, {told['waiting']} waiting for the citizen;"
            f" {told['ready']} results to fetch."
        )
        self.stdout.write(f"  Samples to scan and upload: {folder}")
        if cases:
            self.stdout.write(f"  {cases} feedback cases.")
        if count:
            self.stdout.write(f"  Driven in {time.monotonic() - started:.0f} s.")

    def _guide(self) -> None:
        for number, tip in enumerate(tips(), start=1):
            self.stdout.write(f"{number}. {tip.what}\n   {tip.address}\n   {tip.account}")

    def _tick(self, days: int) -> None:
        path = settings.CLOCK_OFFSET_FILE
        if path is None:
            raise CommandError("This installation's clock cannot be moved: set CLOCK_OFFSET_FILE (the demo does).")
        if days < 1:
            raise CommandError("The clock only moves forward: give --days 1 or more.")
        offset = clock.offset() + timedelta(days=days)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(offset.total_seconds()))
        self.stdout.write(f"The demo's clock now shows {clock.now():%d/%m/%Y %H:%M}.")
