"""Figures that steer."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Row 11 of the stack."""

    name = "motcua.reporting"
    label = "reporting"
