"""Forms put together: each question once, each answer back in its own form."""

from dataclasses import replace
from typing import Any

import pytest

from motcua.eforms import rules
from motcua.eforms.rules import FormError, Piece

WORDS = {"vi": "Việc", "en": "Matter", "pt": "Assunto"}


def ask(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": WORDS, **more}


def form(key: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key, "title": WORDS,
        "sections": [
            {"key": "main", "title": WORDS, "fields": list(fields)},
            {"key": "promise", "title": WORDS, "fields": [ask("promise", "boolean", required=True)]},
        ],
    }  # fmt: skip


FIRST = Piece("first", form("one", ask("name", required=True), ask("born", "date", required=True, hint=WORDS)), WORDS)
SECOND = Piece(
    "second",
    form(
        "two", ask("who", required=True), ask("kind", "choice", choices=[{"value": "a", "label": WORDS},
        {"value": "b", "label": WORDS}]), ask("count", "number", required=True), ask("note", when={"field": "who",
        "answered": True}), ask("list", "rows", row_label=WORDS, fields=[ask("line")]),
    ),
    WORDS, is_optional=True, question=WORDS, same={"who": "first.name", "promise": "first.promise"},
    fixed={"kind": "b"},
)  # fmt: skip


def composed(*pieces: Piece) -> rules.Composed:
    return rules.compose("bundle-x", WORDS, pieces or (FIRST, SECOND), choosing=WORDS)


def test_a_shared_question_is_asked_once_and_the_promise_comes_last() -> None:
    whole = rules.parse(composed().content)
    assert [section.key for section in whole.sections] == ["wanted", "main", "second_main", "promise"]
    assert [one.key for one in whole.fields()] == [
        "wanted_second", "name", "born", "second_count", "second_note", "second_list", "promise",
    ]  # fmt: skip


def test_an_optional_piece_is_asked_only_when_it_is_wanted() -> None:
    whole = rules.parse(composed().content)
    keys = [one.key for one in rules.visible_sections(whole, {"wanted_second": False})]
    assert keys == ["wanted", "main", "promise"]
    assert "second_main" in {one.key for one in rules.visible_sections(whole, {"wanted_second": True})}


def test_the_answers_return_to_their_own_form() -> None:
    made = composed()
    answers = {
        "wanted_second": True, "name": "Nguyễn Thị Hòa", "born": "1990-03-27", "second_count": "2",
        "second_list": [{"second_line": "x"}], "promise": True,
    }  # fmt: skip
    first = rules.answers_of("first", rules.parse(FIRST.form), answers, made.places, {})
    assert first == {"name": "Nguyễn Thị Hòa", "born": "1990-03-27", "promise": True}
    second = rules.answers_of("second", rules.parse(SECOND.form), answers, made.places, SECOND.fixed)
    assert second == {
        "who": "Nguyễn Thị Hòa", "kind": "b", "count": "2", "list": [{"line": "x"}], "promise": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"same": {"nobody": "first.name"}}, "no such question"),
        ({"same": {"who": "first.nothing"}}, "no question nothing"),
        ({"same": {"who": "third.name"}}, "no earlier piece"),
        ({"same": {"count": "first.name"}}, "no answer of the kind"),
        ({"fixed": {"kind": "z"}}, "none of its answers"),
        ({"fixed": {"who": "x"}, "same": {}}, "cannot be fixed"),
    ],
)
def test_pieces_that_do_not_fit_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(FormError, match=words):
        composed(FIRST, replace(SECOND, **change))


def test_what_is_needed_here_is_never_taken_from_what_may_be_left_out() -> None:
    loose = replace(FIRST, form=form("one", ask("name")))
    with pytest.raises(FormError, match="may be left out"):
        composed(loose, SECOND)


def test_nothing_is_taken_from_a_piece_that_may_not_be_asked() -> None:
    third = Piece("third", form("three", ask("it", "number")), WORDS, same={"it": "second.count"})
    with pytest.raises(FormError, match="always asked"):
        composed(FIRST, SECOND, third)
    with pytest.raises(FormError, match="first piece"):
        composed(replace(FIRST, is_optional=True))
    with pytest.raises(FormError, match="same key"):
        composed(FIRST, FIRST)
