"""The parts other agencies took in dossiers: of those asked in a period, how many were answered, when and how.

A part counts in the period in which its clock began. Declining with a reason is an answer. What was not needed any more
is not counted; a part still to be started is not either. How long an answer took is told in working hours of the lead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from motcua.dossiers.enums import PartState
from motcua.dossiers.models import Part
from motcua.kernel import clock
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.reporting import tables
from motcua.reporting.enums import PartSplit
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period

ANSWERS = (PartState.ANSWERED, PartState.REFUSED)
TITLE = "TÌNH HÌNH PHỐI HỢP GIẢI QUYẾT CỦA CÁC CƠ QUAN ĐƯỢC LẤY Ý KIẾN"
HEADINGS = (
    "STT", "Cơ quan", "Được hỏi", "Trả lời đúng hạn", "Trả lời quá hạn", "Không chờ ý kiến", "Coi là đồng ý",
    "Chưa trả lời", "Trong đó quá hạn", "Thời gian trả lời trung vị (giờ làm việc)",
)  # fmt: skip
COLUMNS = ("asked", "in_time", "late", "passed_over", "assented", "open", "overdue")
_FIELDS = ("state", "started_at", "due_at", "done_at", "dossier__competent_agency_id")


@dataclass(slots=True)
class Line:
    """A row: what was asked of an agency (or by a lead), and how it ended; `minutes` of each answer."""

    name: str
    asked: int = 0
    in_time: int = 0
    late: int = 0
    passed_over: int = 0
    assented: int = 0
    open: int = 0
    overdue: int = 0  # of the open ones
    minutes: list[int] = field(default_factory=list)

    @property
    def hours(self) -> float | None:
        """Half of the answers took no longer than this, in working hours; None without an answer."""
        return round(median(self.minutes) / 60, 1) if self.minutes else None


def lines(
    period: Period, *, now: datetime, split: PartSplit = PartSplit.ASKED, scope: Scope | None = None
) -> list[Line]:
    """The rows of a period, by name; as of its end, or of now while it runs. One statement, and the kept calendars."""
    start, end = _moment(period.first), _moment(period.last + timedelta(days=1))
    as_of = min(end, now)
    found = Part.objects.filter(started_at__gte=start, started_at__lt=as_of)
    found = found.exclude(state=PartState.DROPPED, done_at__lt=as_of)
    agencies: frozenset[UUID] | None = scope.agencies if scope else None
    if agencies is not None:
        lead = Q(dossier__competent_agency__in=agencies) | Q(dossier__receiving_agency__in=agencies)
        found = found.filter(lead | Q(agency__in=agencies))
    asked = Coalesce("agency__name", "outside")
    name = asked if split == PartSplit.ASKED else F("dossier__competent_agency__name")
    rows: dict[str, Line] = {}
    calendars: dict[UUID, WorkingCalendar] = {}
    for who, state, started, due, done, lead_id in found.values_list(name, *_FIELDS).order_by("pk").iterator():
        line = rows.setdefault(who, Line(who))
        has_ended = done is not None and done < as_of
        _count(line, state if has_ended else PartState.RUNNING, due, done if has_ended else as_of)
        if has_ended and state in ANSWERS:
            if lead_id not in calendars:
                calendars[lead_id] = places.working_calendar(places.kept_agency(lead_id))
            line.minutes.append(max(0, calendars[lead_id].minutes_between(started, done)))
    return [rows[who] for who in sorted(rows)]


def _count(line: Line, state: str, due: datetime | None, until: datetime) -> None:
    """Put a part into its column; `until` is when it ended, or the moment of the report while it is open."""
    is_late = due is not None and until > due
    line.asked += 1
    if state in ANSWERS:
        line.late += is_late
        line.in_time += not is_late
    elif state == PartState.PASSED_OVER:
        line.passed_over += 1
    elif state == PartState.ASSENTED:
        line.assented += 1
    else:
        line.open += 1
        line.overdue += is_late


def total(found: Iterable[Line], name: str) -> Line:
    """The bottom line; its median is that of all answers."""
    bottom = Line(name)
    for line in found:
        for column in COLUMNS:
            setattr(bottom, column, getattr(bottom, column) + getattr(line, column))
        bottom.minutes += line.minutes
    return bottom


def workbook(found: list[Line], period: Period, *, unit: str) -> bytes:
    """The rows as an XLSX file; `unit` is the body that reports."""
    rows = [_cells(line) for line in found]
    bottom = _cells(total(found, "Tổng cộng"))
    return tables.workbook("Phối hợp", TITLE, HEADINGS, rows, bottom, period=period, unit=unit)


def _cells(line: Line) -> list[str | int | float | None]:
    return [line.name, *(getattr(line, column) for column in COLUMNS), line.hours]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
