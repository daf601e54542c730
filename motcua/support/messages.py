"""What reporters are told when their case moves: event → wording, recipient, key."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.kernel import clock
from motcua.kernel.outbox import Fact, name_of
from motcua.notifications import services as notifications
from motcua.notifications import templates
from motcua.support import events
from motcua.support.models import Feedback

# event type → key, subject, body, one short line
WORDING: dict[type[Any], tuple[str, Any, Any, Any]] = {
    events.FeedbackReceived: (
        "support.received",
        _("We have your case %(code)s"),
        _(
            "Dear %(name)s,\n\nyour case “%(subject)s” reached %(agency)s on %(at)s. By %(sort)s it is taken up, "
            "passed to the competent agency or refused with a reason.\n\nYou can follow it with the code %(code)s."
        ),
        _("Case %(code)s received by %(agency)s."),
    ),
    events.FeedbackTransferred: (
        "support.transferred",
        _("Your case %(code)s went to another agency"),
        _(
            "Dear %(name)s,\n\nyour case “%(subject)s” was passed to %(agency)s on %(at)s, which is competent for it. "
            "The reason: %(reason)s\n\nYou need not do anything."
        ),
        _("Case %(code)s was passed to %(agency)s."),
    ),
    events.FeedbackSupplementAsked: (
        "support.asked",
        _("Please reply: your case %(code)s"),
        _(
            "Dear %(name)s,\n\nto go on with “%(subject)s”, %(agency)s needs:\n\n%(asked)s\n\nPlease reply by "
            "%(reply_by)s. Until then the clock stands still."
        ),
        _("Case %(code)s needs your reply by %(reply_by)s."),
    ),
    events.FeedbackAnswered: (
        "support.answered",
        _("Your case %(code)s is answered"),
        _(
            "Dear %(name)s,\n\n%(agency)s answered your case “%(subject)s” on %(at)s:\n\n%(answer)s\n\n"
            "Did the answer help? Please tell us on the page of the case."
        ),
        _("Case %(code)s is answered. See the answer on the portal."),
    ),
    events.FeedbackRefused: (
        "support.refused",
        _("Your case %(code)s was not taken up"),
        _(
            "Dear %(name)s,\n\n%(agency)s did not take up your case “%(subject)s”. The reason: %(answer)s\n\n"
            "You may send it again with what was missing."
        ),
        _("Case %(code)s was not taken up. See the reason on the portal."),
    ),
    events.FeedbackPublished: (
        "support.published",
        _("The answer to your case %(code)s is published"),
        _(
            "Dear %(name)s,\n\nas you agreed, the answer to “%(subject)s” can now be read by everybody, without your "
            "name and your contact."
        ),
        _("The answer to case %(code)s is published without your name."),
    ),
}
EVENTS = tuple(WORDING)
_KEYS = {name_of(event): words[0] for event, words in WORDING.items()}


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in WORDING.values():
        templates.register(key, subject=subject, body=body, short=short)


def tell_reporters(facts: Sequence[Fact]) -> None:
    """Consumer: one message to the reporter, in their language, once; by e-mail where they left an address."""
    wanted = {fact.payload["feedback_id"] for fact in facts}
    rows = Feedback.objects.filter(pk__in=wanted, forgotten_at=None).select_related("agency", "person")
    cases = rows.prefetch_related("stays", "story").in_bulk()
    found = ((fact, cases.get(UUID(fact.payload["feedback_id"]))) for fact in facts)
    notices = [_notice(fact, case) for fact, case in found if case is not None and (case.person_id or case.email)]
    notifications.notify_all(notices, now=clock.now())


def _notice(fact: Fact, case: Feedback) -> notifications.Notice:
    """Whoever has no account is written to under the case's own key: the message is nobody's inbox, only a letter."""
    url = reverse("support:case", args=[case.pk]) if case.person_id else reverse("support:track")
    language = case.person.language if case.person else case.language
    return notifications.Notice(
        recipient=notifications.Recipient(case.person_id or case.pk, case.name, case.email, language),
        template=_KEYS[fact.name], key=f"{fact.id}:{case.pk}", facts=_facts(fact, case), about_id=case.pk, url=url,
    )  # fmt: skip


def _facts(fact: Fact, case: Feedback) -> dict[str, Any]:
    stays = sorted(case.stays.all(), key=lambda stay: stay.number)
    present, before = stays[-1], stays[-2] if len(stays) > 1 else stays[-1]
    return {
        "name": case.name or _("reporter"), "code": case.code, "subject": case.subject, "agency": case.agency.name,
        "at": clock.local(clock.parse(fact.payload["at"])), "answer": case.answer, "reason": before.reason,
        "asked": present.asked_for, "sort": clock.local(present.sort_due_at),
        "reply_by": clock.local(present.reply_by).date() if present.reply_by else "",
    }  # fmt: skip
