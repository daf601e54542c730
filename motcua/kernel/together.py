"""Writes that belong to one act, sent as one statement: each round trip through the ORM costs more than its work."""

from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import Any, Self

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb


class Together:
    """Collects rows to insert and to change and writes all of them at once, inside the caller's transaction.

    The parts see the tables as they were before the statement, so none may build on another, and no row may be
    written twice. Constraints hold as ever.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._required: dict[int, tuple[int, Exception]] = {}

    def insert(self, *rows: models.Model) -> Self:
        """Add new rows, those of one table in their order; what the database fills in stays unknown to the instance."""
        for (model, left_out), alike in groupby(rows, key=lambda row: (type(row), _left_out(row))):
            fields, many = [f for f in _fields(model) if f.attname not in left_out], list(alike)
            names = ", ".join(f'"{f.column}"' for f in fields)
            places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(many))
            self.add(
                f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {places}',  # noqa: S608 -- names of our columns
                *(ready(f, getattr(row, f.attname)) for row in many for f in fields),
            )
            for row in many:
                row._state.adding, row._state.db = False, "default"
        return self

    def change(self, row: models.Model, names: list[str]) -> Self:
        """Write these fields (attribute names, such as `run_id`) of a row that exists."""
        fields, key = [f for f in _fields(type(row)) if f.attname in names], row._meta.pk
        if fields and key is not None:
            places = ", ".join(f'"{f.column}" = %s' for f in fields)
            self.add(
                f'UPDATE "{row._meta.db_table}" SET {places} WHERE "{key.column}" = %s',  # noqa: S608 -- our columns
                *(ready(f, getattr(row, f.attname)) for f in fields),
                row.pk,
            )
        return self

    def add(self, sql: str, *values: Any) -> Self:
        """Add a statement of one's own: INSERT, UPDATE or DELETE, without its own WITH."""
        self._parts.append(sql)
        self._values += values
        return self

    def require(self, sql: str, *values: Any, error: Exception, rows: int = 1) -> Self:
        """Add an INSERT, UPDATE or DELETE that must touch so many rows; if it does not, `write` raises the error.

        It is carried out before everything that is only added, so an insert may take the place it frees.
        """
        self._required[len(self._parts)] = rows, error
        return self.add(f"{sql} RETURNING 1", *values)

    def write(self) -> None:
        """Write everything collected so far."""
        parts, values, required = self._parts, self._values, self._required
        if not parts:
            return
        self._parts, self._values, self._required = [], [], {}
        counts = ", ".join(f"(SELECT count(*) FROM p{number})" for number in required)  # noqa: S608 -- numbers only
        last = f"SELECT {counts}" if required else parts.pop()
        named = ", ".join(f"p{number} AS ({part})" for number, part in enumerate(parts))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {named} {last}" if named else last, values)
            touched = cursor.fetchone() or () if required else ()
        for count, (rows, error) in zip(touched, required.values(), strict=True):
            if count != rows:
                raise error


def ready(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as the driver takes it; all but JSON and words of enumerations pass as they are."""
    if isinstance(field, models.JSONField):
        return None if value is None else Jsonb(value)
    return value.value if isinstance(value, Enum) else value


@lru_cache(maxsize=256)
def _fields(model: type[models.Model]) -> "tuple[models.Field[Any, Any], ...]":
    return tuple(model._meta.concrete_fields)


def _left_out(row: models.Model) -> frozenset[str]:
    """The fields whose values the database gives: their default, or its own number."""
    held = ((f, getattr(row, f.attname)) for f in _fields(type(row)))
    return frozenset(
        f.attname
        for f, value in held
        if isinstance(value, DatabaseDefault) or (value is None and isinstance(f, models.AutoField))
    )
