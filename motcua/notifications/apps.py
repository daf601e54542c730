"""Messages and their channels."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Row 4 of the stack."""

    name = "motcua.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Join the menu of the person's space."""
        from motcua.ui import nav

        nav.register(nav.SPACE, "notifications:inbox", _("Messages"), "mail", order=60)
