import pytest

from motcua.places import queries


@pytest.fixture(autouse=True)
def _no_kept_calendars() -> None:
    queries.forget_calendars()
