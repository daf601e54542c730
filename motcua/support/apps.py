"""Support: feedback cases."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class SupportConfig(AppConfig):
    """Row 9 of the stack."""

    name = "motcua.support"
    label = "support"

    def ready(self) -> None:
        """Register the messages and the entries of the menus."""
        from motcua.kernel import outbox
        from motcua.support import messages

        messages.register()
        outbox.consumer("support.messages", messages.tell_reporters, *messages.EVENTS)
        desk = (Role.RECEPTION, Role.HEAD, Role.LEADER, Role.DIRECTOR)
        nav.register(nav.SPACE, "support:own", _("My feedback"), "message-square-warning", order=40)
        nav.register(nav.OFFICE, "support:inbox", _("Feedback"), "message-square-warning", roles=desk, order=55)
