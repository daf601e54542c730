"""`motcua otp ACCOUNT`: the code an authenticator app would show now, in the demo only."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.identity import services as identity
from motcua.identity.models import SecondFactor


class Command(BaseCommand):
    """Print the present second-factor code of a local account of the demo."""

    help = "Print the present second-factor code of an account of the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which account."""
        parser.add_argument("account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside the demo: elsewhere nobody but the person's own app knows the code."""
        if not settings.DEMO:
            raise CommandError("Codes are shown in the demo only: elsewhere they are in the person's own app.")
        factor = SecondFactor.objects.filter(account__username=options["account"].strip().lower()).first()
        if factor is None or factor.confirmed_at is None:
            raise CommandError(f"The account {options['account']} has no authenticator app.")
        self.stdout.write(identity.totp(factor).generate(int(time.time())).decode())
