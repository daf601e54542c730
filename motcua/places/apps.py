"""Places: units, agencies, centres, competences, the working calendar."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Row 2 of the stack."""

    name = "motcua.places"
    label = "places"
