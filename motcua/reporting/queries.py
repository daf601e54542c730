"""The report computed from the dossiers themselves, in one statement; reproducible for any past day.

Meaning of the columns: `docs/report.md`. A dossier counts from its acceptance; states 1 and 3 never do.
"""

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.places import queries as places
from motcua.places.models import Agency
from motcua.reporting import rules
from motcua.reporting.enums import Span, Split
from motcua.reporting.rules import Period, Row

_NAMES = {
    Split.AGENCY: ("{competent}::text", "a.name", "''"),
    Split.CENTRE: ("d.receiving_agency_id::text", "a.name", "''"),
    Split.FIELD: ("f.code", "f.name", "''"),
    Split.PROCEDURE: ("p.code", "p.name", "f.name"),
    Split.AGENCY_FIELD: ("{competent}::text || ' ' || f.code", "f.name", "a.name"),
}

# Who decided, as of the moment or when the dossier was resolved: what a reorganisation passed on later was still there.
_COMPETENT = "coalesce(was.agency_id, d.competent_agency_id)"
_WAS = """
    SELECT DISTINCT ON (i.dossier_id) i.dossier_id, i.from_agency_id AS agency_id
    FROM dossiers_inheritance i JOIN dossiers_dossier x ON x.id = i.dossier_id
    WHERE i.is_competent AND i.at >= least(%(as_of)s, coalesce(x.finished_at, %(as_of)s))
    ORDER BY i.dossier_id, i.at
"""

# The due date as it was: the one that held before the first change that came later.
_DUE = """
    (SELECT c.due FROM (
        SELECT s.answered_at AS at, s.due_before AS due FROM dossiers_supplement s WHERE s.dossier_id = d.id
        UNION ALL SELECT p.ended_at, p.due_before FROM dossiers_pause p WHERE p.dossier_id = d.id
        UNION ALL SELECT e.granted_at, e.old_due_at FROM dossiers_extension e WHERE e.dossier_id = d.id
     ) c WHERE c.at > %(as_of)s ORDER BY c.at LIMIT 1)
"""

# Whether the clock stood still for something else than a supplement: the pause it stands in, or one that ended later.
_STANDS_STILL = """
    EXISTS (SELECT FROM workflow_run w WHERE w.id = d.run_id AND (
        w.pause_kind NOT IN ('', 'supplement') AND w.paused_at <= %(as_of)s
        OR EXISTS (SELECT FROM jsonb_array_elements(w.clock) p WHERE p->>'kind' <> 'supplement'
                   AND (p->>'started_at')::timestamptz <= %(as_of)s AND (p->>'ended_at')::timestamptz > %(as_of)s)))
"""

# A dossier that was stopped or withdrawn at the moment of the report and opened again only later: since when.
_WAS_CLOSED = """
    (SELECT o.closed_at FROM dossiers_reopening o WHERE o.dossier_id = d.id AND o.was IN (7, 8)
     AND o.closed_at < %(end)s AND o.at >= %(as_of)s ORDER BY o.closed_at LIMIT 1)
"""

# Since when the clock stood still for the applicant when the dossier was closed: what closed it then was not late.
_WAITED = """
    (SELECT min((p->>'started_at')::timestamptz) FROM workflow_run w, jsonb_array_elements(w.clock) p
     WHERE w.id = d.run_id AND p->>'policy' <> 'counts' AND p->>'kind' <> 'closed'
     AND (p->>'ended_at')::timestamptz = coalesce({was_closed}, d.closed_at))
"""

