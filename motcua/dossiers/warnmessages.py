"""What officers are told when a due date comes near, or has passed."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import WarningLevel
from motcua.dossiers.events import DueWarned
from motcua.dossiers.models import DueWarning
from motcua.identity import queries as identity
from motcua.identity.models import Person
from motcua.kernel import clock
from motcua.kernel.outbox import Fact
from motcua.notifications import services as notifications
from motcua.notifications import templates

EVENTS = (DueWarned,)
# (of a step, late) → key, subject, body, one short line
WORDING = {
    (True, False): (
        "dossiers.step_due_soon",
        _("Due soon: a step of dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe step “%(step)s” of dossier %(code)s (“%(procedure)s”) is due on %(due)s.\n\n"
            "Pass it on before that, or see to it that whoever has it can."
        ),
        _("Step of dossier %(code)s due on %(due)s."),
    ),
    (True, True): (
        "dossiers.step_late",
        _("Late: a step of dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe step “%(step)s” of dossier %(code)s (“%(procedure)s”) was due on %(due)s and is "
            "not done."
        ),
        _("Step of dossier %(code)s late since %(due)s."),
    ),
    (False, False): (
        "dossiers.due_soon",
        _("Due soon: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe result of dossier %(code)s (“%(procedure)s”) is due on %(due)s. It stands at the "
            "step “%(step)s”.\n\nIf it will not be ready, put the due date off in time: afterwards the law does not "
            "allow it."
        ),
        _("Dossier %(code)s is due on %(due)s."),
    ),
    (False, True): (
        "dossiers.late",
        _("Late: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe result of dossier %(code)s (“%(procedure)s”) was due on %(due)s. It stands at the "
            "step “%(step)s”."
        ),
        _("Dossier %(code)s is late since %(due)s."),
    ),
}


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in WORDING.values():
        templates.register(key, subject=subject, body=body, short=short)


def tell_officers(facts: Sequence[Fact]) -> None:
    """Consumer: one message to each officer a warning was brought to."""
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
    notifications.notify_all(notices, now=clock.now())


def _notice(fact: Fact, row: DueWarning, person: Person) -> notifications.Notice:
    dossier = row.dossier
    facts = {
        "name": person.full_name, "code": dossier.shown_code, "procedure": dossier.procedure.name,
        "step": row.step.name if row.step else dossier.step_name, "due": clock.local(row.due_at),
    }  # fmt: skip
    key = WORDING[row.step is not None, row.level == WarningLevel.LATE][0]
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
        template=key, key=f"{fact.id}:{person.pk}", facts=facts, about_id=row.dossier_id,
        url=reverse("dossiers:case", args=[row.dossier_id]),
    )  # fmt: skip
