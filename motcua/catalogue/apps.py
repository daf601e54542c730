"""Procedures, their versions, fees and components."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class CatalogueConfig(AppConfig):
    """Row 7 of the stack."""

    name = "motcua.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Register the entry of the menu."""
        nav.register(
            nav.OFFICE, "catalogue:delegations", _("Delegations on the spot"), "stamp", roles=(Role.ADMIN,), order=94
        )
