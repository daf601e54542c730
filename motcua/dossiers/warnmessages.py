"""What officers are told when a due date comes near, or has passed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.dossiers import warning
from motcua.dossiers.enums import WarningLevel
from motcua.dossiers.events import DueWarned, PauseOverdue
from motcua.dossiers.models import Dossier, DueWarning, Pause
from motcua.identity import queries as identity
from motcua.identity.models import Person
from motcua.kernel import clock
from motcua.kernel.outbox import Fact, name_of
from motcua.notifications import services as notifications
from motcua.notifications import templates
from motcua.workflow.rules import Watched

EVENTS = (DueWarned, PauseOverdue)
# (of what, late) → key, subject, body, one short line
WORDING = {
    (Watched.STEP, False): (
        "dossiers.step_due_soon",
        _("Due soon: a step of dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe step “%(step)s” of dossier %(code)s (“%(procedure)s”) is due on %(due)s.\n\n"
            "Pass it on before that, or see to it that whoever has it can."
        ),
        _("Step of dossier %(code)s due on %(due)s."),
    ),
    (Watched.STEP, True): (
        "dossiers.step_late",
        _("Late: a step of dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe step “%(step)s” of dossier %(code)s (“%(procedure)s”) was due on %(due)s and is "
            "not done."
        ),
        _("Step of dossier %(code)s late since %(due)s."),
    ),
    (Watched.DOSSIER, False): (
        "dossiers.due_soon",
        _("Due soon: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe result of dossier %(code)s (“%(procedure)s”) is due on %(due)s. It stands at the "
            "step “%(step)s”.\n\nIf it will not be ready, put the due date off in time: afterwards the law does not "
            "allow it."
        ),
        _("Dossier %(code)s is due on %(due)s."),
    ),
    (Watched.DOSSIER, True): (
        "dossiers.late",
        _("Late: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe result of dossier %(code)s (“%(procedure)s”) was due on %(due)s. It stands at the "
            "step “%(step)s”."
        ),
        _("Dossier %(code)s is late since %(due)s."),
    ),
    (Watched.ACCEPTANCE, False): (
        "dossiers.acceptance_due_soon",
        _("To be accepted soon: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\ndossier %(code)s (“%(procedure)s”) waits at the reception desk. By %(due)s the law "
            "wants it accepted, sent back for a supplement or refused."
        ),
        _("Dossier %(code)s is to be accepted by %(due)s."),
    ),
    (Watched.ACCEPTANCE, True): (
        "dossiers.acceptance_late",
        _("Not accepted in time: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\ndossier %(code)s (“%(procedure)s”) waits at the reception desk. It was to be accepted, "
            "sent back for a supplement or refused by %(due)s."
        ),
        _("Dossier %(code)s was to be accepted by %(due)s."),
    ),
}
PAUSED = (
    "dossiers.pause_overdue",
    _("The clock of dossier %(code)s still stands"),
    _(
        "Dear %(name)s,\n\nthe clock of dossier %(code)s (“%(procedure)s”) was expected to run on by %(due)s and still "
        "stands. The reason given: %(reason)s\n\nLet it run on as soon as the reason is gone: the applicant waits."
    ),
    _("The clock of dossier %(code)s should have run on by %(due)s."),
)


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in (*WORDING.values(), PAUSED):
        templates.register(key, subject=subject, body=body, short=short)


def tell_officers(facts: Sequence[Fact]) -> None:
    """Consumer: one message to each officer a warning was brought to, or in whose hands a clock stands too long."""
    due = [fact for fact in facts if fact.name == name_of(DueWarned)]
    paused = [fact for fact in facts if fact.name == name_of(PauseOverdue)]
    notifications.notify_all([*_of_due_dates(due), *_of_pauses(paused)], now=clock.now())


def _of_due_dates(facts: Sequence[Fact]) -> list[notifications.Notice]:
    found = DueWarning.objects.select_related("dossier__procedure", "step").in_bulk(
        [UUID(fact.payload["warning_id"]) for fact in facts]
    )
    people = identity.people_of({key for row in found.values() for key in row.told})
    notices = []
    for fact in facts:
        row = found.get(UUID(fact.payload["warning_id"]))
        if row is None:
            continue
        told = {people[key].pk: people[key] for key in row.told if key in people}
        notices += [_notice(fact, row, person) for person in told.values()]
    return notices


def _of_pauses(facts: Sequence[Fact]) -> list[notifications.Notice]:
    """To whoever has the step, or its desk, and the head of that agency."""
    found = Pause.objects.select_related("dossier__procedure").in_bulk(
        [UUID(fact.payload["pause_id"]) for fact in facts]
    )
    on = clock.local(clock.now()).date()
    agencies = {pause.dossier.step_agency_id for pause in found.values() if pause.dossier.step_agency_id}
    staff = identity.staff_of_all(agencies, on=on) if agencies else {}
    notices = []
    for fact in facts:
        pause = found.get(UUID(fact.payload["pause_id"]))
        if pause is None or pause.dossier.step_agency_id is None:
            continue
        told = warning.answering(
            [WarningLevel.HANDLER, WarningLevel.HEAD], staff.get(pause.dossier.step_agency_id, []),
            assignee=pause.dossier.assignee_id, role=pause.dossier.step_role,
        )  # fmt: skip
        people = {person.pk: person for person in identity.people_of(set(told)).values()}
        notices += [_paused(fact, pause, person) for person in people.values()]
    return notices


def _paused(fact: Fact, pause: Pause, person: Person) -> notifications.Notice:
    more = {"due": pause.expected_end, "reason": pause.reason}
    return _to(fact, pause.dossier, person, PAUSED[0], more)


def _notice(fact: Fact, row: DueWarning, person: Person) -> notifications.Notice:
    more = {"step": row.step.name if row.step else row.dossier.step_name, "due": clock.local(row.due_at)}
    what = Watched.STEP if row.step else Watched.ACCEPTANCE if row.is_of_acceptance else Watched.DOSSIER
    key = WORDING[what, row.level == WarningLevel.LATE][0]
    return _to(fact, row.dossier, person, key, more)


def _to(fact: Fact, dossier: Dossier, person: Person, key: str, more: Mapping[str, Any]) -> notifications.Notice:
    facts = {"name": person.full_name, "code": dossier.shown_code, "procedure": dossier.procedure.name, **more}
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
        template=key, key=f"{fact.id}:{person.pk}", facts=facts, about_id=dossier.pk,
        url=reverse("dossiers:case", args=[dossier.pk]),
    )  # fmt: skip
