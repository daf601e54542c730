"""People, businesses, staff, signing in, who looked at what."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Row 3 of the stack."""

    name = "motcua.identity"
    label = "identity"
