"""Invented samples that show every component in the gallery, with the states that matter."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """All samples of the gallery."""
    return {}
