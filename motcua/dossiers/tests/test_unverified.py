"""Days nobody has confirmed are named, in words, wherever a due date that rests on them is shown."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers.management import clocktext
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import prints
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.places import queries as places
from motcua.places.models import CalendarDay
from motcua.workflow import queries as workflow
from motcua.workflow import rules

pytestmark = pytest.mark.django_db
CULTURE = "Ngày Văn hóa Việt Nam"


@pytest.fixture
def here() -> Iterator[World]:
    with office_day() as of:
        CalendarDay.objects.create(date=date(2026, 11, 24), kind="holiday", note=CULTURE, is_verified=False)
        places.forget_calendars()
        yield of


def test_the_day_and_why(here: World) -> None:
    dossier = accepted(here)
    assert dossier.due_at == at(1, month=12), "a day later"
    ((day, what),) = workflow.unverified_days(dossier.run)
    assert (day, what.note, what.is_off) == (date(2026, 11, 24), CULTURE, True)
    after = accepted(here, at(25))
    assert workflow.unverified_days(after.run) == []
    assert workflow.unverified_days(None) == []


def test_both_pages_say_it_and_what_follows(here: World, client: Client) -> None:
    dossier = accepted(here)
    for who, page in ((here.staff[Role.HEAD], "dossiers:case"), (here.citizen_account, "dossiers:status")):
        people.sign_in(client, who)
        text = client.get(reverse(page, args=[dossier.pk])).content.decode()
        assert "not yet confirmed" in text
        assert "24 Nov 2026" in text
        assert CULTURE in text


def test_a_clock_that_touches_none_says_nothing(here: World, client: Client) -> None:
    dossier = accepted(here, at(25))
    people.sign_in(client, here.staff[Role.HEAD])
    assert "not yet confirmed" not in client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()


def test_the_slip_says_it(here: World) -> None:
    allowed = prints._time_allowed(accepted(here).run)
    assert allowed == "05 ngày làm việc; đã tính 24/11/2026 là ngày nghỉ, chưa được xác nhận"
    assert prints._time_allowed(accepted(here, at(25)).run) == "05 ngày làm việc"


def test_the_command_names_it(here: World) -> None:
    dossier = Dossier.objects.select_related("run").get(pk=accepted(here).pk)
    assert dossier.run is not None
    found = workflow.clock(dossier.run)
    assert found is not None
    told = clocktext.facts(found, found.segments, rules.start(MONDAY, found.calendar))
    assert told["unverified_days"] == [{"day": "2026-11-24", "kind": "holiday", "note": CULTURE}]
    assert "not confirmed: 2026-11-24" in clocktext.table(told)
