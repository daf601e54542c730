"""The doors: portal and office home, my space, search over everything, help."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.ui import nav


class DoorsConfig(AppConfig):
    """Row 12 of the stack."""

    name = "motcua.doors"
    label = "doors"

    def ready(self) -> None:
        """Join the menu of a person's space."""
        nav.register(nav.SPACE, "doors:space", _("My space"), "user", order=10)
