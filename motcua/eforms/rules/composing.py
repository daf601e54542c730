"""One form out of several: each question asked once, then the answers given back to the form they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from motcua.eforms.enums import FieldType
from motcua.eforms.rules.conditions import is_answered
from motcua.eforms.rules.definition import LANGUAGES, Definition, Field, FormError, Text, parse

CHOOSING = "wanted"  # the section that asks which optional pieces are wanted
PROMISE = "promise"  # the section by which somebody answers for what the form says; it is asked once, at the end
REFERENCES = ("same_as", "after", "birth", "sex")
CONDITIONS = ("when", "same_when")
# Where an answer of one type is also an answer of another.
FITS = {(FieldType.DATE, FieldType.PARTIAL_DATE), (FieldType.FULL_NAME, FieldType.TEXT)}

Content = Mapping[str, Any]
Places = Mapping[str, Mapping[str, str]]
"""For each piece: its own question → the question of the whole form that answers it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A form inside the whole one.

    `same`: own question → `piece.question` of an earlier piece, asked there only. `fixed`: own question → its answer,
    never asked. `label` names the piece in three languages; `question` asks for an optional one.
    """

    key: str
    form: Content
    label: Text
    is_optional: bool = False
    question: Text = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Composed:
    """The content of the whole form, and where each piece finds its answers in it."""

    content: dict[str, Any]
    places: dict[str, dict[str, str]]


def wanted_key(piece: str) -> str:
    """The box by which an optional piece is wanted."""
    return f"{CHOOSING}_{piece}"


def compose(key: str, title: Text, pieces: Sequence[Piece], *, choosing: Text) -> Composed:
    """The form that asks all pieces; the first keeps its keys, those of the others begin with the piece's name.

    `choosing` is the title of the page that asks for the optional pieces. Raises `FormError` where the pieces do not
    fit: an unknown question, an answer that is of another kind, one that may be missing where it is needed.
    """
    if not pieces or pieces[0].is_optional:
        raise FormError("pieces", "The first piece is always asked.")
    places: dict[str, dict[str, str]] = {}
    forms = {piece.key: parse(piece.form) for piece in pieces}
    if len(forms) < len(pieces):
        raise FormError("pieces", "Two pieces have the same key.")
    sections: list[dict[str, Any]] = []
    boxes = [_box(piece) for piece in pieces if piece.is_optional]
    if boxes:
        sections.append({"key": CHOOSING, "title": choosing, "fields": boxes})
    for piece in pieces:
        _check(piece, forms, {one.key: places[one.key] for one in pieces if one.key in places and not one.is_optional})
        places[piece.key] = _places(piece, forms[piece.key], places, is_first=piece is pieces[0])
        sections += _sections(piece, places[piece.key], is_first=piece is pieces[0])
    last = [one for one in sections if one["key"] == PROMISE]
    content = {"key": key, "title": title, "sections": [one for one in sections if one not in last] + last}
    parse(content)
    return Composed(content, places)


def answers_of(piece: str, form: Definition, answers: Mapping[str, Any], places: Places, fixed: Content) -> Content:
    """The answers of one piece, under its own keys: `answers` are those of the whole form."""
    found = dict(fixed)
    for own in form.fields():
        value = answers.get(places[piece].get(own.key, ""))
        if own.key in fixed or not (is_answered(value) or value is False):
            continue
        if own.type is FieldType.ROWS and isinstance(value, list):
            prefix = places[piece][own.key].removesuffix(own.key)
            value = [{name.removeprefix(prefix): one for name, one in row.items()} for row in value]
        found[own.key] = value
    return found


def _box(piece: Piece) -> dict[str, Any]:
    return {"key": wanted_key(piece.key), "type": "boolean", "label": piece.question or piece.label}


def _check(piece: Piece, forms: Mapping[str, Definition], places: Places) -> None:
    """What is taken from elsewhere must be asked there always, or need not be answered here."""
    own = {one.key: one for one in forms[piece.key].fields()}
    for name in (*piece.same, *piece.fixed):
        if name not in own:
            raise FormError(f"{piece.key}.{name}", "The form has no such question.")
    for name, value in piece.fixed.items():
        if own[name].choices and str(value) not in {choice.value for choice in own[name].choices}:
            raise FormError(f"{piece.key}.{name}", f"“{value}” is none of its answers.")
    for name, source in piece.same.items():
        there, _dot, question = source.partition(".")
        if there not in places:
            raise FormError(f"{piece.key}.{name}", f"{there} is no earlier piece that is always asked.")
        if question not in {one.key for one in forms[there].fields()}:
            raise FormError(f"{piece.key}.{name}", f"The form of {there} has no question {question}.")
        _fit(own[name], forms[there], question, piece, there)


def _fit(own: Field, form: Definition, question: str, piece: Piece, there: str) -> None:
    where = f"{piece.key}.{own.key}"
    section = next(one for one in form.sections if question in {asked.key for asked in one.fields})
    asked = next(one for one in section.fields if one.key == question)
    if asked.type is not own.type and (asked.type, own.type) not in FITS:
        raise FormError(where, f"An answer of the kind {asked.type} is no answer of the kind {own.type}.")
    if own.choices and (missing := {c.value for c in asked.choices} - {c.value for c in own.choices}):
        raise FormError(where, f"The answer {', '.join(sorted(missing))} is none of its answers.")
    is_always = asked.when is None and section.when is None
    if own.is_required and not (asked.is_required and (is_always or _alike(own, asked, piece, there))):
        raise FormError(where, f"{question} may be left out there, but is needed here.")


def _alike(own: Field, asked: Field, piece: Piece, there: str) -> bool:
    """Whether both are asked under the same condition on the same answer."""
    if own.when is None or asked.when is None or own.when.parts or asked.when.parts:
        return False
    same = piece.same.get(own.when.field) == f"{there}.{asked.when.field}"
    return same and replace(own.when, field=asked.when.field) == asked.when


def _places(piece: Piece, form: Definition, places: Places, *, is_first: bool) -> dict[str, str]:
    prefix = "" if is_first else f"{piece.key}_"
    found = {}
    for own in form.fields():
        if own.key in piece.fixed:
            continue
        there, _dot, question = piece.same.get(own.key, "").partition(".")
        found[own.key] = places[there][question] if there else f"{prefix}{own.key}"
        for inner in own.fields:
            found[inner.key] = f"{prefix}{inner.key}"
    return found


def _sections(piece: Piece, places: Mapping[str, str], *, is_first: bool) -> list[dict[str, Any]]:
    found = []
    for row in piece.form["sections"]:
        fields = [
            _moved(one, piece, places, is_first) for one in row["fields"]
            if one["key"] not in piece.same and one["key"] not in piece.fixed
        ]  # fmt: skip
        if not any(one["type"] != FieldType.NOTE for one in fields):
            continue
        section = {**row, "key": row["key"] if is_first else f"{piece.key}_{row['key']}", "fields": fields}
        if not is_first:
            section["title"] = {name: f"{piece.label[name]}: {row['title'][name]}" for name in LANGUAGES}
        conditions = [_condition(row["when"], piece, places)] if row.get("when") else []
        if piece.is_optional:
            conditions.insert(0, {"field": wanted_key(piece.key), "is": True})
        if conditions:
            section["when"] = {"all": conditions} if len(conditions) > 1 else conditions[0]
        found.append(section)
    return found


def _moved(row: Content, piece: Piece, places: Mapping[str, str], is_first: bool) -> dict[str, Any]:
    """A question with its key, and all it points to, as they are called in the whole form."""
    prefix = "" if is_first else f"{piece.key}_"
    found = {**row, "key": places.get(row["key"], f"{prefix}{row['key']}")}
    for name in REFERENCES:
        if found.get(name):
            found[name] = _place(found[name], piece, places)
    for name in CONDITIONS:
        if found.get(name):
            found[name] = _condition(found[name], piece, places)
    if "fields" in found:
        found["fields"] = [_moved(one, piece, places, is_first) for one in found["fields"]]
    return found


def _condition(raw: Content, piece: Piece, places: Mapping[str, str]) -> dict[str, Any]:
    for kind in ("all", "any"):
        if kind in raw:
            return {kind: [_condition(one, piece, places) for one in raw[kind]]}
    return {**raw, "field": _place(str(raw["field"]), piece, places)}


def _place(name: str, piece: Piece, places: Mapping[str, str]) -> str:
    if name in piece.fixed:
        raise FormError(f"{piece.key}.{name}", "Other questions depend on it: it cannot be fixed.")
    return places[name]
