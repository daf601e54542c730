"""What officers are told about the parts of other agencies: a reminder, a limit that passed, an opinion passed over."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.dossiers import events
from motcua.dossiers.enums import PartState
from motcua.dossiers.models import Part
from motcua.identity import queries as identity
from motcua.identity.models import Person
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.outbox import Fact, name_of
from motcua.notifications import services as notifications
from motcua.notifications import templates

WORDING: dict[type[Any], tuple[str, Any, Any, Any]] = {
    events.PartReminded: (
        "dossiers.part_reminded",
        _("Please answer: your agency's part of dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe lead agency reminds you of “%(task)s” in the dossier %(code)s (“%(procedure)s”). "
            "The answer is due on %(due)s."
        ),
        _("Reminder: your agency's part of dossier %(code)s, due %(due)s."),
    ),
    events.PartLate: (
        "dossiers.part_late",
        _("A part of dossier %(code)s is late"),
        _(
            "Dear %(name)s,\n\n“%(task)s” by %(who)s in the dossier %(code)s (“%(procedure)s”) was due on %(due)s and "
            "is not answered. Remind the agency, or go on without a late opinion where the law allows it."
        ),
        _("Late: the part of %(who)s in dossier %(code)s, due %(due)s."),
    ),
    events.PartEnded: (
        "dossiers.part_passed_over",
        _("Dossier %(code)s goes on without an opinion"),
        _(
            "Dear %(name)s,\n\n%(who)s did not answer in time in the dossier %(code)s (“%(procedure)s”). The lead "
            "agency goes on without its opinion. The reason: %(reason)s"
        ),
        _("Dossier %(code)s goes on without the opinion of %(who)s."),
    ),
}
BY_SILENCE = (
    "dossiers.part_assented",
    _("Agreed by silence: a part of dossier %(code)s"),
    _(
        "Dear %(name)s,\n\n%(who)s did not answer “%(task)s” in the dossier %(code)s (“%(procedure)s”) in time. By law "
        "it agrees: %(reason)s\n\nThe work goes on."
    ),
    _("%(who)s agrees by silence in dossier %(code)s."),
)
EVENTS = tuple(WORDING)
TOLD = (PartState.PASSED_OVER, PartState.ASSENTED)  # the ends that nobody of the lead agency has made
_KEYS = {name_of(event): words[0] for event, words in WORDING.items()}


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in (*WORDING.values(), BY_SILENCE):
        templates.register(key, subject=subject, body=body, short=short)


def tell_officers(facts: Sequence[Fact]) -> None:
    """Consumer: the agency is reminded; of a late part and of one passed over, the lead and the one-stop are told."""
    related = ("agency", "dossier__procedure", "dossier__competent_agency")
    parts = Part.objects.select_related(*related).in_bulk([fact.payload["part_id"] for fact in facts])
    notices = []
    for fact in facts:
        part = parts.get(UUID(fact.payload["part_id"]))
        if part is None or fact.payload.get("state", PartState.PASSED_OVER) not in TOLD:
            continue
        for person in _told(fact, part):
            notices.append(_notice(fact, part, person))
    notifications.notify_all(notices, now=clock.now())


def _told(fact: Fact, part: Part) -> Iterable[Person]:
    """Who is told: of a reminder whoever has the part or its desk, else the lead's desk and the head of the centre.

    Of a late part its own head hears too: it counts as late for that agency.
    """
    dossier, on = part.dossier, clock.local(clock.now()).date()
    if fact.name == name_of(events.PartReminded):
        if part.agency_id is None:
            return []
        staff = identity.staff_of(part.agency_id, Role(part.role), on=on)
        staff = [one for one in staff if part.assignee_id in (None, one.account_id)]
    else:
        staff = identity.staff_of(dossier.reception_agency_id, Role.HEAD, Role.LEADER, Role.DIRECTOR, on=on)
        lead = identity.staff_of(dossier.competent_agency_id, Role.HEAD, Role.HANDLER, on=on)
        staff += [one for one in lead if one.role is Role.HEAD or one.account_id == dossier.assignee_id]
        if fact.name == name_of(events.PartLate) and part.agency_id:
            asked = identity.staff_of(part.agency_id, Role.HEAD, Role(part.role), on=on)
            staff += [one for one in asked if one.role is Role.HEAD or one.account_id == part.assignee_id]
    return identity.people({one.person_id for one in staff if one.person_id}).values()


def _notice(fact: Fact, part: Part, person: Person) -> notifications.Notice:
    facts = {
        "name": person.full_name, "code": part.dossier.shown_code, "procedure": part.dossier.procedure.name,
        "task": part.name, "who": part.who or part.name, "reason": part.answer,
        "due": clock.local(part.due_at) if part.due_at else "",
    }  # fmt: skip
    by_silence = fact.payload.get("state") == PartState.ASSENTED
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
        template=BY_SILENCE[0] if by_silence else _KEYS[fact.name], key=f"{fact.id}:{person.pk}", facts=facts,
        about_id=part.dossier_id, url=reverse("dossiers:part", args=[part.pk]),
    )  # fmt: skip
