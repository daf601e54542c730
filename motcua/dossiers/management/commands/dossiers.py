"""`motcua dossiers export CODE --to FILE`: the package of a dossier. `motcua dossiers verify FILE`: check one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from motcua.dossiers.models import Dossier
from motcua.dossiers.services import packaging
from motcua.kernel import clock
from motcua.kernel.actor import system
from motcua.kernel.errors import Refused

WHO = system("dossiers export")


class Command(BaseCommand):
    """Dossiers out of the system, and packages checked."""

    help = "Export the package of a dossier, or check a package against its check sums."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two ways: `export` and `verify`."""
        ways = parser.add_subparsers(dest="way", required=True)
        export = ways.add_parser("export", help="Everything about a dossier as one ZIP.")
        export.add_argument("code", help="its legal code or its tracking code")
        export.add_argument("--to", type=Path, required=True, help="the file to write; it must not exist")
        export.add_argument("--purpose", required=True, help="what it is for; kept in the log")
        verify = ways.add_parser("verify", help="Check a package.")
        verify.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Export or check; a package with faults ends with an error."""
        if options["way"] == "export":
            self._export(options["code"], options["to"], options["purpose"])
        else:
            self._verify(options["file"])

    def _export(self, code: str, to: Path, purpose: str) -> None:
        dossier = Dossier.objects.filter(Q(code=code) | Q(tracking_code=code)).first()
        if dossier is None:
            raise CommandError(f"There is no dossier {code}.")
        try:
            with to.open("xb") as file:
                count = packaging.package(dossier=dossier, to=file, purpose=purpose, actor=WHO, now=clock.now())
        except FileExistsError as error:
            raise CommandError(f"{to} exists already; name another file.") from error
        except Refused as refusal:
            to.unlink(missing_ok=True)
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{to}: {count} files")

    def _verify(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                faults = packaging.verify(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read.") from error
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{path}: every file gives its digest")
