"""The acceptance data set at one hundredth of its size: counts, invariants, and what three changes move."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from motcua.dossiers.models import DayNumber, Dossier
from motcua.kernel import clock
from motcua.places.queries import forget_calendars
from motcua.reporting.acceptance import build, checks
from motcua.reporting.acceptance.figures import Figure, figures
from motcua.reporting.management.commands.acceptance import MOVES, _compared, _judged, _tried

SMALL = build.Plan(
    portal=184, portal_online=181, specialised=382, specialised_online=229, carried=12, resolved=555, late=3
)


@pytest.fixture
def built(db: None, settings: Any) -> dict[str, Figure]:
    call_command("load_pack", str(settings.PACK), verbosity=0)
    forget_calendars()
    build.build(SMALL, now=clock.now())
    with transaction.atomic():
        build.drive()
        found = {figure.key: figure for figure in figures()}
        transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_the_rows_give_the_planned_figures_and_keep_every_invariant(built: dict[str, Figure]) -> None:
    assert (built["services_online"].value, built["services_full"].value, built["services_partial"].value) == (
        1462,
        1017,
        445,
    )
    assert built["new_dossiers"].value == SMALL.new
    assert built["online_all_systems"].value == 181 + 229
    assert (built["online_share_portal"].numerator, built["online_share_portal"].denominator) == (181, 184)
    assert (built["resolved"].value, built["late"].value) == (555, 3)
    assert built["on_time_share"].numerator == 552
    assert built["in_hand"].value == SMALL.new + 12 - 555
    assert checks.broken() == {}
    steps = [_tried()]
    changes: dict[str, bool] = {}
    for change in MOVES:
        changes[change] = True
        steps.append(_tried(**changes))
    compared = _compared(steps)
    assert compared["ok"], compared["steps"]
    DayNumber.objects.filter(last__gt=1).update(last=1)
    Dossier.objects.filter(finished_at__isnull=False).update(due_at=None)
    assert {"day numbers that differ", "runs that differ"} <= set(checks.broken()), "the checks must be able to fail"


def test_a_figure_that_differs_is_named() -> None:
    found = _judged([Figure("new_dossiers", 56_599, 56_599, None, "x"), Figure("late", 5, 5, None, "x")])
    assert found["differs"] == ["new_dossiers"]
    assert not found["ok"]
