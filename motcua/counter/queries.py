"""Reads of the counter."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Sum

from motcua.counter.models import Guidance
from motcua.kernel.clock import ZONE


@dataclass(frozen=True, slots=True)
class Total:
    """How often, and how many minutes together."""

    count: int = 0
    minutes: int = 0


def guidance_of_day(account_id: UUID, day: date) -> list[Guidance]:
    """What an officer wrote down on a day, latest first."""
    rows = Guidance.objects.filter(officer_id=account_id, at__range=_span(day)).select_related("procedure")
    return list(rows.defer("procedure__search").order_by("-at", "-pk"))


def total_of_day(agencies: Collection[UUID], day: date) -> Total:
    """All guidance of these agencies on a day."""
    found = Guidance.objects.filter(agency_id__in=agencies, at__range=_span(day)).aggregate(
        count=Count("pk"), minutes=Sum("minutes")
    )
    return Total(found["count"], found["minutes"] or 0)


def _span(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=ZONE)
    return start, start + timedelta(days=1) - timedelta(microseconds=1)
