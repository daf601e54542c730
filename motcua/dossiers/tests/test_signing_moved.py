"""Mandates to sign when their agency ends: they pass to the heir and come back as they were."""

from typing import Any

import pytest

from motcua.dossiers.models import Mandate
from motcua.dossiers.tests.factories import World, at, world
from motcua.dossiers.tests.test_reorganisation import ON, apply, plan_of, reverse
from motcua.dossiers.tests.test_signing import deputy_of, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> World:
    return world()


def rows() -> list[dict[str, Any]]:
    return list(Mandate.objects.order_by("pk").values())


def test_who_signs_goes_on_doing_so_in_the_heir(of: World) -> None:
    running, over = give(of, deputy_of(of), valid_to=None), give(of, deputy_of(of, "Lê Đã Hết"), valid_to=at(23).date())
    before = rows()
    plan = plan_of(of)
    apply(plan)
    where = dict(Mandate.objects.values_list("pk", "agency__code"))
    assert where == {running.pk: "H49.101", over.pk: of.committee.code}
    assert ON > at(23).date()
    reverse(plan)
    assert rows() == before
