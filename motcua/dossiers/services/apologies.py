"""Apologies drafted in time: who is late, the old and a new due date, for an officer to check and grant.

Nothing is promised here: only `services.extend` puts a due date off, and the rules refuse it too late or a second time.
"""

from datetime import datetime
from math import ceil

from django.db import transaction
from django.db.models import F, Q

from motcua.dossiers import warning
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.models.warned import WATCHED
from motcua.kernel import clock
from motcua.places import queries as places
from motcua.workflow import queries as workflow
from motcua.workflow.rules import Thresholds
from motcua.workflow.rules.limits import WORKING_DAY_MINUTES

BATCH = 500
REASON = "Bước “%s” chưa hoàn thành đúng tiến độ."  # words of a form of the law


def draft(*, now: datetime) -> int:
    """Draft the apology of every dossier that will not be ready in time, while the law still allows it; how many.

    A dossier will not be ready when its steps still to be done take more working time than is left. A draft whose due
    date has moved since is made anew.
    """
    thresholds, made, last = workflow.thresholds(clock.local(now).date()), 0, None
    while True:
        with transaction.atomic():
            batch = _batch(thresholds, now, last)
            drafts = [found for dossier in batch if (found := _draft(dossier, thresholds, now)) is not None]
            Extension.objects.bulk_create(
                drafts, update_conflicts=True, unique_fields=["dossier"],
                update_fields=["reason", "at_fault", "old_due_at", "new_due_at", "basis", "drafted_at"],
            )  # fmt: skip
        made += len(drafts)
        if len(batch) < BATCH:
            return made
        last = batch[-1]


def _batch(thresholds: Thresholds, now: datetime, last: Dossier | None) -> list[Dossier]:
    """Open dossiers due soon whose due date was never put off and which have no draft of it."""
    until = places.working_calendar().add_minutes(now, thresholds.apology_minutes + WORKING_DAY_MINUTES)
    drafted = Q(extension__isnull=True) | Q(extension__granted_at__isnull=True) & ~Q(extension__old_due_at=F("due_at"))
    found = Dossier.objects.filter(
        drafted, run__ended_at__isnull=True, run__due_at__gt=now, run__due_at__lte=until, run__due_at=F("due_at"),
        run__extended_at__isnull=True, paused_at__isnull=True, state__in=WATCHED, step_agency__isnull=False,
        is_reconstructed=False,
    )  # fmt: skip
    if last is not None:
        found = found.filter(Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk))
    found = found.select_related("run", "step_agency").order_by("due_at", "pk")
    return list(found.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])


def _draft(dossier: Dossier, thresholds: Thresholds, now: datetime) -> Extension | None:
    """The draft, when it is time for it and the dossier will not be ready; None otherwise."""
    run, due, agency = dossier.run, dossier.due_at, dossier.step_agency
    if run is None or due is None or agency is None:
        return None
    calendar = workflow.calendar_of(run)
    left, notice = calendar.minutes_between(now, due), workflow.latest_notice(run)
    today = clock.local(now).date()
    if left > thresholds.apology_minutes and (notice is None or today < notice):
        return None
    needed = warning.minutes_needed(run.budgets, dossier.step_position, dossier.step_due_at, now=now, calendar=calendar)
    if needed <= left or workflow.why_not_extend(run, now=now) is not None:
        return None
    return Extension(
        dossier=dossier, reason=REASON % dossier.step_name, at_fault=agency.name, old_due_at=due,
        new_due_at=calendar.add_days(due, ceil((needed - left) / WORKING_DAY_MINUTES)),
        basis=workflow.regime_of(run).extension.basis, drafted_at=now,
    )  # fmt: skip
