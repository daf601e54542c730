"""The design system."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models: components, layouts, forms, assets."""

    name = "motcua.ui"
    label = "ui"
