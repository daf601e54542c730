"""Places: units, agencies, centres, competences, the working calendar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class PlacesConfig(AppConfig):
    """Row 2 of the stack."""

    name = "motcua.places"
    label = "places"

    def ready(self) -> None:
        """Register the entry of the menu."""
        nav.register(
            nav.OFFICE, "places:plans", _("Reorganisation"), "network", roles=(Role.ADMIN, Role.DIRECTOR), order=95
        )
