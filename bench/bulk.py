"""Dossiers by the hundred thousand, written in bulk with everything the lists and the search read."""

import csv
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from bench import output
from motcua.dossiers.audiences import desk
from motcua.dossiers.models import Access, Dossier, Tally
from motcua.kernel.text import fold
from motcua.places import queries as places
from motcua.places.models import Agency

OFFICER_AGENCY, LEADER_AGENCY = "H49.04", "H49.23"  # who has 50 rows, who sees all
STRANGER_AGENCY = "H49.106"  # who has none
OFFICER_ROWS = 50
NAMES = 4000  # different names, as often as in the province
DAYS = 900
STEP = 50_000

# State by the last two digits of the row's number: mostly done, some open, a few in every other state.
_STATE = """CASE WHEN i %% 100 < 84 THEN 10 WHEN i %% 100 < 89 THEN 9 WHEN i %% 100 < 95 THEN 4
    WHEN i %% 100 < 96 THEN 2 WHEN i %% 100 < 97 THEN 5 WHEN i %% 100 < 98 THEN 7
    WHEN i %% 100 < 99 THEN 3 ELSE 1 END"""

_ROWS = f"""
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT i, uuidv7() AS id, {_STATE} AS state, p.id AS procedure_id, p.code AS procedure_code,
    CASE WHEN i <= %(officer_rows)s THEN %(officer)s::uuid ELSE a.id END AS agency_id,
    %(leader)s::uuid AS receiving_id, n.name, n.words, day,
    'H49.23-' || to_char(day, 'YYMMDD') || '-' || lpad((i / %(days)s + 1)::text, 4, '0') AS code,
    (i / %(days)s + 1) AS number,
    (day + time '07:30' + (i %% 540)::int * interval '1 minute') AT TIME ZONE 'Asia/Ho_Chi_Minh' AS at,
    (1 + i %% 12)::int AS length
FROM (SELECT i, (current_date - (i %% %(days)s)::int) AS day
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i) AS s
CROSS JOIN LATERAL (SELECT (%(procedures)s::uuid[])[(1 + (i * 7919) %% %(procedure_count)s)::int] AS id,
    (%(procedure_codes)s::text[])[(1 + (i * 7919) %% %(procedure_count)s)::int] AS code) AS p
CROSS JOIN LATERAL (SELECT (%(agencies)s::uuid[])[(1 + (i * 104729) %% %(agency_count)s)::int] AS id) AS a
CROSS JOIN LATERAL (SELECT (%(names)s::text[])[(1 + (i * 15485863) %% %(name_count)s)::int] AS name,
    string_to_array((%(words)s::text[])[(1 + (i * 15485863) %% %(name_count)s)::int], ' ') AS words) AS n
"""
# The first rows of the officer's agency are open and wait at its handlers' desk.
_OPEN = "UPDATE made SET state = 4 WHERE i <= %(officer_rows)s"

_DOSSIERS = {
    "id": "id", "version": "3", "tracking_code": "'BENCH' || lpad(i::text, 9, '0')",
    "code": "CASE WHEN state IN (1, 3) THEN NULL ELSE code END", "state": "state",
    "channel": "CASE WHEN i % 3 = 0 THEN 'online' ELSE 'counter' END", "source_system": "'one_stop'",
    "procedure_id": "procedure_id", "procedure_version": "1", "case_key": "''", "receiving_agency_id": "receiving_id",
    "competent_agency_id": "agency_id", "relation": "'self'", "owner_name": "name", "submitter_name": "name",
    "phone": "''", "email": "''", "address": "''", "consent": "''", "form_key": "''", "form_version": "1",
    "answers": "'{}'", "result_form": "'paper'", "submitted_at": "at", "acceptance_due_at": "at + interval '8 hours'",
    "accepted_at": "CASE WHEN state IN (1, 3) THEN NULL ELSE at + interval '1 hour' END",
    "due_at": "at + length * interval '1 day'", "original_due_at": "at + length * interval '1 day'",
    "paused_at": "CASE WHEN state = 5 THEN at + interval '1 day' END",
    "finished_at": "CASE WHEN state IN (9, 10) THEN at + length * interval '22 hours' END",
    "closed_at": "CASE WHEN state IN (3, 7, 10) THEN at + length * interval '23 hours' END",
    "step_key": "CASE WHEN state IN (2, 4) THEN 'appraise' ELSE '' END",
    "step_kind": "CASE WHEN state IN (2, 4) THEN 'appraise' ELSE '' END",
    "step_name": "CASE WHEN state IN (2, 4) THEN 'Thẩm định' ELSE '' END",
    "step_role": "CASE WHEN state IN (2, 4) THEN 'handler' ELSE '' END",
    "step_agency_id": "CASE WHEN state IN (2, 4) THEN agency_id END", "step_position": "2", "assignee_name": "''",
    "supplement_count": "0", "is_reconstructed": "true", "open_parts": "'[]'", "spot_declined": "''",
    "second_language": "''",
}  # fmt: skip

