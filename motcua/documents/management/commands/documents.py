"""`documents sample --out DIR`: every paper filled with invented people. `documents sweep`: drop unused bytes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from motcua.documents import examples, services
from motcua.kernel import clock


class Command(BaseCommand):
    """Look at the papers, tidy the store."""

    help = "sample: print every paper with invented data; sweep: remove content that no document has used for a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word for what to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        sample = acts.add_parser("sample")
        sample.add_argument("--out", type=Path, required=True, help="the folder for the PDFs")
        acts.add_parser("sweep")

    def handle(self, *args: Any, act: str, out: Path | None = None, **options: Any) -> None:
        """Do it and say what was done."""
        if act == "sweep":
            self.stdout.write(f"{services.sweep(now=clock.now())} files removed.")
            return
        folder = out or Path()
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in examples.all_prints():
            path = folder / f"{name}.pdf"
            path.write_bytes(services.print_form(data))
            self.stdout.write(str(path))
