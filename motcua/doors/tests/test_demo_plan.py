"""The demo's plan and its passed times: no database."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from motcua.doors.demo import timing
from motcua.doors.demo.browser import _Forms
from motcua.doors.demo.last import errands
from motcua.doors.demo.plan import Ending, stories
from motcua.kernel.clock import ZONE
from motcua.places.calendar import DayKind, SpecialDay, WorkingCalendar

HOURS = [(time(7, 30), time(11, 30)), (time(13), time(17))]
CALENDAR = WorkingCalendar.of(
    {day: HOURS for day in range(1, 6)}, {date(2026, 11, 24): SpecialDay(DayKind.HOLIDAY, "Ngày nghỉ")}
)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)


def next_day(moment: datetime) -> datetime:
    """A limit of one working day."""
    return CALENDAR.add_days(moment, 1)


def test_the_plan_keeps_what_is_promised() -> None:
    plan = list(stories())
    endings = Counter(story.ending for story in plan)
    online = [errand for errand in errands() if errand.until != "draft"]
    assert len(plan) + len(online) >= 60
    assert len(online) == 10
    assert len({story.code for story in plan}) >= 12
    assert endings[Ending.LATE] >= 5
    assert endings[Ending.TODAY] >= 5
    assert endings[Ending.WAITING] + endings[Ending.EARLY] >= 5
    assert set(endings) == set(Ending)


def test_stories_have_keys_of_their_own_that_stay_the_same() -> None:
    keys = [story.key for story in stories()] + [errand.key for errand in errands()]
    assert len(set(keys)) == len(keys)
    assert keys == [story.key for story in stories()] + [errand.key for errand in errands()]


def test_on_a_working_day_dossiers_fall_due_today() -> None:
    assert timing.due_day(CALENDAR, MONDAY) == date(2026, 11, 23)


@pytest.mark.parametrize("day", [24, 28, 29])
def test_on_a_day_off_the_next_working_day_counts(day: int) -> None:
    expected = {24: date(2026, 11, 25), 28: date(2026, 11, 30), 29: date(2026, 11, 30)}[day]
    assert timing.due_day(CALENDAR, MONDAY.replace(day=day)) == expected


def test_a_moment_is_found_for_a_due_date() -> None:
    noon = MONDAY.replace(hour=12)
    found = timing.accepted_for(next_day, CALENDAR, noon, first=noon, last=noon + timedelta(hours=6))
    assert found is not None
    assert found < noon
    assert CALENDAR.is_working(found)
    assert noon <= next_day(found) <= noon + timedelta(hours=6)


def test_turns_take_different_moments_while_there_are_some() -> None:
    window = {"first": MONDAY - timedelta(days=20), "last": MONDAY}
    found = [timing.accepted_for(next_day, CALENDAR, MONDAY, turn=turn, **window) for turn in range(8)]
    assert len(set(found)) == 8


def test_no_moment_is_made_up() -> None:
    sunday = MONDAY.replace(day=22)
    window = {"first": sunday, "last": sunday + timedelta(hours=10)}
    assert timing.accepted_for(next_day, CALENDAR, MONDAY, **window) is None


def test_moments_are_spread_over_working_time_and_never_after_the_end() -> None:
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)
    moments = timing.spread(CALENDAR, friday, MONDAY, [0.25, 0.5, 1.0])
    assert moments == sorted(moments)
    assert moments[-1] <= MONDAY
    assert all(CALENDAR.is_working(moment) or moment == MONDAY for moment in moments)


def test_without_working_time_all_stand_at_the_start() -> None:
    saturday = datetime(2026, 11, 21, 9, 0, tzinfo=ZONE)
    assert timing.spread(CALENDAR, saturday, saturday + timedelta(hours=5), [0.3, 0.9]) == [saturday, saturday]


FORM = """<form action="/other/"><input name="q" value="x"></form>
<form action="/act/" method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t">
<input name="name" value="Lê An"><input type="radio" name="kind" value="a">
<input type="radio" name="kind" value="b" checked>
<input type="checkbox" name="tick" value="1"><input type="checkbox" name="many" value="2" checked>
<input type="checkbox" name="many" value="3" checked><input type="file" name="file">
<select name="unit"><option value="1">one</option><option value="2" selected>two</option></select>
<textarea name="note">
a line</textarea><button name="later">Later</button></form>"""


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    parser = _Forms()
    parser.feed(FORM)
    assert [form.action for form in parser.found] == ["/other/", "/act/"]
    assert parser.found[1].fields == {
        "csrfmiddlewaretoken": ["t"], "name": ["Lê An"], "kind": ["b"], "many": ["2", "3"], "unit": ["2"],
        "note": ["a line"],
    }  # fmt: skip
