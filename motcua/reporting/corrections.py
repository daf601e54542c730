"""How many issued results were corrected in a period: beside Form II.06, whose figures a correction never moves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q

from motcua.dossiers.enums import Fault
from motcua.dossiers.models import Correction
from motcua.kernel import clock
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period


@dataclass(frozen=True, slots=True)
class Corrected:
    """Corrected results issued in a period, and how many of them for a mistake of the agency."""

    total: int
    by_agency: int


def corrected(period: Period, *, now: datetime, scope: Scope) -> Corrected:
    """Counted on the day the new version was issued, with the agency that issued it or that received the dossier."""
    start, end = (datetime.combine(day, time(), tzinfo=clock.ZONE) for day in (period.first, period.last))
    found = Correction.objects.filter(issued_at__gte=start, issued_at__lt=min(end + timedelta(days=1), now))
    if scope.agencies is not None:
        own = Q(run__agency__in=scope.agencies) | Q(dossier__receiving_agency__in=scope.agencies)
        found = found.filter(own)
    return Corrected(**found.aggregate(total=Count("pk"), by_agency=Count("pk", filter=Q(at_fault=Fault.AGENCY))))
