"""The register of dossiers of a receiving agency (sổ theo dõi hồ sơ), by year, and the results of a day.

The order number of a dossier follows from its code: the numbers the agency gave on the days of the year before, and the
number in the code. Codes are gapless by agency and day, so the register is, without a counter or a lock of its own.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from motcua.documents.prints import MinutesLine, RegisterLine
from motcua.dossiers import numbering
from motcua.dossiers.audiences import agencies_of
from motcua.dossiers.enums import ResultForm, State
from motcua.dossiers.models import ClosedBook, Correction, DayNumber, Dossier, Result
from motcua.dossiers.versions import at_version, versions_of
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.places.models import Agency

VOLUME = 1000  # dossiers in a volume (quyển); ours, the circulars leave it to the agency
PAGE = 25
MOST = 300  # results of a day on one page

# The register speaks Vietnamese, as the circular has it.
_WAYS = {ResultForm.PAPER: "Trực tiếp tại nơi tiếp nhận", ResultForm.ELECTRONIC: "Trực tuyến (bản điện tử)"}
_NOTES = {
    State.SUPPLEMENT: "Chờ bổ sung", State.OBLIGATION: "Chờ thực hiện nghĩa vụ tài chính",
    State.WITHDRAWN: "Người nộp rút hồ sơ", State.STOPPED: "Dừng giải quyết", State.RESOLVED: "Đã có kết quả",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register with the dossier it is about."""

    line: RegisterLine
    dossier_id: UUID


@dataclass(frozen=True, slots=True)
class Book:
    """The register of an agency and year as far as it is written: its days, each with its last order number."""

    agency: Agency
    year: int
    days: tuple[date, ...]
    ends: tuple[int, ...]  # the last order number of each day

    @property
    def total(self) -> int:
        """How many dossiers stand in it."""
        return self.ends[-1] if self.ends else 0

    def between(self, first: date, last: date) -> range:
        """The order numbers of the dossiers received from a day to a day, both included."""
        before, upto = bisect_left(self.days, first), bisect_left(self.days, last + timedelta(days=1))
        return range((self.ends[before - 1] if before else 0) + 1, (self.ends[upto - 1] if upto else 0) + 1)

    def place(self, ordinal: int) -> tuple[date, int]:
        """The day of an order number and the number on that day."""
        at = bisect_left(self.ends, ordinal)
        return self.days[at], ordinal - (self.ends[at - 1] if at else 0)


@dataclass(frozen=True, slots=True)
class Brought:
    """The results of a day that go from one agency to one centre."""

    giver: Agency
    receiver: Agency
    dossiers: tuple[Dossier, ...]


def readable(actor: Actor) -> QuerySet[Agency]:
    """The agencies whose register the actor may read: those held office in that see all of its dossiers."""
    with_numbers = DayNumber.objects.filter(agency__in=agencies_of(actor)).values("agency")
    return Agency.objects.select_related("unit", "parent").filter(pk__in=with_numbers).order_by("code")


def years_of(agency: Agency) -> list[int]:
    """The years an agency has a register of, the newest first."""
    return [day.year for day in DayNumber.objects.filter(agency=agency).dates("day", "year", order="DESC")]


def book(agency: Agency, year: int) -> Book:
    """The register of an agency and year: one row a day, whatever the number of dossiers."""
    rows = DayNumber.objects.filter(agency=agency, day__gte=date(year, 1, 1), day__lt=date(year + 1, 1, 1))
    days, ends, total = list[date](), list[int](), 0
    for day, last in rows.order_by("day").values_list("day", "last"):
        total += last
        days.append(day)
        ends.append(total)
    return Book(agency, year, tuple(days), tuple(ends))


def closed_on(of: Book) -> date | None:
    """The day on which the book of the agency and year was closed; None while it is open."""
    moment = ClosedBook.objects.filter(agency=of.agency, year=of.year).values_list("closed_at", flat=True).first()
    return clock.local(moment).date() if moment else None


def volume_of(ordinal: int, year: int) -> str:
    """The volume in which an order number stands, such as `02/2026`."""
    return f"{(ordinal - 1) // VOLUME + 1:02d}/{year}"


def place_of(dossier: Dossier) -> tuple[str, str]:
    """Volume and order number of an accepted dossier in its register; empty when it has none (taken over in bulk)."""
    parts = numbering.parse(dossier.code or "")
    if parts is None:
        return "", ""
    numbers = DayNumber.objects.filter(agency=dossier.receiving_agency_id)
    of_day = numbers.filter(day=parts.day, last__gte=parts.number)
    if not of_day.exists():
        return "", ""
    before = numbers.filter(day__gte=date(parts.day.year, 1, 1), day__lt=parts.day).aggregate(total=Sum("last"))
    ordinal = (before["total"] or 0) + parts.number
    return volume_of(ordinal, parts.day.year), str(ordinal)


