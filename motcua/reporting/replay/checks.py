"""What a replay looks at: written against the tables, not against the code that moves them."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

# What every question may name: agencies that do not exist on the day, and dossiers not yet in their owner's hands.
_WITH = """
WITH ended AS (SELECT id FROM places_agency WHERE valid_from > %(on)s OR valid_to < %(on)s),
    running AS (SELECT * FROM dossiers_dossier WHERE state IN (1, 2, 4, 5, 6, 9)),
    commune AS (SELECT * FROM places_unit WHERE kind IN ('ward', 'commune', 'township', 'special_zone'))
"""
_ORPHANS = {
    "dossiers_decided": "SELECT count(*) FROM running WHERE competent_agency_id IN (SELECT id FROM ended)",
    "dossiers_received": """
        SELECT count(*) FROM running WHERE coalesce(heir_agency_id, receiving_agency_id) IN (SELECT id FROM ended)""",
    "dossiers_on_desks": "SELECT count(*) FROM running WHERE step_agency_id IN (SELECT id FROM ended)",
    "dossiers_nobody_reaches": """
        SELECT count(*) FROM running d WHERE NOT EXISTS (SELECT FROM dossiers_access a WHERE a.dossier_id = d.id
        AND a.audience = d.competent_agency_id)""",
    "parts": """
        SELECT count(*) FROM dossiers_part p WHERE p.state IN ('waiting', 'running')
        AND p.agency_id IN (SELECT id FROM ended)""",
    "parts_in_the_row": """
        SELECT count(*) FROM running d, jsonb_array_elements(d.open_parts) one
        WHERE one->>'agency' <> '' AND (one->>'agency')::uuid IN (SELECT id FROM ended)""",
    "runs": """
        SELECT count(*) FROM workflow_run r WHERE r.ended_at IS NULL AND (r.agency_id IN (SELECT id FROM ended)
        OR r.receiving_agency_id IN (SELECT id FROM ended)) AND r.subject_id IN (SELECT id FROM running)""",
    "steps": """
        SELECT count(*) FROM workflow_steprun s JOIN workflow_run r ON r.id = s.run_id WHERE s.left_at IS NULL
        AND r.ended_at IS NULL AND s.agency_id IN (SELECT id FROM ended)""",
    "charges": """
        SELECT count(*) FROM payments_charge c WHERE c.state = 'due' AND c.agency_id IN (SELECT id FROM ended)
        AND c.subject_id IN (SELECT id FROM running)""",
    "roles": """
        SELECT count(*) FROM identity_staffrole r WHERE r.ended_at IS NULL AND r.valid_from <= %(on)s
        AND (r.valid_to IS NULL OR r.valid_to >= %(on)s) AND r.agency_id IN (SELECT id FROM ended)""",
    "mandates": """
        SELECT count(*) FROM dossiers_mandate m WHERE m.ended_at IS NULL AND m.valid_from <= %(on)s
        AND (m.valid_to IS NULL OR m.valid_to >= %(on)s) AND m.agency_id IN (SELECT id FROM ended)""",
    "drafts": """
        SELECT count(*) FROM dossiers_draft d LEFT JOIN places_unit u ON u.id = d.unit_id WHERE d.dossier_id IS NULL
        AND (d.receiving_agency_id IN (SELECT id FROM ended) OR u.valid_to < %(on)s)""",
}
_TOTALS = {
    "dossiers": "SELECT count(*) FROM dossiers_dossier",
    "without_code": "SELECT count(*) FROM dossiers_dossier WHERE code IS NULL",
    "closed": "SELECT count(*) FROM dossiers_dossier d WHERE NOT EXISTS (SELECT FROM running r WHERE r.id = d.id)",
    "counted": "SELECT count(*) FROM dossiers_counted",
    "open_runs": "SELECT count(*) FROM workflow_run WHERE ended_at IS NULL",
    "charges_due": "SELECT coalesce(sum(amount), 0) FROM payments_charge WHERE state = 'due'",
    "drafts": "SELECT count(*) FROM dossiers_draft",
    "open_parts": "SELECT count(*) FROM dossiers_part WHERE state IN ('waiting', 'running')",
    "roles": """
        SELECT count(*) FROM identity_staffrole r WHERE r.ended_at IS NULL AND r.valid_from <= %(on)s
        AND (r.valid_to IS NULL OR r.valid_to >= %(on)s)""",
    "numbers_given": "SELECT coalesce(sum(last), 0) FROM dossiers_register",
}
_UNITS = "SELECT count(*) FROM commune WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)"
_UNITS_AT_WORK = """
SELECT count(DISTINCT u.code) FROM running d JOIN places_agency a ON a.id = d.competent_agency_id
JOIN commune u ON u.id = a.unit_id
"""
_RUNNING = "SELECT count(*) FROM running"
# What a running dossier keeps for good.
_KEPT = """
SELECT md5(coalesce(string_agg(concat_ws('|', id, code, tracking_code, state, submitted_at, accepted_at, due_at,
    original_due_at, step_due_at, step_key, CASE WHEN code IS NOT NULL THEN receiving_agency_id END), ',' ORDER BY id),
    '')) FROM dossiers_dossier
