"""People, businesses, staff, signing in, who looked at what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class IdentityConfig(AppConfig):
    """Row 3 of the stack."""

    name = "motcua.identity"
    label = "identity"

    def ready(self) -> None:
        """Put the account into the person's menu."""
        nav.register(nav.SPACE, "identity:account", _("My account"), "user", order=90)
        nav.register(nav.OFFICE, "identity:absences", _("Absences"), "calendar-days", order=62)
        nav.register(nav.OFFICE, "identity:staff", _("Staff"), "users", roles=(Role.ADMIN,), order=80)
