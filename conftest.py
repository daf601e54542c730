"""What every test gets: calendars read anew, mail and messages of its own."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("motcua", deadline=None)  # an example takes as long as the machine is busy
settings.load_profile("motcua")


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page answered in a language leaves it active in the thread; no test reads what another one left."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    """Working calendars are kept in the process under the loaded pack's mark; each test has its own pack or none."""
    from motcua.places.queries import forget_calendars

    forget_calendars()
    yield
    forget_calendars()
