"""The demo's feedback cases: a case in every state, at passed times, once."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installed
from django.core.management import call_command

from motcua.doors.demo import feedback, life, seed
from motcua.doors.demo.plan import stories
from motcua.kernel.clock import ZONE
from motcua.places import queries as places
from motcua.support import rules
from motcua.support.enums import Publication, State
from motcua.support.models import Feedback, StoryLine

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


MORNING, SUNDAY = datetime(2026, 11, 23, 10, 20, tzinfo=ZONE), datetime(2026, 11, 29, 6, 0, tzinfo=ZONE)


@pytest.mark.parametrize("now", [MORNING, SUNDAY])
def test_a_case_in_every_state(tmp_path: Path, settings: Any, now: datetime) -> None:
    settings.DATA, settings.BLOBS = tmp_path, tmp_path / "blobs"
    call_command("load_pack", installed.PACK, stdout=io.StringIO())
    cast = seed.load_cast(now)
    driver = life.Driver(cast, seed._held(seed.write_samples(cast, now)), now)
    driver.drive(next(one for one in stories() if one.who.startswith("nguyen.thu.ha") and one.ending == "today"))
    count = len(list(feedback.stories()))
    assert feedback.drive(cast, now) == count
    cases = list(Feedback.objects.select_related("agency"))
    assert {case.state for case in cases} == set(State)
    assert {case.publication for case in cases} >= {Publication.PENDING, Publication.PUBLISHED}
    nears = {rules.nearness(case.due_at, now, places.working_calendar(case.agency)) for case in cases}
    assert nears == set(rules.Nearness)
    assert StoryLine.objects.order_by("-at")[0].at <= now
    assert feedback.drive(cast, now) == 0
    assert Feedback.objects.count() == count
