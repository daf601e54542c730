"""The database keeps the periods of units sound."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from motcua.places.models import Unit

pytestmark = pytest.mark.django_db


def unit(**facts: object) -> Unit:
    defaults = {"code": "06688", "name": "Phường Hạ Long", "sort_key": "", "folded": "", "kind": "ward"}
    return Unit.objects.create(**{**defaults, **facts})


def test_a_name_and_code_may_come_back_after_their_time() -> None:
    unit(valid_from=date(2020, 1, 1), valid_to=date(2025, 6, 30))
    unit(valid_from=date(2025, 7, 1))
    assert Unit.objects.in_force(date(2025, 6, 30)).get().valid_from == date(2020, 1, 1)
    assert Unit.objects.in_force(date(2025, 7, 1)).get().valid_from == date(2025, 7, 1)


def test_two_rows_of_one_code_never_overlap() -> None:
    unit(valid_from=date(2020, 1, 1), valid_to=date(2025, 7, 1))
    unit(valid_from=date(2025, 7, 1))
    with pytest.raises(IntegrityError):
        connection.check_constraints()


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError):
        unit(valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1))
