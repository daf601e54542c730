"""The counter: reception, hand-over, guidance."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """Row 9 of the stack."""

    name = "motcua.counter"
    label = "counter"
