"""The demo stands behind the reorganisations of the province: their plans are in effect, and nothing was in hand."""

from datetime import datetime

import pytest
from django.conf import settings

from motcua.doors.demo import seed
from motcua.dossiers.models import Dossier
from motcua.kernel.clock import ZONE
from motcua.places import queries as places
from motcua.places import services
from motcua.places.models import Agency


@pytest.mark.django_db
def test_the_plans_of_past_days_are_in_effect_and_a_second_seed_applies_none() -> None:
    now = datetime(2025, 3, 10, 9, tzinfo=ZONE)
    services.load_places(settings.PACK, now=now)
    assert seed.reorganise(now) == 2
    assert {plan.key: plan.state for plan in places.plans()} == {
        "2024-11-01": "applied", "2025-03-01": "applied", "2025-07-01": "draft",
    }  # fmt: skip
    later = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    assert (seed.reorganise(later), seed.reorganise(later)) == (1, 0)
    district = Agency.objects.select_related("successor").get(code="H49.41")
    assert district.successor is not None
    assert district.successor.code == "H49.106"
    assert not Dossier.objects.exists()
