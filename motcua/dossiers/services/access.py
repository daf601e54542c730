"""Access rows: who may reach a dossier, where it stands in their lists, and by which words it is found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from motcua.dossiers import linking, reading
from motcua.dossiers.audiences import desk, office_audiences_of
from motcua.dossiers.enums import OPEN, WAITING, Reason, State
from motcua.dossiers.models import Dossier
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.text import fold
from motcua.kernel.together import Together

FAR = timedelta(days=3650)  # lists put what has no due date behind everything that has one
Row = tuple[UUID, str, bool]

_GONE = """
DELETE FROM dossiers_access WHERE dossier_id = %s AND reason IN ('desk', 'part') AND audience <> ALL (%s::uuid[])
"""
_IDLE = """
UPDATE dossiers_access SET is_turn = false, state = %s, is_open = %s, sort_at = %s
WHERE dossier_id = %s AND reason NOT IN ('desk', 'part') AND audience <> ALL (%s::uuid[])
"""
_HERE = """
INSERT INTO dossiers_access AS here (audience, dossier_id, reason, state, is_open, is_turn, sort_at, words)
SELECT w.audience, %s::uuid, w.reason, %s::smallint, %s::boolean, w.is_turn, w.sort_at, coalesce(
    (SELECT words FROM dossiers_access WHERE dossier_id = %s::uuid LIMIT 1), ''::tsvector
) || array_to_tsvector(%s::text[])
FROM unnest(%s::uuid[], %s::text[], %s::boolean[], %s::timestamptz[]) AS w(audience, reason, is_turn, sort_at)
ON CONFLICT (dossier_id, audience) DO UPDATE SET reason = excluded.reason, state = excluded.state,
    is_open = excluded.is_open, is_turn = excluded.is_turn, sort_at = excluded.sort_at, words = excluded.words
WHERE (here.reason, here.state, here.is_open, here.is_turn, here.sort_at, here.words) IS DISTINCT FROM
    (excluded.reason, excluded.state, excluded.is_open, excluded.is_turn, excluded.sort_at, excluded.words)
"""


def spread(dossier: Dossier, words: Sequence[str], together: Together) -> None:
    """Bring the access rows up to date with the dossier: only those that change, for each costs four index entries.

    `words` (folded) are added to those it is found by. Rows of desks that are no longer concerned go; somebody who
    had the dossier before keeps reaching it.
    """
    rows, place = placed_rows(dossier), _place(dossier)
    held: Any = SimpleNamespace(**dossier.before) if dossier.before else None
    was = placed_rows(held) if held else []
    audiences = [row[0] for row in rows]
    has_moved = bool(words) or held is None or place != _place(held)
    left = [row for row in was if row[0] not in audiences]
    if any(row[1] in (Reason.DESK, Reason.PART) for row in left):
        together.add(_GONE, dossier.pk, audiences)
    if held is not None and (has_moved or left):
        together.add(_IDLE, *place, dossier.pk, audiences)
    changed = rows if has_moved else [row for row in rows if row not in was]
    if changed:
        columns = [list(column) for column in zip(*changed, strict=True)]
        together.add(_HERE, dossier.pk, *place[:2], dossier.pk, list(words), *columns)


def is_at_work_of(dossier: Dossier, actor: Actor) -> bool:
    """Whether an officer still reaches a dossier that an act has just returned; asks the database only when unsure."""
    audiences = office_audiences_of(actor)
    if any(audience in audiences for audience, _, _ in audience_rows(dossier)):
        return True
    return reading.reaches(dossier.pk, audiences)


def only_takes_part(dossier: Dossier, actor: Actor) -> bool:
    """Whether an officer reaches a dossier only because of another agency's part of it (Decree 61/2018, art. 19).

    Such an officer needs the matter: the part, the declaration, the papers. The way of the lead's work, its draft, what
    other agencies answered and how to reach the applicant are not for the part.
    """
    audiences = set(office_audiences_of(actor))
    mine = [(audience, reason) for audience, reason, _turn in audience_rows(dossier) if audience in audiences]
    return bool(mine) and all(reason == Reason.PART for _audience, reason in mine)


def _place(dossier: Dossier) -> tuple[int, bool, datetime]:
    """What all rows of a dossier share: state, open or not, place in the lists."""
    return int(dossier.state), is_listed_open(dossier), sort_moment(dossier)


def placed_rows(dossier: Dossier) -> list[tuple[UUID, str, bool, datetime]]:
    """The rows of `audience_rows` with their place in the lists: that of a part is by the part's own limit."""
    at = sort_moment(dossier)
    dues = {reach.audience: reach.due_at or at for reach in linking.reaches(dossier.open_parts)}
    return [
        (audience, reason, turn, dues[audience] if reason == Reason.PART else at)
        for audience, reason, turn in audience_rows(dossier)
    ]


