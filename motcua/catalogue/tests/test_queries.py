"""What acts on dossiers ask of the catalogue."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from motcua.catalogue import queries
from motcua.catalogue.enums import CommuneChoice
from motcua.catalogue.models import Case, ChannelRule, Component, Procedure, ServiceLevel
from motcua.catalogue.queries import Filters, TimeUnknown
from motcua.catalogue.tests import factories
from motcua.catalogue.tests.factories import TODAY
from motcua.kernel.errors import Refused
from motcua.places.tests import factories as places
from motcua.workflow.rules import Duration

pytestmark = pytest.mark.django_db
DAY = Duration(Decimal(1), "working_day")


def test_facts_of_a_filing_in_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    procedure = factories.procedure()
    factories.time_limit(procedure, "counter", fee_state="amount", is_verified=True)
    factories.fee(procedure, per="copy", basis="281/2016/TT-BTC", is_verified=True)
    with django_assert_num_queries(2):
        facts = queries.filing_facts(procedure, "counter", TODAY, count=3)
    assert (facts.duration, facts.is_time_verified, facts.process_key) == (DAY, True, "same-day")
    charge = facts.charges[0]
    assert (charge.kind, charge.amount, charge.basis, charge.is_verified) == ("le_phi", 24_000, "281/2016/TT-BTC", True)


def test_free_is_free_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    procedure = factories.procedure()
    with django_assert_num_queries(1):
        facts = queries.filing_facts(procedure, "online", TODAY)
    assert (facts.charges, facts.fee.total) == ((), 0)


def test_an_unknown_time_is_never_read_as_no_due_date() -> None:
    procedure = factories.procedure()
    factories.time_limit(procedure, "counter", amount=None, unit="", fee_state="unknown")
    facts = queries.filing_facts(procedure, "counter", TODAY)
    assert not facts.is_time_known
    with pytest.raises(TimeUnknown, match="Enter the limit"):
        _ = facts.duration
    assert (facts.charges, facts.fee.total) == ((), None)


def test_no_due_date_only_where_the_law_says_so() -> None:
    procedure = factories.procedure()
    factories.time_limit(procedure, "counter", amount=None, unit="", has_no_due_date=True)
    facts = queries.filing_facts(procedure, "counter", TODAY)
    assert (facts.is_time_known, facts.duration) == (True, None)


def test_a_channel_the_catalogue_does_not_list_takes_the_counters_rules() -> None:
    procedure = factories.procedure(channels=("counter",))
    assert queries.filing_facts(procedure, "post", TODAY).duration == DAY
    bare = factories.procedure(code="1.000001", channels=())
    assert not queries.filing_facts(bare, "counter", TODAY).is_time_known


@pytest.mark.parametrize(
    ("facts", "channel", "code"),
    [
        ({"online_level": "full"}, "online", None),
        ({"online_level": "partial"}, "online", None),
        ({"online_level": "information"}, "online", "not_online_information"),
        ({"online_level": None}, "online", "not_online_unknown"),
        ({"online_level": None}, "counter", None),
        ({"valid_to": date(2026, 11, 22)}, "counter", "procedure_ended"),
        ({"handled_by": "elsewhere", "elsewhere": {"who": "X", "link": "https://x"}}, "counter", "handled_elsewhere"),
    ],
)
def test_who_may_be_filed_how(facts: dict[str, object], channel: str, code: str | None) -> None:
    procedure = factories.procedure(**facts)
    if code is None:
        assert queries.procedure_for_filing(procedure.pk, channel=channel, on=TODAY) == procedure
        return
    with pytest.raises(Refused) as refused:
        queries.procedure_for_filing(procedure.pk, channel=channel, on=TODAY)
    assert (refused.value.code, refused.value.field) == (code, "procedure")
    assert refused.value.message.endswith(".")


def test_between_two_sources_a_service_level_is_not_known() -> None:
    procedure = factories.procedure()
    ServiceLevel.objects.create(
        procedure=procedure,
        level="full",
        valid_from=date(2023, 1, 1),
        valid_to=date(2023, 12, 31),
        provenance="catalogue",
    )
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [queries.service_level(procedure, day) is not None for day in days] == [True, False, False, True]
    assert [why.value if why else "" for day in days for why in [queries.why_not_online(procedure, day)]] == [
        "", "unknown", "unknown", "",
    ]  # fmt: skip
    shown = [queries.with_level(Procedure.objects.all(), day).get().online_level for day in days]
    assert shown == ["full", None, None, "full"]


def test_the_commune_decides_for_its_people() -> None:
    ward = places.unit()
    committee = places.agency(unit=ward)
    procedure = factories.procedure()
    assert queries.competent_agency(procedure, ward, TODAY) == committee
    assert queries.competent_agency(procedure, None, TODAY) is None
    assert queries.competent_agency(procedure, ward, date(2025, 6, 30)) is None


def test_where_both_levels_decide_a_named_commune_has_its_own_case() -> None:
    ward = places.unit()
    committee, province = places.agency(unit=ward), places.unit(code="22", name="Tỉnh Quảng Ninh", kind="province")
    department = places.agency(code="H49.21", name="Sở", kind="department", level="province", unit=province)
    centre = places.agency(code="H49.23", name="Trung tâm tỉnh", kind="centre", level="province", unit=province)
    main = places.centre(agency=centre)
    own = places.centre(agency=places.agency(code="H49.106.01", name="Trung tâm", kind="centre", unit=ward))
    procedure = factories.procedure(level="province_commune", competent_agency=department)
    assert queries.commune_choice(procedure) is CommuneChoice.MAY
    assert [queries.competent_agency(procedure, unit, TODAY) for unit in (None, ward)] == [department, committee]
    assert [queries.nearest_centre(procedure, unit, TODAY) for unit in (None, ward)] == [main, own]


def test_a_department_decides_while_it_exists() -> None:
    old = places.agency(
        code="H49.20", name="Sở cũ", kind="department", valid_from=date(2020, 1, 1), valid_to=date(2025, 2, 28)
    )
    new = places.agency(code="H49.21", name="Sở mới", kind="department", valid_from=date(2025, 3, 1))
    field = factories.field(agency_2023=old, agency_2025=new)
    named = factories.procedure(level="province", competent_agency=new, field=field)
    unnamed = factories.procedure(code="1.000002", level="province", field=field)
    for procedure in (named, unnamed):
        assert queries.competent_agency(procedure, None, TODAY) == new
        assert queries.competent_agency(procedure, None, date(2025, 2, 28)) == old


def test_any_centre_receives_and_the_own_one_is_proposed() -> None:
    province, ward = places.unit(code="22", name="Tỉnh Quảng Ninh", kind="province"), places.unit()
    centre = places.agency(code="H49.23", name="Trung tâm tỉnh", kind="centre", level="province", unit=province)
    main = places.centre(agency=centre)
    own = places.centre(agency=places.agency(code="H49.106.01", name="Trung tâm", kind="centre", unit=ward))
    commune, department = factories.procedure(), factories.procedure(code="1.000002", level="province")
    assert list(queries.receiving_centres(commune, TODAY)) == [main, own]
    assert queries.nearest_centre(commune, ward, TODAY) == own
    assert queries.nearest_centre(department, ward, TODAY) == main
    elsewhere = factories.procedure(code="1.000003", handled_by="elsewhere", elsewhere={"who": "X"})
    assert list(queries.receiving_centres(elsewhere, TODAY)) == []


def test_papers_of_a_case_without_the_notes() -> None:
    procedure = factories.procedure()
    case = Case.objects.create(procedure=procedure, key="c1", name="Một", position=1)
    other = Case.objects.create(procedure=procedure, key="c2", name="Hai", position=2)
    for position, (key, of, is_note) in enumerate([("a", None, 0), ("b", case, 0), ("c", other, 0), ("d", None, 1)]):
        Component.objects.create(
            procedure=procedure, key=key, name=key, case=of, is_note=bool(is_note), position=position
        )
    assert [paper.key for paper in queries.components(procedure, "c1")] == ["a", "b"]
    assert [paper.key for paper in queries.components(procedure)] == ["a", "b", "c"]


def test_a_procedure_with_all_parts_costs_the_same_however_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    procedure = factories.procedure()
    for number in range(20):
        Component.objects.create(procedure=procedure, key=f"p{number}", name="Giấy", position=number)
    with django_assert_max_num_queries(7):
        found = queries.procedure("1.001193")
        assert len(found.components.all()) == 20
        assert queries.why_not_online(found, TODAY) is None
        assert queries.filing_facts(found, "counter", TODAY).duration == DAY
    with pytest.raises(Procedure.DoesNotExist):
        queries.procedure("9.999999")


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"amount": Decimal(1), "unit": "working_day"}, "1 working day"),
        ({"amount": Decimal("0.50"), "unit": "working_day"}, "0.5 working days"),
        ({"amount": Decimal(30), "unit": "calendar_day"}, "30 days"),
        ({"amount": Decimal(1), "unit": "month"}, "1 month"),
        ({"amount": Decimal(8), "unit": "working_hour"}, "8 working hours"),
        ({"has_no_due_date": True}, "No due date is set by law"),
        ({}, ""),
    ],
)
@pytest.mark.usefixtures("_english")
def test_time_limits_in_words(facts: dict[str, object], text: str) -> None:
    assert queries.time_limit(ChannelRule(**facts)) == text


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"amount": None, "unit": "working_day"}, "catalogue_time_has_unit"),
        ({"amount": 0, "unit": "working_day"}, "catalogue_time_has_unit"),
        ({"amount": 1, "unit": "working_day", "has_no_due_date": True}, "catalogue_no_due_no_amount"),
    ],
)
def test_the_database_refuses_a_time_limit_that_says_two_things(facts: dict[str, object], constraint: str) -> None:
    procedure = factories.procedure(channels=())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ChannelRule.objects.create(procedure=procedure, channel="counter", **facts)


def test_filters_keep_only_our_words() -> None:
    filters = Filters.read({"level": "moon", "audience": "citizen", "online": "yes", "field": "ho-tich", "x": "1"})
    assert filters.active == {"field": "ho-tich", "audience": "citizen"}
    assert filters.without("field").active == {"audience": "citizen"}


def test_filters_narrow_the_list() -> None:
    department = places.agency(code="H49.11", name="Sở Tư pháp", kind="department", level="province")
    land = factories.field("dat-dai", "Đất đai", agency_2025=department)
    birth = factories.procedure()
    deed = factories.procedure("1.012783", "Cấp đổi", field=land, level="province", subjects=["business"])
    cases = [
        ({"field": "dat-dai"}, [deed]), ({"agency": "H49.11"}, [deed]), ({"level": "commune"}, [birth]),
        ({"audience": "business"}, [deed]), ({"audience": "citizen", "online": "1"}, [birth]), ({"life": "x"}, []),
    ]  # fmt: skip
    for query, expected in cases:
        assert list(queries.listed(Filters.read(query), TODAY)) == expected
    assert [(field.code, total) for field, total in queries.field_counts(Filters(), TODAY)][0][1] == 1
