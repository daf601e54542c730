from collections.abc import Iterator

import pytest
from django.utils import translation

from motcua.places import queries


@pytest.fixture(autouse=True)
def _no_kept_calendars() -> None:
    queries.forget_calendars()


@pytest.fixture
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield
