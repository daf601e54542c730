"""`python -m motcua worker`: run jobs until stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Runs the job worker; a job whose worker was killed is taken up again."""

    help = "Run background jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let an operator choose how many jobs run at once."""
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the queue's own worker."""
        call_command(
            "procrastinate", "worker", "--concurrency", str(options["concurrency"]), "--delete-jobs", "successful"
        )
