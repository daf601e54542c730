"""Between the inputs of a page and raw answers: names such as `father_residence-street` and `children-0-name`."""

import re
from collections.abc import Mapping
from typing import Any

from motcua.eforms.enums import PARTS, FieldType
from motcua.eforms.rules.definition import MAX_ROWS, Definition, Field, Section
from motcua.kernel.text import visible

ROWS_INPUT = "rows"
"""The name of the buttons that add or remove a row; values are `add:<key>` and `remove:<key>:<index>`."""
ROW_ACT = re.compile(r"(add):([a-z0-9_]+)|(remove):([a-z0-9_]+):(\d{1,3})")


def _values(data: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(data, "getlist", None)
    value = getlist(name) if getlist is not None else data.get(name, [])
    values = value if isinstance(value, list | tuple) else [value]
    return [visible(str(one).replace("\x00", "")) for one in values]  # the database keeps no zero character


def _one(field: Field, data: Mapping[str, Any], name: str) -> Any:
    if field.type in PARTS:
        return {part: (_values(data, f"{name}-{part}") or [""])[-1] for part in PARTS[field.type]}
    values = _values(data, name)
    if field.type is FieldType.MULTI:
        return values
    if field.type is FieldType.BOOLEAN:
        return bool(values)
    return values[-1] if values else ""


def row_numbers(field: Field, data: Mapping[str, Any]) -> list[int]:
    """The numbers of the rows of a group that a page sent."""
    found = {int(hit[1]) for name in data if (hit := re.match(rf"{re.escape(field.key)}-(\d{{1,3}})-", str(name)))}
    return sorted(found)[:MAX_ROWS]


def raw_answers(section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a page sent, as it was typed. Files are not in it; rows are numbered anew from 0."""
    raw: dict[str, Any] = {}
    for field in section.fields:
        if field.type is FieldType.ROWS:
            inner = [one for one in field.fields if one.type is not FieldType.NOTE]
            numbers = row_numbers(field, data)
            raw[field.key] = [
                {one.key: _one(one, data, f"{field.key}-{n}-{one.key}") for one in inner} for n in numbers
            ]
        elif field.type not in (FieldType.NOTE, FieldType.FILE):
            raw[field.key] = _one(field, data, field.key)
    return raw


def row_act(section: Section, data: Mapping[str, Any]) -> str:
    """The row button that was pressed, or nothing."""
    value = (_values(data, ROWS_INPUT) or [""])[-1]
    found = ROW_ACT.fullmatch(value)
    keys = {field.key for field in section.fields if field.type is FieldType.ROWS}
    return value if found and (found[2] or found[4]) in keys else ""


def change_rows(section: Section, raw: dict[str, Any], act: str) -> dict[str, Any]:
    """Raw answers after a row button was pressed; a full group stays as it is."""
    found = ROW_ACT.fullmatch(act)
    if found is None:
        return raw
    key = found[2] or found[4]
    group = next(field for field in section.fields if field.key == key)
    rows = list(raw.get(key) or [])
    if found[1]:
        rows = shown_rows(group, rows)
        rows = [*rows, {}] if len(rows) < group.max_rows else rows
    elif int(found[5]) < len(rows):
        del rows[int(found[5])]
    return {**raw, key: rows}


def shown_rows(group: Field, rows: Any) -> list[dict[str, Any]]:
    """The rows a page shows: those there are, filled up to the least number; an optional group may have none."""
    found = [dict(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    least = max(group.min_rows, 1 if group.is_required else 0)
    return found + [{} for _ in range(least - len(found))]


def partial_answers(
    definition: Definition, section_key: str, data: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """A draft after a page was sent: all answers so far, with this page's as they were typed, right or wrong."""
    section = definition.section(section_key)
    raw = raw_answers(section, data)
    if act := row_act(section, data):
        raw = change_rows(section, raw, act)
    return {**answers, **raw}
