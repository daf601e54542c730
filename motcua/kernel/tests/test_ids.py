"""Codes that people read out and type: what they mistype is noticed before anybody searches for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.kernel import ids

ALPHABET = ids.ALPHABET
bodies = st.text(alphabet=ALPHABET, min_size=4, max_size=12)


def typed(body: str) -> str:
    return body + ids._check(body)


@given(bodies)
def test_a_code_is_read_as_it_was_issued(body: str) -> None:
    issued = ids.normalise(typed(body))
    assert issued is not None
    assert issued.replace("-", "") == typed(body)
    assert ids.normalise(issued.lower().replace("-", " ")) == issued


@given(bodies, st.data())
def test_one_wrong_character_is_always_noticed(body: str, data: st.DataObject) -> None:
    right = typed(body)
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(right[place], "")))
    assert ids.normalise(right[:place] + wrong + right[place + 1 :]) is None


def test_the_first_and_the_last_of_the_alphabet_are_told_apart() -> None:
    body = "0Z0Z0Z0Z"
    for place, char in enumerate(body):
        other = body[:place] + ("Z" if char == "0" else "0") + body[place + 1 :]
        assert ids.normalise(other + ids._check(body)) is None


@pytest.mark.parametrize("typed_as", ["7k3m 9p2x p", "7K3M9P2XP", "7K3M-9P2X-P"])
def test_look_alikes_case_and_groups_do_not_matter(typed_as: str) -> None:
    assert ids.normalise(typed_as) == "7K3M-9P2X-P"


def test_a_letter_that_is_none_of_ours_is_read_as_its_look_alike() -> None:
    code = typed("10V10V10")
    assert ids.normalise(code.replace("1", "I").replace("0", "O").replace("V", "u")) == ids.normalise(code)


@pytest.mark.parametrize("text", ["", "7", "--", "7K3M-9P2X-Q"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert ids.normalise(text) is None


def test_codes_are_drawn_anew() -> None:
    drawn = {ids.code() for _ in range(50)}
    assert len(drawn) == 50
    assert all(ids.normalise(one) == one for one in drawn)
