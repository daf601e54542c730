"""Keyset pages: the next page starts after the last row seen, whatever its depth."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page of rows, with the opaque cursors of its neighbours (empty when there is none)."""

    rows: Sequence[M]
    next: str
    previous: str


def page(queryset: QuerySet[M], *, order: Sequence[str], cursor: str = "", size: int = 25) -> Page[M]:
    """The page at `cursor` of rows ordered by `order` (fields, `-` for descending; the last one unique).

    A cursor that is not one of ours starts at the beginning.
    """
    backwards, marks = _decode(cursor, len(order))
    ordering = [_flip(field) for field in order] if backwards else list(order)
    rows_of = queryset.order_by(*[F(f.lstrip("-")).desc() if f.startswith("-") else F(f).asc() for f in ordering])
    if marks is not None:
        try:
            rows_of = rows_of.filter(_after(ordering, marks))
        except (ValidationError, ValueError, TypeError, OverflowError):  # well-formed, but no values of these fields
            backwards, marks = False, None
            rows_of = queryset.order_by(*[F(f.lstrip("-")).desc() if f.startswith("-") else F(f).asc() for f in order])
    rows = list(rows_of[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else marks is not None
    has_previous = (more if backwards else marks is not None) and bool(rows)
    return Page(
        rows=rows,
        next=_encode("n", rows[-1], order) if rows and has_next else "",
        previous=_encode("p", rows[0], order) if has_previous else "",
    )


def _flip(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _after(ordering: Sequence[str], marks: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for field, mark in zip(ordering, marks, strict=True):
        name = field.lstrip("-")
        condition |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": mark})
        equal &= Q(**{name: mark})
    first, mark = ordering[0], marks[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": mark})
    return bound & condition


def _encode(direction: str, row: Model, order: Sequence[str]) -> str:
    values = []
    for field in order:
        value: Any = row
        for part in field.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if isinstance(value, datetime) else str(value))
    return base64.urlsafe_b64encode(json.dumps([direction, *values]).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> tuple[bool, list[Any] | None]:
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        return False, None
    is_ours = len(values) == length and all(isinstance(value, str) and "\x00" not in value for value in values)
    return (direction == "p", values) if is_ours else (False, None)
