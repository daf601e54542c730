"""The answer, and whether everybody may read it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.actor import Actor
from motcua.kernel.clock import local
from motcua.kernel.errors import Refused
from motcua.kernel.text import fold
from motcua.support import rules
from motcua.support.enums import Action, Happening, Limit, Outcome, Publication, State
from motcua.support.events import FeedbackAnswered, FeedbackHeldBack, FeedbackPublished
from motcua.support.models import Feedback, PublishedAnswer
from motcua.support.rules.acts import require_reason
from motcua.support.rules.limits import PLAIN
from motcua.support.services import base
from motcua.workflow.rules import due

SHORTEST_ANSWER = 20  # characters


@transaction.atomic
def answer(
    *, feedback_id: UUID, text: str, actor: Actor, now: datetime, expected: int | None = None, key: UUID | None = None
) -> Feedback:
    """Answer the case. Where the reporter agreed, the limit for publishing begins (Decision 766/QĐ-TTg, 5.2).

    Raises `Refused`: text, and those of `Action.ANSWER` (a complaint is answered by the head of the agency).
    """
    taken = base.take(feedback_id=feedback_id, action=Action.ANSWER, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    if len(text.strip()) < SHORTEST_ANSWER:
        raise Refused("text", _("Write an answer that the reporter can understand without asking again."), field="text")
    base.close(case, State.ANSWERED, text, actor=actor, now=now)
    stay.left_at, stay.outcome = now, Outcome.ANSWERED
    case.publication = base.publication_of(case)
    publish_within = base.terms_of(case).get(Limit.PUBLISH)
    if case.publication == Publication.PENDING and publish_within:
        stay.publish_due_at = due(now, publish_within.duration, base.calendar_of(case.agency_id), PLAIN).at
    is_late = Limit.HANDLE in rules.breaches(stay, case.kind, now)
    event = FeedbackAnswered(case.pk, case.agency_id, is_late, now)
    return base.write(case, stay, Action.ANSWER, Happening.ANSWERED, event, actor=actor, now=now, is_late=is_late)


@transaction.atomic
def publish(
    *, feedback_id: UUID, subject: str, text: str, answer: str, actor: Actor, now: datetime,
    expected: int | None = None, key: UUID | None = None,
) -> Feedback:  # fmt: skip
    """Publish question and answer as the publishing officer wrote them, without personal data.

    Raises `Refused`: empty, personal (a name, a number or an address is still there; the message says which), and
    those of `Action.PUBLISH` (no consent).
    """
    taken = base.take(feedback_id=feedback_id, action=Action.PUBLISH, actor=actor, now=now, expected=expected, key=key)
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    parts = {"subject": subject.strip(), "text": text.strip(), "answer": answer.strip()}
    _require_clean(parts, names_in(case))
    stay.published_at, case.publication = now, Publication.PUBLISHED
    PublishedAnswer.objects.create(
        feedback=case, about=case.about, agency_id=case.agency_id, received_on=local(case.received_at).date(),
        published_at=now, published_by=actor.name, folded=fold(" ".join(parts.values())), **parts,
    )  # fmt: skip
    event = FeedbackPublished(case.pk, now)
    return base.write(case, stay, Action.PUBLISH, Happening.PUBLISHED, event, actor=actor, now=now)


@transaction.atomic
def hold_back(
    *, feedback_id: UUID, reason: str, actor: Actor, now: datetime, expected: int | None = None,
    key: UUID | None = None,
) -> Feedback:  # fmt: skip
    """Do not publish the answer though the reporter agreed, with a reason for the file."""
    taken = base.take(
        feedback_id=feedback_id, action=Action.HOLD_BACK, actor=actor, now=now, expected=expected, key=key
    )
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    require_reason(reason)
    stay.held_back_at, case.publication = now, Publication.HELD_BACK
    event = FeedbackHeldBack(case.pk, now)
    return base.write(
        case, stay, Action.HOLD_BACK, Happening.HELD_BACK, event, actor=actor, now=now, note=reason.strip(),
        is_public=False,
    )  # fmt: skip


def names_in(case: Feedback) -> list[str]:
    """The names that must not stand in what is published: the reporter's, and those on the dossier."""
    dossier = case.dossier
    return [case.name, *((dossier.owner_name, dossier.submitter_name) if dossier else ())]


def _require_clean(parts: dict[str, str], names: list[str]) -> None:
    for field, words in parts.items():
        if not words:
            raise Refused("empty", _("Nothing is left of this part. Write what everybody may read."), field=field)
        found = rules.traces(words, names)
        if found:
            message = _("Take these out before publishing: %(traces)s.") % {"traces": "; ".join(found)}
            raise Refused("personal", message, field=field)
