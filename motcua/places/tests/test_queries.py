"""Questions about a day."""

from datetime import date, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.clock import ZONE
from motcua.places import calendar, enums, queries, services
from motcua.places.models import Agency, CalendarDay
from motcua.places.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
def _loaded(tmp_path: Path) -> None:
    services.load_places(factories.write(tmp_path), now=NOW)


@pytest.mark.usefixtures("_loaded")
def test_units_and_communes_of_a_day() -> None:
    assert [unit.name for unit in queries.communes_at(BEFORE)] == ["Phường Hồng Hải"]
    assert [unit.name for unit in queries.communes_at(SINCE)] == ["Phường Hạ Long"]
    assert {unit.kind for unit in queries.units_at(BEFORE)} == {"province", "city", "ward"}
    assert queries.province(SINCE).code == "22"
    assert queries.unit("193", SINCE) is None


@pytest.mark.usefixtures("_loaded")
def test_an_address_reads_from_the_street_to_the_province() -> None:
    ward = queries.unit("06688", BEFORE)
    assert queries.address(" 5 Lê Lợi ", ward) == "5 Lê Lợi, Phường Hồng Hải, Thành phố Hạ Long, Tỉnh Quảng Ninh"
    assert queries.address("5 Lê Lợi", None) == "5 Lê Lợi"


@pytest.mark.usefixtures("_loaded")
def test_successors_committees_and_centres() -> None:
    old, new = queries.unit("06688", BEFORE), queries.unit("06688", SINCE)
    assert [edge.to_unit for edge in queries.successors(old)] == [new]
    assert queries.peoples_committee(new, BEFORE) is None
    assert queries.peoples_committee(new, SINCE).code == "H49.106"
    assert [centre.agency.code for centre in queries.centres_open(SINCE)] == ["H49.23", "H49.106.01"]
    assert [centre.agency.code for centre in queries.centres_open(BEFORE)] == ["H49.23"]
    assert queries.province_centre(SINCE).agency.code == "H49.23"
    assert queries.centre_of("06688", SINCE).agency.code == "H49.106.01"
    assert queries.centre_of("06688", BEFORE) is None


@pytest.mark.usefixtures("_loaded")
def test_agencies_by_code_and_day() -> None:
    assert queries.agency("H49.11").name == "Sở Tư pháp"
    with pytest.raises(Agency.DoesNotExist):
        queries.agency("H49.999")
    assert "H49.106" not in queries.agencies_at(BEFORE).values_list("code", flat=True)


@pytest.mark.usefixtures("_loaded")
def test_the_calendar_is_read_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    moment = datetime(2026, 11, 23, 16, 30, tzinfo=ZONE)  # a Monday; the small pack works on Monday and Tuesday morning
    assert queries.working_calendar("standard").add_minutes(moment, 60) == datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)
    ward = Agency.objects.get(code="H49.106")
    queries.working_calendar(ward)
    with django_assert_num_queries(0):
        assert queries.working_calendar(ward) is queries.working_calendar("standard")


def test_days_no_pack_has_loaded_are_read_each_time() -> None:
    factories.office_hours()
    day = date(2026, 11, 23)
    assert queries.working_calendar().is_working_day(day)
    CalendarDay.objects.create(date=day, kind="local_closure")
    assert not queries.working_calendar().is_working_day(day)


def test_a_closure_is_of_one_agency_and_those_under_it_at_its_level() -> None:
    factories.office_hours()
    province = factories.agency(code="H49", level="province")
    ward = factories.agency(code="H49.1", level="commune", parent=province)
    centre = factories.agency(code="H49.1.01", level="commune", parent=ward)
    other = factories.agency(code="H49.2", level="commune", parent=province)
    storm, flood = date(2026, 11, 23), date(2026, 11, 30)
    CalendarDay.objects.create(date=storm, agency=ward, kind="local_closure", note="Bão", is_verified=True)
    CalendarDay.objects.create(date=flood, agency=province, kind="local_closure", note="Lụt", is_verified=True)
    closed = {
        agency.code: [not queries.working_calendar(agency).is_working_day(day) for day in (storm, flood)]
        for agency in (province, ward, centre, other)
    }
    assert closed == {
        "H49": [False, True], "H49.1": [True, False], "H49.1.01": [True, False], "H49.2": [False, False],
    }  # fmt: skip
    assert queries.working_calendar(ward).special_day(storm).note == "Bão"  # type: ignore[union-attr]
    assert queries.working_calendar().is_working_day(storm)


def test_a_closure_on_a_day_off_changes_nothing_on_a_made_up_day_it_does() -> None:
    factories.office_hours()
    ward = factories.agency(code="H49.1", level="commune")
    holiday, made_up = date(2026, 11, 24), date(2026, 11, 28)
    CalendarDay.objects.create(date=holiday, kind="holiday", note="Lễ")
    CalendarDay.objects.create(date=made_up, kind="makeup_workday")
    for day in (holiday, made_up):
        CalendarDay.objects.create(date=day, agency=ward, kind="local_closure")
    found = queries.working_calendar(ward)
    assert found.special_day(holiday).note == "Lễ"  # type: ignore[union-attr]
    assert not found.is_working_day(made_up)
    assert queries.working_calendar().is_working_day(made_up)


def test_hours_nobody_entered_are_refused() -> None:
    with pytest.raises(ValueError, match="hours"):
        queries.working_calendar("moonlight")


def test_the_calendar_and_the_table_use_the_same_words() -> None:
    assert {kind.value for kind in calendar.DayKind} == set(enums.DayKind.values)
