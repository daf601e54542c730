"""The acts on a plan: try it, apply it, take it back. Each line is one transaction, so a killed act goes on."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from motcua.kernel import audit, clock, jobs, outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.places import kept, rules
from motcua.places.enums import LineKind, PlanState
from motcua.places.events import PlanApplied, PlanReversed
from motcua.places.models import Agency, Plan, PlanLine, Succession, Unit
from motcua.places.reorganisation.ledger import Ledger
from motcua.places.reorganisation.movers import move_of, registered
from motcua.places.rules import Fault, Passing


@dataclass(frozen=True, slots=True)
class Trial:
    """What a plan would carry (`"module.thing" → how many`), and what stands against it."""

    counts: dict[str, int]
    faults: tuple[Fault, ...]


class Homeless(Refused):
    """The plan would leave something without a home; `faults` is the list."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        message = _("The plan would leave something without a home: %(first)s") % {"first": faults[0].message}
        super().__init__("homeless", message)


class Disturbed(Conflict):
    """The plan cannot be taken back, because what it carried was changed since; `reasons` is the list."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(_("The plan cannot be taken back any more: %(first)s") % {"first": reasons[0]})


@transaction.atomic
def try_plan(*, plan_id: UUID, actor: Actor, now: datetime) -> Trial:
    """The dry run: count what the plan would carry and name everything it would leave without a home."""
    plan = Plan.objects.filter(pk=plan_id).for_update().get()
    found = _trial(plan)
    plan.checked_at, plan.counts = now, found.counts
    plan.save(update_fields=["checked_at", "counts"])
    audit.record(actor, "places.try_plan", plan, now=now, faults=len(found.faults), **found.counts)
    return found


def _trial(plan: Plan) -> Trial:
    found = list(_faults(plan))
    counts: Counter[str] = Counter()
    for line in _lines(plan).filter(applied_at__isnull=True):
        move = move_of(line)
        for mover in registered():
            counts.update({f"{mover.name}.{thing}": n for thing, n in mover.count(move).items()})
            found += [Fault("homeless", line.from_agency.code, words) for words in mover.homeless(move)]
    return Trial(dict(counts), tuple(found))


def _faults(plan: Plan) -> list[Fault]:
    """What the rules say of the plan as it stands against the agencies and units of its day."""
    eve = plan.on - timedelta(days=1)
    lines = list(_lines(plan))
    passings = [
        Passing(
            line.from_agency.code, line.to_agency.code if line.to_agency else None, LineKind(line.kind), line.decision
        )
        for line in lines
    ]
    ended_by_plan = {passing.ending for passing in passings}
    alive = set(Agency.objects.in_force(plan.on).values_list("code", flat=True)) - ended_by_plan
    ending = Agency.objects.filter(valid_to=eve).values_list("code", flat=True)
    has_default = plan.competences.filter(field="").exists()
    found = rules.faults(passings, ending=ending, alive=alive, has_default=has_default)
    heirless = Unit.objects.filter(valid_to=eve).communes().exclude(
        pk__in=Succession.objects.filter(on=plan.on).values("from_unit")
    )  # fmt: skip
    for unit in heirless.order_by("code"):
        words = _("The unit %(code)s (%(name)s) ends without a successor.") % {"code": unit.code, "name": unit.name}
        found.append(Fault("no_unit", unit.code, words))
    return found


def order(
    *, plan_id: UUID, reverse: bool = False, confirm: str | None = None, actor: Actor, now: datetime
) -> Plan:  # fmt: skip
    """Decide that a plan is applied (or taken back): checked once more, then marked; `carry_on` does the work.

    `confirm`: the key of the plan as a person typed it.

    Raises:
        Refused: `not_admin`, `unconfirmed`, `too_early`, `earlier_first`, `later_first`, `not_applied`, `applied`;
            `Homeless` with the list.
        Disturbed: what was carried has been changed since.
    """
    _require_admin(actor)
    with transaction.atomic():
        plan = Plan.objects.filter(pk=plan_id).for_update().get()
        if confirm is not None and confirm.strip() != plan.key:
            message = _("Type %(key)s exactly, to confirm that this is the plan you mean.") % {"key": plan.key}
            raise Refused("unconfirmed", message, field="confirm")
        if plan.state == (PlanState.REVERSING if reverse else PlanState.APPLYING):
            return plan  # ordered already: it goes on where it was
        _require_possible(plan, reverse=reverse, now=now)
        plan.state = PlanState.REVERSING if reverse else PlanState.APPLYING
        plan.ordered_by = actor.name
        plan.save(update_fields=["state", "ordered_by"])
        audit.record(actor, "places.reverse_plan" if reverse else "places.apply_plan", plan, now=now, key=plan.key)
    return plan


@transaction.atomic
def order_job(*, plan_id: UUID, reverse: bool, confirm: str, actor: Actor, now: datetime) -> Plan:
    """`order` by a person on a page; a job does the work, and goes on after a crash. Raises what `order` raises."""
    plan = order(plan_id=plan_id, reverse=reverse, confirm=confirm, actor=actor, now=now)
    jobs.defer("places.carry_on", lock=f"plan-{plan.pk}", once=f"plan-{plan.pk}", plan_id=plan.pk)
    return plan


def may_order(actor: Actor) -> bool:
    """Whether the actor may order a plan: an administrator of the province's people's committee, both steps done."""
    if actor.is_system:
        return True
    code = settings.SITE.get("organisation_code", "")
    provinces = Agency.objects.filter(code=code, pk__in=actor.agencies(Role.ADMIN))
    return actor.has_second_factor and provinces.exists()


def _require_admin(actor: Actor) -> None:
    if not may_order(actor):
        raise Refused("not_admin", _("Only an administrator of the province orders a reorganisation."))


def _require_possible(plan: Plan, *, reverse: bool, now: datetime) -> None:
    if reverse:
        if plan.is_draft:
            raise Refused("not_applied", _("This plan is not in effect, so there is nothing to take back."))
        if later := _plans_beyond(plan, later=True):
            raise Refused("later_first", _("Take back the later plan “%(name)s” first.") % {"name": later.name})
        if reasons := _disturbed(plan):
            raise Disturbed(reasons)
        return
    if plan.state == PlanState.REVERSING:
        raise Refused("under_way", _("This plan is being taken back. Wait until that is done."))
    if not plan.is_draft:
        raise Refused("applied", _("This plan is in effect already."))
    if clock.local(now).date() < plan.on:
        day = plan.on.strftime("%d/%m/%Y")
        raise Refused("too_early", _("The plan takes effect on %(day)s. Apply it on that day or later.") % {"day": day})
    if earlier := _plans_beyond(plan, later=False):
        raise Refused("earlier_first", _("Apply the earlier plan “%(name)s” first.") % {"name": earlier.name})
    trial = _trial(plan)
    if trial.faults:
        raise Homeless(trial.faults)


def _plans_beyond(plan: Plan, *, later: bool) -> Plan | None:
    if later:
        return Plan.objects.filter(on__gt=plan.on).exclude(state=PlanState.DRAFT).order_by("-on").first()
    return Plan.objects.filter(on__lt=plan.on).exclude(state=PlanState.APPLIED).order_by("on").first()


def _disturbed(plan: Plan) -> list[str]:
    reasons: list[str] = []
    for line in _lines(plan).filter(applied_at__isnull=False):
        move, ledger = move_of(line), Ledger(line.pk)
        reasons += [words for mover in registered() for words in mover.disturbed(move, ledger)]
    return reasons


def carry_on(*, plan_id: UUID, actor: Actor, now: datetime) -> Plan:
    """Carry every line of an ordered plan that is left, each in a transaction of its own; twice changes nothing.

    Killed at any moment, the lines done stay done: call it again and it goes on with the others.
    """
    plan = Plan.objects.get(pk=plan_id)
    if plan.state == PlanState.APPLYING:
        for line_id in _lines(plan).filter(applied_at__isnull=True).values_list("pk", flat=True):
            _apply_line(line_id, actor=actor, now=now)
        return _finish(plan_id, PlanState.APPLYING, actor=actor, now=now)
    if plan.state == PlanState.REVERSING:
        for line_id in _lines(plan).reverse().filter(applied_at__isnull=False).values_list("pk", flat=True):
            _reverse_line(line_id, actor=actor, now=now)
        return _finish(plan_id, PlanState.REVERSING, actor=actor, now=now)
    return plan


def apply(*, plan_id: UUID, actor: Actor, now: datetime) -> Plan:
    """Order a plan and carry it out at once; goes on with one that was interrupted. Raises what `order` raises."""
    order(plan_id=plan_id, actor=actor, now=now)
    return carry_on(plan_id=plan_id, actor=actor, now=now)


def reverse(*, plan_id: UUID, actor: Actor, now: datetime) -> Plan:
    """Take a plan back: everything it carried is as it was before. Raises what `order` raises."""
    order(plan_id=plan_id, reverse=True, actor=actor, now=now)
    return carry_on(plan_id=plan_id, actor=actor, now=now)


@transaction.atomic
def _apply_line(line_id: UUID, *, actor: Actor, now: datetime) -> None:
    line = _locked(line_id)
    if line.applied_at is not None or line.plan.state != PlanState.APPLYING:
        return
    move, ledger = move_of(line), Ledger(line.pk)
    counts: dict[str, int] = {}
    for mover in registered():
        for thing, number in mover.apply(move, ledger, actor=actor, now=now).items():
            counts[f"{mover.name}.{thing}"] = number
    line.applied_at = now
    line.save(update_fields=["applied_at"])
    heir = line.to_agency.code if line.to_agency else ""
    audit.record(actor, "places.carry_line", line, now=now, source=line.from_agency.code, heir=heir, **counts)


@transaction.atomic
def _reverse_line(line_id: UUID, *, actor: Actor, now: datetime) -> None:
    line = _locked(line_id)
    if line.applied_at is None or line.plan.state != PlanState.REVERSING:
        return
    move, ledger = move_of(line), Ledger(line.pk)
    movers = registered()
    if reasons := [words for mover in movers for words in mover.disturbed(move, ledger)]:
        raise Disturbed(reasons)
    for mover in reversed(movers):
        mover.reverse(move, ledger, actor=actor, now=now)
    line.applied_at = None
    line.save(update_fields=["applied_at"])
    audit.record(actor, "places.uncarry_line", line, now=now, source=line.from_agency.code)


@transaction.atomic
def _finish(plan_id: UUID, during: PlanState, *, actor: Actor, now: datetime) -> Plan:
    plan = Plan.objects.filter(pk=plan_id).for_update().get()
    if plan.state != during:
        return plan
    if during == PlanState.APPLYING:
        plan.state, plan.applied_at = PlanState.APPLIED, now
        outbox.publish(PlanApplied(plan.pk, plan.key, now))
    else:
        plan.state, plan.reversed_at, plan.applied_at = PlanState.DRAFT, now, None
        outbox.publish(PlanReversed(plan.pk, plan.key, now))
    plan.save(update_fields=["state", "applied_at", "reversed_at"])
    audit.record(actor, "places.finish_plan", plan, now=now, state=plan.state)
    kept.renew("reorganisation", f"{plan.key} {plan.state} {now.isoformat()}")
    return plan


def _locked(line_id: UUID) -> PlanLine:
    line = PlanLine.objects.filter(pk=line_id).for_update().get()
    return PlanLine.objects.select_related("plan", "from_agency", "to_agency").get(pk=line.pk)


def _lines(plan: Plan) -> models.QuerySet[PlanLine]:
    related = PlanLine.objects.filter(plan=plan).select_related("plan", "from_agency", "to_agency")
    return related.prefetch_related("plan__competences").order_by("position")
