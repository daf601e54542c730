"""The doors: portal and office home, my space."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Row 12 of the stack."""

    name = "motcua.doors"
    label = "doors"
