"""Builds the half-year 2023 of the provincial centre: all in bulk but the last three, which go through the services.

Published: 56,600 new dossiers, 18,404 of them in the portal (18,149 online), the others from specialised software. Our
reading, marked as one: 22,851 of those were online; 55,500 were resolved, 111 of them late (99.8 %).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from django.conf import settings

from motcua.catalogue.models import Procedure
from motcua.catalogue.queries import competent_agency
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel, ResultKind, Source
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.history import Past, load
from motcua.kernel import clock
from motcua.kernel.actor import system
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.places.models import Agency
from motcua.reporting.acceptance.figures import CENTRE, HALF_YEAR
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import ORDINARY, Duration, due

ACTOR = system("acceptance")
BY_SERVICES = 3
LONG = 12  # working days: a limit that reaches from the end of December into the half-year


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of each kind; the sums are the published ones (at a scale of 1)."""

    portal: int = 18_404
    portal_online: int = 18_149
    specialised: int = 38_196
    specialised_online: int = 22_851
    carried: int = 1_200
    resolved: int = 55_500
    late: int = 111

    @property
    def new(self) -> int:
        """Accepted in the period."""
        return self.portal + self.specialised


def build(plan: Plan, *, now: datetime, seed: int = 2023) -> int:
    """Write everything but the last three dossiers (portal, online, resolved in time); returns how many."""
    return load(_Builder(plan, seed).items(), officer="Bộ phận Một cửa", now=now)


