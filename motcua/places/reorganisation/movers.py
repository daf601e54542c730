"""Movers: each module carries its own rows for one line of a plan. They are named in the settings, bottom row first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from motcua.kernel.actor import Actor
from motcua.kernel.clock import ZONE
from motcua.places.enums import AgencyKind, LineKind
from motcua.places.models import Agency, PlanLine
from motcua.places.reorganisation.ledger import Ledger

StrOrPromise = str | Promise


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a plan as movers see it. `levels`: which level takes over which field (code; empty: all others)."""

    line: PlanLine
    plan_key: str
    plan_name: str
    on: date
    levels: Mapping[str, str]
    front: Agency | None  # where the heir receives people: its service centre, or the heir itself

    @property
    def source(self) -> Agency:
        """The agency that ends."""
        return self.line.from_agency

    @property
    def heir(self) -> Agency | None:
        """The agency that takes over, as far as the line says."""
        return self.line.to_agency

    @property
    def at(self) -> datetime:
        """The first moment of the day."""
        return datetime.combine(self.on, time(), tzinfo=ZONE)

    @property
    def is_by_level(self) -> bool:
        """Whether the level that is competent now takes over, field by field."""
        return self.line.kind == LineKind.COMPETENCE


class Mover(Protocol):
    """Carries the rows of one module. All its functions run inside the line's transaction.

    `things` names what `count` counts, in the reader's language.
    """

    name: str
    things: Mapping[str, StrOrPromise]

    def count(self, move: Move) -> dict[str, int]:
        """What there is to carry, by the name of the thing."""

    def homeless(self, move: Move) -> list[str]:
        """What would be left without a home, as sentences; empty when the line can be applied."""

    def apply(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> dict[str, int]:
        """Carry it; says what was carried, by the names that `count` uses."""

    def disturbed(self, move: Move, ledger: Ledger) -> list[str]:
        """What others have changed since, so that it cannot be taken back, as sentences."""

    def reverse(self, move: Move, ledger: Ledger, *, actor: Actor, now: datetime) -> None:
        """Put everything back as it was."""


@lru_cache(maxsize=1)
def registered() -> tuple[Mover, ...]:
    """The movers of the settings, bottom row first."""
    return tuple(import_string(path)() for path in settings.REORGANISATION_MOVERS)


def move_of(line: PlanLine) -> Move:
    """The line with what its movers need; its plan is at hand."""
    plan, heir = line.plan, line.to_agency
    levels = {one.field: one.goes_to for one in plan.competences.all()}
    name = f"{plan.name} ({plan.legal_basis})"
    return Move(line, plan.key, name, plan.on, levels, front_of(heir, plan.on) if heir else None)


def front_of(heir: Agency, on: date) -> Agency:
    """Where an agency receives people on a day: its own service centre if it has one."""
    own = Agency.objects.in_force(on).filter(parent=heir, kind=AgencyKind.CENTRE, level=heir.level)
    return own.order_by("code").first() or heir
