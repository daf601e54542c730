"""What is kept, and for how long: name, contact and files go, question, answer and figures stay."""

from datetime import datetime, timedelta

from django.db import transaction

from motcua.documents import services as documents
from motcua.documents.models import Document
from motcua.kernel import audit
from motcua.kernel.actor import Actor
from motcua.support import terms
from motcua.support.models import Feedback, Stay
from motcua.support.rules import remove
from motcua.support.services.answering import names_in
from motcua.support.services.base import HELD, OWNER
from motcua.support.services.letters import LETTER

BATCH = 200
UNSENT = timedelta(hours=24)


def forget(*, actor: Actor, now: datetime) -> int:
    """Remove who sent the cases that were closed long enough ago (`practice.keep_years`); answers how many."""
    before, count = _years_before(now, terms.practice().keep_years), 0
    while done := _forget_some(before, actor=actor, now=now):
        count += done
    return count


def clear_unsent(*, actor: Actor, now: datetime) -> int:
    """Remove the files of forms that nobody sent within a day; answers how many."""
    waiting = Document.objects.filter(owner_kind=HELD, created_at__lt=now - UNSENT)
    keys = set(waiting.values_list("owner_id", flat=True))
    return sum(documents.dispose(owner_kind=HELD, owner_id=key, actor=actor, now=now) for key in keys)


@transaction.atomic
def _forget_some(before: datetime, *, actor: Actor, now: datetime) -> int:
    due = Feedback.objects.filter(closed_at__lt=before, forgotten_at=None).select_related("dossier")
    cases = list(due.for_update()[:BATCH])
    for case in cases:
        names = names_in(case)
        for stay in Stay.objects.filter(feedback=case).exclude(reply="", asked_for=""):
            stay.reply, stay.asked_for = remove(stay.reply, names), remove(stay.asked_for, names)
            stay.save(update_fields=["reply", "asked_for"])
        case.text, case.answer = remove(case.text, names), remove(case.answer, names)
        case.subject, case.opinion = remove(case.subject, names), remove(case.opinion, names)
        case.person, case.name, case.phone, case.email = None, "", "", ""
        case.forgotten_at = now
        case.save()
        for kind in (OWNER, LETTER):
            documents.dispose(owner_kind=kind, owner_id=case.pk, actor=actor, now=now)
        audit.record(actor, "support.forget", case, now=now)
    return len(cases)


def _years_before(now: datetime, years: int) -> datetime:
    day = min(now.day, 28) if now.month == 2 else now.day
    return now.replace(year=now.year - years, day=day)
