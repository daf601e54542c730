"""The replay: every plan of the pack applied in order, then all taken back, with what was seen before and after."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from motcua.dossiers.services.inheriting import Heirs
from motcua.dossiers.services.reorganisation import DossiersMover
from motcua.places import queries as places
from motcua.places import services as plans
from motcua.places.enums import AgencyLevel, LineKind
from motcua.places.models import Plan, PlanLine, Succession, Unit
from motcua.places.reorganisation.movers import Move
from motcua.reporting import queries
from motcua.reporting.enums import Split
from motcua.reporting.replay import checks
from motcua.reporting.replay.build import ACTOR, EVE
from motcua.reporting.replay.checks import Snapshot
from motcua.reporting.rules import Period

OCTOBER = Period(date(2024, 10, 1), date(2024, 10, 31))
PERTURBATIONS = ("heir", "decision", "dossier")
Table = dict[str, tuple[int, ...]]


def replay(perturb: str = "") -> dict[str, Any]:
    """Apply and take back every plan. `ok` says whether nothing was lost, homeless or different afterwards.

    `perturb` breaks one thing on purpose: an heir or a decision taken out of the plan, or one dossier forgotten.
    """
    found: dict[str, Any] = {"steps": [], "taken_back": [], "divided": _divided()}
    wanted, seen = checks.kept(), []
    october = _table(OCTOBER, EVE + timedelta(days=1))
    for plan in Plan.objects.order_by("on"):
        before = checks.checksums()
        step = _step(plan, perturb if _is_last(plan) else "")
        step["kept"] = checks.kept() == wanted
        step["october_2024_prints_as_it_did"] = _table(OCTOBER, _moment(plan)) == october
        step["ok"] = step["ok"] and step["kept"] and step["october_2024_prints_as_it_did"]
        found["steps"].append(step)
        seen.append((plan, before))
        if not step["ok"]:
            break
    if all(step["ok"] for step in found["steps"]):
        found["taken_back"] = [_take_back(plan, before) for plan, before in reversed(seen)]
    found["units"] = [found["steps"][0]["before"]["units"], *(step["after"]["units"] for step in found["steps"])]
    found["orphans"] = sum(step["after"]["orphans"] for step in found["steps"])
    found["ok"] = all(part["ok"] for part in (*found["steps"], *found["taken_back"]))
    return found


def _step(plan: Plan, perturb: str) -> dict[str, Any]:
    """One plan: what it would leave behind undone, what it carries, and the province before and after."""
    started, now, eve = time.monotonic(), _moment(plan), plan.on - timedelta(days=1)
    before, undone = checks.snapshot(eve), checks.snapshot(plan.on)
    year = Period(date(2024, 1, 1), plan.on)
    figures = _total(year, now)
    step: dict[str, Any] = {"plan": plan.key, "before": before.as_json(), "orphans_without_the_plan": undone.orphans}
    _break_plan(plan, perturb)
    try:
        step["carried"] = plans.try_plan(plan_id=plan.pk, actor=ACTOR, now=now).counts
        with _forgetting(perturb == "dossier"):
            plans.apply(plan_id=plan.pk, actor=ACTOR, now=now)
    except plans.Homeless as refusal:
        step["refused"] = [{"agency": fault.agency, "why": fault.message} for fault in refusal.faults]
    places.forget_calendars()
    after = checks.snapshot(plan.on)
    step |= {"after": after.as_json(), "seconds": round(time.monotonic() - started, 1)}
    step["totals_equal"] = before.totals == after.totals and before.open_dossiers == after.open_dossiers
    step["report_totals_equal"] = _total(year, now) == figures
    step["ok"] = (
        "refused" not in step and step["totals_equal"] and step["report_totals_equal"] and _is_whole(before, after)
    )
    return step


def _is_whole(before: Snapshot, after: Snapshot) -> bool:
    """Nobody homeless on either side, every counter right, and every unit of either day with open dossiers."""
    sides = (before, after)
    at_work = all(side.units == side.units_with_open_dossiers for side in sides)
    return at_work and all(side.orphans == 0 and side.miscounted == 0 for side in sides)


def _take_back(plan: Plan, before: dict[str, str]) -> dict[str, Any]:
    started = time.monotonic()
    plans.reverse(plan_id=plan.pk, actor=ACTOR, now=_moment(plan) + timedelta(hours=8))
    places.forget_calendars()
    after = checks.checksums()
    different = [table for table, mark in before.items() if after[table] != mark]
    snapshot = checks.snapshot(plan.on - timedelta(days=1))
    seconds = round(time.monotonic() - started, 1)
    return {
        "plan": plan.key, "ok": not different, "tables": len(before), "different": different,
        "after": snapshot.as_json(), "seconds": seconds,
    }  # fmt: skip


def _break_plan(plan: Plan, perturb: str) -> None:
    """Take one thing out of the plan, as a careless hand would."""
    if perturb == "heir":
        whole = plan.lines.filter(kind=LineKind.WHOLE, from_agency__level=AgencyLevel.COMMUNE).order_by("position")
        PlanLine.objects.filter(pk__in=[one.pk for one in whole[:1]]).update(to_agency=None)
    elif perturb == "decision":
        divided = plan.lines.filter(kind=LineKind.SPLIT).order_by("position")
        PlanLine.objects.filter(pk__in=[one.pk for one in divided[:1]]).update(decision="")


class _forgetting:  # noqa: N801 -- read as a word in a with statement
    """While it lasts, one dossier is passed over, as if a hand had put it aside."""

    def __init__(self, is_wanted: bool) -> None:
        self.is_wanted, self.forgotten = is_wanted, None  # type: bool, Any
        self.right: Callable[..., list[Heirs]] = DossiersMover.found

    def __enter__(self) -> None:
        if self.is_wanted:
            setattr(DossiersMover, "found", lambda mover, move, **how: self._found(mover, move, **how))  # noqa: B010

    def __exit__(self, *_error: object) -> None:
        setattr(DossiersMover, "found", self.right)  # noqa: B010

    def _found(self, mover: DossiersMover, move: Move, **how: bool) -> list[Heirs]:
        found = self.right(mover, move, **how)
        if found and self.forgotten is None:
            self.forgotten = found[-1].dossier.pk
        return [one for one in found if one.dossier.pk != self.forgotten]


def _divided() -> dict[str, int]:
    """Units that went to more than one: of the first day in the end, and the lines that decide for them."""
    edges: dict[Any, list[Any]] = {}
    for edge in Succession.objects.all():
        edges.setdefault(edge.from_unit_id, []).append(edge.to_unit_id)
    first = Unit.objects.in_force(EVE.date()).communes().values_list("pk", flat=True)

    def ends(unit: Any) -> set[Any]:
        return {last for heir in edges[unit] for last in ends(heir)} if unit in edges else {unit}

    lines = PlanLine.objects.filter(kind=LineKind.SPLIT).exclude(decision="").exclude(to_agency=None)
    return {"units_of_the_first_day": sum(len(ends(unit)) > 1 for unit in first), "decided": lines.count()}


def _table(period: Period, now: datetime) -> Table:
    """Form II.06 by agency: the rows of a period as a reader of `now` would print them."""
    rows = queries.report(period, now=now, split=Split.AGENCY).rows
    found: Counter[str] = Counter(row.key for row in rows)
    if found and max(found.values()) > 1:
        raise ValueError("An agency stands twice in the report.")
    return {row.key: row.cells() for row in rows}


def _total(period: Period, now: datetime) -> tuple[int, ...]:
    return queries.report(period, now=now, split=Split.AGENCY).total.cells()


def _moment(plan: Plan) -> datetime:
    """Seven in the morning of the plan's day."""
    return datetime.combine(plan.on, datetime.min.time(), tzinfo=EVE.tzinfo) + timedelta(hours=7)


def _is_last(plan: Plan) -> bool:
    return not Plan.objects.filter(on__gt=plan.on).exists()