class _Builder:
    """Draws procedures, people and moments; the counts are fixed, only their mixture is drawn."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan, self.rng = plan, Random(seed)  # noqa: S311 - invented people, not secrets
        self.centre = Agency.objects.get(code=CENTRE)
        self.calendar = places.working_calendar(self.centre)
        self.choices = offered(HALF_YEAR.last)
        self.long = [one for one in self.choices if one[2].amount >= LONG]
        self.names = _names(self.rng)
        self.days = [day for day in _days(HALF_YEAR.first, HALF_YEAR.last) if _works(self.calendar, day)]
        self.before = [day for day in _days(date(2022, 12, 19), date(2022, 12, 30)) if day.weekday() < 5]

    def items(self) -> Iterator[Past]:
        """All dossiers of the plan but those the services will make."""
        plan = self.plan
        kinds = [(Source.PORTAL, Channel.ONLINE)] * (plan.portal_online - BY_SERVICES)
        kinds += [(Source.PORTAL, Channel.COUNTER)] * (plan.portal - plan.portal_online)
        kinds += [(Source.SPECIALISED, Channel.ONLINE)] * plan.specialised_online
        kinds += [(Source.SPECIALISED, Channel.COUNTER)] * (plan.specialised - plan.specialised_online)
        self.rng.shuffle(kinds)
        fates = self._fates(len(kinds))
        for (source, channel), fate in zip(kinds, fates, strict=True):
            yield self._one(source, channel, fate, self.days if fate != "open" else self.days[-3:])
        for _ in range(plan.carried):
            yield self._one(Source.SPECIALISED, Channel.COUNTER, "carried", self.before)

    def _fates(self, count: int) -> list[str]:
        """Late, open or in time; carried dossiers are all resolved in time."""
        in_time = self.plan.resolved - self.plan.late - self.plan.carried - BY_SERVICES
        fates = ["late"] * self.plan.late + ["in_time"] * in_time
        fates += ["open"] * (count - len(fates))
        self.rng.shuffle(fates)
        return fates

    def _one(self, source: Source, channel: Channel, fate: str, days: list[date]) -> Past:
        procedure, competent, limit = self.rng.choice(self.long if fate == "carried" else self.choices)
        if fate in {"late", "in_time"}:
            days = days[: -2 - int(limit.amount) - 5] or days[:1]
        accepted = self._moment(self.rng.choice(days))
        due_at = due(accepted, limit, self.calendar, ORDINARY).at
        finished = self._finish(accepted, due_at, fate)
        is_given = finished is not None and self.rng.random() < 0.97
        return Past(
            procedure=procedure, receiving=self.centre, competent=competent, owner_name=next(self.names),
            channel=channel, source=source, submitted_at=accepted - timedelta(minutes=self.rng.randint(1, 240)),
            accepted_at=accepted, due_at=due_at, limit=limit, finished_at=finished,
            handed_over_at=finished + timedelta(minutes=self.rng.randint(5, 600)) if is_given and finished else None,
        )  # fmt: skip

    def _finish(self, accepted: datetime, due_at: datetime, fate: str) -> datetime | None:
        if fate == "open":
            return None
        if fate == "late":
            return self.calendar.add_minutes(due_at, self.rng.randint(30, 900))
        begins = datetime.combine(HALF_YEAR.first + timedelta(days=2), time(8), tzinfo=clock.ZONE)
        since = begins if fate == "carried" else accepted
        return since + (due_at - since) * self.rng.uniform(0.2, 1.0)

    def _moment(self, day: date) -> datetime:
        start = datetime.combine(day, time(7, 30), tzinfo=clock.ZONE)
        return self.calendar.add_minutes(start, self.rng.randint(1, 470))


def offered(on: date) -> list[tuple[Procedure, Agency, Duration]]:
    """Procedures the centre received in 2023 with who decided them then, and the limit the catalogue knows.

    Limits of more than 20 working days are left out, so that what was received can end within the half-year.
    """
    found = []
    wanted = Procedure.objects.filter(handled_by="province", level="province", service_levels__valid_from__lte=on)
    for procedure in (
        wanted.select_related("field__agency_2023", "competent_agency").prefetch_related("channels").distinct()
    ):
        rule = next((r for r in procedure.channels.all() if r.amount and r.unit == DurationUnit.WORKING_DAY), None)
        agency = competent_agency(procedure, None, on)
        if rule and rule.amount and Decimal(1) <= rule.amount <= 20 and agency:
            found.append((procedure, agency, Duration(rule.amount, DurationUnit.WORKING_DAY)))
    return sorted(found, key=lambda one: one[0].code)


def drive(*, late: bool = False, offline: bool = False, unresolved: bool = False) -> None:
    """The last three dossiers through the services; one may be late, one offline, one left unresolved."""
    procedure, competent, limit = next(one for one in offered(HALF_YEAR.last) if one[2].amount >= 3)
    centre = Agency.objects.get(code=CENTRE)
    calendar = places.working_calendar(centre)
    for number, (is_late, is_offline, is_open) in enumerate(
        ((late, False, False), (False, offline, False), (False, False, unresolved))
    ):
        at = datetime(2023, 5, 10, 9, number, tzinfo=clock.ZONE)
        filing = dossiers.Filing(
            procedure_id=procedure.pk, channel=Channel.COUNTER if is_offline else Channel.ONLINE,
            receiving_agency_id=centre.pk, competent_agency_id=competent.pk, owner_name="Người nộp thử nghiệm",
            source=Source.PORTAL,
        )  # fmt: skip
        dossier = dossiers.submit(filing=filing, actor=ACTOR, now=at)
        dossier = dossiers.accept(dossier_id=dossier.pk, actor=ACTOR, now=at, limit=limit)
        if is_open or dossier.due_at is None:
            continue
        ends = calendar.add_minutes(dossier.due_at, 60) if is_late else calendar.add_minutes(at, 60)
        _resolve(dossier, ends)


def _resolve(dossier: Dossier, at: datetime) -> None:
    """Through the steps to the issued result, all at one moment."""
    while dossier.step_kind != "return":
        if dossier.step_kind == "clerk":
            dossier = dossiers.issue(dossier_id=dossier.pk, symbol="KQ", actor=ACTOR, now=at, opens_register=True)
            continue
        if dossier.step_kind == "appraise":
            dossiers.draft_result(
                dossier_id=dossier.pk, kind=ResultKind.GRANTED, title="Kết quả", template_key="", body={}, actor=ACTOR,
                now=at,
            )  # fmt: skip
        dossier = dossiers.forward(dossier_id=dossier.pk, actor=ACTOR, now=at)


def _names(rng: Random) -> Iterator[str]:
    """Invented people: surnames by how common they are, the pack's given names."""
    people = settings.PACK / "people"
    surnames = _rows(people / "surnames.csv")
    given = [row["name"] for row in _rows(people / "given_names.csv")]
    families, weights = [row["surname"] for row in surnames], [float(row["weight"]) for row in surnames]
    while True:
        for family in rng.choices(families, weights, k=1000):
            yield f"{family} {rng.choice(given)} {rng.choice(given)}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _works(calendar: WorkingCalendar, day: date) -> bool:
    return calendar.is_working(datetime.combine(day, time(9), tzinfo=clock.ZONE))
