"""What people are told when a dossier moves: event → wording, recipients, key (Decree 224/2026 art. 15)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.dossiers import events
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import prints
from motcua.identity.models import Person
from motcua.kernel import clock
from motcua.kernel.money import vnd
from motcua.kernel.outbox import Fact, name_of
from motcua.notifications import services as notifications
from motcua.notifications import templates

# event type → key, subject, body, one short line
WORDING: dict[type[Any], tuple[str, Any, Any, Any]] = {
    events.DossierSubmitted: (
        "dossiers.submitted",
        _("We have your dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nyour dossier “%(procedure)s” reached %(agency)s on %(at)s. An officer looks at it "
            "by %(until)s and tells you whether it is complete.\n\nYou can follow it with the code %(code)s."
        ),
        _("Dossier %(code)s received. An officer looks at it by %(until)s."),
    ),
    events.DossierAccepted: (
        "dossiers.accepted",
        _("Your dossier is accepted: %(code)s"),
        _(
            "Dear %(name)s,\n\n%(agency)s accepted your dossier “%(procedure)s” on %(at)s. Its code is %(code)s. "
            "The result is due on %(due)s.\n\nYou find the receipt slip among your dossiers."
        ),
        _("Dossier %(code)s accepted. Result due: %(due)s."),
    ),
    events.DossierRefused: (
        "dossiers.refused",
        _("Your dossier was not accepted: %(code)s"),
        _(
            "Dear %(name)s,\n\n%(agency)s could not accept your dossier “%(procedure)s”. The reason: %(reason)s\n\n"
            "You may file again once this is settled, or ask at the service centre."
        ),
        _("Dossier %(code)s was not accepted. See the reason on the portal."),
    ),
    events.SupplementRequested: (
        "dossiers.supplement_requested",
        _("Please complete your dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nto go on with “%(procedure)s”, %(agency)s needs:\n\n%(items)s\n\nWhy: %(reason)s\n\n"
            "Please answer by %(limit)s. %(waits)s"
        ),
        _("Dossier %(code)s needs a supplement by %(limit)s. See what on the portal."),
    ),
    events.SupplementReminded: (
        "dossiers.supplement_reminded",
        _("Reminder: please complete your dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nfor “%(procedure)s” we still need:\n\n%(items)s\n\nPlease answer by %(limit)s. After "
            "that day the handling of your dossier ends, and you would have to file again."
        ),
        _("Dossier %(code)s still needs a supplement by %(limit)s, else it ends."),
    ),
    events.SupplementAnswered: (
        "dossiers.supplement_answered",
        _("We have your supplement to dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nyour supplement to “%(procedure)s” arrived on %(at)s. The work goes on; "
            "the result is now due on %(due)s."
        ),
        _("Supplement to dossier %(code)s received. Result due: %(due)s."),
    ),
    events.ObligationAnnounced: (
        "dossiers.obligation",
        _("A payment is due for your dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nto go on with “%(procedure)s”, %(agency)s needs a payment of %(amount)s. "
            "It rests on: %(reason)s\n\nUntil it is paid the clock stands still."
        ),
        _("A payment of %(amount)s is due for dossier %(code)s."),
    ),
    events.DueDateExtended: (
        "dossiers.extended",
        _("We apologise: the result of dossier %(code)s will be later"),
        _(
            "Dear %(name)s,\n\nwe apologise: the result of “%(procedure)s” will not be ready when it was promised. "
            "The reason: %(reason)s\n\nIt is now due on %(due)s. You find the letter among the papers of your dossier."
        ),
        _("We apologise: the result of dossier %(code)s is now due on %(due)s."),
    ),
    events.DossierTacit: (
        "dossiers.tacit",
        _("By law your request counts as granted: dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe time to decide on “%(procedure)s” passed without a decision. By law that counts as "
            "granted: %(reason)s\n\n%(agency)s still has to give you the paper. Ask there for the written "
            "confirmation if you need it sooner."
        ),
        _("By law your request %(code)s counts as granted. See how to get the paper on the portal."),
    ),
    events.ResultIssued: (
        "dossiers.issued",
        _("The result of your dossier %(code)s is ready"),
        _(
            "Dear %(name)s,\n\nthe result of “%(procedure)s” was issued on %(at)s. You find the electronic copy among "
            "your dossiers; if you asked for paper, fetch it at %(agency)s and bring the receipt slip or your ID card."
        ),
        _("The result of dossier %(code)s is ready."),
    ),
    events.DossierHandedOver: (
        "dossiers.handed_over",
        _("The result of dossier %(code)s was handed over"),
        _(
            "Dear %(name)s,\n\nthe result of “%(procedure)s” was handed over on %(at)s. How was the service? "
            "Your rating takes ten seconds and helps us improve."
        ),
        _("The result of dossier %(code)s was handed over. Please rate the service."),
    ),
    events.DossierWithdrawn: (
        "dossiers.withdrawn",
        _("Your dossier %(code)s is withdrawn"),
        _("Dear %(name)s,\n\nyour dossier “%(procedure)s” was withdrawn on %(at)s. Nothing more is done with it."),
        _("Dossier %(code)s is withdrawn."),
    ),
    events.DossierStopped: (
        "dossiers.stopped",
        _("Handling of your dossier %(code)s was stopped"),
        _(
            "Dear %(name)s,\n\n%(agency)s stopped handling “%(procedure)s” on %(at)s. The reason: %(reason)s\n\n"
            "If you do not agree, ask at the service centre or send us your complaint."
        ),
        _("Handling of dossier %(code)s was stopped. See the reason on the portal."),
    ),
}
WORDING |= {
    events.CorrectionStarted: (
        "dossiers.correcting",
        _("We are correcting the result of your dossier %(code)s"),
        _(
            "Dear %(name)s,\n\nthe result of “%(procedure)s” is not right: %(reason)s\n\nWe apologise. %(competent)s "
            "corrects it by %(due)s, at no cost to you, and we write to you when it is ready. Keep the paper you have "
            "until then."
        ),
        _("We are correcting the result of dossier %(code)s at no cost to you, by %(due)s."),
    ),
    events.ResultCorrected: (
        "dossiers.corrected",
        _("The corrected result of your dossier %(code)s is ready"),
        _(
            "Dear %(name)s,\n\nthe corrected result of “%(procedure)s” was issued on %(at)s with the number "
            "%(number)s. It replaces the former one, which holds no more. You find it among your dossiers; for the "
            "paper, come to %(agency)s and bring the former one back."
        ),
        _("The corrected result of dossier %(code)s is ready. Please bring the former paper back."),
    ),
    events.CorrectionDropped: (
        "dossiers.correction_dropped",
        _("The result of your dossier %(code)s stays as it is"),
        _(
            "Dear %(name)s,\n\nthe result of “%(procedure)s” was looked at again and stays as it is. The reason: "
            "%(reason)s"
        ),
        _("The result of dossier %(code)s stays as it is. See the reason on the portal."),
    ),
    events.ResultAnnulled: (
        "dossiers.annulled",
        _("The result of your dossier %(code)s was annulled"),
        _(
            "Dear %(name)s,\n\n%(competent)s annulled the result of “%(procedure)s” on %(at)s. The decision and its "
            "reason: %(reason)s\n\nIf you do not agree, ask at the service centre or send us your complaint."
        ),
        _("The result of dossier %(code)s was annulled. See the reason on the portal."),
    ),
    events.DossierReopened: (
        "dossiers.reopened",
        _("Your dossier %(code)s was opened again"),
        _(
            "Dear %(name)s,\n\nthe work on your dossier “%(procedure)s” goes on since %(at)s. The reason: %(reason)s"
            "\n\nYou need not file again."
        ),
        _("Your dossier %(code)s was opened again; you need not file again."),
    ),
}
DRAFT_ENDS = (
    "dossiers.draft_ends",
    _("Your draft will be deleted after %(day)s"),
    _(
        "Dear %(name)s,\n\nyou began “%(procedure)s” and last changed it on %(at)s. A draft that nobody changes for "
        "%(days)s days is deleted with its files, and so will yours be after %(day)s.\n\nIf you still need it, open it "
        "and go on one page: it is then kept for another %(days)s days. If you do not, there is nothing to do."
    ),
    _("Your draft will be deleted after %(day)s unless you open it and go on."),
)
DESK_GIVEN = (
    "dossiers.desk_given",
    _("Your dossiers were given to colleagues"),
    _(
        "Dear %(name)s,\n\n%(who)s gave dossiers that stood on your desk to colleagues: %(count)s. The reason: "
        "%(reason)s\n\nYou still find them among the dossiers you had; the next step is no longer yours."
    ),
    _("Dossiers given from your desk to colleagues: %(count)s."),
)
DESK_TAKEN = (
    "dossiers.desk_taken",
    _("Dossiers of a colleague are now yours"),
    _(
        "Dear %(name)s,\n\n%(who)s gave you dossiers that stood with %(from)s: %(count)s. The reason: %(reason)s\n\n"
        "They stand in your inbox with their due dates unchanged."
    ),
    _("Dossiers of %(from)s that are now yours: %(count)s."),
)
_WAITS = _("Until then the clock stands still.")
_RUNS_ON = _("We ask a second time, so the time limit of the office goes on.")
EVENTS = tuple(WORDING)
_KEYS = {name_of(event): words[0] for event, words in WORDING.items()}


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in (*WORDING.values(), DRAFT_ENDS, DESK_GIVEN, DESK_TAKEN):
        templates.register(key, subject=subject, body=body, short=short)


def tell_people(facts: Sequence[Fact]) -> None:
    """Consumer: one message to the submitter and one to the owner, each in their language, each once."""
    dossiers = (
        Dossier.objects.filter(pk__in={fact.payload["dossier_id"] for fact in facts})
        .select_related(
            "procedure", "receiving_agency", "competent_agency", "owner_person", "submitter_person", "result"
        )
        .prefetch_related("supplements", "story")
        .in_bulk()
    )
    notices = []
    for fact in facts:
        dossier = dossiers.get(UUID(fact.payload["dossier_id"]))
        if dossier is None:
            continue
        for person in {p.pk: p for p in (dossier.submitter_person, dossier.owner_person) if p}.values():
            notices.append(_notice(fact, dossier, person))
    notifications.notify_all(notices, now=clock.now())


def _notice(fact: Fact, dossier: Dossier, person: Person) -> notifications.Notice:
    email = person.email or (dossier.email if person.pk == dossier.submitter_person_id else "")
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, email, person.language),
        template=_KEYS[fact.name], key=f"{fact.id}:{person.pk}", facts=_facts(fact, dossier, person),
        about_id=dossier.pk, url=reverse("dossiers:status", args=[dossier.pk]),
    )  # fmt: skip


def _facts(fact: Fact, dossier: Dossier, person: Person) -> dict[str, Any]:
    asked = max(dossier.supplements.all(), key=lambda one: one.number, default=None)
    result = getattr(dossier, "result", None)
    last = max((line for line in dossier.story.all() if line.note), key=lambda one: one.at, default=None)
    return {
        "name": person.full_name, "code": dossier.shown_code, "procedure": dossier.procedure.name,
        "agency": dossier.receiving_agency.name, "competent": dossier.competent_agency.name,
        "number": prints.number_of(result) if result else "", "at": clock.local(clock.parse(fact.payload["at"])),
        "due": clock.local(dossier.present_due_at) if dossier.present_due_at else _("a day we will tell you"),
        "until": clock.local(dossier.acceptance_due_at) if dossier.acceptance_due_at else _("a day we will tell you"),
        "reason": last.note if last else "", "items": "\n".join(f"– {item}" for item in asked.items) if asked else "",
        "waits": _WAITS if asked is None or not asked.is_counted else _RUNS_ON,
        "amount": vnd(fact.payload.get("amount", 0)),
        "limit": clock.local(asked.limit_at).date() if asked and asked.limit_at else "",
    }  # fmt: skip
