"""The report over real dossiers: each lands in its column, and a past day prints the same later."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Channel
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, step, submitted, world
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.reporting import queries
from motcua.reporting.enums import Split
from motcua.reporting.rules import Period, Row

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def here(db: None) -> Iterator[World]:
    with time_machine.travel(at(27, 12), tick=False):
        yield world()


def row(now: Any = None, period: Period = NOVEMBER, **options: Any) -> Row:
    return queries.report(period, now=now or at(27, 12), **options).total


def test_every_kind_of_dossier_has_its_column(here: World) -> None:
    submitted(here)  # only filed: nowhere
    accepted(here, at(26))  # in hand, in time
    accepted(here, at(16))  # due on the 23rd: in hand, late
    at_step(here, "return", at(25))  # resolved on the day of filing: early
    waiting = at_step(here, "appraise", at(16))
    dossiers.request_supplement(
        dossier_id=waiting.pk, items=["x"], reason="y", actor=here.actor(Role.HANDLER), now=at(17)
    )
    gone = accepted(here, at(24))
    dossiers.withdraw(dossier_id=gone.pk, reason="Đổi ý.", actor=here.actor("citizen"), now=at(25))
    refused = submitted(here)
    dossiers.refuse(dossier_id=refused.pk, reason="Thiếu.", actor=here.actor(Role.RECEPTION), now=at(25))
    accepted(here, at(30, month=10), channel=Channel.COUNTER)  # carried over, late
    found = row()
    assert found == Row(
        "", found.name, online=5, direct=0, carried=1, early=1, on_time=1, late=0, open_in_time=2, open_late=2
    )
    assert found.is_balanced


def test_on_the_due_day_is_on_time_and_after_it_late(here: World) -> None:
    for ends in (at(24, 9), at(30, 8), at(30, 10)):
        dossier = at_step(here, "clerk", at(23, 9))
        dossiers.issue(dossier_id=dossier.pk, symbol="X", opens_register=True, actor=here.actor(Role.CLERK), now=ends)
    found = row(at(30, 12))
    assert (found.early, found.on_time, found.late) == (1, 1, 1)


def test_a_past_day_prints_the_same_later(here: World) -> None:
    dossier = at_step(here, "appraise", at(16))
    asked = Period(date(2026, 11, 16), date(2026, 11, 18))
    dossiers.request_supplement(
        dossier_id=dossier.pk, items=["x"], reason="y", actor=here.actor(Role.HANDLER), now=at(17)
    )
    then = row(at(19, 0), asked)
    dossiers.answer_supplement(dossier_id=dossier.pk, papers=[], answer="z", actor=here.actor("citizen"), now=at(25))
    while dossier.step_kind != "return":
        dossier = step(here, type(dossier).objects.get(pk=dossier.pk), at(27))
    assert row(at(30), asked) == then
    assert then.open_in_time == 1


@pytest.mark.parametrize("split", list(Split))
def test_every_split_adds_up_to_the_same(here: World, split: Split) -> None:
    accepted(here)
    at_step(here, "return")
    report = queries.report(NOVEMBER, now=at(27, 12), split=split)
    assert report.is_balanced
    assert report.total.received == 2
    assert len(report.rows) == 1


def test_officers_count_their_agencies_only(here: World) -> None:
    accepted(here)
    other = people.agency("H49.77")
    scope = queries.scope_of(here.actor(Role.LEADER))
    assert row(scope=scope).received == 1
    assert row(scope=queries.Scope(agencies=frozenset({other.pk}))).received == 0


def test_the_page_and_the_sheet(here: World) -> None:
    accepted(here)
    leader = people.sign_in(Client(), here.staff[Role.LEADER])
    page = leader.get("/office/reports/ii06/", {"first": "2026-11-01", "last": "2026-11-30", "split": "agency"})
    assert page.status_code == 200
    assert page.context["report"].total.received == 1
    sheet = leader.get("/office/reports/ii06.xlsx", {"first": "2026-11-01", "last": "2026-11-30", "split": "agency"})
    rows = list(load_workbook(BytesIO(sheet.content)).active.values)
    assert rows[5][:3] == ("(1)", "(2)", "(3)")
    assert rows[1][0] == f"Đơn vị báo cáo: {queries.unit_of(here.actor(Role.LEADER))}"
    assert here.committee.name in rows[1][0]
    assert here.staff[Role.LEADER].person.full_name not in rows[1][0]
    numbers = [[value for value in line[2:13]] for line in rows[6:-2]]
    total = page.context["report"].total
    assert numbers[-1][4:8] == [total.resolved, total.early, total.on_time, total.late]
    assert rows[-3][1:4] == ("Tổng cộng", 1, 1)
    assert rows[-1][0].endswith("bổ sung lần hai): 0")
    wrong = leader.get("/office/reports/ii06/", {"first": "30/11/2026", "last": "1/11/2026", "split": "agency"})
    assert wrong.status_code == 422
    assert "30/11/2026" in wrong.content.decode()


def test_the_report_is_not_for_everybody(here: World) -> None:
    assert people.sign_in(Client(), here.staff[Role.CLERK]).get("/office/reports/ii06/").status_code == 403
    assert people.sign_in(Client(), here.citizen_account).get("/office/reports/ii06/").status_code == 403
    assert Client().get("/office/reports/ii06/").status_code == 302


def test_the_command_prints_and_refuses_bad_days(here: World, capsys: Any) -> None:
    accepted(here, MONDAY)
    call_command("report", "--from", "2026-11-01", "--to", "2026-11-30")
    assert "Check sums hold." in capsys.readouterr().out
    call_command("report", "--json")
    assert '"balanced": true' in capsys.readouterr().out
    with pytest.raises(CommandError, match="YYYY-MM-DD"):
        call_command("report", "--from", "1.11.2026")


def test_second_requests_and_what_was_put_off_are_told_beside_the_form(here: World, client: Client) -> None:
    handler = here.actor(Role.HANDLER)
    late, again = at_step(here, "appraise", at(20)), at_step(here, "appraise", at(24))
    dossiers.extend(dossier_id=late.pk, day=date(2026, 12, 3), reason="Xác minh.", actor=handler, now=at(25))
    for day in (24, 25):
        act(Action.REQUEST_SUPPLEMENT, again, handler, here, at(day))
        act(Action.ANSWER_SUPPLEMENT, again, here.actor("citizen"), here, at(day, 10))
    november, before = queries.report(NOVEMBER, now=at(27, 12)), Period(date(2026, 10, 1), date(2026, 10, 31))
    assert queries.asides(november, now=at(27, 12)) == queries.Asides(asked_again=1, put_off=1, late_by_index=0)
    past = queries.report(before, now=at(27, 12))
    assert queries.asides(past, now=at(27, 12)) == queries.Asides(0, 0)
    nobody = queries.Scope(agencies=frozenset())
    assert queries.asides(november, now=at(27, 12), scope=nobody) == queries.Asides(0, 0)
    people.sign_in(client, here.staff[Role.LEADER])
    text = client.get("/office/reports/ii06/", {"first": "2026-11-01", "last": "2026-11-30"}).content.decode()
    assert "by the due date in force at the end of the period" in text
    assert "Put off: 1." in text
    assert "against the agency: 1." in text


def test_what_is_in_time_only_because_it_was_put_off_is_late_by_the_index(here: World) -> None:
    dossier = at_step(here, "appraise", at(20))
    dossiers.extend(
        dossier_id=dossier.pk, day=date(2026, 12, 3), reason="Xác minh.", actor=here.actor(Role.HANDLER), now=at(25)
    )
    while dossier.step_kind != "return":
        dossier = step(here, type(dossier).objects.get(pk=dossier.pk), at(1, month=12))
    period = Period(date(2026, 11, 1), date(2026, 12, 31))
    found = queries.report(period, now=at(20, month=12))
    assert (found.total.early, found.total.late) == (1, 0)
    assert queries.asides(found, now=at(20, month=12)) == queries.Asides(0, 1, late_by_index=1)
