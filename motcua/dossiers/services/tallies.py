"""Counters of dossiers by agency and state, kept from the event log; they equal a recount at any moment."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from motcua.kernel.outbox import Fact

_MOVE = """
WITH now AS (
    SELECT id, state, ARRAY[coalesce(heir_agency_id, receiving_agency_id), competent_agency_id] AS agencies
    FROM dossiers_dossier WHERE id = ANY (%(ids)s::uuid[])
), moved AS (
    SELECT now.*, before.state AS old FROM now LEFT JOIN dossiers_counted before ON before.dossier_id = now.id
    WHERE before.state IS DISTINCT FROM now.state
), kept AS (
    INSERT INTO dossiers_counted (dossier_id, state) SELECT id, state FROM moved
    ON CONFLICT (dossier_id) DO UPDATE SET state = excluded.state
), changes AS (
    SELECT DISTINCT id, unnest(agencies) AS agency, state, 1 AS change FROM moved
    UNION ALL SELECT DISTINCT id, unnest(agencies), old, -1 FROM moved WHERE old IS NOT NULL
)
INSERT INTO dossiers_tally (agency_id, state, count)
SELECT agency, state, sum(change) FROM changes GROUP BY agency, state ORDER BY agency, state
ON CONFLICT (agency_id, state) DO UPDATE SET count = dossiers_tally.count + excluded.count
"""

_RECOUNT = """
DELETE FROM dossiers_tally;
DELETE FROM dossiers_counted;
INSERT INTO dossiers_counted (dossier_id, state) SELECT id, state FROM dossiers_dossier;
INSERT INTO dossiers_tally (agency_id, state, count)
SELECT agency, state, count(*) FROM (
    SELECT DISTINCT id, state,
        unnest(ARRAY[coalesce(heir_agency_id, receiving_agency_id), competent_agency_id]) AS agency
    FROM dossiers_dossier
) AS each GROUP BY agency, state;
"""

_SHIFT = """
INSERT INTO dossiers_tally (agency_id, state, count)
SELECT agency, state, sum(%(by)s) FROM (
    SELECT DISTINCT d.id, c.state,
        unnest(ARRAY[coalesce(d.heir_agency_id, d.receiving_agency_id), d.competent_agency_id]) AS agency
    FROM dossiers_dossier d JOIN dossiers_counted c ON c.dossier_id = d.id WHERE d.id = ANY (%(ids)s::uuid[])
) AS each GROUP BY agency, state ORDER BY agency, state
ON CONFLICT (agency_id, state) DO UPDATE SET count = dossiers_tally.count + excluded.count
"""


def shift(dossier_ids: Sequence[UUID], *, by: int) -> None:
    """Take these dossiers out of the counters of their agencies (-1), or put them into those of their present ones (1).

    Together, around a change of agencies, they move what is counted; what no event has counted yet is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHIFT, {"ids": list(dossier_ids), "by": by})


def count_moves(facts: Sequence[Fact]) -> None:
    """Consumer: move every dossier named in these events to the column of its present state."""
    ids = sorted({str(fact.payload["dossier_id"]) for fact in facts})
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"ids": ids})


@transaction.atomic
def recount() -> None:
    """Count everything anew, after rows were loaded in bulk."""
    with connection.cursor() as cursor:
        for statement in filter(str.strip, _RECOUNT.split(";")):
            cursor.execute(statement)
