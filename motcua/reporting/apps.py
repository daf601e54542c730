"""Figures that steer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class ReportingConfig(AppConfig):
    """Row 11 of the stack."""

    name = "motcua.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Register the entry of the office's menu."""
        roles = (Role.LEADER, Role.DIRECTOR, Role.HEAD, Role.ADMIN)
        nav.register(nav.OFFICE, "reporting:ii06", _("Report II.06"), "chart-column", roles=roles, order=80)
        nav.register(nav.OFFICE, "reporting:on_the_spot", _("Settled on the spot"), "stamp", roles=roles, order=81)
        nav.register(nav.OFFICE, "reporting:parts", _("Opinions and parts"), "users", roles=roles, order=82)
