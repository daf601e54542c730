"""Messages and their channels."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Row 4 of the stack."""

    name = "motcua.notifications"
    label = "notifications"
