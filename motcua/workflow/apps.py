"""Process definitions, runs and the legal clock."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Row 5 of the stack."""

    name = "motcua.workflow"
    label = "workflow"
