"""Open parts when the agency that was asked ends: its heir has them, with their limits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from motcua.dossiers import linking
from motcua.dossiers.audiences import desk
from motcua.dossiers.enums import OPEN_PARTS, Reason
from motcua.dossiers.models import Access, Dossier, Part
from motcua.dossiers.services import access
from motcua.dossiers.services.inheriting import Inheriting
from motcua.identity.models import StaffRole
from motcua.kernel.actor import Role
from motcua.places.models import Agency
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import Move

REACHED = ("audience", "dossier_id", "reason", "state", "is_open", "is_turn", "sort_at", "words")
_MOVED = {
    "agency_id": "m.heir",
    "assignee_id": "CASE WHEN m.is_freed THEN NULL ELSE t.assignee_id END",
    "assignee_name": "CASE WHEN m.is_freed THEN '' ELSE t.assignee_name END",
}
_HEIRS = "JOIN unnest(%s::uuid[], %s::uuid[], %s::boolean[]) AS m(id, heir, is_freed) ON m.id = t.id"
_ENTRIES = "JOIN unnest(%s::uuid[], %s::text[]) AS m(id, parts) ON m.id = t.id"
_PLACED = (
    "SELECT DISTINCT ON (n.dossier, n.audience) n.audience, n.dossier, n.reason, a.state, a.is_open, n.is_turn,"
    " n.sort_at, a.words FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::boolean[], %s::timestamptz[])"
    " AS n(dossier, audience, reason, is_turn, sort_at) JOIN dossiers_access a ON a.dossier_id = n.dossier"
)
_TURNS = (
    "JOIN unnest(%s::uuid[], %s::uuid[]) AS m(dossier, audience) ON m.dossier = t.dossier_id"
    " AND m.audience = t.audience"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One part and who has it from now on; None: no rule says."""

    part: Part
    heir: Agency | None
    is_freed: bool = False


def open_parts(agency: Agency) -> Any:
    """What an agency still has to answer, or will be asked."""
    return Part.objects.filter(agency=agency, state__in=OPEN_PARTS).order_by("pk")


def found(move: Move) -> list[Moved]:
    """The open parts of the agency that ends, each with its heir."""
    related = (
        "dossier__procedure__field", "dossier__procedure__competent_agency",
        "dossier__owner_person__address_unit__parent",
    )  # fmt: skip
    heirs = Inheriting(move)
    parts = list(open_parts(move.source).select_related(*related))
    officers = {part.assignee_id for part in parts if part.assignee_id}
    held = set(
        StaffRole.objects.valid(move.on).filter(account_id__in=officers).values_list("account_id", "agency_id", "role")
    )
    rows = [(part, heirs.competent(part.dossier)) for part in parts]
    return [
        Moved(
            part, heir, bool(part.assignee_id) and (part.assignee_id, heir.pk if heir else None, part.role) not in held
        )
        for part, heir in rows
    ]


def pass_on(move: Move, ledger: Ledger, *, counted: Sequence[UUID]) -> int:
    """Give the parts to their heirs; dossiers in `counted` get their next version from the move of their own agency."""
    list(Dossier.objects.filter(parts__in=open_parts(move.source)).order_by("pk").for_update())
    moved = [one for one in found(move) if one.heir is not None]
    if not moved:
        return 0
    columns = [
        [one.part.pk for one in moved],
        [one.heir.pk for one in moved if one.heir],
        [one.is_freed for one in moved],
    ]
    ledger.change(Part, _MOVED, _HEIRS, columns)
    keys = sorted({one.part.dossier_id for one in moved})
    _keep_entries(keys, ledger, counted)
    _reach(move, keys, moved, ledger)
    return len(moved)


def _keep_entries(keys: Sequence[UUID], ledger: Ledger, counted: Sequence[UUID]) -> None:
    """The dossiers' own rows say again who has a part."""
    parts: dict[UUID, list[Part]] = {key: [] for key in keys}
    for part in Part.objects.filter(dossier__in=keys, state__in=OPEN_PARTS).select_related("agency").order_by("pk"):
        parts[part.dossier_id].append(part)
    for is_counted in (True, False):
        mine = [key for key in keys if (key in set(counted)) is is_counted]
        sets = {"open_parts": "m.parts::jsonb"}
        if not is_counted:
            sets["version"] = "t.version + 1"
        if mine:
            ledger.change(Dossier, sets, _ENTRIES, [mine, [_json(parts[key]) for key in mine]])


def _json(parts: Sequence[Part]) -> str:
    return json.dumps(linking.entries(parts), ensure_ascii=False)


def _reach(move: Move, keys: Sequence[UUID], moved: Sequence[Moved], ledger: Ledger) -> None:
    """The heir's desk takes hold, the old desk and a freed officer let go."""
    after = Dossier.objects.in_bulk(list(keys))
    rows = [(key, *row) for key in keys for row in access.placed_rows(after[key])]
    ledger.insert(Access, REACHED, _PLACED, [list(column) for column in zip(*rows, strict=True)])
    turns = [(key, audience) for key, audience, _reason, is_turn, _at in rows if is_turn]
    ledger.change(
        Access, {"is_turn": "true"}, f"{_TURNS} WHERE NOT t.is_turn",
        [[key for key, _audience in turns], [audience for _key, audience in turns]],
    )  # fmt: skip
    gone = [desk(move.source.pk, role.value) for role in Role]
    gone += [one.part.assignee_id for one in moved if one.is_freed and one.part.assignee_id]
    ledger.delete(
        Access, "WHERE t.dossier_id = ANY (%s::uuid[]) AND t.audience = ANY (%s::uuid[]) AND t.reason = %s",
        [list(keys), gone, Reason.PART.value],
    )  # fmt: skip
