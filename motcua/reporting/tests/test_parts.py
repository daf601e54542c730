"""The report of parts: asked in the period, answered in time or late, open at the moment of the report."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from motcua.dossiers.enums import PartState
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.tests.factories import MONDAY, World, at_step, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.places.models import Agency
from motcua.reporting import parts
from motcua.reporting.enums import PartSplit
from motcua.reporting.queries import Scope
from motcua.reporting.rules import Period
from motcua.workflow.enums import PartKind

pytestmark = pytest.mark.django_db
PAGE = "/office/reports/parts/"
PERIOD = Period(MONDAY.date().replace(day=1), MONDAY.date() + timedelta(days=14))
DUE = MONDAY + timedelta(days=2)
END = MONDAY + timedelta(days=10)


class Asked:
    """A dossier whose lead asks a department; each call is one more question."""

    def __init__(self, of: World) -> None:
        self.world, self.count = of, 0
        self.department = people.agency("H49.10", name="Sở Xây dựng", office_hours="standard")
        self.dossier: Dossier = at_step(of, "appraise", MONDAY)

    def part(self, state: PartState, done: datetime | None = None, **more: object) -> Part:
        self.count += 1
        values = {"agency": self.department, "started_at": MONDAY, "due_at": DUE, **more}
        return Part.objects.create(
            dossier=self.dossier, key=f"opinion-{self.count}", name="Ý kiến", kind=PartKind.CONSULTATION,
            role=Role.HANDLER, opens_at="appraise", closes_at="appraise", asked_at=MONDAY, state=state, done_at=done,
            **values,
        )  # fmt: skip

    def all(self) -> None:
        """One of each kind."""
        self.part(PartState.ANSWERED, MONDAY + timedelta(hours=1))
        self.part(PartState.REFUSED, MONDAY + timedelta(hours=2))
        self.part(PartState.ANSWERED, DUE + timedelta(hours=1))
        self.part(PartState.PASSED_OVER, DUE + timedelta(hours=1))
        self.part(PartState.ASSENTED, DUE + timedelta(hours=1))
        self.part(PartState.DROPPED, DUE + timedelta(hours=1))
        self.part(PartState.RUNNING)
        self.part(PartState.RUNNING, due_at=END + timedelta(days=30))
        self.part(PartState.WAITING, started_at=None, due_at=None)


@pytest.fixture
def asked() -> Iterator[Asked]:
    with office_day() as of:
        yield Asked(of)


def columns(line: parts.Line) -> list[int]:
    return [getattr(line, name) for name in parts.COLUMNS]


def test_each_part_stands_in_one_column(asked: Asked) -> None:
    asked.all()
    (line,) = parts.lines(PERIOD, now=END)
    assert (line.name, columns(line)) == ("Sở Xây dựng", [7, 2, 1, 1, 1, 2, 1])
    assert line.hours == 2.0, "the middle one of three answers, in working hours"
    assert line.asked == sum(columns(line)[1:6])


def test_a_past_day_knows_nothing_of_what_came_later(asked: Asked) -> None:
    asked.all()
    (line,) = parts.lines(PERIOD, now=MONDAY + timedelta(minutes=90))
    assert columns(line) == [8, 1, 0, 0, 0, 7, 0], "what was dropped later was still asked then"


def test_no_other_period_and_no_limit_is_never_late(asked: Asked) -> None:
    asked.part(PartState.RUNNING, due_at=None)
    asked.part(PartState.RUNNING, started_at=MONDAY - timedelta(days=90))
    (line,) = parts.lines(PERIOD, now=END)
    assert columns(line) == [1, 0, 0, 0, 0, 1, 0]
    assert line.hours is None


def test_rows_by_the_one_that_asks_and_those_outside_by_their_name(asked: Asked) -> None:
    asked.part(PartState.RUNNING)
    asked.part(PartState.RUNNING, agency=None, outside="Công an tỉnh")
    assert [line.name for line in parts.lines(PERIOD, now=END)] == ["Công an tỉnh", "Sở Xây dựng"]
    (lead,) = parts.lines(PERIOD, now=END, split=PartSplit.LEAD)
    assert (lead.name, lead.asked) == (asked.world.committee.name, 2)


def test_a_reader_counts_what_the_own_agency_asked_or_was_asked(asked: Asked) -> None:
    asked.part(PartState.RUNNING)
    other: Agency = people.agency("H49.77")
    for agency, count in ((asked.department, 1), (asked.world.committee, 1), (other, 0)):
        assert len(parts.lines(PERIOD, now=END, scope=Scope(agencies=frozenset({agency.pk})))) == count


def test_more_parts_take_no_more_statements(asked: Asked) -> None:
    counts = []
    for _again in range(2):
        asked.all()
        parts.lines(PERIOD, now=END)
        with CaptureQueriesContext(connection) as context:
            parts.lines(PERIOD, now=END)
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_the_page_and_its_spreadsheet(asked: Asked) -> None:
    asked.all()
    wanted = {"first": f"{PERIOD.first:%d/%m/%Y}", "last": f"{PERIOD.last:%d/%m/%Y}", "split": "asked"}
    early = f"{date(2020, 1, 1):%d/%m/%Y}"
    with time_machine.travel(END, tick=False):
        client = people.sign_in(Client(), people.officer(Role.DIRECTOR, of=asked.world.centre))
        assert "Sở Xây dựng" in client.get(PAGE, wanted).content.decode()
        sheet = client.get(PAGE, wanted | {"xlsx": "1"})
        assert client.get(PAGE, wanted | {"last": early}).status_code == 422
        assert "Sở Xây dựng" not in client.get(PAGE, {"first": early, "last": early}).content.decode()
        assert people.sign_in(Client(), asked.world.staff[Role.RECEPTION]).get(PAGE).status_code == 403
    rows = list(load_workbook(BytesIO(sheet.content)).active.values)  # type: ignore[union-attr]
    assert rows[-1][1:] == ("Tổng cộng", 7, 2, 1, 1, 1, 2, 1, 2)
