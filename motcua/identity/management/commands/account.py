"""`motcua account create NAME` and `motcua account grant NAME ROLE AGENCY`: the first administrator, and repairs."""

from datetime import date
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.identity import services as identity
from motcua.identity.models import Account, StaffRole
from motcua.kernel import clock
from motcua.kernel.actor import Role, system
from motcua.kernel.errors import Refused
from motcua.places.models import Agency


class Command(BaseCommand):
    """Make accounts, grant and end roles, close accounts."""

    help = "Make accounts, grant and end roles, close accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command each."""
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make an account")
        create.add_argument("username")
        create.add_argument("--full-name", required=True)
        create.add_argument("--id-number", default="")
        create.add_argument("--email", default="")
        create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        for name in ("grant", "end"):
            act = acts.add_parser(name, help=f"{name} a role")
            act.add_argument("username")
            act.add_argument("role", choices=[role.value for role in Role])
            act.add_argument("agency", help="code of the agency, such as H49.23")
            if name == "grant":
                act.add_argument("--from", dest="valid_from", type=date.fromisoformat, default=None)
                act.add_argument("--to", dest="valid_to", type=date.fromisoformat, default=None)
                act.add_argument("--decision", default="")
        close = acts.add_parser("close", help="close an account")
        close.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command; a refusal is a sentence."""
        try:
            self.stdout.write(getattr(self, options["act"])(options))
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def create(self, options: dict[str, Any]) -> str:
        """A person with an account."""
        now, actor = clock.now(), system("account")
        password = input() if options["password_stdin"] else getpass("Password (empty: national identity only): ")
        facts = identity.PersonFacts(full_name=options["full_name"], id_number=options["id_number"])
        person = identity.find_or_register_person(facts=facts, actor=actor, now=now)
        account = identity.create_account(
            username=options["username"], person_id=person.pk, email=options["email"], password=password or None,
            actor=actor, now=now,
        )  # fmt: skip
        return f"Account {account.username} is made."

    def grant(self, options: dict[str, Any]) -> str:
        """A role from a day on."""
        identity.grant_role(
            account_id=_account(options).pk, agency_id=_agency(options).pk, role=options["role"],
            valid_from=options["valid_from"] or clock.today(), valid_to=options["valid_to"],
            decision=options["decision"], actor=system("account"), now=clock.now(),
        )  # fmt: skip
        return f"{options['username']} is {options['role']} in {options['agency']}."

    def end(self, options: dict[str, Any]) -> str:
        """A role ends now."""
        roles = StaffRole.objects.filter(
            account=_account(options), agency=_agency(options), role=options["role"], ended_at__isnull=True
        )
        for role in roles:
            identity.end_role(staff_role_id=role.pk, actor=system("account"), now=clock.now())
        return f"{options['username']} is no longer {options['role']} in {options['agency']}."

    def close(self, options: dict[str, Any]) -> str:
        """Nobody signs in with it any more."""
        identity.close_account(account_id=_account(options).pk, actor=system("account"), now=clock.now())
        return f"Account {options['username']} is closed."


def _account(options: dict[str, Any]) -> Account:
    try:
        return Account.objects.get(username=options["username"])
    except Account.DoesNotExist as error:
        raise CommandError(f"There is no account {options['username']}.") from error


def _agency(options: dict[str, Any]) -> Agency:
    try:
        return Agency.objects.get(code=options["agency"])
    except Agency.DoesNotExist as error:
        raise CommandError(f"There is no agency {options['agency']}: load the pack first.") from error
