import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.identity import rules, seals
from motcua.identity.enums import Relation, Sex
from motcua.kernel.errors import Refused

CARD = "022190000123|012345678|NGUYỄN THỊ ÁNH|01021990|Nữ|Tổ 1, Khu 2, Phường Hồng Gai, Quảng Ninh|15042021"


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("022190000123", Sex.FEMALE, 1990),
        ("001099012345", Sex.MALE, 1999),
        ("022320000001", Sex.FEMALE, 2020),
        ("096205123456", Sex.MALE, 2005),
        ("101491000001", Sex.MALE, 2191),
    ],
)
def test_number_says_sex_and_year(number, sex, year):
    found = rules.check_id_number(number, sex=sex, birth_year=year)
    assert (found.sex, found.birth_year, found.place_code) == (sex, year, number[:3])


def test_number_is_read_as_people_type_it():
    assert rules.check_id_number(" 022 190 000 123 ").number == "022190000123"


@pytest.mark.parametrize(
    ("number", "sex", "year", "code"),
    [
        ("12345678901", None, None, "id_number_shape"),
        ("0221900001234", None, None, "id_number_shape"),
        ("०२२१९००००१२३", None, None, "id_number_shape"),
        ("02219000012a", None, None, "id_number_shape"),
        ("003190000123", None, None, "id_number_place"),
        ("000190000123", None, None, "id_number_place"),
        ("022190000123", "male", None, "id_number_sex"),
        ("022190000123", None, 1991, "id_number_birth_year"),
        ("022390000123", None, 1990, "id_number_birth_year"),
    ],
)
def test_number_is_refused_in_a_sentence(number, sex, year, code):
    assert refusal(rules.check_id_number, number, sex=sex, birth_year=year) == code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0100684378", "0100684378"),
        ("0100 109 106", "0100109106"),
        ("0100112437-001", "0100112437-001"),
        ("022190000123", "022190000123"),
    ],
)
def test_tax_code_is_kept_in_one_way(typed, kept):
    assert rules.check_tax_code(typed).replace("-", "") == kept.replace("-", "")


@pytest.mark.parametrize("typed", ["0100684379", "01006843", "", "0100112437-000", "abc"])
def test_tax_code_is_refused(typed):
    assert refusal(rules.check_tax_code, typed) == "tax_code"


def test_card_is_read():
    card = rules.parse_id_card_qr(CARD)
    assert card == rules.IdCard(
        "022190000123", "012345678", "Nguyễn Thị Ánh", date(1990, 2, 1), Sex.FEMALE,
        "Tổ 1, Khu 2, Phường Hồng Gai, Quảng Ninh", date(2021, 4, 15),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        CARD + "|14042046|Nguyễn Văn Cha|Trần Thị Mẹ|",
        CARD.rsplit("|", 1)[0],
        CARD.replace("012345678", ""),
        "\r\n" + CARD + "\r\n",
        CARD.replace("NGUYỄN THỊ ÁNH", "NGUYỄN  THỊ ÁNH".encode().decode().replace("Ễ", "E\u0302\u0303")),
    ],
)
def test_card_variants_are_the_same_person(text):
    card = rules.parse_id_card_qr(text)
    assert (card.number, card.full_name) == ("022190000123", "Nguyễn Thị Ánh")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "card_shape"),
        ("https://example.org/x", "card_shape"),
        ("a|b|c", "card_shape"),
        (CARD.replace("01021990", "31021990"), "card_dates"),
        (CARD.replace("01021990", "1990-02-01"), "card_dates"),
        (CARD.replace("15042021", "15041989"), "card_dates"),
        (CARD.replace("15042021", "15042099"), "card_dates"),
        (CARD.replace("Nữ", "Nam"), "id_number_sex"),
        (CARD.replace("Nữ", "?"), "card_sex"),
        (CARD.replace("01021990", "01021991"), "id_number_birth_year"),
        (CARD.replace("NGUYỄN THỊ ÁNH", ""), "card_name"),
        (CARD.replace("NGUYỄN THỊ ÁNH", "12345"), "card_name"),
        (CARD.replace("022190000123", "099190000123"), "id_number_place"),
    ],
)
def test_card_is_refused(text, code):
    assert refusal(rules.parse_id_card_qr, text, today=date(2026, 11, 23)) == code


