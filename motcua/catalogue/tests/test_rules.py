"""Pure decisions: fees, online filing, typed words."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.catalogue import rules
from motcua.catalogue.enums import CommuneChoice, NotOnline
from motcua.catalogue.rules import FeeLine, Term

TODAY = date(2026, 11, 23)
CHARGE = FeeLine("le_phi", "Lệ phí", 8000)


def total(state: str, *lines: FeeLine, count: int = 1) -> int | None:
    return rules.fee_for(state, lines, on=TODAY, count=count).total


def test_only_what_is_said_to_be_free_is_free() -> None:
    assert total("free") == 0
    assert total("unknown") is None
    assert total("formula") is None
    assert total("amount") is None


def test_all_lines_of_a_fee_are_due() -> None:
    assert total("amount", CHARGE, FeeLine("phi", "Phí", 950_000)) == 958_000


def test_a_line_without_an_amount_leaves_the_total_open() -> None:
    quote = rules.fee_for("amount", [CHARGE, FeeLine("phi", "Phí", None)], on=TODAY)
    assert (quote.total, len(quote.charges), len(quote.open_lines)) == (None, 1, 1)


@pytest.mark.parametrize(("per", "due"), [("dossier", 8000), ("time", 8000), ("copy", 24_000), ("page", 24_000)])
def test_copies_and_pages_are_counted(per: str, due: int) -> None:
    assert total("amount", FeeLine("phi", "Phí", 8000, per=per), count=3) == due


def test_a_fee_holds_only_in_its_time() -> None:
    past = FeeLine("phi", "Phí", 1000, valid_to=date(2026, 11, 22))
    last_day = FeeLine("phi", "Phí", 2000, valid_to=TODAY)
    coming = FeeLine("phi", "Phí", 4000, valid_from=date(2026, 11, 24))
    assert total("amount", past, last_day, coming) == 2000


def test_a_fee_known_for_other_days_only_is_unknown_not_free() -> None:
    quote = rules.fee_for("amount", [FeeLine("phi", "Phí", 1000, valid_from=date(2027, 1, 1))], on=TODAY)
    assert (quote.state, quote.total, quote.charges) == ("unknown", None, ())


@pytest.mark.parametrize(
    ("here", "in_force", "level", "why"),
    [
        (True, True, "full", None),
        (True, True, "partial", None),
        (True, True, "information", NotOnline.INFORMATION),
        (True, True, None, NotOnline.UNKNOWN),
        (False, True, "full", NotOnline.ELSEWHERE),
        (True, False, "full", NotOnline.ENDED),
        (False, False, None, NotOnline.ENDED),
    ],
)
def test_online_filing_is_open_only_where_a_service_is_published(
    here: bool, in_force: bool, level: str | None, why: NotOnline | None
) -> None:
    assert rules.why_not_online(is_handled_here=here, is_in_force=in_force, level=level) == why


def test_the_longest_known_phrase_is_read_first() -> None:
    synonyms = {"giaykhaisinh": "dang ky khai sinh|ban sao", "giay": "", "khaisinh": "khong"}
    assert rules.terms("giay khai sinh moi".split(), synonyms) == [
        Term(("giay", "khai", "sinh"), (("dang", "ky", "khai", "sinh"), ("ban", "sao"))),
        Term(("moi",)),
    ]


def test_words_that_say_nothing_are_dropped_unless_all_do() -> None:
    assert rules.terms(["lam", "khai"], {"lam": ""}) == [Term(("khai",))]
    assert rules.terms(["lam"], {"lam": ""}) == [Term(("lam",))]
    assert rules.terms([], {}) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("khai sinh o phuong hong gai", "khai sinh"),
        ("khai sinh tai xa hai son", "khai sinh"),
        ("nha o rieng le", "nha o rieng le"),
        ("o phuong hong gai", "o phuong hong gai"),
    ],
)
def test_where_somebody_lives_is_left_out(typed: str, kept: str) -> None:
    assert " ".join(rules.without_place(typed.split())) == kept


LEXICON = {"khai": 40, "sinh": 60, "dang": 300, "ky": 280, "ket": 30, "hon": 20, "hop": 90, "tu": 10}


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("khai", ["khai"]),
        ("khaisinh", ["khai", "sinh"]),
        ("dangkykethon", ["dang", "ky", "ket", "hon"]),
        ("sihn", ["sinh"]),
        ("dnag", ["dang"]),
        ("ksinh", ["sinh"]),
        ("2026", ["2026"]),
        ("zzzzzz", ["zzzzzz"]),
        ("xx", ["xx"]),
    ],
)
def test_slips_are_corrected_and_joined_words_taken_apart(word: str, read: list[str]) -> None:
    assert list(rules.correct(word, LEXICON)) == read


def test_distance_counts_a_swap_as_one_step() -> None:
    assert rules.distance("sihn", "sinh") == 1
    assert rules.distance("", "abc") == 3
    assert rules.distance("abc", "abc") == 0


words = st.text("abc", max_size=6)


@given(words, words, words)
@settings(max_examples=80, deadline=None)
def test_distance_is_symmetric_and_zero_only_for_the_same(first: str, second: str, third: str) -> None:
    assert rules.distance(first, second) == rules.distance(second, first)
    assert (rules.distance(first, second) == 0) == (first == second)
    assert rules.distance(first + third, second + third) <= rules.distance(first, second)


def test_side_by_side_counts_neighbouring_pairs() -> None:
    assert rules.side_by_side("dang ky khai sinh", "dang ky khai sinh") == 1
    assert rules.side_by_side("khai sinh", "khai thac mau sinh hoc") == 0
    assert rules.side_by_side("khai", "anything") == 1
    assert rules.side_by_side("an sinh", "ban sinh") == 0


@pytest.mark.parametrize(
    ("level", "has_agency", "choice"),
    [
        ("commune", False, CommuneChoice.MUST),
        ("commune", True, CommuneChoice.NONE),
        ("province", False, CommuneChoice.NONE),
        ("province", True, CommuneChoice.NONE),
        ("province_commune", False, CommuneChoice.MAY),
        ("province_commune", True, CommuneChoice.MAY),
    ],
)
def test_who_names_the_commune_that_decides(level: str, has_agency: bool, choice: CommuneChoice) -> None:
    assert rules.commune_choice(level=level, has_agency=has_agency) is choice
