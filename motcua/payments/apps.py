"""Charges and their payment."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Row 6 of the stack."""

    name = "motcua.payments"
    label = "payments"
