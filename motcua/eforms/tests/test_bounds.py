"""What is taken and what is not, at the edge and beyond; and what is asked, however long the chain of conditions."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.eforms import rules
from motcua.eforms.tests.factories import TODAY, choices, field, form

LETTERS = tuple("abcde")


def taken(one: dict[str, Any], typed: Any) -> Any:
    """What is kept of an answer; None when it is refused."""
    result = rules.validate(form(one), {one["key"]: typed}, today=TODAY, units={}, language="en")
    assert (one["key"] in result.errors) != (one["key"] in result.answers)
    return result.answers.get(one["key"])


@given(st.lists(st.sampled_from([*LETTERS, "z"]), min_size=1, max_size=8))
def test_of_several_answers_those_chosen_are_kept_in_the_order_offered(chosen: list[str]) -> None:
    expected = None if "z" in chosen else [letter for letter in LETTERS if letter in chosen]
    assert taken(field("x", "multi", choices=choices(*LETTERS)), chosen) == expected


@settings(max_examples=60)
@given(bounds=st.tuples(st.integers(0, 500), st.integers(0, 500)), value=st.integers(0, 600))
def test_both_bounds_of_a_number_belong_to_it(bounds: tuple[int, int], value: int) -> None:
    low, high = sorted(bounds)
    one = field("x", "number", min=str(low), max=str(high)) if low else field("x", "number", max=str(high))
    expected = value if low <= value <= high else None
    assert taken(one, str(value)) == expected


@settings(max_examples=60)
@given(value=st.decimals(0, 999, places=4), decimals=st.integers(1, 2))
def test_no_more_digits_behind_the_mark_than_asked_for(value: Decimal, decimals: int) -> None:
    kept = taken(field("x", "number", decimals=decimals), f"{value:f}".replace(".", ","))
    fits = value == round(value, decimals)
    assert (kept is not None) == fits
    assert not fits or Decimal(kept) == value


@settings(max_examples=60)
@given(days=st.integers(-40, 40))
def test_days_have_a_first_and_a_last(days: int) -> None:
    day, first = TODAY + timedelta(days=days), TODAY - timedelta(days=20)
    one = field("x", "date", min=first.isoformat(), is_past=True)
    assert taken(one, f"{day:%d/%m/%Y}") == (day.isoformat() if first <= day <= TODAY else None)


@pytest.mark.parametrize(
    ("born", "old_enough"),
    [((2008, 11, 23), True), ((2008, 11, 24), False), ((2008, 11, 22), True), ((1950, 1, 1), True)],
)
def test_on_the_birthday_one_is_old_enough(born: tuple[int, int, int], old_enough: bool) -> None:
    day = date(*born)
    assert (taken(field("x", "date", min_age=18), f"{day:%d/%m/%Y}") is not None) == old_enough


def chain(length: int) -> list[dict[str, Any]]:
    """Questions each of which is asked when the one before was answered by yes."""
    yes_no = choices("yes", "no")
    return [
        field(f"q{n}", "choice", choices=yes_no, **({"when": {"field": f"q{n - 1}", "is": "yes"}} if n else {}))
        for n in range(length)
    ]


@given(answers=st.lists(st.sampled_from(["yes", "no", ""]), min_size=6, max_size=6), cuts=st.sets(st.integers(1, 5)))
def test_what_hangs_on_a_question_not_asked_is_not_asked_either(answers: list[str], cuts: set[int]) -> None:
    """Whatever was answered further down, and wherever the questions are cut into sections."""
    questions, marks = chain(6), [0, *sorted(cuts), 6]
    sections = [
        {"key": f"s{begin}", "title": {"vi": "Mục", "en": "Part", "pt": "Parte"}, "fields": questions[begin:end]}
        for begin, end in zip(marks, marks[1:], strict=False)
    ]
    given_answers = {f"q{n}": answer for n, answer in enumerate(answers) if answer}
    asked = 1 + len(list(takewhile(lambda answer: answer == "yes", answers[:5])))
    shown = rules.visible(form(sections=sections), given_answers)
    assert [one.key for _, fields in shown for one in fields] == [f"q{n}" for n in range(asked)]
    assert [section.key for section, _ in shown] == [f"s{mark}" for mark in marks[:-1] if mark < asked]
    kept = rules.validate(form(sections=sections), given_answers, today=TODAY, units={}, language="en").answers
    assert kept == {key: answer for key, answer in given_answers.items() if int(key[1]) < asked}


@given(first=st.booleans(), second=st.booleans())
def test_a_section_not_asked_takes_what_hangs_on_it_along(first: bool, second: bool) -> None:
    title = {"vi": "Mục", "en": "Part", "pt": "Parte"}
    sections = [
        {"key": "a", "title": title, "fields": [field("door", "choice", choices=choices("open", "shut"))]},
        {"key": "b", "title": title, "fields": [field("room", "choice", choices=choices("open", "shut"))],
         "when": {"field": "door", "is": "open"}},
        {"key": "c", "title": title, "fields": [field("chest")], "when": {"field": "room", "is": "open"}},
    ]  # fmt: skip
    answers = {"door": "open" if first else "shut", "room": "open" if second else "shut", "chest": "gold"}
    expected = ["a", *(["b", *(["c"] if second else [])] if first else [])]
    assert [section.key for section in rules.visible_sections(form(sections=sections), answers)] == expected