LETTERS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặ", min_size=1, max_size=7)


@given(
    words=st.lists(LETTERS, min_size=2, max_size=8),
    birth=st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    sex=st.sampled_from(Sex),
    tail=st.integers(0, 999999),
    address=st.text(
        st.characters(codec="utf-8", exclude_characters="|", exclude_categories=["C", "Z", "M"]), max_size=60
    ),
    days=st.integers(0, 5000) | st.none(),
)
def test_what_a_card_says_is_what_is_read(words, birth, sex, tail, address, days):
    century = (birth.year - 1900) // 100 * 2 + (sex == Sex.FEMALE)
    name, issued = rules.proper_name(" ".join(words)), birth + timedelta(days=days) if days is not None else None
    number = f"022{century}{birth.year % 100:02d}{tail:06d}"
    card = rules.IdCard(number, "", name, birth, sex, unicodedata.normalize("NFC", address), issued)
    assert rules.parse_id_card_qr(rules.id_card_qr(card)) == card


@given(st.text(max_size=200))
def test_whatever_a_scanner_types_is_read_or_refused(text):
    try:
        card = rules.parse_id_card_qr(text)
    except Refused:
        return
    assert len(card.number) == 12


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NGUYỄN  VĂN AN", "Nguyễn Văn An"),
        ("đỗ văn đạt", "Đỗ Văn Đạt"),
        ("Đỗ Anna Maria", "Đỗ Anna Maria"),
        (" ", ""),
        ("Trần\u200b Văn Bé\ufeff", "Trần Văn Bé"),
    ],
)
def test_names_are_kept_as_people_write_them(typed, kept):
    assert rules.proper_name(typed) == kept


def test_masked_shows_head_and_tail_only():
    assert seals.masked("022190001234") == "022•••••1234"
    assert seals.masked("12345") == "•••45"
    assert seals.masked("") == ""


@pytest.mark.parametrize(
    ("relation", "is_verified", "birth", "may"),
    [
        (Relation.CHILD, True, date(2020, 1, 1), True),
        (Relation.CHILD, True, date(2008, 11, 23), False),
        (Relation.CHILD, True, date(2008, 11, 24), True),
        (Relation.CHILD, True, None, False),
        (Relation.CHILD, False, date(2020, 1, 1), False),
        (Relation.WARD, True, date(1950, 1, 1), True),
        (Relation.PARENT, True, date(1950, 1, 1), False),
        (Relation.SPOUSE, True, date(1990, 1, 1), False),
    ],
)
def test_kinship_alone_is_enough_for_children_and_wards(relation, is_verified, birth, may):
    assert rules.may_act_for(relation, is_verified=is_verified, birth_date=birth, on=date(2026, 11, 23)) is may


def test_born_on_29_february():
    assert rules.age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert rules.age(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("methods", "strong"),
    [
        (["pwd"], False), (["otp"], False), (["pwd", "otp"], True), (["mfa"], True), (["face", "swk"], True),
        (["pwd", "pin"], False), ([], False), (["pwd", "made-up"], False),
    ],
)  # fmt: skip
def test_two_kinds_of_proof_make_a_second_factor(methods, strong):
    assert rules.asserts_second_factor(methods) is strong


@pytest.mark.parametrize(
    ("newest_first", "count"),
    [
        ("failed failed succeeded failed", 2),
        ("succeeded failed failed", 0),
        ("second_factor_failed succeeded second_factor_failed succeeded failed", 2),
        ("failed second_factor failed second_factor_failed", 1),
        ("locked failed locked", 1),
        ("signed_out succeeded", 0),
    ],
)
def test_a_right_password_forgives_wrong_passwords_only(newest_first, count):
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert len(rules.failures_since_success([(now, outcome) for outcome in newest_first.split()])) == count


def test_the_lock_lasts_from_the_last_failure():
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    failures = [now - timedelta(minutes=n) for n in range(5)]
    assert rules.locked_until(failures) == now + rules.LOCK_FOR
    assert rules.locked_until(failures[:4]) is None
