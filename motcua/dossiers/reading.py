"""One dossier with its result and its run, read by a statement that is written once.

Every act reads the same three rows twice, for its form and under its lock. Letting the ORM put the statement together
each time costs more than the database needs to answer it.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.base import ModelState

from motcua.catalogue import queries as catalogue
from motcua.dossiers.models import Dossier, Result
from motcua.kernel import acts
from motcua.places import queries as places
from motcua.workflow.models import Run

_SEEN = " AND EXISTS (SELECT FROM dossiers_access a WHERE a.dossier_id = d.id AND a.audience = ANY (%s::uuid[]))"
_REACHES = "SELECT 1 FROM dossiers_access WHERE dossier_id = %s AND audience = ANY (%s::uuid[]) LIMIT 1"
# The mandates to sign come with the row where the next act is a signature: that costs the others nothing.
_MANDATES = """CASE WHEN d.step_kind = 'sign' AND d.spot_id IS NULL THEN
 (SELECT coalesce(json_agg(to_json(m)), '[]') FROM dossiers_mandate m WHERE m.agency_id = d.competent_agency_id) END"""
LOCK = " FOR NO KEY UPDATE OF d"


def one(dossier_id: UUID, audiences: Sequence[UUID] | None) -> Dossier:
    """The dossier if one of the audiences reaches it (None: whoever asks).

    Procedure and agencies come from memory. Raises `Dossier.DoesNotExist`.
    """
    return _dossier(_row(_statement(audiences is not None), [dossier_id], audiences))


def taken(dossier_id: UUID, audiences: Sequence[UUID] | None, claiming: list[Any] | None) -> tuple[Dossier, bool]:
    """`one`, locked until the transaction ends, and whether its form is new: claimed by the same statement.

    `claiming` are the values of `acts.CLAIM`; None, for an act without a form, is always new.
    """
    if claiming is None:
        return _dossier(_row(_statement(audiences is not None, LOCK), [dossier_id], audiences)), True
    row = _row(_statement(audiences is not None, LOCK, acts.CLAIM), [*claiming, dossier_id], audiences)
    return _dossier(row), bool(row[-1])


def reaches(dossier_id: UUID, audiences: Sequence[UUID]) -> bool:
    """Whether one of the audiences reaches the dossier."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHES, [dossier_id, list(audiences)])
        return cursor.fetchone() is not None


def _row(statement: str, values: list[Any], audiences: Sequence[UUID] | None) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values if audiences is None else [*values, list(audiences)])
        row: Sequence[Any] | None = cursor.fetchone()
    if row is None:
        raise Dossier.DoesNotExist
    return row


def _dossier(row: Sequence[Any]) -> Dossier:
    values = iter(row)
    dossier, result, run = (_made(model, values) for model in (Dossier, Result, Run))
    assert isinstance(dossier, Dossier)  # noqa: S101 -- the row has a key
    if dossier.correction_run_id is None:
        dossier.run = run
    else:
        dossier.correction_run = run  # the first one is read by who asks for it
    dossier.mandates = next(values)
    if result is not None:
        dossier.result = result
    else:
        dossier._state.fields_cache["result"] = None  # as the ORM notes that there is none
    dossier.procedure = catalogue.kept_procedure(dossier.procedure_id)
    dossier.receiving_agency = places.kept_agency(dossier.receiving_agency_id)
    dossier.competent_agency = places.kept_agency(dossier.competent_agency_id)
    dossier.heir_agency = places.kept_agency(dossier.heir_agency_id) if dossier.heir_agency_id else None
    return dossier


@lru_cache(maxsize=8)
def _statement(is_narrowed: bool, lock: str = "", claim: str = "") -> str:
    columns = ", ".join(
        f'{letter}."{field.column}"'
        for letter, model in (("d", Dossier), ("r", Result), ("w", Run))
        for field in model._meta.concrete_fields
    )
    read = (
        f"FROM dossiers_dossier d LEFT JOIN dossiers_result r ON r.dossier_id = d.id"
        f" LEFT JOIN workflow_run w ON w.id = coalesce(d.correction_run_id, d.run_id)"
        f" WHERE d.id = %s{_SEEN if is_narrowed else ''}{lock}"
    )
    if claim:
        return f"WITH claimed AS ({claim}) SELECT {columns}, {_MANDATES}, EXISTS (SELECT FROM claimed) {read}"  # noqa: S608
    return f"SELECT {columns}, {_MANDATES} {read}"  # noqa: S608 -- names of our columns


@lru_cache(maxsize=4)
def _shape(model: type[models.Model]) -> tuple[tuple[str, ...], int, tuple[tuple[str, Any], ...]]:
    """Names of the attributes in the order of the columns, the place of the key, and the fields kept as JSON."""
    fields = model._meta.concrete_fields
    names = tuple(field.attname for field in fields)
    return names, names.index("id"), tuple((f.attname, f) for f in fields if isinstance(f, models.JSONField))


def _made(model: type[models.Model], values: Iterator[Any]) -> Any:
    """The instance of the next columns; None where the outer join found no row.

    Put together by hand: `Model.from_db` sets a hundred attributes one by one, fifteen times in a dossier's life.
    """
    names, key, texts = _shape(model)
    row = list(islice(values, len(names)))
    if row[key] is None:
        return None
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, "default"
    made.__dict__.update(zip(names, row, strict=True))
    for name, field in texts:
        made.__dict__[name] = field.from_db_value(made.__dict__[name], None, connection)
    return made
