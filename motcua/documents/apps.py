"""Blobs and documents, rendering, verification."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Row 4 of the stack."""

    name = "motcua.documents"
    label = "documents"
