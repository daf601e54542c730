"""`prepare_assets`: fonts and scripts from the installed wheels into the folder of assets."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from motcua.ui import assets


class Command(BaseCommand):
    """Fast when nothing changed; run at set-up, before `collectstatic`."""

    help = "Makes the web fonts and copies htmx from the installed wheels."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what is missing or old and say so."""
        written = assets.prepare(settings.ASSETS)
        total = sum(path.stat().st_size for path in written)
        self.stdout.write(
            f"Assets made: {len(written)} files, {total // 1000} kB." if written else "Assets are up to date."
        )