def sort_moment(dossier: Dossier) -> datetime:
    """Where a dossier stands in lists: by what is due first while open, by when it ended afterwards."""
    if dossier.state not in OPEN:
        return dossier.closed_at or dossier.finished_at or dossier.submitted_at
    if dossier.paused_at is not None:
        return dossier.submitted_at + FAR
    due = dossier.acceptance_due_at if dossier.state == State.NEW else dossier.correction_due_at or dossier.due_at
    return due or dossier.submitted_at + FAR


def is_listed_open(dossier: Dossier) -> bool:
    """Whether lists show it among the open ones: to be resolved, or to be handed over."""
    return dossier.state in OPEN or dossier.state == State.RESOLVED


def audience_rows(dossier: Dossier) -> list[Row]:
    """(audience, reason, whose turn) of everybody who may reach the dossier now."""
    rows: dict[UUID, tuple[str, bool]] = {}
    is_applicants_turn = dossier.state in WAITING
    for person_id, reason in (
        (dossier.submitter_person_id, Reason.SUBMITTER),
        (dossier.owner_person_id, Reason.OWNER),
        (dossier.owner_business_id, Reason.OWNER),
    ):
        if person_id:
            rows[person_id] = (reason.value, is_applicants_turn)
    for agency_id in filter(None, (dossier.receiving_agency_id, dossier.heir_agency_id, dossier.competent_agency_id)):
        rows[agency_id] = (Reason.AGENCY.value, False)
    # A result that lies ready waits to be fetched: it has a list of its own and must not hide what is about to be late.
    is_offices_turn = dossier.state not in WAITING and dossier.state != State.RESOLVED
    if dossier.assignee_id:
        rows[dossier.assignee_id] = (Reason.ASSIGNED.value, is_offices_turn)
    elif dossier.step_role and dossier.step_agency_id:
        rows[desk(dossier.step_agency_id, dossier.step_role)] = (Reason.DESK.value, is_offices_turn)
    for reach in linking.reaches(dossier.open_parts):
        held, turn = rows.get(reach.audience, (Reason.PART.value, False))
        rows[reach.audience] = (held, turn or reach.is_turn)
    return [(audience, reason, turn) for audience, (reason, turn) in rows.items()]


def words_of(dossier: Dossier) -> list[str]:
    """What a dossier is found by: names, codes, day, procedure, and the fingerprint of the owner's number."""
    names = fold(f"{dossier.owner_name} {dossier.submitter_name}").split()
    day = clock.local(dossier.submitted_at).date().isoformat()
    return sorted({*names, *code_words(dossier), *_numbers(dossier), f"d:{day}", f"p:{dossier.procedure.code}"})


def code_words(dossier: Dossier) -> list[str]:
    """The tracking code, the legal code, and its running number."""
    codes = [f"c:{code.lower()}" for code in (dossier.code, dossier.tracking_code) if code]
    return [*codes, f"n:{dossier.code.rsplit('-', 1)[1].lstrip('0')}"] if dossier.code else codes


def _numbers(dossier: Dossier) -> list[str]:
    if dossier.owner_business:
        return [f"i:{dossier.owner_business.tax_code}"]
    owner = dossier.owner_person
    return [f"i:{bytes(owner.id_number_hash).hex()[:32]}"] if owner and owner.id_number_hash else []
