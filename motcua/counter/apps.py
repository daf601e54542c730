"""The counter: guidance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.ui import nav


class CounterConfig(AppConfig):
    """Row 9 of the stack."""

    name = "motcua.counter"
    label = "counter"

    def ready(self) -> None:
        """Put the guidance log within reach of every officer's screen."""
        nav.register(nav.OFFICE, "counter:guidance", _("Guidance"), "hand-heart", order=60)
        nav.register(nav.OFFICE_QUICK, "counter:guidance", _("Guided a person"), "hand-heart", order=200)
