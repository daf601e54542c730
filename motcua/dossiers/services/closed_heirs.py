"""A closed dossier whose agency has ended: the heir answers for it, and has it from the first act after the end.

A reorganisation carries what is open and leaves what is closed where it was decided. When the heir corrects, annuls or
opens again, that dossier passes on as a running one does; code, receiving agency and the figures of past days stay.
"""

from datetime import date, datetime
from uuid import UUID

from motcua.dossiers.correcting import REOPENED, TookOver
from motcua.dossiers.enums import Happening, State
from motcua.dossiers.models import Dossier, Inheritance, StoryLine
from motcua.dossiers.services import tallies
from motcua.dossiers.services.inheriting import Inheriting
from motcua.kernel.actor import Actor
from motcua.payments import services as payments
from motcua.places.models import Agency, Plan, PlanLine
from motcua.places.reorganisation.movers import move_of

CLOSED = REOPENED | {State.HANDED_OVER}


def took_over(dossier: Dossier, day: date) -> TookOver | None:
    """Who stands for the agencies of a closed dossier on a day; None where both exist, or no plan names an heir."""
    if dossier.state not in CLOSED:
        return None
    competent, reception = dossier.competent_agency, dossier.reception_agency
    if competent.exists_on(day) and reception.exists_on(day):
        return None
    decides, by = _heir(dossier, competent, day, is_reception=False)
    receives, also_by = _heir(dossier, reception, day, is_reception=True)
    if decides is None or receives is None:
        return None
    return TookOver(decides, receives, (by, also_by))


def _heir(dossier: Dossier, agency: Agency, day: date, *, is_reception: bool) -> tuple[Agency | None, str]:
    """The agency of the day after every plan that was applied, and the key of the last; each line is followed once."""
    plan_key = ""
    followed: set[UUID] = set()
    while not agency.exists_on(day):
        lines = PlanLine.objects.filter(from_agency=agency, applied_at__isnull=False).exclude(pk__in=followed)
        line = lines.select_related("plan", "from_agency__unit", "to_agency").order_by("-plan__on").first()
        if line is None:
            return None, ""
        heirs = Inheriting(move_of(line))
        heir = heirs.reception(dossier) if is_reception else heirs.competent(dossier)
        if heir is None:
            return None, ""
        followed.add(line.pk)
        agency, plan_key = heir, line.plan.key
    return agency, plan_key


def pass_on(dossier: Dossier, *, actor: Actor, now: datetime) -> None:
    """Give a closed dossier to its heirs, as part of their act: minutes, story, counters and what is still owed."""
    found = dossier.took_over
    if found is None:
        return
    was = {True: dossier.competent_agency, False: dossier.reception_agency}
    heirs = {True: found.competent, False: found.reception}
    keys = dict(zip((True, False), found.plan_keys, strict=True))
    tallies.shift([dossier.pk], by=-1)
    _name(dossier, found)
    tallies.shift([dossier.pk], by=1)
    payments.pass_on(subject_id=dossier.pk, agency_id=found.reception.pk)
    passed = [which for which in (True, False) if keys[which]]
    if dossier.accepted_at is not None:
        Inheritance.objects.bulk_create(
            Inheritance(
                dossier=dossier, at=now, is_competent=which, from_agency=was[which], to_agency=heirs[which],
                plan_key=keys[which],
            )
            for which in passed
        )  # fmt: skip
    plans = {plan.key: f"{plan.name} ({plan.legal_basis})" for plan in Plan.objects.filter(key__in=keys.values())}
    StoryLine.objects.bulk_create(
        StoryLine(
            dossier=dossier, at=now, what=Happening.INHERITED, state=dossier.state, agency=heirs[which],
            note=f"{was[which].name} → {heirs[which].name} · {plans[keys[which]]}", is_public=True,
        )
        for which in passed
        if was[which] != was[not which] or which
    )  # fmt: skip


def _name(dossier: Dossier, found: TookOver) -> None:
    """The row names its heirs; one that was never accepted has no code to keep and is received by the heir itself."""
    named = {"competent_agency": found.competent}
    if found.plan_keys[1]:
        named["heir_agency" if dossier.accepted_at else "receiving_agency"] = found.reception
    for name, agency in named.items():
        setattr(dossier, name, agency)
        if dossier.before is not None:
            dossier.before[f"{name}_id"] = agency.pk
    Dossier.objects.filter(pk=dossier.pk).update(**named)
