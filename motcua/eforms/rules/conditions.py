"""Which questions are asked, given the answers so far."""

from collections.abc import Mapping
from typing import Any

from motcua.eforms.enums import FieldType
from motcua.eforms.rules.definition import Condition, Definition, Field, Section

YES = frozenset({"true", "on", "1", "yes"})


def is_answered(value: Any) -> bool:
    """Whether something stands there: no empty text, no empty list, no address without a word."""
    if isinstance(value, Mapping):
        return any(is_answered(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(is_answered(one) for one in value)
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value is not False


def words_of(value: Any) -> frozenset[str]:
    """An answer as the words a condition is compared with."""
    if isinstance(value, list | tuple):
        return frozenset(str(one) for one in value if not isinstance(one, Mapping))
    return frozenset() if value is None or isinstance(value, Mapping) else frozenset({str(value).strip()})


def holds(condition: Condition | None, answers: Mapping[str, Any]) -> bool:
    """Whether a condition is met; no condition always is. An unticked box counts as no."""
    if condition is None:
        return True
    if condition.kind == "all":
        return all(holds(part, answers) for part in condition.parts)
    if condition.kind == "any":
        return any(holds(part, answers) for part in condition.parts)
    value = answers.get(condition.field)
    if condition.kind == "ticked":
        return (value is True or str(value).lower() in YES) is not condition.negate
    if condition.kind == "answered":
        return is_answered(value) is not condition.negate
    if condition.negate:
        return is_answered(value) and not words_of(value) & set(condition.values)
    return bool(words_of(value) & set(condition.values))


def visible_fields(fields: tuple[Field, ...], answers: dict[str, Any]) -> list[Field]:
    """The fields that are asked. Answers to those that are not are taken out of `answers`, so that what depends on
    them is not asked either.
    """
    shown = []
    for field in fields:
        if holds(field.when, answers):
            shown.append(field)
        elif field.type is not FieldType.NOTE:
            answers.pop(field.key, None)
    return shown


def visible(definition: Definition, answers: Mapping[str, Any]) -> list[tuple[Section, list[Field]]]:
    """The sections and fields that are asked, in order; a section without any is left out."""
    seen = dict(answers)
    found = []
    for section in definition.sections:
        if not holds(section.when, seen):
            for field in section.fields:
                seen.pop(field.key, None)
            continue
        if fields := visible_fields(section.fields, seen):
            found.append((section, fields))
    return found


def visible_sections(definition: Definition, answers: Mapping[str, Any]) -> list[Section]:
    """The pages of the wizard for these answers."""
    return [section for section, _ in visible(definition, answers)]