_SQL = """
WITH each AS (
    SELECT {key} AS key, {name} AS name, {group} AS grp, d.accepted_at >= %(start)s AS is_new, d.channel,
        coalesce({was_closed}, d.finished_at, CASE WHEN d.state IN (7, 8) THEN d.closed_at END) AS ended_at,
        CASE WHEN {was_closed} IS NULL THEN d.finished_at END AS finished_at,
        CASE WHEN {was_closed} IS NOT NULL OR d.state IN (7, 8) THEN {waited} END AS waited_since,
        coalesce({due}, d.due_at) AS due_at,
        EXISTS (SELECT FROM dossiers_supplement s WHERE s.dossier_id = d.id AND s.asked_at <= %(as_of)s
                AND NOT s.is_counted AND (s.answered_at IS NULL OR s.answered_at > %(as_of)s))
            OR {stands_still} AS is_waiting
    FROM dossiers_dossier d LEFT JOIN ({was}) was ON was.dossier_id = d.id
    JOIN catalogue_procedure p ON p.id = d.procedure_id
    JOIN catalogue_field f ON f.id = p.field_id JOIN places_agency a ON a.id = {agency}
    WHERE d.accepted_at < %(end)s AND d.accepted_at IS NOT NULL {where}
), counted AS (
    SELECT *, ended_at IS NOT NULL AND ended_at < %(end)s AS is_done FROM each
    WHERE ended_at IS NULL OR ended_at >= %(start)s
)
SELECT key, min(name), min(grp),
    count(*) FILTER (WHERE is_new AND channel = 'online'),
    count(*) FILTER (WHERE is_new AND channel <> 'online'),
    count(*) FILTER (WHERE NOT is_new),
    count(*) FILTER (WHERE is_done AND {early}),
    count(*) FILTER (WHERE is_done AND NOT {early} AND NOT {late}),
    count(*) FILTER (WHERE is_done AND {late}),
    count(*) FILTER (WHERE NOT is_done AND (is_waiting OR due_at IS NULL OR due_at >= %(as_of)s)),
    count(*) FILTER (WHERE NOT is_done AND NOT is_waiting AND due_at < %(as_of)s)
FROM counted GROUP BY key ORDER BY 3, 2
"""
_ASIDES = """
WITH moved AS (
    SELECT s.dossier_id AS id, 1 AS asked, 0 AS put_off FROM dossiers_supplement s
    WHERE s.number > 1 AND s.asked_at <= %(as_of)s
    UNION SELECT e.dossier_id, 0, 1 FROM dossiers_extension e WHERE e.granted_at <= %(as_of)s
)
SELECT coalesce(sum(m.asked), 0), coalesce(sum(m.put_off), 0),
    count(DISTINCT d.id) FILTER (WHERE d.finished_at < %(end)s AND d.finished_at <= d.due_at AND (m.asked = 1 OR
        d.finished_at > (SELECT x.old_due_at FROM dossiers_extension x WHERE x.dossier_id = d.id)))
FROM moved m JOIN dossiers_dossier d ON d.id = m.id
LEFT JOIN ({was}) was ON was.dossier_id = d.id
WHERE d.accepted_at < %(end)s AND coalesce(d.finished_at, CASE WHEN d.state IN (7, 8) THEN d.closed_at END,
    'infinity') >= %(start)s {where}
"""
_DAY = "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_EARLY = f"coalesce({_DAY.format('finished_at')} < {_DAY.format('due_at')}, false)"
_LATE = "coalesce(coalesce(finished_at, waited_since, ended_at) > due_at, false)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which dossiers are counted: of these agencies (receiving or deciding; None: the whole province), and so on."""

    agencies: frozenset[UUID] | None = None
    competent: frozenset[UUID] | None = None
    receiving: frozenset[UUID] | None = None
    sources: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Asides:
    """Of the dossiers of a report: how many were asked a second time, and how many were put off with an apology.

    `late_by_index`: resolved in time by the due date in force, but late as Decision 766/QĐ-TTg counts: after the date
    before it was put off, or asked a second time.
    """

    asked_again: int
    put_off: int
    late_by_index: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Form II.06 of a period, as of a moment."""

    period: Period
    as_of: datetime
    split: Split
    rows: tuple[Row, ...]

    @property
    def total(self) -> Row:
        """The bottom line."""
        return rules.total(self.rows, _("Total"))

    @property
    def is_balanced(self) -> bool:
        """Whether every row and the bottom line keep the four check sums."""
        return all(row.is_balanced for row in (*self.rows, self.total))


def report(period: Period, *, now: datetime, split: Split = Split.AGENCY, scope: Scope | None = None) -> Report:
    """Form II.06 for a period: open dossiers are judged at its end, or now while it still runs."""
    start, end = _moment(period.first), _moment(period.last + timedelta(days=1))
    as_of = min(end, now)
    conditions, values = _where(scope or Scope())
    key, name, group = _NAMES[split]
    agency = "d.receiving_agency_id" if split == Split.CENTRE else _COMPETENT
    key = key.format(competent=_COMPETENT)
    parts = {
        "was": _WAS,
        "stands_still": _STANDS_STILL,
        "due": _DUE,
        "was_closed": _WAS_CLOSED,
        "waited": _WAITED.format(was_closed=_WAS_CLOSED),
        "key": key,
        "name": name,
        "group": group,
        "agency": agency,
        "where": conditions,
    }
    query = _SQL.format(**parts, early=_EARLY, late=_LATE)
    with connection.cursor() as cursor:
        cursor.execute(query, {"start": start, "end": min(end, max(now, start)), "as_of": as_of, **values})
        rows = tuple(dataclasses.replace(Row(r[0], r[1], *r[3:]), group=r[2]) for r in cursor.fetchall())
    return Report(period, as_of, split, rows)


def asides(found: Report, *, now: datetime, scope: Scope | None = None) -> Asides:
    """What the form does not show of the dossiers it counts, in one statement over the few that it concerns."""
    start, end = _moment(found.period.first), _moment(found.period.last + timedelta(days=1))
    conditions, values = _where(scope or Scope())
    times = {"start": start, "end": min(end, max(now, start)), "as_of": found.as_of}
    with connection.cursor() as cursor:
        cursor.execute(_ASIDES.format(was=_WAS, where=conditions), {**times, **values})
        row = cursor.fetchone()
    return Asides(*map(int, row)) if row else Asides(0, 0)


def scope_of(actor: Actor) -> Scope:
    """What an officer may count: the whole province for its people's committee, else the own agencies.

    Own are also those whose work came to one's agency by a reorganisation: nobody else could read their past.
    """
    own = actor.agencies()
    whole = Agency.objects.filter(pk__in=own, code=settings.SITE.get("organisation_code", "")).exists()
    return Scope() if whole or actor.is_system else Scope(agencies=places.with_predecessors(own))


def unit_of(actor: Actor) -> str:
    """The body that reports, as the form names it: the agencies the reader works for, never the reader."""
    return ", ".join(sorted(places.agency_names(set(actor.agencies())).values()))


def periods(today: date) -> list[tuple[str, str, Period]]:
    """(key, name, period) of the presets: calendar ones, then the province's reporting periods."""
    found = [(kind.value, str(kind.label), rules.span(kind, today)) for kind in Span]
    language = (get_language() or "vi")[:2]
    file = settings.PACK / "reporting" / "periods.toml"
    given = tomllib.loads(file.read_text("utf-8"))["period"] if file.exists() else []
    for row in given:
        if row["valid_from"] <= today:
            name = row["name"].get(language, row["name"]["vi"])
            found.append((row["key"], name, rules.dated(row["from"], row["to"], today)))
    return found


def _where(scope: Scope) -> tuple[str, dict[str, Any]]:
    conditions = ""
    values: dict[str, Any] = {}
    if scope.agencies is not None:
        conditions += " AND (d.receiving_agency_id = ANY(%(agencies)s)"
        conditions += f" OR {_COMPETENT} = ANY(%(agencies)s))"
        values["agencies"] = _ids(scope.agencies)
    columns = {"competent": (_COMPETENT, scope.competent), "receiving": ("d.receiving_agency_id", scope.receiving)}
    for name, (column, wanted) in columns.items():
        if wanted is not None:
            conditions += f" AND {column} = ANY(%({name})s)"
            values[name] = _ids(wanted)
    if scope.sources is not None:
        conditions += " AND d.source_system = ANY(%(sources)s)"
        values["sources"] = sorted(scope.sources)
    return conditions, values


def _ids(keys: frozenset[UUID]) -> Sequence[UUID]:
    return sorted(keys)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
