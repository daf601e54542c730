"""What the reporter does: reply to a request, say how it was, open a case sent without an account."""

from datetime import datetime, timedelta
from secrets import compare_digest
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel import ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.support import rules
from motcua.support.enums import Action, Happening, State
from motcua.support.events import FeedbackRated, FeedbackSupplemented
from motcua.support.models import Feedback
from motcua.support.rules.limits import answer_due
from motcua.support.services import base

MOST_LOOKS = 5
LOCKED_FOR = timedelta(minutes=15)


@transaction.atomic
def supplement(
    *, feedback_id: UUID, reply: str, actor: Actor, now: datetime, files_from: UUID | None = None,
    expected: int | None = None, key: UUID | None = None, has_pass: bool = False,
) -> Feedback:  # fmt: skip
    """Reply to the request; the limit for the answer runs on, moved by the time it waited."""
    taken = base.take(
        feedback_id=feedback_id, action=Action.SUPPLEMENT, actor=actor, now=now, expected=expected, key=key,
        has_pass=has_pass,
    )  # fmt: skip
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    files = base.waiting_files(files_from)
    if not reply.strip() and not files:
        raise Refused("reply", _("Write a reply or add a file."), field="reply")
    if len(files) > rules.MOST_FILES:
        raise Refused("files", _("Send at most %(number)d files.") % {"number": rules.MOST_FILES}, field="file")
    stay.replied_at, stay.reply = now, reply.strip()
    found = answer_due(stay, base.terms_of(case), base.calendar_of(case.agency_id))
    if found is not None:
        stay.handle_due_at = found.at
    case.state = State.IN_PROGRESS
    base.keep_files(case, files_from, files, actor=actor, now=now)
    event = FeedbackSupplemented(case.pk, now)
    return base.write(case, stay, Action.SUPPLEMENT, Happening.SUPPLEMENTED, event, actor=actor, now=now)


@transaction.atomic
def rate(
    *, feedback_id: UUID, is_liked: bool, actor: Actor, now: datetime, opinion: str = "", expected: int | None = None,
    key: UUID | None = None, has_pass: bool = False,
) -> Feedback:  # fmt: skip
    """Say, once, whether the answer helped (Decision 766/QĐ-TTg, indicator 5.3)."""
    taken = base.take(
        feedback_id=feedback_id, action=Action.RATE, actor=actor, now=now, expected=expected, key=key,
        has_pass=has_pass,
    )  # fmt: skip
    case, stay = taken.case, taken.stay
    if taken.is_repeat:
        return case
    case.is_liked, case.opinion, case.rated_at = is_liked, opinion.strip(), now
    event = FeedbackRated(case.pk, is_liked, now)
    return base.write(
        case, stay, Action.RATE, Happening.RATED, event, actor=actor, now=now, is_public=False, is_liked=is_liked
    )


@transaction.atomic
def open_by_contact(*, code: str, contact: str, now: datetime) -> Feedback | None:
    """The case sent without an account that has this code and this telephone number or e-mail address.

    None when they do not fit together. After five wrong contacts the case stays shut for a quarter of an hour:
    `Refused` locked.
    """
    tracking = ids.normalise(code)
    rows = Feedback.objects.filter(person=None, forgotten_at=None, code=tracking)
    case = rows.for_update().first() if tracking else None
    if case is None:
        return None
    if case.locked_until and now < case.locked_until:
        raise Refused("locked", _("Too many wrong tries. Wait a quarter of an hour and try again."))
    if _fits(case, contact):
        Feedback.objects.filter(pk=case.pk).update(failed_looks=0, locked_until=None)
        return case
    failed = case.failed_looks + 1
    is_full = failed >= MOST_LOOKS
    Feedback.objects.filter(pk=case.pk).update(
        failed_looks=0 if is_full else failed, locked_until=now + LOCKED_FOR if is_full else None
    )
    return None


def _fits(case: Feedback, contact: str) -> bool:
    typed = contact.strip()
    ways = [(case.phone, rules.normal_phone(typed)), (case.email, typed.lower())]
    return any(known and compare_digest(known.encode(), said.encode()) for known, said in ways)
