"""Form definitions and answers."""

from django.apps import AppConfig


class EformsConfig(AppConfig):
    """Row 5 of the stack."""

    name = "motcua.eforms"
    label = "eforms"
