"""Invariants of a data set, counted after it was built: what the constraints cannot say row by row."""

from typing import Any

from django.db import connection

from motcua.dossiers.models import Dossier
from motcua.places import queries as places
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import ORDINARY, Duration, due

_BROKEN = {
    "codes with gaps": """
        SELECT count(*) FROM (SELECT receiving_agency_id, left(right(code, -strpos(code, '-')), 6) AS day,
        count(*) AS n, max(substring(code from '[0-9]+$')::int) AS last FROM dossiers_dossier WHERE code IS NOT NULL
        GROUP BY 1, 2) AS days WHERE n <> last""",
    "day numbers that differ": """SELECT count(*) FROM dossiers_daynumber d WHERE d.last <> (SELECT count(*) FROM
        dossiers_dossier x WHERE x.receiving_agency_id = d.agency_id AND (x.accepted_at AT TIME ZONE
        'Asia/Ho_Chi_Minh')::date = d.day)""",
    "registers with gaps": """
        SELECT count(*) FROM dossiers_register r WHERE r.last <> (SELECT count(*) FROM dossiers_result x
        WHERE x.register_id = r.id)""",
    "resolved without a result": """
        SELECT count(*) FROM dossiers_dossier d WHERE d.state IN (9, 10) AND NOT EXISTS (SELECT FROM
        dossiers_result r WHERE r.dossier_id = d.id)""",
    "nobody can reach": """SELECT count(*) FROM dossiers_dossier d WHERE NOT EXISTS (SELECT FROM dossiers_access a
        WHERE a.dossier_id = d.id)""",
    "without a story": """SELECT count(*) FROM dossiers_dossier d WHERE NOT EXISTS (SELECT FROM dossiers_storyline s
        WHERE s.dossier_id = d.id)""",
    "finished before accepted": "SELECT count(*) FROM dossiers_dossier WHERE finished_at < accepted_at",
    "runs that differ": """SELECT count(*) FROM dossiers_dossier d JOIN workflow_run r ON r.id = d.run_id
        WHERE r.due_at IS DISTINCT FROM d.due_at OR r.subject_id <> d.id""",
}
SAMPLE = 500


def broken() -> dict[str, int]:
    """The invariants that do not hold, with how often; empty when all do."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in _BROKEN.items():
            cursor.execute(query)
            row = cursor.fetchone()
            found[name] = int(row[0]) if row else 0
    found["due dates the engine does not agree with"] = _wrong_due_dates()
    return {name: count for name, count in found.items() if count}


def counts() -> dict[str, int]:
    """How many rows there are of what."""
    tables = ("dossiers_dossier", "dossiers_storyline", "dossiers_access", "dossiers_result", "workflow_run")
    with connection.cursor() as cursor:
        found: dict[str, Any] = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            found[table] = (cursor.fetchone() or (0,))[0]
    return found


def _wrong_due_dates() -> int:
    wrong = 0
    rows = (
        Dossier.objects.filter(run__amount__isnull=False)
        .select_related("run", "receiving_agency")
        .order_by("tracking_code")
    )
    for dossier in rows[:SAMPLE]:
        if dossier.run is None or dossier.run.amount is None or dossier.accepted_at is None:
            continue
        limit = Duration(dossier.run.amount, DurationUnit(dossier.run.unit))
        calendar = places.working_calendar(dossier.receiving_agency)
        wrong += due(dossier.accepted_at, limit, calendar, ORDINARY).at != dossier.due_at
    return wrong
