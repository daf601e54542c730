"""Whether days off and made-up days agree with each other. Pure.

Sources: the Labour Code 45/2019/QH14, art. 111.3 (a holiday on a weekly day of rest is made good on the next working
day) and art. 112 (public holidays; the Prime Minister decides the days of each year, and swaps).
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from motcua.places.calendar import DayKind
from motcua.places.packfiles import BadValue

DayKey = tuple[date, str]  # the day and the code of the agency it is for, empty for everyone
Day = tuple[str, date | None]  # what kind of day it is, and the day it is swapped with
DAYS_OFF = "45/2019/QH14, Điều 112"
SWAPS = "45/2019/QH14, Điều 112 khoản 3"
COMPENSATION = "45/2019/QH14, Điều 111 khoản 3"
LOOK_BACK = 7  # days between a holiday on a day of rest and the day off in its place, at most
_SWAPPED = {DayKind.SWAPPED_OFF: DayKind.MAKEUP_WORKDAY, DayKind.MAKEUP_WORKDAY: DayKind.SWAPPED_OFF}


def faults(days: Mapping[DayKey, Day], working: Collection[int]) -> dict[DayKey, BadValue]:
    """What is wrong with which day; `working` are the ISO weekdays of an ordinary week (empty: not known)."""
    found = {}
    for key, (word, paired_on) in days.items():
        kind = DayKind(word)
        fault = (
            _scope_fault(key, kind)
            or _swap_fault(days, key, kind, paired_on)
            or (_week_fault(days, key[0], kind, working) if working else None)
        )
        if fault is not None:
            found[key] = fault
    return found


def _scope_fault(key: DayKey, kind: DayKind) -> BadValue | None:
    if not key[1] or kind is DayKind.LOCAL_CLOSURE:
        return None
    return BadValue("agency_code", f"Only a closure belongs to one agency: days off are the same for all ({DAYS_OFF}).")


def _swap_fault(days: Mapping[DayKey, Day], key: DayKey, kind: DayKind, paired_on: date | None) -> BadValue | None:
    other_kind = _SWAPPED.get(kind)
    if other_kind is None:
        text = f"Only days that were swapped name another day ({SWAPS})."
        return BadValue("paired_date", text) if paired_on else None
    if paired_on is None:
        return BadValue("paired_date", f"A swapped day names the day it is swapped with ({SWAPS}).")
    if days.get((paired_on, "")) != (other_kind, key[0]):
        text = f"The day {paired_on:%Y-%m-%d} does not name this day as swapped with it ({SWAPS})."
        return BadValue("paired_date", text)
    return None


def _week_fault(days: Mapping[DayKey, Day], day: date, kind: DayKind, working: Collection[int]) -> BadValue | None:
    is_worked = day.isoweekday() in working
    if kind is DayKind.MAKEUP_WORKDAY and is_worked:
        return BadValue("date", f"This weekday is worked anyway; nothing can be made up on it ({SWAPS}).")
    if kind is DayKind.SWAPPED_OFF and not is_worked:
        return BadValue("date", f"Nobody works on this weekday; it cannot be swapped ({SWAPS}).")
    if kind is not DayKind.COMPENSATORY_OFF:
        return None
    before = (day - timedelta(days=back) for back in range(1, LOOK_BACK + 1))
    if any(on.isoweekday() not in working and days.get((on, ""), ("",))[0] == DayKind.HOLIDAY for on in before):
        return None
    text = f"No holiday of the week before fell on a day of rest, so there is nothing to make good ({COMPENSATION})."
    return BadValue("date", text)
