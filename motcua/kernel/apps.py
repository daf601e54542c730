"""The kernel: what every module stands on."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Row 0 of the stack."""

    name = "motcua.kernel"
    label = "kernel"
