"""Messages and their channels."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Row 4 of the stack."""

    name = "motcua.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Join the menus of the person's space and of the office."""
        from motcua.kernel.actor import Role
        from motcua.ui import nav

        nav.register(nav.SPACE, "notifications:inbox", _("Messages"), "mail", order=60)
        nav.register(
            nav.OFFICE, "notifications:undelivered", _("Not delivered"), "mail-warning", roles=(Role.ADMIN,), order=90
        )
