"""The share of dossiers settled on the spot: of those accepted in a period, how many a centre settled itself.

A dossier counts when it was accepted in the period and as settled when it went the way inside the centre and its result
was issued there by the moment of the report.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from motcua.dossiers.models import Dossier, HandOver
from motcua.kernel import clock
from motcua.reporting import tables
from motcua.reporting.enums import Split
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period

# Which column a row stands for, and its name.
ROWS = {
    Split.CENTRE: ("receiving_agency_id", "receiving_agency__name"),
    Split.AGENCY: ("competent_agency_id", "competent_agency__name"),
    Split.FIELD: ("procedure__field__code", "procedure__field__name"),
    Split.PROCEDURE: ("procedure__code", "procedure__name"),
}
TITLE = "TỶ LỆ HỒ SƠ TIẾP NHẬN, GIẢI QUYẾT, TRẢ KẾT QUẢ TẠI TRUNG TÂM"
HEADINGS = (
    "STT", "Đơn vị, lĩnh vực", "Đã tiếp nhận", "Giải quyết tại Trung tâm", "Trả ngay", "Không áp dụng (có lý do)",
    "Tỷ lệ (%)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row: how many were accepted, settled on the spot, handed over at once, and sent the usual way with a reason."""

    key: str
    name: str
    accepted: int
    settled: int
    at_once: int
    declined: int

    @property
    def share(self) -> float:
        """Settled on the spot of all accepted, in percent; 0 where none was accepted."""
        return round(100 * self.settled / self.accepted, 1) if self.accepted else 0.0


def shares(period: Period, *, now: datetime, split: Split = Split.CENTRE, scope: Scope | None = None) -> list[Line]:
    """The rows of a period, by name; as of its end, or of now while it runs."""
    start, end = _moment(period.first), _moment(period.last + timedelta(days=1))
    as_of, (key, name) = min(end, now), ROWS[split]
    found = Dossier.objects.filter(accepted_at__gte=start, accepted_at__lt=as_of)
    agencies: frozenset[UUID] | None = scope.agencies if scope else None
    if agencies is not None:
        found = found.filter(Q(receiving_agency__in=agencies) | Q(competent_agency__in=agencies))
    inside = Q(spot__isnull=False, finished_at__lt=as_of)
    rows = (
        found.values(key=F(key), name=F(name))
        .annotate(
            accepted=Count("pk"), settled=Count("pk", filter=inside),
            at_once=Count("pk", filter=inside & Q(Exists(_at_once(as_of)))),
            declined=Count("pk", filter=~Q(spot_declined="")),
        )
        .order_by("name", "key")
    )  # fmt: skip
    return [
        Line(str(row["key"]), row["name"], row["accepted"], row["settled"], row["at_once"], row["declined"])
        for row in rows
    ]


def _at_once(as_of: datetime) -> "QuerySet[HandOver]":
    """The first hand-over of a dossier where it followed the reception at once; a corrected result changes nothing."""
    whose = Q(dossier=OuterRef("pk")) | Q(former_of=OuterRef("pk"))
    return HandOver.objects.filter(whose, version=1, is_at_once=True, at__lt=as_of)


def total(lines: list[Line], name: str) -> Line:
    """The bottom line."""
    sums = (sum(getattr(line, part) for line in lines) for part in ("accepted", "settled", "at_once", "declined"))
    return Line("", name, *sums)


def workbook(lines: list[Line], period: Period, *, unit: str) -> bytes:
    """The rows as an XLSX file; `unit` is the body that reports."""
    rows, bottom = [_cells(line) for line in lines], _cells(total(lines, "Tổng cộng"))
    return tables.workbook("5 tại chỗ", TITLE, HEADINGS, rows, bottom, period=period, unit=unit)


def _cells(line: Line) -> list[Any]:
    return [line.name, line.accepted, line.settled, line.at_once, line.declined, line.share]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
