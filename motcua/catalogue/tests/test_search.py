"""What people type finds what they mean."""

from datetime import date
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from motcua.catalogue import queries
from motcua.catalogue.models import Procedure
from motcua.catalogue.tests import factories
from motcua.catalogue.tests.factories import TODAY, load, write

pytestmark = pytest.mark.django_db
BIRTH, AGAIN, MARRIAGE = "1.001193", "1.004884", "1.000894"


@pytest.fixture(autouse=True)
def _loaded(tmp_path: Path) -> None:
    load(write(tmp_path))


def codes(text: str, **options: object) -> list[str]:
    return [found.code for found in queries.search(text, on=TODAY, **options).procedures]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("khai sinh", BIRTH),
        ("KHAI SINH", BIRTH),
        ("khaisinh", BIRTH),
        ("dangkykhaisinh", BIRTH),
        ("sinh khai", BIRTH),
        ("khai sihn", BIRTH),
        ("đăng kí khai sinh", BIRTH),
        ("làm giấy khai sinh", BIRTH),
        ("khai sinh ở phường Hồng Gai", BIRTH),
        ("khai s", BIRTH),
        ("dang ky ket hon", MARRIAGE),
        ("kết hôn đăng ký", MARRIAGE),
        ("dnag ky ket hon", MARRIAGE),
        ("độc thân", "1.004873"),
        ("sổ đỏ", "1.012783"),
        ("tach thua dat", "1.012784"),
        ("trich luc", "2.000635"),
        ("hộ khẩu", "1.004222"),
        ("1.001193", BIRTH),
        ("1001193", BIRTH),
        ("1.0011", BIRTH),
        ("xin đăng ký lại khai sinh bị mất", AGAIN),
    ],
)
def test_finds_what_is_meant_first(typed: str, first: str) -> None:
    assert codes(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "zzzz qqqq", "'; drop table", "a & (b | c", ":*", "\x00"])
def test_nonsense_finds_nothing_and_breaks_nothing(typed: str) -> None:
    assert codes(typed) == []


def test_words_that_only_happen_to_occur_are_left_out() -> None:
    assert "1.008672" not in codes("khai sinh")
    assert codes("khai thác mẫu vật") == ["1.008672"]


def test_says_what_was_meant_and_when_words_are_missing() -> None:
    assert queries.search("khai sihn", on=TODAY).meant == "khai sinh"
    assert queries.search("khai sinh", on=TODAY).meant == ""
    near = queries.search("khai sinh bị mất", on=TODAY)
    assert not near.is_close
    assert near.procedures


def test_commonest_first_then_the_shorter_name() -> None:
    assert codes("khai sinh")[:2] == [BIRTH, AGAIN]
    Procedure.objects.filter(code=BIRTH).update(common_position=None)
    Procedure.objects.filter(code="2.000528").update(common_position=1)
    assert codes("khai sinh")[0] == "2.000528"


def test_narrowing() -> None:
    assert codes("khai sinh", audience="business") == []
    assert BIRTH in codes("khai sinh", online_only=True)
    assert codes("thường trú") == ["1.004222"]
    assert codes("thường trú", here_only=True) == []
    assert codes("1.004222", here_only=True) == []
    assert len(codes("khai sinh", limit=2)) == 2


def test_only_what_is_in_force_on_the_day() -> None:
    Procedure.objects.filter(code=BIRTH).update(valid_to=date(2026, 11, 22))
    assert BIRTH not in codes("khai sinh")
    assert BIRTH in [found.code for found in queries.search("khai sinh", on=date(2026, 11, 22)).procedures]


def test_results_carry_their_level_without_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        found = queries.search("khai sinh", on=TODAY)
        assert {(each.online_level, each.field.code) for each in found.procedures} == {("full", "ho-tich")}


def test_a_level_not_in_force_is_not_known() -> None:
    found = queries.search("khai sinh", on=date(2026, 6, 30))
    assert {each.online_level for each in found.procedures} == {None}
    assert factories.NAMES[BIRTH] in {each.name for each in found.procedures}
