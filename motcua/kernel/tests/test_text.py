"""Vietnamese folding and sorting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.kernel import ids, text


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đăng ký kết hôn", "dang ky ket hon"),
        ("  KHAI–SINH ", "khai sinh"),
        ("Mạo Khê, 12/3", "mao khe 12 3"),
        ("khai\u200b sinh\ufeff", "khai sinh"),
        ("", ""),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert text.fold(typed) == folded


@pytest.mark.parametrize(
    ("pasted", "seen"),
    [("Trần\u200b Bé", "Trần Bé"), ("\ufeff022\u202c", "022"), ("e\u0301", "e\u0301"), ("a-b", "a-b"), ("", "")],
)
def test_what_nobody_sees_is_left_out(pasted: str, seen: str) -> None:
    assert text.visible(pasted) == seen


def test_sort_key_orders_like_a_dictionary() -> None:
    names = ["Đỗ Ân", "Dương An", "Đỗ An", "Ất", "An", "Ba", "Ăn", "Ân", "Án", "Ảnh"]
    assert sorted(names, key=text.sort_key) == ["An", "Án", "Ảnh", "Ăn", "Ân", "Ất", "Ba", "Dương An", "Đỗ An", "Đỗ Ân"]


def test_sort_key_puts_tones_after_letters() -> None:
    words = ["má", "ma", "mạ", "mà", "mả", "mã", "man"]
    assert sorted(words, key=text.sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "man"]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(value: str) -> None:
    assert text.fold(text.fold(value)) == text.fold(value)


def test_code_survives_how_people_type_it() -> None:
    code = ids.code()
    typed = code.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert ids.normalise(typed) == code


def test_code_with_one_wrong_character_is_refused() -> None:
    code = ids.code()
    first = code[0]
    wrong = next(char for char in ids.ALPHABET if char != first)
    assert ids.normalise(wrong + code[1:]) is None


def test_uuid7_is_ordered() -> None:
    made = [ids.uuid7() for _ in range(500)]
    assert made == sorted(made)
    assert len(set(made)) == 500
