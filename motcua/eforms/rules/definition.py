"""What a form is: sections, fields, choices, conditions, read from plain data and checked as a whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from motcua.eforms.enums import FieldType

LANGUAGES = ("vi", "en", "pt")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_ROWS = 50
LENGTHS = {FieldType.TEXTAREA: 4000, FieldType.FULL_NAME: 120, FieldType.EMAIL: 254}

Text = Mapping[str, str]


class FormError(Exception):
    """The data of a form is wrong: `where` names the place in it, `reason` says what to change."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: the value that is kept and its words."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """When something is asked: `kind` is in, ticked, answered, all or any; `negate` turns it round."""

    kind: str
    field: str = ""
    values: tuple[str, ...] = ()
    parts: tuple["Condition", ...] = ()
    negate: bool = False

    def fields(self) -> Iterator[str]:
        """The keys it looks at."""
        if self.field:
            yield self.field
        for part in self.parts:
            yield from part.fields()


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    `official` is the wording of the blank of the law, `prefill` where the account knows the answer, `default` what most
    people answer, `same_as` the earlier answer it repeats (if `same_when` holds), `samples` answers for invented
    dossiers.
    """

    key: str
    type: FieldType
    label: Text
    hint: Text = field(default_factory=dict)
    official: str = ""
    is_required: bool = False
    max_length: int = 250
    pattern: str = ""
    example: str = ""
    minimum: str = ""
    maximum: str = ""
    decimals: int = 0
    choices: tuple[Choice, ...] = ()
    when: Condition | None = None
    prefill: str = ""
    default: str = ""
    same_as: str = ""
    same_when: Condition | None = None
    is_past: bool = False
    min_age: int = 0
    after: str = ""
    birth: str = ""
    sex: str = ""
    samples: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()
    min_rows: int = 0
    max_rows: int = MAX_ROWS
    row_label: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """One topic, one page of the wizard."""

    key: str
    title: Text
    intro: Text
    fields: tuple[Field, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A form as it was in one version."""

    key: str
    title: Text
    sections: tuple[Section, ...]
    version: int = 0
    legal_basis: str = ""
    is_verified: bool = False

    def section(self, key: str) -> Section:
        """The section of that key; KeyError if there is none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def fields(self) -> Iterator[Field]:
        """All questions in order, without the notes; those of rows stay inside their group."""
        for section in self.sections:
            yield from (f for f in section.fields if f.type is not FieldType.NOTE)


def say(text: Text, language: str) -> str:
    """The text in a language; in Vietnamese where that language lacks it."""
    return text.get(language) or text.get("vi", "")


def parse(
    content: Mapping[str, Any], *, version: int = 0, legal_basis: str = "", is_verified: bool = False
) -> Definition:
    """Build a definition from its content, or raise `FormError`.

    Every label exists in three languages, keys are unique, conditions and checks look only at what was asked before.
    """
    key = str(content.get("key", ""))
    if not KEY.fullmatch(key.replace("-", "_")):
        raise FormError("key", "A form needs a key of small letters, digits and hyphens.")
    rows = content.get("sections") or []
    if not rows:
        raise FormError("sections", "A form needs at least one section.")
    known: dict[str, Field] = {}
    sections = tuple(_section(row, known) for row in rows)
    if len({s.key for s in sections}) < len(sections):
        raise FormError("sections", "Two sections have the same key.")
    title = _text(content, "title", "title")
    return Definition(key, title, sections, version, legal_basis, is_verified)


def _section(row: Mapping[str, Any], known: dict[str, Field]) -> Section:
    key = _key(row, "sections")
    when = _condition(row.get("when"), known, key)
    if not row.get("fields"):
        raise FormError(key, "A section needs at least one field.")
    fields = tuple(_field(one, known, key) for one in row["fields"])
    return Section(key, _text(row, "title", key), _text(row, "intro", key, is_required=False), fields, when)


OPTIONS: dict[str, type] = {
    "official": str, "max_length": int, "pattern": str, "example": str, "decimals": int, "prefill": str, "default": str,
    "same_as": str,
    "is_past": bool, "min_age": int, "after": str, "birth": str, "sex": str, "min_rows": int, "max_rows": int,
}  # fmt: skip
TEXTS = ("label", "hint", "row_label")
OTHERS = {"key", "type", "same_when", "required", "choices", "when", "fields", "min", "max", "samples", *TEXTS}


def _field(row: Mapping[str, Any], known: dict[str, Field], where: str) -> Field:
    key = _key(row, where)
    where = f"{where}.{key}"
    if key in known:
        raise FormError(where, "The key is used twice.")
    if unknown := sorted(set(row) - set(OPTIONS) - OTHERS):
        raise FormError(where, f"Unknown option: {', '.join(unknown)}.")
    try:
        kind = FieldType(str(row.get("type")))
    except ValueError:
        raise FormError(where, f"Unknown type: {row.get('type')}.") from None
    options: dict[str, Any] = {name: _option(row, name, kind_, where) for name, kind_ in OPTIONS.items() if name in row}
    options.setdefault("max_length", LENGTHS.get(kind, 250))
    found = Field(
        key=key, type=kind, label=_text(row, "label", where), hint=_text(row, "hint", where, is_required=False),
        row_label=_text(row, "row_label", where, is_required=kind is FieldType.ROWS),
        is_required=bool(row.get("required", False)), minimum=str(row.get("min", "")), maximum=str(row.get("max", "")),
        choices=_choices(row, where), when=_condition(row.get("when"), known, where),
        same_when=_condition(row.get("same_when"), known, where),
        samples=tuple(str(one) for one in row.get("samples", ())), fields=_nested(row, known, where), **options,
    )  # fmt: skip
    _check(found, known, where)
    if kind is not FieldType.NOTE:
        known[key] = found
    return found


def _nested(row: Mapping[str, Any], known: dict[str, Field], where: str) -> tuple[Field, ...]:
    inside = dict(known)
    fields = tuple(_field(one, inside, where) for one in row.get("fields", ()))
    for name in set(inside) - set(known):
        if inside[name].type in (FieldType.ROWS, FieldType.FILE):
            raise FormError(f"{where}.{name}", "Rows hold neither rows nor files.")
    return fields


def _check(found: Field, known: Mapping[str, Field], where: str) -> None:
    """What one option demands of another."""
    for name in (found.after, found.birth, found.sex, found.same_as):
        if name and name not in known:
            raise FormError(where, f"It is checked against {name}, which is not asked before it.")
    if found.type in (FieldType.CHOICE, FieldType.MULTI) and len(found.choices) < 2:
        raise FormError(where, "A choice needs at least two answers.")
    if found.type is FieldType.ROWS and not found.fields:
        raise FormError(where, "Rows need fields.")
    if found.min_rows > found.max_rows or found.max_rows > MAX_ROWS:
        raise FormError(where, f"The number of rows lies between {found.min_rows} and at most {MAX_ROWS}.")
    if not 0 <= found.decimals <= 2:
        raise FormError(where, "A number has at most two decimals.")
    if found.pattern and not (found.example and re.fullmatch(found.pattern, found.example)):
        raise FormError(where, "A pattern needs an example that fits it.")


def _key(row: Mapping[str, Any], where: str) -> str:
    key = str(row.get("key", ""))
    if not KEY.fullmatch(key):
        raise FormError(where, f"“{key}” is no key: small letters, digits and _.")
    return key


def _option(row: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    value = row[name]
    if type(value) is not kind:
        raise FormError(f"{where}.{name}", f"It must be a {kind.__name__}.")
    return value


def _text(row: Mapping[str, Any], name: str, where: str, *, is_required: bool = True) -> Text:
    value = row.get(name)
    if value is None and not is_required:
        return {}
    if not isinstance(value, Mapping):
        raise FormError(f"{where}.{name}", "The words are missing.")
    missing = [language for language in LANGUAGES if not str(value.get(language, "")).strip()]
    if missing:
        raise FormError(f"{where}.{name}", f"The words are missing in: {', '.join(missing)}.")
    return {language: str(value[language]) for language in LANGUAGES}


def _choices(row: Mapping[str, Any], where: str) -> tuple[Choice, ...]:
    choices = []
    for one in row.get("choices", ()):
        value = str(one.get("value", ""))
        if not KEY.fullmatch(value):
            raise FormError(f"{where}.choices", f"“{value}” is no value: small letters, digits and _.")
        choices.append(Choice(value, _text(one, "label", f"{where}.choices.{value}")))
    if len({c.value for c in choices}) < len(choices):
        raise FormError(f"{where}.choices", "Two answers have the same value.")
    return tuple(choices)


def _condition(raw: Any, known: Mapping[str, Field], where: str) -> Condition | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise FormError(f"{where}.when", "A condition is a table.")
    for kind in ("all", "any"):
        if kind in raw:
            parts = tuple(part for one in raw[kind] if (part := _condition(one, known, where)))
            return Condition(kind, parts=parts)
    name = str(raw.get("field", ""))
    if name not in known:
        raise FormError(f"{where}.when", f"It depends on {name}, which is not asked before it.")
    if "answered" in raw:
        return Condition("answered", name, negate=not raw["answered"])
    return _compared(raw, known[name], where)


def _compared(raw: Mapping[str, Any], asked: Field, where: str) -> Condition:
    if asked.type is FieldType.BOOLEAN:
        if not isinstance(raw.get("is"), bool):
            raise FormError(f"{where}.when", f"{asked.key} is true or false.")
        return Condition("ticked", asked.key, negate=not raw["is"])
    for word in ("is", "in", "not"):
        if word in raw:
            values = raw[word] if isinstance(raw[word], list) else [raw[word]]
            return Condition("in", asked.key, _values(values, asked, where), negate=word == "not")
    raise FormError(f"{where}.when", "Say is, in, not or answered.")


def _values(raw: list[Any], asked: Field, where: str) -> tuple[str, ...]:
    values = tuple(str(value) for value in raw)
    allowed = {c.value for c in asked.choices} or set(values)
    if wrong := sorted(set(values) - allowed):
        raise FormError(f"{where}.when", f"{asked.key} has no answer {', '.join(wrong)}.")
    return values
