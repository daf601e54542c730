"""Which decisions let a centre settle a procedure inside its own walls."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from motcua.catalogue.models import OnTheSpot, Procedure


def delegation_for(code: str, *, centre_id: UUID, competent_id: UUID, on: date) -> OnTheSpot | None:
    """The delegation under which a centre may settle a procedure on a day; the latest decision where several do."""
    found = OnTheSpot.objects.in_force(on).filter(
        centre_id=centre_id, competent_id=competent_id, procedures__contains=[code]
    )
    return found.order_by("-decided_on", "-pk").first()


def names_of(codes: Collection[str]) -> dict[str, str]:
    """The names of procedures by their codes."""
    return dict(Procedure.objects.filter(code__in=codes).values_list("code", "name"))


def has_delegations(centre_id: UUID, *, on: date) -> bool:
    """Whether any delegation lets a centre settle something on the spot on a day."""
    return OnTheSpot.objects.in_force(on).filter(centre_id=centre_id).exists()


def delegations() -> QuerySet[OnTheSpot]:
    """All delegations with their agencies, the latest first."""
    return OnTheSpot.objects.select_related("centre", "competent").order_by("-valid_from", "centre__sort_key", "key")
