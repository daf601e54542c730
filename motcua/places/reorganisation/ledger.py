"""The ledger of a plan's line: rows are changed in one statement together with what they held before and after.

A mover works with whole sets, not row by row, and taking a line back is exact: the ledger restores what was there.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models


class Ledger:
    """Changes rows on behalf of one line and keeps what they were. Use it inside the line's transaction."""

    def __init__(self, line_id: UUID) -> None:
        self.line_id = line_id

    def change(self, model: type[models.Model], sets: Mapping[str, str], rest: str, values: Sequence[Any] = ()) -> int:
        """Set columns (SQL over `t`) of the rows of `model` that `rest` finds (joins and WHERE over `t`); how many.

        `values` fill the placeholders in the order of the text: those of `sets` first.
        """
        table, key = _names(model)
        held = ", ".join(f't."{name}" AS "was_{name}", ({value}) AS "new_{name}"' for name, value in sets.items())
        is_new = " OR ".join(f'"was_{name}" IS DISTINCT FROM "new_{name}"' for name in sets)
        return self._run(
            f'WITH held AS MATERIALIZED (SELECT t."{key}" AS key, {held} FROM "{table}" t {rest}'  # noqa: S608
            f" FOR NO KEY UPDATE OF t), differs AS (SELECT * FROM held WHERE {is_new}), moved AS ("
            f'UPDATE "{table}" u SET {_assigned(sets)} FROM differs d WHERE u."{key}" = d.key)'
            ' INSERT INTO places_journalrow (line_id, "table", row, before, after)'
            f" SELECT %s, %s, key::text, jsonb_build_object({_pairs('was', sets)}),"
            f" jsonb_build_object({_pairs('new', sets)}) FROM differs",
            [*values, self.line_id, table],
        )

    def insert(self, model: type[models.Model], columns: Sequence[str], select: str, values: Sequence[Any] = ()) -> int:
        """Add the rows that `select` gives for these columns, those that are there already left out; how many."""
        table, key = _names(model)
        names = ", ".join(f'"{name}"' for name in columns)
        return self._run(
            f'WITH made AS (INSERT INTO "{table}" ({names}) {select} ON CONFLICT DO NOTHING RETURNING "{key}" AS key)'  # noqa: S608
            ' INSERT INTO places_journalrow (line_id, "table", row, before, after)'
            " SELECT %s, %s, key::text, NULL, '{}'::jsonb FROM made",
            [*values, self.line_id, table],
        )

    def delete(self, model: type[models.Model], rest: str, values: Sequence[Any] = ()) -> int:
        """Remove the rows that `rest` finds (USING and WHERE over `t`), kept whole in the ledger; how many."""
        table, key = _names(model)
        return self._run(
            f'WITH gone AS (DELETE FROM "{table}" t {rest} RETURNING t.*)'  # noqa: S608
            ' INSERT INTO places_journalrow (line_id, "table", row, before, after)'
            f' SELECT %s, %s, g."{key}"::text, to_jsonb(g), NULL FROM gone g',
            [*values, self.line_id, table],
        )

    def disturbed(self, model: type[models.Model]) -> list[str]:
        """Keys of rows that were changed by others since, so that they cannot be taken back.

        A row that a later line changed as well is that line's to look at: it is taken back first.
        """
        table, key = _names(model)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT j.row FROM places_journalrow j LEFT JOIN "{table}" u ON u."{key}" = j.row::{_type(model)}'  # noqa: S608
                ' WHERE j.line_id = %s AND j."table" = %s AND j.before IS NOT NULL AND j.after IS NOT NULL'
                ' AND NOT EXISTS (SELECT FROM places_journalrow k WHERE k."table" = j."table" AND k.row = j.row'
                " AND k.line_id <> j.line_id AND k.id > j.id AND k.before IS NOT NULL AND k.after IS NOT NULL)"
                f' AND (u."{key}" IS NULL OR NOT to_jsonb(u) @> j.after) ORDER BY j.id',
                [self.line_id, table],
            )
            return [row[0] for row in cursor.fetchall()]

    def undo(self, model: type[models.Model]) -> int:
        """Put the rows of `model` back as they were before the line, and forget what was kept; how many."""
        table, key = _names(model)
        mine = f"j.line_id = %s AND j.\"table\" = '{table}'"
        joined = f'u."{key}" = j.row::{_type(model)}'
        self._run(
            f'DELETE FROM "{table}" u USING places_journalrow j WHERE {mine} AND j.before IS NULL AND {joined}',  # noqa: S608
            [self.line_id],
        )
        for columns in self._changed(mine):
            record = f'jsonb_populate_record(NULL::"{table}", j.before)'
            sets = ", ".join(f'"{name}" = ({record})."{name}"' for name in columns)
            self._run(
                f'UPDATE "{table}" u SET {sets} FROM places_journalrow j WHERE {mine} AND {joined}'  # noqa: S608
                " AND j.before IS NOT NULL AND j.after IS NOT NULL AND j.before ?& %s"
                " AND (SELECT count(*) FROM jsonb_object_keys(j.before)) = %s",
                [self.line_id, columns, len(columns)],
            )
        self._run(
            f'INSERT INTO "{table}" SELECT r.* FROM places_journalrow j,'  # noqa: S608
            f' jsonb_populate_record(NULL::"{table}", j.before) r WHERE {mine} AND j.after IS NULL',
            [self.line_id],
        )
        return self._run(f"DELETE FROM places_journalrow j WHERE {mine}", [self.line_id])  # noqa: S608

    def _changed(self, mine: str) -> list[list[str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT ARRAY(SELECT jsonb_object_keys(j.before) ORDER BY 1) FROM places_journalrow j"  # noqa: S608
                f" WHERE {mine} AND j.before IS NOT NULL AND j.after IS NOT NULL",
                [self.line_id],
            )
            return [row[0] for row in cursor.fetchall()]

    def _run(self, statement: str, values: Sequence[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)


def _names(model: type[models.Model]) -> tuple[str, str]:
    key = model._meta.pk
    if key is None or key.column is None:
        raise TypeError(f"{model.__name__} has no key.")
    return model._meta.db_table, key.column


def _type(model: type[models.Model]) -> str:
    key = model._meta.pk
    return str(key.rel_db_type(connection)) if key else "text"


def _assigned(sets: Mapping[str, str]) -> str:
    return ", ".join(f'"{name}" = d."new_{name}"' for name in sets)


def _pairs(side: str, sets: Mapping[str, str]) -> str:
    return ", ".join(f"'{name}', \"{side}_{name}\"" for name in sets)
