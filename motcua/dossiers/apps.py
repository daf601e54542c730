"""The life of a dossier."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Row 8 of the stack."""

    name = "motcua.dossiers"
    label = "dossiers"
