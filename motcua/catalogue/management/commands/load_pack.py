"""Load a province pack: places, catalogue, forms and processes, with a report of what was refused and the counts."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from motcua.catalogue import queries
from motcua.catalogue import services as catalogue
from motcua.eforms import services as eforms
from motcua.kernel import clock
from motcua.places import queries as places_queries
from motcua.places import services as places
from motcua.places.services import LoadReport
from motcua.workflow import services as workflow

SHOWN = 20  # refused rows printed for each file; all of them stay in the table of refusals


class Command(BaseCommand):
    """load_pack [PATH] [--force] [--strict]."""

    help = "Load a province pack; unchanged files are skipped, refused rows are printed and kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The pack's folder, and two switches."""
        parser.add_argument("path", nargs="?", type=Path, default=settings.PACK)
        parser.add_argument("--force", action="store_true", help="read unchanged files again")
        parser.add_argument("--strict", action="store_true", help="end with an error when a row was refused")

    def handle(self, *args: Any, path: Path, force: bool, strict: bool, **options: Any) -> None:
        """Load part by part, bottom up."""
        if not (path / "pack.toml").is_file():
            raise CommandError(f"{path} is not a pack: it has no pack.toml.")
        now = clock.now()
        refused = self.show("places", places.load_places(path, now=now, force=force))
        refused += self.show("law", workflow.load_law(path, now=now, force=force))
        refused += self.show("processes", workflow.load_processes(path, now=now, force=force))
        refused += self.definitions(path, now, force=force)
        refused += self.show("catalogue", catalogue.load_catalogue(path, now=now, force=force))
        for label, value in [*places_queries.counts(now.date()), *queries.counts(now.date())]:
            self.stdout.write(f"  {label:<44}{value:>8,}")
        if strict and refused:
            raise CommandError(f"{refused} rows were refused; correct them and load the pack again.")

    def definitions(self, path: Path, now: datetime, *, force: bool) -> int:
        """Forms and results, loaded by the module that owns them; an empty folder is no error."""
        parts = (
            ("forms", eforms.load_forms(path, now=now, force=force)),
            ("results", eforms.load_results(path, now=now, force=force)),
        )
        for name, found in parts:
            if found.is_skipped:
                self.stdout.write(f"{name}: unchanged")
                continue
            self.line(name, found.loaded, found.changed, [(b.file, b.where, b.reason) for b in found.refused])
        return sum(len(found.refused) for _, found in parts)

    def line(self, name: str, loaded: int, changed: int, refused: list[tuple[str, str, str]]) -> None:
        """Print what became of a folder of definitions."""
        self.stdout.write(f"{name + '/':<36}{loaded:>7,} loaded ({changed:,} changed), {len(refused):,} refused")
        for file, where, reason in refused:
            self.stdout.write(f"  {file}, {where or 'whole file'}: {reason}")

    def show(self, part: str, report: LoadReport) -> int:
        """Print what became of each file; returns the number of refused rows."""
        if report.is_skipped:
            self.stdout.write(f"{part}: unchanged")
            return 0
        for found in report.files:
            self.stdout.write(
                f"{found.file:<36}{found.loaded:>7,} loaded ({found.new:,} new, {found.changed:,} changed"
                f"{f', {found.closed:,} closed' if found.closed else ''}), {len(found.refused):,} refused"
            )
            for bad in found.refused[:SHOWN]:
                self.stdout.write(f"  row {bad.row}, {bad.column or 'whole row'}: {bad.reason}")
            if len(found.refused) > SHOWN:
                self.stdout.write(f"  … and {len(found.refused) - SHOWN} more, kept in the table of refusals")
        return sum(len(found.refused) for found in report.files)
