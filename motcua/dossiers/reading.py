"""One dossier with its result and its run, read by a statement that is written once.

Every act reads the same three rows twice, for its form and under its lock. Letting the ORM put the statement together
each time costs more than the database needs to answer it.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from motcua.catalogue import queries as catalogue
from motcua.dossiers.models import Dossier, Result
from motcua.places import queries as places
from motcua.workflow.models import Run

_SEEN = " AND EXISTS (SELECT FROM dossiers_access a WHERE a.dossier_id = d.id AND a.audience = ANY (%s::uuid[]))"


def one(dossier_id: UUID, audiences: Sequence[UUID] | None, *, lock: bool = False) -> Dossier:
    """The dossier if one of the audiences reaches it (None: whoever asks), locked until the transaction ends.

    Procedure and agencies come from memory. Raises `Dossier.DoesNotExist`.
    """
    known = audiences is not None
    with connection.cursor() as cursor:
        cursor.execute(_statement(known, lock), [dossier_id, list(audiences)] if known else [dossier_id])  # type: ignore[arg-type]
        row = cursor.fetchone()
    if row is None:
        raise Dossier.DoesNotExist
    values = iter(row)
    dossier, result, run = (_made(model, values) for model in (Dossier, Result, Run))
    assert isinstance(dossier, Dossier)  # noqa: S101 -- the row has a key
    dossier.run = run
    if result is not None:
        dossier.result = result
    else:
        dossier._state.fields_cache["result"] = None  # as the ORM notes that there is none
    dossier.procedure = catalogue.kept_procedure(dossier.procedure_id)
    dossier.receiving_agency = places.kept_agency(dossier.receiving_agency_id)
    dossier.competent_agency = places.kept_agency(dossier.competent_agency_id)
    dossier.heir_agency = places.kept_agency(dossier.heir_agency_id) if dossier.heir_agency_id else None
    return dossier


@lru_cache(maxsize=4)
def _statement(is_narrowed: bool, lock: bool) -> str:
    columns = ", ".join(
        f'{letter}."{field.column}"'
        for letter, model in (("d", Dossier), ("r", Result), ("w", Run))
        for field in model._meta.concrete_fields
    )
    return (
        f"SELECT {columns} FROM dossiers_dossier d LEFT JOIN dossiers_result r ON r.dossier_id = d.id"  # noqa: S608
        f" LEFT JOIN workflow_run w ON w.id = d.run_id WHERE d.id = %s{_SEEN if is_narrowed else ''}"
        f"{' FOR NO KEY UPDATE OF d' if lock else ''}"
    )


def _made(model: type[models.Model], values: Iterator[Any]) -> Any:
    """The instance of the next columns, as the ORM makes it; None where the outer join found no row."""
    fields = model._meta.concrete_fields
    row = [next(values) for _ in fields]
    for place, field in enumerate(fields):
        if isinstance(field, models.JSONField):
            row[place] = field.from_db_value(row[place], None, connection)  # type: ignore[arg-type]
    names = [field.attname for field in fields]
    return None if row[names.index("id")] is None else model.from_db("default", names, row)
