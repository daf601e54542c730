"""Dossiers when agencies are reorganised: open ones pass to the heir and keep code, receiving agency and due dates.

What has no code yet is received by the heir itself. Closed dossiers stay where they were decided; the heir can read
them. Audit and events stay when a plan is taken back; everything else is as it was.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.dossiers.audiences import desk
from motcua.dossiers.enums import Happening, Reason
from motcua.dossiers.events import DossierInherited
from motcua.dossiers.models import Access, Dossier, Draft, Inheritance, Mandate, Part, StoryLine
from motcua.dossiers.services import access, part_moves, tallies
from motcua.dossiers.services.inheriting import Heirs, Inheriting, closed_with_heirs, drafts_filter, in_hand_first
from motcua.kernel import ids, outbox
from motcua.kernel.actor import Actor, Role
from motcua.payments import reorganisation as payments
from motcua.places.models import Succession
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import Move
from motcua.workflow.services import reorganisation as workflow
from motcua.workflow.services.reorganisation import Route

BATCH = 500
INHERITED = ("id", "dossier_id", "at", "is_competent", "from_agency_id", "to_agency_id", "plan_key")
TOLD = ("id", "dossier_id", "at", "what", "state", "who", "agency_id", "step_name", "note", "is_public", "instead_of")
REACHED = ("audience", "dossier_id", "reason", "state", "is_open", "is_turn", "sort_at", "words")

_MOVED = {
    "competent_agency_id": "coalesce(m.competent, t.competent_agency_id)",
    "receiving_agency_id": "CASE WHEN t.accepted_at IS NULL THEN coalesce(m.front, t.receiving_agency_id)"
    " ELSE t.receiving_agency_id END",
    "heir_agency_id": "CASE WHEN t.accepted_at IS NULL THEN t.heir_agency_id"
    " ELSE coalesce(m.front, t.heir_agency_id) END",
    "step_agency_id": "CASE WHEN t.step_agency_id = %s THEN coalesce(m.step, t.step_agency_id)"
    " ELSE t.step_agency_id END",
    "assignee_id": "CASE WHEN m.is_freed THEN NULL ELSE t.assignee_id END",
    "assignee_name": "CASE WHEN m.is_freed THEN '' ELSE t.assignee_name END",
    "version": "t.version + 1",
}
_ROUTES = (
    "JOIN unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::boolean[])"
    " AS m(id, competent, front, step, is_freed) ON m.id = t.id"
)
_COPIED = (
    "SELECT DISTINCT ON (n.dossier, n.audience) n.audience, n.dossier, n.reason, a.state, a.is_open, n.is_turn,"
    " a.sort_at, a.words FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::boolean[])"
    " AS n(dossier, audience, reason, is_turn) JOIN dossiers_access a ON a.dossier_id = n.dossier"
)


class DossiersMover:
    """Carries open dossiers with their runs and charges, open parts, drafts, and the sight of what is closed."""

    name = "dossiers"
    things = {
        "dossiers": _lazy("Open dossiers"), "parts": _lazy("Open parts"), "drafts": _lazy("Drafts"),
        "mandates": _lazy("Mandates to sign"),
    }  # fmt: skip

    def found(self, move: Move, *, lock: bool = False) -> list[Heirs]:
        """The open dossiers of the agency that ends, each with its heirs."""
        return Inheriting(move).all(lock=lock)

    def count(self, move: Move) -> dict[str, int]:
        """Open dossiers, open parts in others' dossiers, drafts and mandates to sign of the agency that ends."""
        return {
            "dossiers": in_hand_first(move).count(), "parts": part_moves.open_parts(move.source).count(),
            "drafts": _drafts(move).count(), "mandates": _mandates(move).count(),
        }  # fmt: skip

    def homeless(self, move: Move) -> list[str]:
        """Open dossiers that no rule gives a home; where the line itself names the heir, there are none."""
        if not move.is_by_level:
            return []
        return [
            _("The dossier %(code)s of %(agency)s has no home: no agency is competent for it on that day.")
            % {"code": one.dossier.shown_code, "agency": move.source.code}
            for one in self.found(move)
            if one.is_homeless
        ] + [
            _("The part “%(part)s” of the dossier %(code)s has no home: no agency takes it over from %(agency)s.")
            % {"part": one.part.name, "code": one.part.dossier.shown_code, "agency": move.source.code}
            for one in part_moves.found(move)
            if one.heir is None
        ]

    def apply(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> dict[str, int]:
        """Pass everything on."""
        drafts = self._drafts(move, ledger)
        found = self.found(move, lock=True)
        if any(one.is_homeless for one in found):
            raise RuntimeError(f"The line of {move.source.code} was ordered although it leaves a dossier homeless.")
        keys = [one.dossier.pk for one in found]
        parts = part_moves.pass_on(move, ledger, counted=keys)
        if found:
            tallies.shift(keys, by=-1)
            self._pass_on(move, found, ledger)
            tallies.shift(keys, by=1)
            self._write_down(move, found, ledger, actor=actor, now=now)
            self._reach(move, found, ledger)
        self._show_closed(move, keys, ledger)
        for start in range(0, len(found), BATCH):
            outbox.publish(*(_event(one, now) for one in found[start : start + BATCH]))
        mandates = self._mandates(move, ledger)
        return {"dossiers": len(found), "parts": parts, "drafts": drafts, "mandates": mandates}

    def _pass_on(self, move: Move, found: Sequence[Heirs], ledger: Ledger) -> None:
        columns = [[getattr(one, name) for one in found] for name in ("competent", "front", "step", "is_freed")]
        keys = [one.dossier.pk for one in found]
        ledger.change(Dossier, _MOVED, _ROUTES, [move.source.pk, keys, *columns])
        routes = [
            Route(one.dossier.pk, one.competent, one.front, _if_here(one, move), one.is_freed) for one in found
        ]  # fmt: skip
        workflow.pass_on(routes=routes, ledger=ledger)
        payments.pass_on(homes={one.dossier.pk: one.front for one in found if one.front}, ledger=ledger)

    def _write_down(self, move: Move, found: Sequence[Heirs], ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """The minutes of handing on, and the line of the dossier's story."""
        passed = [
            (one.dossier.pk, is_competent, heir)
            for one in found
            for is_competent, heir in ((True, one.competent), (False, one.front))
            if heir is not None and one.dossier.accepted_at is not None
        ]
        dossiers, kinds, heirs = zip(*passed, strict=True) if passed else ((), (), ())
        ledger.insert(
            Inheritance,
            INHERITED,
            "SELECT n.id, n.dossier, %s::timestamptz, n.is_competent, %s::uuid, n.heir, %s"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::boolean[], %s::uuid[]) AS n(id, dossier, is_competent, heir)",
            [move.at, move.source.pk, move.plan_key, _keys(passed), list(dossiers), list(kinds), list(heirs)],
        )
        note = f"{move.source.name} → %s · {move.plan_name}"
        ledger.insert(
            StoryLine,
            TOLD,
            "SELECT n.id, n.dossier, %s::timestamptz, %s, d.state, %s, n.heir, d.step_name, replace(%s, '%%s', a.name),"
            " true, '' FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS n(id, dossier, heir)"
            " JOIN dossiers_dossier d ON d.id = n.dossier JOIN places_agency a ON a.id = n.heir",
            [
                now, Happening.INHERITED.value, "", note, _keys(found), [one.dossier.pk for one in found],
                [one.competent or one.front or one.dossier.competent_agency_id for one in found],
            ],
        )  # fmt: skip

    def _reach(self, move: Move, found: Sequence[Heirs], ledger: Ledger) -> None:
        """Desks of the old agency let go, the heir and its desks take hold, a freed officer's turn is over."""
        keys = [one.dossier.pk for one in found]
        after = Dossier.objects.in_bulk(keys)
        rows = [(key, *row) for key in keys for row in access.audience_rows(after[key])]
        columns = [list(column) for column in zip(*rows, strict=True)]
        ledger.insert(Access, REACHED, _COPIED, columns)
        old_desks = [desk(move.source.pk, role.value) for role in Role]
        ledger.delete(
            Access,
            "WHERE t.dossier_id = ANY (%s::uuid[]) AND t.audience = ANY (%s::uuid[]) AND t.reason = %s",
            [keys, old_desks, Reason.DESK.value],
        )
        freed = [one.dossier for one in found if one.is_freed]
        ledger.change(
            Access,
            {"is_turn": "false"},
            "JOIN unnest(%s::uuid[], %s::uuid[]) AS m(dossier, audience) ON m.dossier = t.dossier_id"
            " AND m.audience = t.audience",
            [[dossier.pk for dossier in freed], [dossier.assignee_id for dossier in freed]],
        )

    def _show_closed(self, move: Move, open_keys: Sequence[UUID], ledger: Ledger) -> None:
        """Whoever works in the heir may read what the old agency closed; so may whom the field's level names."""
        if move.is_by_level:
            self._show_by_level(move, open_keys, ledger)
        heirs = {agency.pk for agency in (move.heir, move.front) if agency is not None}
        for heir in sorted(heirs):
            ledger.insert(
                Access,
                REACHED,
                "SELECT %s::uuid, a.dossier_id, a.reason, a.state, a.is_open, false, a.sort_at, a.words"
                " FROM dossiers_access a WHERE a.audience = %s AND a.dossier_id <> ALL (%s::uuid[])",
                [heir, move.source.pk, list(open_keys)],
            )

    def _show_by_level(self, move: Move, open_keys: Sequence[UUID], ledger: Ledger) -> None:
        pairs = [(key, heir) for key, heir in closed_with_heirs(move, besides=open_keys) if heir != move.heir]
        ledger.insert(
            Access,
            REACHED,
            "SELECT n.heir, a.dossier_id, a.reason, a.state, a.is_open, false, a.sort_at, a.words"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS n(dossier, heir)"
            " JOIN dossiers_access a ON a.dossier_id = n.dossier AND a.audience = %s",
            [[key for key, _heir in pairs], [heir.pk for _key, heir in pairs], move.source.pk],
        )

    def _drafts(self, move: Move, ledger: Ledger) -> int:
        """A draft follows its unit where that passed whole; otherwise its writer is asked again."""
        return ledger.change(
            Draft,
            {"unit_id": _UNIT_AFTER, "receiving_agency_id": _CENTRE_AFTER},
            "WHERE t.dossier_id IS NULL AND t.id = ANY (%s::uuid[])",
            [
                *_heir_unit(move), move.source.pk, move.front.pk if move.front and not move.is_by_level else None,
                list(_drafts(move).values_list("pk", flat=True)),
            ],
        )  # fmt: skip

    def _mandates(self, move: Move, ledger: Ledger) -> int:
        """Who signs for the head goes on doing so in the heir, until its head decides anew; what is over stays."""
        if move.heir is None:
            return 0
        keys = list(_mandates(move).values_list("pk", flat=True))
        return ledger.change(Mandate, {"agency_id": "%s::uuid"}, "WHERE t.id = ANY (%s::uuid[])", [move.heir.pk, keys])

    def disturbed(self, move: Move, ledger: Ledger) -> list[str]:
        """Dossiers that officers have moved on since."""
        keys = ledger.disturbed(Dossier)
        codes = [one.shown_code for one in Dossier.objects.filter(pk__in=keys).order_by("pk")]
        found = [_("The dossier %(code)s has moved on since.") % {"code": code} for code in codes]
        if not found and (
            workflow.is_disturbed(ledger)
            or payments.is_disturbed(ledger)
            or ledger.disturbed(Draft)
            or ledger.disturbed(Part)
        ):
            found = [_("A run, a charge or a draft of %(code)s has changed since.") % {"code": move.source.code}]
        found += [
            _("The dossier %(code)s has moved on since.") % {"code": code} for code in _passed_later(move, ledger)
        ]
        if ledger.disturbed(Mandate):
            found.append(_("Mandates of %(code)s have changed since.") % {"code": move.source.code})
        return found

    def reverse(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """Everything back where it was."""
        keys = _carried(ledger)
        tallies.shift(keys, by=-1)
        for model in (Access, StoryLine, Inheritance, Draft, Part, Mandate, Dossier):
            ledger.undo(model)
        payments.take_back(ledger)
        workflow.take_back(ledger)
        tallies.shift(keys, by=1)


_UNIT_AFTER = "CASE WHEN t.unit_id = %s::uuid THEN %s::uuid ELSE t.unit_id END"
_CENTRE_AFTER = "CASE WHEN t.receiving_agency_id = %s::uuid THEN %s::uuid ELSE t.receiving_agency_id END"


def _drafts(move: Move) -> Any:
    return Draft.objects.filter(drafts_filter(move), dossier_id__isnull=True)


def _mandates(move: Move) -> Any:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=move.on)
    return Mandate.objects.filter(still, agency=move.source, ended_at__isnull=True)


def _heir_unit(move: Move) -> tuple[UUID | None, UUID | None]:
    """The unit that ends with the agency, and the one that took all of it over (None: divided, ask again)."""
    unit = move.source.unit
    edges = list(Succession.objects.filter(from_unit=unit, on=move.on)) if unit is not None else []
    whole = edges[0].to_unit_id if len(edges) == 1 else None
    return (unit.pk, whole) if unit is not None and edges else (None, None)


def _carried(ledger: Ledger) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT row::uuid FROM places_journalrow WHERE line_id = %s AND "table" = %s',
            [ledger.line_id, Dossier._meta.db_table],
        )
        return [row[0] for row in cursor.fetchall()]


def _passed_later(move: Move, ledger: Ledger) -> list[str]:
    """Codes of closed dossiers that the heir has taken up since: they cannot go back to an agency that closed them."""
    rows = Inheritance.objects.filter(plan_key=move.plan_key, from_agency=move.source)
    later = Dossier.objects.filter(inheritances__in=rows).exclude(pk__in=_carried(ledger)).distinct().order_by("pk")
    return [dossier.shown_code for dossier in later]


def _if_here(one: Heirs, move: Move) -> UUID | None:
    return one.step if one.dossier.step_agency_id == move.source.pk else None


def _keys(rows: Sequence[Any]) -> list[UUID]:
    return [ids.uuid7() for _row in rows]


def _event(one: Heirs, now: datetime) -> DossierInherited:
    return DossierInherited(one.dossier.pk, now, one.competent or one.dossier.competent_agency_id)
