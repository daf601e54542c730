"""Putting a due date off, terms to ask and to answer, the last hour, and what a second request does to the clock."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from motcua.places.tests.test_calendar import CALENDAR, at
from motcua.workflow import rules
from motcua.workflow.enums import ClockKind, CutOff, DurationUnit, Owner, PauseKind, ResumePolicy
from motcua.workflow.rules import Duration, Extension, Pause, Policy
from motcua.workflow.tests.factories import LAW

FIVE = Duration(Decimal(5), DurationUnit.WORKING_DAY)
PLAIN = Duration(Decimal(10), DurationUnit.CALENDAR_DAY)
ONCE = LAW[2018].extension
IN_CALENDAR_DAYS = replace(ONCE, notice=Duration(Decimal(1), DurationUnit.CALENDAR_DAY))


def five(*pauses: Pause, extension: Extension | None = None) -> rules.Due:
    """Five working days from 1 June 2026, 09:00: due on Monday the 8th, 09:00."""
    return rules.due(at("2026-06-01 09:00"), FIVE, CALENDAR, pauses=pauses, extension=extension, law=LAW[2018])


def waiting(start: str, end: str | None, policy: ResumePolicy) -> Pause:
    return Pause(PauseKind.SUPPLEMENT, at(start), at(end) if end else None, policy)


@pytest.mark.parametrize(
    ("law", "now", "code"),
    [
        (ONCE, "2026-06-05 23:59", None),  # the working day before, a Friday
        (ONCE, "2026-06-06 09:00", "too_late"),
        (ONCE, "2026-06-07 09:00", "too_late"),
        (IN_CALENDAR_DAYS, "2026-06-07 09:00", None),  # the day before, a Sunday
        (IN_CALENDAR_DAYS, "2026-06-08 00:00", "too_late"),
        (replace(ONCE, times=0), "2026-06-02 09:00", "extended_already"),
    ],
)
def test_the_notice_is_given_so_long_before(law: rules.regime.ExtensionLaw, now: str, code: str | None) -> None:
    refusal = rules.may_extend(five(), now=at(now), to=at("2026-06-12 16:00"), law=law)
    assert (refusal.code if refusal else None) == code


def test_the_working_day_before_may_lie_before_a_long_holiday() -> None:
    due_at = at("2026-02-23 10:00")  # the first day after Tết
    assert rules.latest_notice(due_at, ONCE.notice, CALENDAR) == date(2026, 2, 13)
    assert rules.latest_notice(due_at, IN_CALENDAR_DAYS.notice, CALENDAR) == date(2026, 2, 22)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("2026-06-08 09:00", "not_later"),
        ("2026-06-05 09:00", "not_later"),
        ("2026-06-13 09:00", "not_at_work"),
        ("2026-06-12 12:00", "not_at_work"),
        ("2026-06-12 17:00", None),
    ],
)
def test_the_new_date_is_later_and_at_work(to: str, code: str | None) -> None:
    refusal = rules.may_extend(five(), now=at("2026-06-02 09:00"), to=at(to), law=ONCE)
    assert (refusal.code if refusal else None) == code


def test_not_twice_not_while_it_stands_still_not_without_a_due_date() -> None:
    to, now = at("2026-06-12 16:00"), at("2026-06-03 09:00")
    twice = rules.may_extend(five(extension=Extension(at("2026-06-02 09:00"), to)), now=now, to=to, law=ONCE)
    held = rules.may_extend(five(waiting("2026-06-02 09:00", None, ResumePolicy.RESTART)), now=now, to=to, law=ONCE)
    counting = five(waiting("2026-06-02 09:00", None, ResumePolicy.COUNTS))
    none = rules.may_extend(None, now=now, to=to, law=ONCE)
    assert [refusal.code for refusal in (twice, held, none) if refusal] == [
        "extended_already", "not_running", "no_due_date",
    ]  # fmt: skip
    assert rules.may_extend(counting, now=now, to=to, law=ONCE) is None
    assert str(twice).endswith("(61/2018/NĐ-CP, Điều 19 khoản 9)")


def test_the_original_date_stays_and_what_is_gained_is_told_apart() -> None:
    found = five(extension=Extension(at("2026-06-05 09:00"), at("2026-06-09 10:00")))
    assert (found.original_at, found.unextended_at, found.at) == (
        at("2026-06-08 09:00"), at("2026-06-08 09:00"), at("2026-06-09 10:00"),
    )  # fmt: skip
    gained = [part for part in found.segments if part.is_extension]
    assert gained[0].start == at("2026-06-08 09:00")
    assert sum(part.counted_minutes for part in gained) == 480 + 60
    assert sum(part.counted_minutes for part in found.segments) == found.budget_minutes == 5 * 480 + 540


def test_in_fewer_lines_the_extension_is_still_told_apart() -> None:
    found = five(extension=Extension(at("2026-06-05 09:00"), at("2026-06-09 10:00")))
    told = rules.condense(found.segments)
    assert [(part.kind, part.start, part.is_extension, part.counted_minutes) for part in told] == [
        (ClockKind.WORKED, at("2026-06-01 09:00"), False, 4 * 480 + 390),
        (ClockKind.WEEKLY_REST, at("2026-06-05 17:00"), False, 0),
        (ClockKind.WORKED, at("2026-06-08 07:30"), False, 90),
        (ClockKind.WORKED, at("2026-06-08 09:00"), True, 540),
    ]


def test_calendar_time_is_put_off_and_moved_by_later_pauses() -> None:
    extension = Extension(at("2026-06-04 09:00"), at("2026-06-17 09:00"))
    found = rules.due(at("2026-06-01 09:00"), PLAIN, CALENDAR, extension=extension)
    assert (found.unextended_at, found.at) == (at("2026-06-11 09:00"), at("2026-06-17 09:00"))
    counted = [part.counted_minutes for part in found.segments if part.kind is ClockKind.CALENDAR_TIME]
    assert sum(counted) == 16 * 1440
    pause = waiting("2026-06-16 09:00", "2026-06-18 09:00", ResumePolicy.PAUSE)
    later = rules.due(at("2026-06-01 09:00"), PLAIN, CALENDAR, pauses=[pause], extension=extension)
    assert later.at == at("2026-06-19 09:00")


def test_a_second_request_is_shown_as_waiting_and_counted() -> None:
    asked = waiting("2026-06-02 10:00", "2026-06-04 10:00", ResumePolicy.COUNTS)
    found = five(asked)
    assert found.at == at("2026-06-08 09:00")
    part = next(part for part in found.segments if part.kind is ClockKind.WAITING)
    assert (part.owner, part.minutes, part.counted_minutes) == (Owner.CITIZEN, 2 * 1440, 2 * 480)
    assert part.basis == LAW[2018].supplement.again_basis


def test_a_wait_that_counts_goes_on_over_the_due_date() -> None:
    asked = five(waiting("2026-06-05 10:00", None, ResumePolicy.COUNTS))
    told = rules.explain(asked, now=at("2026-06-09 10:00"))
    assert [(part.kind, part.end) for part in told[-2:]] == [
        (ClockKind.WAITING, at("2026-06-08 09:00")), (ClockKind.OVERDUE, at("2026-06-09 10:00")),
    ]  # fmt: skip
    early = rules.explain(asked, now=at("2026-06-05 11:00"))
    assert [(part.kind, part.end) for part in early if part.kind is ClockKind.WAITING] == [
        (ClockKind.WAITING, at("2026-06-05 11:00"))
    ]
    assert early[-1].end == asked.at


@pytest.mark.parametrize("kind", PauseKind)
def test_each_pause_names_who_has_the_dossier_and_by_which_rule(kind: PauseKind) -> None:
    pause = Pause(kind, at("2026-06-02 10:00"), at("2026-06-03 10:00"))
    part = next(part for part in five(pause).segments if part.kind is ClockKind.WAITING)
    law = LAW[2018].pauses[kind]
    assert (part.cause, part.owner, part.basis, part.counted_minutes) == (kind, law.owner, law.basis, 0)


@pytest.mark.parametrize(
    ("received", "starts"),
    [
        ("2026-06-01 15:59", "2026-06-01 15:59"),
        ("2026-06-01 16:00", "2026-06-02 07:30"),  # within the last hour
        ("2026-06-01 17:00", "2026-06-02 07:30"),
        ("2026-06-05 16:30", "2026-06-08 07:30"),
    ],
)
def test_what_comes_in_the_last_hour_begins_on_the_next_working_day(received: str, starts: str) -> None:
    last_hour = Policy(effect=CutOff.START_NEXT_DAY, before_closing=60)
    assert rules.start(at(received), CALENDAR, last_hour).at == at(starts)
    assert Policy.from_json(last_hour.as_json()) == last_hour
    assert Policy.from_json(Policy(time(15)).as_json()) == Policy(time(15))


def test_acceptance_counts_from_the_payment_of_a_fee_due_before() -> None:
    filed = at("2026-06-01 09:00")
    assert rules.acceptance_due(filed, CALENDAR) == at("2026-06-02 09:00")
    assert rules.acceptance_due(filed, CALENDAR, paid_at=at("2026-06-03 14:00")) == at("2026-06-04 14:00")
    assert rules.acceptance_due(filed, CALENDAR, paid_at=at("2026-05-29 14:00")) == at("2026-06-02 09:00")
    last_hour = Policy(effect=CutOff.START_NEXT_DAY, before_closing=60)
    assert rules.acceptance_due(at("2026-06-01 16:10"), CALENDAR, policy=last_hour) == at("2026-06-02 17:00")


def test_terms_to_ask_and_to_answer() -> None:
    law = LAW[2018].supplement
    assert rules.after(at("2026-06-04 16:00"), law.ask_within, CALENDAR) == at("2026-06-09 16:00")
    assert rules.after(at("2026-06-04 16:00"), law.answer_within, CALENDAR) == at("2026-07-06 07:30")  # a Saturday
    assert rules.after(at("2026-06-04 16:00"), Duration(Decimal(2), DurationUnit.WORKING_DAY), CALENDAR) == at(
        "2026-06-08 16:00"
    )


# ── days nobody has confirmed yet ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("received", "unconfirmed"),
    [
        ("2025-12-31 09:00", ["2026-01-02"]),
        ("2026-01-05 09:00", ["2026-01-10"]),
        ("2026-11-20 09:00", ["2026-11-24"]),
        ("2026-03-02 09:00", []),
    ],
)
@pytest.mark.parametrize("unit", DurationUnit)
def test_an_unconfirmed_day_is_flagged_on_every_clock_it_touches(
    received: str, unconfirmed: list[str], unit: DurationUnit
) -> None:
    amount = {"working_hour": 56, "month": 1, "calendar_day": 9}.get(unit.value, 7)
    found = rules.due(at(received), Duration(Decimal(amount), unit), CALENDAR, law=LAW[2025])
    flagged = [part for part in found.segments if not part.is_verified]
    days = [datetime.fromisoformat(day).date() for day in unconfirmed]
    assert found.touches_unverified is bool(days)
    assert bool(flagged) is bool(days)
    assert all(any(part.start.date() <= day <= part.end.date() for part in flagged) for day in days)


def test_a_wait_over_an_unconfirmed_day_is_flagged() -> None:
    pause = Pause(PauseKind.APPRAISAL, at("2026-11-23 10:00"), at("2026-11-25 10:00"))
    found = rules.due(at("2026-11-23 09:00"), FIVE, CALENDAR, pauses=[pause])
    assert [(part.kind, part.is_verified) for part in found.segments if not part.is_verified] == [
        (ClockKind.WAITING, False)
    ]