def entries(of: Book, ordinals: range) -> list[Entry]:
    """The lines of these order numbers, in order, in one query by their codes."""
    numbers: dict[str, int] = {}
    for ordinal in ordinals:
        day, number = of.place(ordinal)
        numbering_of_day = numbering.in_force(day)
        code = numbering.code(numbering_of_day, agency_code=of.agency.code, day=day, number=number)
        numbers[code] = ordinal
    found = Dossier.objects.filter(code__in=list(numbers)).select_related(
        "procedure", "competent_agency", "hand_over", "result"
    )
    made = [Entry(_line(dossier, numbers[dossier.code or ""]), dossier.pk) for dossier in found]
    return sorted(made, key=lambda entry: entry.line.ordinal)


def chunks(of: Book, ordinals: range, size: int = 500) -> Iterator[list[Entry]]:
    """The lines in pieces, for files of any length in bounded memory."""
    for start in range(0, len(ordinals), size):
        yield entries(of, ordinals[start : start + size])


def parts(ordinals: range) -> list[range]:
    """Order numbers cut where a volume ends: what one printed file holds."""
    cut: list[range] = []
    start = ordinals.start
    while start < ordinals.stop:
        stop = min(ordinals.stop, ((start - 1) // VOLUME + 1) * VOLUME + 1)
        cut.append(range(start, stop))
        start = stop
    return cut


def brought(actor: Actor, day: date) -> list[Brought]:
    """The results issued on a day that go to another agency for handing out, where the actor has a part in it."""
    mine, begins = agencies_of(actor), datetime.combine(day, time.min, tzinfo=clock.ZONE)
    during = (begins, begins + timedelta(days=1))
    mended = Correction.objects.filter(issued_at__gte=during[0], issued_at__lt=during[1]).values("dossier")
    rows = (
        Dossier.objects.filter(Q(finished_at__gte=during[0], finished_at__lt=during[1]) | Q(pk__in=mended))
        .filter(Q(competent_agency__in=mine) | Q(receiving_agency__in=mine))
        .exclude(code=None)
        .select_related("procedure", "competent_agency", "receiving_agency", "heir_agency", "result")
        .order_by("competent_agency__code", "receiving_agency__code", "finished_at", "pk")[:MOST]
    )
    groups: dict[tuple[UUID, UUID], list[Dossier]] = {}
    for row in (one for found in rows for one in _issued_during(found, during)):
        if row.competent_agency_id != row.reception_agency_id:
            groups.setdefault((row.competent_agency_id, row.reception_agency_id), []).append(row)
    return [
        Brought(found[0].competent_agency, found[0].heir_agency or found[0].receiving_agency, tuple(found))
        for found in groups.values()
    ]


def _issued_during(dossier: Dossier, during: tuple[datetime, datetime]) -> Iterator[Dossier]:
    """The dossier once with each version of its result that was issued then."""
    result: Result | None = getattr(dossier, "result", None)
    if result is not None and result.version == 1 and not dossier.is_in_correction:
        if result.issued_at is not None:
            yield dossier
        return
    for one in reversed(versions_of(dossier)):
        if one.result.issued_at is not None and during[0] <= one.result.issued_at < during[1]:
            yield at_version(dossier, one.result.version)


def _after_the_end(dossier: Dossier) -> str:
    """What became of the result since it was issued, for the line it stands in."""
    if dossier.is_in_correction and dossier.is_open:
        return "Đang đính chính kết quả"
    result: Result | None = getattr(dossier, "result", None)
    if result is None:
        return ""
    if result.annulled_at is not None:
        return "Kết quả bị thu hồi, hủy bỏ"
    return f"Kết quả đã đính chính (lần {result.version - 1})" if result.version > 1 else ""


def minutes_line(dossier: Dossier) -> MinutesLine:
    """A dossier's result as the minutes name it."""
    result = dossier.result
    sign = f"{result.number}/{result.symbol}" if result.number else result.symbol
    return MinutesLine(
        dossier_code=dossier.shown_code, owner=dossier.owner_name, procedure=dossier.procedure.name,
        result=" – ".join(filter(None, (sign, result.title))),
    )  # fmt: skip


def _line(dossier: Dossier, ordinal: int) -> RegisterLine:
    done = getattr(dossier, "hand_over", None)
    note = _NOTES.get(State(dossier.state), "")
    note = _after_the_end(dossier) or note
    if dossier.due_at is None and not note:
        note = "Chưa xác định thời hạn"
    return RegisterLine(
        ordinal=ordinal, code=dossier.code or "", procedure=dossier.procedure.name, sets=1, owner=dossier.owner_name,
        contact="; ".join(filter(None, (dossier.address, dossier.phone))), agency=dossier.competent_agency.name,
        received_at=dossier.accepted_at, due_at=dossier.due_at, handed_at=done.at if done else None,
        way=_WAYS[ResultForm(dossier.result_form)], signed_for=done.receiver_name if done else "", note=note,
    )  # fmt: skip
