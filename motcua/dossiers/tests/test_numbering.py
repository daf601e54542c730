"""Dossier codes: the three forms of the law, read back as written; gapless, growing past 9999, never given twice."""

import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from motcua.dossiers import numbering
from motcua.dossiers import services as dossiers
from motcua.dossiers.models import CODE, DayNumber, Dossier
from motcua.dossiers.numbering import Identifier
from motcua.dossiers.tests.factories import MONDAY, World, accepted, submitted, world
from motcua.dossiers.tests.test_services import race
from motcua.kernel.actor import Role, system
from motcua.kernel.errors import Refused

LEVELS = st.lists(st.integers(1, 99).map(lambda n: f"{n:02d}"), max_size=2)
AGENCIES = LEVELS.map(lambda levels: ".".join(["H49", *levels]))
DAYS = st.dates(date(2018, 6, 21), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("on", "agency", "expected"),
    [
        (date(2019, 5, 6), "H49.06", "000.00.06.H49-190506-0361"),
        (date(2019, 5, 6), "H49.06.02", "000.02.06.H49-190506-0361"),
        (date(2020, 9, 14), "H49", "000.00.00.H49-200914-0361"),
        (date(2020, 9, 15), "H49.06.02", "H49.06.02-200915-0361"),
        (date(2025, 6, 30), "H49.22", "H49.22-250630-0361"),
        (date(2026, 1, 15), "H49.106.01", "H49.106.01-260115-0361"),
    ],
)
def test_the_day_of_receipt_decides_the_form(on: date, agency: str, expected: str) -> None:
    assert numbering.code(numbering.in_force(on), agency_code=agency, day=on, number=361) == expected


def test_a_central_system_puts_its_owner_before_the_number() -> None:
    on = date(2026, 2, 3)
    rule = numbering.in_force(on, scope="centralised")
    code = numbering.code(rule, agency_code="H49.6.2", day=on, number=7, owner="09")
    assert code == "H49.006.02-260203-090007"
    assert numbering.parse(code) == numbering.Parts("H49.006.02", on, 7, owner="09")


@pytest.mark.parametrize("owner", ["", "9", "abc", "009"])
def test_a_central_code_without_its_owner_is_refused(owner: str) -> None:
    on = date(2026, 2, 3)
    rule = numbering.in_force(on, scope="centralised")
    with pytest.raises(Refused, match="two digits"):
        numbering.code(rule, agency_code="H49.06", day=on, number=1, owner=owner)


@pytest.mark.parametrize(
    ("on", "scope"), [(date(2018, 6, 20), "own"), (date(2026, 1, 24), "centralised"), (date(2020, 1, 1), "moon")]
)
def test_a_day_without_a_rule_is_refused_not_guessed(on: date, scope: str) -> None:
    with pytest.raises(Refused, match=f"{on:%d/%m/%Y}"):
        numbering.in_force(on, scope=scope)


@pytest.mark.parametrize("agency", ["H49.106", "H49.06.101", "H49.01.02.03.04"])
def test_an_agency_without_an_identifier_of_that_form_is_told(agency: str) -> None:
    with pytest.raises(Refused, match=re.escape(agency)):
        numbering.identifier(agency, Identifier.CIRCULAR_2016)


def test_every_day_of_a_scope_has_one_rule_only() -> None:
    day, last = date(2018, 6, 21), date(2027, 12, 31)
    while day <= last:
        rule = numbering.in_force(day)
        assert rule.legal_basis
        assert rule.valid_from <= day
        day += timedelta(days=1)
    assert numbering.in_force(date(2099, 1, 1)).valid_to is None


@given(AGENCIES, DAYS, st.integers(1, 99_999_999))
def test_a_code_is_read_back_and_fits_the_database(agency: str, day: date, number: int) -> None:
    rule = numbering.in_force(day)
    code = numbering.code(rule, agency_code=agency, day=day, number=number)
    assert re.fullmatch(CODE.strip("^$"), code)
    parts = numbering.parse(code.lower())
    assert parts is not None
    assert (parts.identifier, parts.day, parts.number) == (numbering.identifier(agency, rule.identifier), day, number)


@given(AGENCIES, AGENCIES, DAYS, DAYS, st.integers(1, 20_000), st.integers(1, 20_000))
def test_two_dossiers_never_share_a_code(one: str, two: str, day: date, other: date, first: int, second: int) -> None:
    def code(agency: str, on: date, number: int) -> str:
        return numbering.code(numbering.in_force(on), agency_code=agency, day=on, number=number)

    is_same = (one, day, first) == (two, other, second)
    assert (code(one, day, first) == code(two, other, second)) is is_same


@given(st.text(max_size=30))
def test_what_is_no_code_is_not_read_as_one(text: str) -> None:
    parts = numbering.parse(text)
    assert parts is None or re.fullmatch(CODE, text.strip().upper())


@pytest.mark.parametrize("text", ["H49.22-261399-0001", "H49.22-260230-0001", "H49.22-260101-001", "x H49-260101-0001"])
def test_an_impossible_code_is_not_read(text: str) -> None:
    assert numbering.parse(text) is None


@pytest.fixture
def here(db: None) -> World:
    return world()


def test_the_number_grows_past_9999(here: World) -> None:
    DayNumber.objects.create(agency=here.centre, day=MONDAY.date(), last=9998)
    codes = [accepted(here).code for _ in range(3)]
    assert codes == [f"H49.51.01-261123-{number}" for number in ("9999", "10000", "10001")]
    assert [numbering.parse(str(code)).number for code in codes] == [9999, 10000, 10001]  # type: ignore[union-attr]


def test_a_number_is_not_given_again_after_its_dossier_ended(here: World) -> None:
    ended = accepted(here)
    dossiers.stop(dossier_id=ended.pk, reason="Trùng hồ sơ.", actor=here.actor(Role.RECEPTION), now=MONDAY)
    assert accepted(here).code == "H49.51.01-261123-0002"
    assert Dossier.objects.get(pk=ended.pk).code == "H49.51.01-261123-0001"


def test_numbers_start_anew_each_day_and_for_each_agency(here: World) -> None:
    accepted(here)
    assert accepted(here, MONDAY + timedelta(days=1)).code == "H49.51.01-261124-0001"
    elsewhere = submitted(here, receiving_agency_id=here.committee.pk)
    done = dossiers.accept(dossier_id=elsewhere.pk, actor=system("test"), now=MONDAY)
    assert done.code == "H49.51-261123-0001"


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_leave_no_gap() -> None:
    here = world()
    waiting = [submitted(here) for _ in range(50)]

    def accept(one: Dossier, index: int) -> None:
        with transaction.atomic():
            dossiers.accept(dossier_id=one.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
            if index % 5 == 4:
                raise Refused("test", "This acceptance is rolled back.")

    outcomes = race(*[lambda o=one, i=i: accept(o, i) for i, one in enumerate(waiting)])
    assert outcomes.count("ok") == 40
    codes = Dossier.objects.filter(code__isnull=False).values_list("code", flat=True)
    assert sorted(map(str, codes)) == [f"H49.51.01-261123-{n:04d}" for n in range(1, 41)]
