"""Form definitions, what answers mean, and the drafts of results."""

from django.apps import AppConfig


class EformsConfig(AppConfig):
    """Row 5 of the stack."""

    name = "motcua.eforms"
    label = "eforms"
