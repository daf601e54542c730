"""Blobs and documents, rendering, verification."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Row 4 of the stack."""

    name = "motcua.documents"
    label = "documents"

    def ready(self) -> None:
        """Join the portal's menu."""
        from motcua.ui import nav

        nav.register(nav.PORTAL, "documents:verify_any", _("Check a paper"), "badge-check", order=80)
