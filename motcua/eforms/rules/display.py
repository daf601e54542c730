"""Answers as people read them: on the review page, on the dossier page, in prints, and back in the inputs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from motcua.eforms.enums import ELSEWHERE, FieldType, PaperKind
from motcua.eforms.rules.conditions import is_answered, visible, visible_fields
from motcua.eforms.rules.definition import Definition, Field, say
from motcua.eforms.rules.lists import ETHNIC_GROUPS, nationalities
from motcua.ui import formats

Line = tuple[str, str]
ISO_TYPES = frozenset({FieldType.DATE, FieldType.PARTIAL_DATE})


def summary(definition: Definition, answers: Mapping[str, Any], language: str) -> list[tuple[str, list[Line]]]:
    """Sections with their questions and answers in words; what was not asked or not answered is left out.

    Rows come out as one line a row, numbered. Raw answers of a draft are shown as they were typed.
    """
    with override(language):
        found = []
        for section, fields in visible(definition, answers):
            lines = [line for field in fields for line in _lines(field, answers, language)]
            if lines:
                found.append((say(section.title, language), lines))
        return found


def _lines(field: Field, answers: Mapping[str, Any], language: str) -> list[Line]:
    value = answers.get(field.key)
    label = say(field.label, language)
    if field.type is FieldType.ROWS:
        rows = (
            [row for row in value if isinstance(row, Mapping) and is_answered(row)] if isinstance(value, list) else []
        )
        name = say(field.row_label, language)
        return [(f"{name} {number}", row_text(field, row, language)) for number, row in enumerate(rows, 1)]
    if not is_answered(value):
        return []
    return [(label, display(field, value, language))]


def row_text(group: Field, row: Mapping[str, Any], language: str) -> str:
    """One row as a line: its answers with their labels."""
    fields = visible_fields(group.fields, dict(row))
    said = [(f, row.get(f.key)) for f in fields if is_answered(row.get(f.key))]
    return "; ".join(f"{say(f.label, language)}: {display(f, value, language)}" for f, value in said)


def display(field: Field, value: Any, language: str) -> str:
    """One answer in words of the language."""
    with override(language):
        try:
            return _display(field, value, language)
        except (ValueError, TypeError, KeyError, AttributeError):
            return str(value)  # what a draft holds may be anything


def _display(field: Field, value: Any, language: str) -> str:
    kind = field.type
    if kind in (FieldType.CHOICE, FieldType.MULTI):
        words = {choice.value: say(choice.label, language) for choice in field.choices}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(words.get(one, str(one)) for one in chosen)
    if kind is FieldType.BOOLEAN:
        return _("Yes") if value else _("No")
    if kind in ISO_TYPES:
        return day_text(str(value))
    if kind is FieldType.MONEY:
        return formats.vnd(value) if isinstance(value, int) else str(value)
    if kind is FieldType.NUMBER:
        return number_text(value, language)
    if kind is FieldType.ADDRESS:
        return str(value.get("text") or value.get("street") or "")
    if kind is FieldType.PAPER:
        return paper_text(value)
    if kind is FieldType.ETHNIC_GROUP:
        return ETHNIC_GROUPS[str(value)]
    if kind is FieldType.NATIONALITY:
        return nationalities(language)[str(value)]
    return str(value["name"]) if kind is FieldType.FILE else str(value)


def day_text(value: str) -> str:
    """A whole day in the reader's form; 03/1950 or 1950 for one that is known in part."""
    parts = value.split("-")
    if len(parts) == 3:
        return formats.day(date.fromisoformat(value))
    return "/".join(reversed(parts))


def number_text(value: Any, language: str) -> str:
    """A number with the reader's marks."""
    if isinstance(value, int):
        return formats.number(value)
    whole, _mark, rest = str(value).partition(".")
    shown = formats.number(int(whole))
    return f"{shown}{'.' if language == 'en' else ','}{rest}" if rest else shown


def paper_text(value: Mapping[str, str]) -> str:
    """An identity paper in one line: kind and number, who issued it, when."""
    kinds = {
        PaperKind.ID_CARD: _("Identity card no. %(number)s"),
        PaperKind.PASSPORT: _("Passport no. %(number)s"),
    }
    kind = value.get("kind", "")
    number = kinds[PaperKind(kind)] % {"number": value.get("number", "")} if kind in kinds else value.get("number", "")
    words = [number, value.get("issuer", "")]
    if value.get("issued_on"):
        words.append(_("issued on %(day)s") % {"day": day_text(value["issued_on"])})
    return ", ".join(word for word in words if word)


def input_text(field: Field, value: Any, part: str = "") -> Any:
    """A kept or raw answer as it stands in its input again: days as 27/3/1990, lists and ticks as they are."""
    if isinstance(value, Mapping):
        value = value.get(part, "")
    elif part:
        return ""
    if value is None:
        return ""
    if isinstance(value, bool | list):
        return value
    is_day = field.type in ISO_TYPES or part == "issued_on"
    text = str(value)
    if is_day and len(text) in (4, 7, 10) and text[:4].isdigit() and text[4:5] in ("", "-"):
        return "/".join(reversed(text.split("-")))
    if field.type is FieldType.NUMBER and not isinstance(value, int):
        return text.replace(".", ",") if field.decimals and text.count(".") == 1 and "," not in text else text
    return text


def unit_text(unit: str) -> str:
    """The word for an address outside the province."""
    return _("Outside the province") if unit == ELSEWHERE else unit