"""
# Counters of agencies and states that a recount of the dossiers would change.
_MISCOUNTED = """
SELECT count(*) FROM (SELECT agency, state, count(*) AS n FROM (SELECT DISTINCT id, state,
    unnest(ARRAY[coalesce(heir_agency_id, receiving_agency_id), competent_agency_id]) AS agency
    FROM dossiers_dossier WHERE id IN (SELECT dossier_id FROM dossiers_counted)) AS each GROUP BY 1, 2) AS real
FULL JOIN (SELECT * FROM dossiers_tally WHERE count <> 0) AS kept ON kept.agency_id = real.agency
    AND kept.state = real.state WHERE kept.count IS DISTINCT FROM real.n
"""
_COUNTERS = """
SELECT md5(coalesce(string_agg(concat_ws(' ', agency_id, state, count), '|' ORDER BY agency_id, state), ''))
FROM dossiers_tally WHERE count <> 0
"""
TABLES = (
    "dossiers_dossier", "dossiers_access", "dossiers_storyline", "dossiers_inheritance", "dossiers_draft",
    "dossiers_part", "dossiers_mandate", "dossiers_register", "dossiers_daynumber", "workflow_run", "workflow_steprun",
    "payments_charge", "identity_staffrole", "places_unit", "places_agency", "places_centre", "places_counter",
    "places_journalrow",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The province on a day: units in force, units with open dossiers, what is open, homeless, and the sums."""

    on: str
    units: int
    units_with_open_dossiers: int
    open_dossiers: int
    orphans: int
    orphans_by_kind: dict[str, int]
    miscounted: int  # counters that a recount would change
    totals: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def snapshot(on: date) -> Snapshot:
    """Look at everything as of a day."""
    orphans = {name: number(query, on) for name, query in _ORPHANS.items()}
    return Snapshot(
        on=on.isoformat(),
        units=number(_UNITS, on),
        units_with_open_dossiers=number(_UNITS_AT_WORK, on),
        open_dossiers=number(_RUNNING, on),
        orphans=sum(orphans.values()),
        orphans_by_kind={name: count for name, count in orphans.items() if count},
        miscounted=number(_MISCOUNTED, on),
        totals={name: number(query, on) for name, query in _TOTALS.items()},
    )


def kept() -> str:
    """A fingerprint of what every running dossier keeps: code, receiving agency, state, due dates, step."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        return str((cursor.fetchone() or ("",))[0])


def checksums() -> dict[str, str]:
    """A fingerprint of every row of the tables a plan touches; a counter at nought is as good as none."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")  # noqa: S608
            found[table] = str((cursor.fetchone() or ("",))[0])
        cursor.execute(_COUNTERS)
        found["dossiers_tally"] = str((cursor.fetchone() or ("",))[0])
    return found


def number(query: str, on: date) -> int:
    """The one number a query answers; it may name the day as `on`."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH + query, {"on": on})
        row = cursor.fetchone()
    return int(row[0]) if row else 0
