from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation

from motcua.dossiers.tests.factories import MONDAY, World, world


@pytest.fixture
def here(db: None) -> Iterator[World]:
    """A commune on a Monday morning; nothing kept from other tests."""
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield world()
    cache.clear()


@pytest.fixture(autouse=True)
def _english(settings: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
