"""Reminders by the clock, each once: to the applicant before the last day to answer, to the office of a long pause."""

from datetime import datetime
from functools import cache

from django.db import transaction
from django.db.models import Q

from motcua.dossiers.enums import State
from motcua.dossiers.events import PauseOverdue, SupplementReminded
from motcua.dossiers.models import Pause, Supplement
from motcua.kernel import clock, outbox
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.workflow import queries as workflow
from motcua.workflow.rules import Thresholds
from motcua.workflow.rules.limits import WORKING_DAY_MINUTES

BATCH = 500


def remind_applicants(*, now: datetime) -> int:
    """Remind those whose last day to answer comes near (`law/warnings.toml`); how many.

    Whoever was given only a short time is not reminded before so much of it is over as for any other limit.
    """
    thresholds = workflow.thresholds(clock.local(now).date())
    if thresholds.supplement_minutes is None:
        return 0
    calendar = cache(lambda agency_id: places.working_calendar(places.kept_agency(agency_id)))
    until = places.working_calendar().add_minutes(now, thresholds.supplement_minutes + WORKING_DAY_MINUTES)
    told, mark = 0, None
    while True:
        with transaction.atomic():
            batch = _open(now, until, mark)
            near = [one for one in batch if _is_near(one, thresholds, calendar(one.dossier.competent_agency_id), now)]
            Supplement.objects.filter(pk__in=[one.pk for one in near]).update(reminded_at=now)
            outbox.publish(*(SupplementReminded(one.dossier_id, now) for one in near))
        told += len(near)
        if len(batch) < BATCH:
            return told
        mark = batch[-1]


def tell_of_pauses(*, now: datetime) -> int:
    """Tell the officer and the head of every clock that still stands after its expected day; how many."""
    told, today = 0, clock.local(now).date()
    while True:
        with transaction.atomic():
            late = Pause.objects.filter(ended_at__isnull=True, warned_at__isnull=True, expected_end__lt=today)
            rows = late.order_by("expected_end", "pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
            batch = list(rows[:BATCH])
            Pause.objects.filter(pk__in=[one.pk for one in batch]).update(warned_at=now)
            outbox.publish(*(PauseOverdue(one.dossier_id, now, one.pk) for one in batch))
        told += len(batch)
        if len(batch) < BATCH:
            return told


def _is_near(one: Supplement, thresholds: Thresholds, calendar: WorkingCalendar, now: datetime) -> bool:
    if one.limit_at is None:
        return False
    left, limit = (calendar.minutes_between(since, one.limit_at) for since in (now, one.asked_at))
    return thresholds.is_reminded(left, limit=limit)


def _open(now: datetime, until: datetime, mark: Supplement | None) -> list[Supplement]:
    found = Supplement.objects.filter(
        answered_at__isnull=True, reminded_at__isnull=True, limit_at__gt=now, limit_at__lte=until,
        dossier__state=State.SUPPLEMENT,
    )  # fmt: skip
    if mark is not None:
        found = found.filter(Q(limit_at__gt=mark.limit_at) | Q(limit_at=mark.limit_at, pk__gt=mark.pk))
    rows = found.select_related("dossier").order_by("limit_at", "pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
