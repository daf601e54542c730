"""Procedures, their versions, fees and components."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Row 7 of the stack."""

    name = "motcua.catalogue"
    label = "catalogue"