_ACCESS = """
INSERT INTO dossiers_access (audience, dossier_id, reason, state, is_open, is_turn, sort_at, words)
SELECT x.audience, m.id, x.reason, m.state, m.state IN (1, 2, 4, 5, 9), x.is_turn,
    CASE WHEN m.state IN (2, 4) THEN m.at + m.length * interval '1 day' WHEN m.state = 1 THEN m.at + interval '8 hours'
        WHEN m.state = 5 THEN m.at + interval '3650 days' ELSE m.at + m.length * interval '23 hours' END,
    array_to_tsvector(m.words
        || ARRAY['c:' || lower(m.code), 'n:' || m.number, 'd:' || m.day, 'p:' || m.procedure_code])
FROM made AS m CROSS JOIN LATERAL (
    SELECT m.receiving_id AS audience, 'agency' AS reason, false AS is_turn
    UNION ALL SELECT m.agency_id, 'agency', false
    UNION ALL SELECT gen_random_uuid(), 'owner', m.state = 5
    UNION ALL SELECT (%(desks)s::jsonb ->> m.agency_id::text)::uuid, 'desk', true WHERE m.state IN (2, 4)
) AS x
"""


def fill(size: int) -> None:
    """Write `size` dossiers with their access rows and the tallies; indexes of the search are made afterwards."""
    facts = _facts()
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'dossiers_access'"
            " AND indexname IN ('dossiers_access_words', 'dossiers_access_order', 'dossiers_access_turn')"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    for first in range(1, size + 1, STEP):
        last = min(size, first + STEP - 1)
        with transaction.atomic(), connection.cursor() as cursor:
            values = {**facts, "first": first, "last": last}
            cursor.execute(_client_side(_ROWS, values))
            cursor.execute(_client_side(_OPEN, values))
            cursor.execute(_insert())
            cursor.execute(_client_side(_ACCESS, values))
        output.say(f"  {last:,} of {size:,} dossiers, {time.monotonic() - started:.0f} s")
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute(
            f"INSERT INTO {Tally._meta.db_table} (agency_id, state, count)"  # noqa: S608 - our own names
            " SELECT agency, state, count(*) FROM (SELECT receiving_agency_id AS agency, state FROM dossiers_dossier"
            " UNION ALL SELECT competent_agency_id, state FROM dossiers_dossier) AS both_agencies GROUP BY 1, 2"
        )
        for model in (Dossier, Access, Tally):
            cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
    output.say(f"  made in {time.monotonic() - started:.0f} s")


def _insert() -> str:
    missing = {
        field.column
        for field in Dossier._meta.concrete_fields
        if field.column not in _DOSSIERS and not field.null
    }  # fmt: skip
    if missing:
        raise SystemExit(f"bench/bulk.py does not know these columns of a dossier yet: {sorted(missing)}")
    return f"INSERT INTO dossiers_dossier ({', '.join(_DOSSIERS)}) SELECT {', '.join(_DOSSIERS.values())} FROM made"  # noqa: S608


def _client_side(query: str, values: dict[str, Any]) -> str:
    """The statement with its values written in: these statements take no parameters from the server's side."""
    from psycopg import ClientCursor

    connection.ensure_connection()
    raw = connection.connection
    return ClientCursor(raw).mogrify(query, values)


def _facts() -> dict[str, Any]:
    from motcua.catalogue.models import Procedure

    agencies = {agency.code: agency.pk for agency in Agency.objects.filter(valid_to__isnull=True)}
    others = [
        key for code, key in agencies.items()
        if code.count(".") == 1 and code not in (OFFICER_AGENCY, LEADER_AGENCY, STRANGER_AGENCY)
    ]  # fmt: skip
    procedures = list(Procedure.objects.handled_here().order_by("code").values_list("pk", "code")[:1500])
    names = _names(settings.PACK / "people")
    desks = {str(key): str(desk(key, "handler")) for key in [*others, agencies[OFFICER_AGENCY]]}
    from psycopg.types.json import Jsonb

    return {
        "officer": agencies[OFFICER_AGENCY], "leader": agencies[LEADER_AGENCY], "officer_rows": OFFICER_ROWS,
        "days": DAYS, "agencies": others, "agency_count": len(others), "desks": Jsonb(desks),
        "procedures": [key for key, _ in procedures], "procedure_codes": [code for _, code in procedures],
        "procedure_count": len(procedures), "names": names, "words": [fold(name) for name in names],
        "name_count": len(names),
    }  # fmt: skip


def _names(folder: Path) -> list[str]:
    from bench.life import random_for

    rng = random_for("names")
    rows = {name: list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8")))
            for name in ("surnames", "given_names")}  # fmt: skip
    surnames = [row["surname"] for row in rows["surnames"]]
    weights = [float(row["weight"]) for row in rows["surnames"]]
    given: dict[tuple[str, str], list[str]] = {}
    for row in rows["given_names"]:
        given.setdefault((row["sex"], row["kind"]), []).append(row["name"])
    found = []
    for surname in rng.choices(surnames, weights, k=NAMES):
        sex = rng.choice(("male", "female"))
        found.append(f"{surname} {rng.choice(given[sex, 'middle'])} {rng.choice(given[sex, 'given'])}")
    return found


def deep_mark(agency_id: UUID, share: float = 0.5) -> str:
    """The address of the page that begins in the middle of an agency's list, as `queries` writes it."""
    count = Access.objects.filter(audience=agency_id).count()
    rows = Access.objects.filter(audience=agency_id).order_by("sort_at", "dossier_id")
    row = rows.values_list("sort_at", "dossier_id")[int(count * share)]
    return f"n{row[0].timestamp():.6f}_{row[1].hex}"


def leader_agency() -> UUID:
    """The agency that sees all."""
    return places.agency(LEADER_AGENCY).pk
