"""What is not kept: files of receptions that were broken off, and drafts that nobody touches any more.

Personal data stay no longer than what they were given for (Law 91/2025/QH15 on the protection of personal data).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers.enums import MemberState
from motcua.dossiers.models import Batch, BundleMember, Draft
from motcua.dossiers.services import bundles, drafts
from motcua.dossiers.services.reception import DESK
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor, system
from motcua.notifications import services as notifications

DESK_KEPT = timedelta(days=2)  # files of a reception form that was never sent
DRAFT_KEPT = timedelta(days=90)  # from the last change
BATCH_KEPT = timedelta(days=90)  # what became of the rows of one form; each row has its own evidence for good
WARNING = timedelta(days=14)  # before a draft goes, its writer is told
BATCH = 100  # rows of one transaction
CLEARER = system("dossiers.retention")


def clear_receptions(*, now: datetime, actor: Actor = CLEARER) -> int:
    """Remove the files of receptions broken off more than two days ago; answers how many."""
    gone = 0
    while left := list(document_queries.left_behind(DESK, now - DESK_KEPT)[:BATCH]):
        for document in left:
            documents.discard(
                document_id=document.pk, owner_kind=DESK, owner_id=document.owner_id, actor=actor, now=now
            )
        gone += len(left)
    return gone


def warn_of_deletion(*, now: datetime, actor: Actor = CLEARER) -> int:
    """Tell the writers of drafts not changed for 76 days, once for each change; answers how many."""
    told = 0
    while some := _warn_some(now, actor):
        told += some
    return told


@transaction.atomic
def _warn_some(now: datetime, actor: Actor) -> int:
    untold = Q(warned_at=None) | Q(warned_at__lt=F("changed_at"))
    due = Draft.objects.filter(untold, dossier_id=None, changed_at__lte=now - DRAFT_KEPT + WARNING)
    rows = list(
        due.select_related("person", "procedure", "bundle").select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    notifications.notify_all([_notice(draft, now) for draft in rows], now=now)
    for draft in rows:
        audit.record(actor, "dossiers.warn_of_deletion", draft, now=now)
    Draft.objects.filter(pk__in=[draft.pk for draft in rows]).update(warned_at=now)
    return len(rows)


def _notice(draft: Draft, now: datetime) -> notifications.Notice:
    person = draft.person
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
        template="dossiers.draft_ends", key=f"{draft.pk}:ends:{draft.changed_at.isoformat()}",
        facts={
            "name": person.full_name, "procedure": draft.title, "at": clock.local(draft.changed_at),
            "day": clock.local(now + WARNING).date(), "days": DRAFT_KEPT.days,
        },
        about_id=draft.pk, url=reverse("dossiers:draft_party", args=[draft.pk]),
    )  # fmt: skip


def delete_drafts(*, now: datetime, actor: Actor = CLEARER) -> int:
    """Delete the drafts not changed for 90 days whose writer was told 14 days ago; answers how many.

    What is left of a draft that was filed repeats its dossier and goes without a word.
    """
    gone = 0
    while some := _delete_some(now, actor):
        gone += some
    return gone


def clear_batches(*, now: datetime) -> int:
    """Forget what batches of more than 90 days ago showed; answers how many."""
    return Batch.objects.filter(started_at__lt=now - BATCH_KEPT).delete()[0]


def clear_matters(*, now: datetime, actor: Actor = CLEARER) -> int:
    """Forget what was typed for matters of bundles that stayed blocked for 90 days; answers how many."""
    left = BundleMember.objects.filter(state=MemberState.BLOCKED, moved_at__lt=now - DRAFT_KEPT)
    gone = 0
    for member_id in left.order_by("moved_at").values_list("pk", flat=True):
        bundles.forget(member_id=member_id, actor=actor, now=now)
        gone += 1
    return gone


@transaction.atomic
def _delete_some(now: datetime, actor: Actor) -> int:
    is_told = Q(warned_at__gte=F("changed_at"), warned_at__lte=now - WARNING)
    due = Draft.objects.filter(is_told | Q(dossier_id__isnull=False), changed_at__lte=now - DRAFT_KEPT)
    rows = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for draft in rows:
        audit.record(actor, "dossiers.delete_draft", draft, now=now, procedure=str(draft.procedure_id))
        drafts.remove(draft, actor=actor, now=now)
    return len(rows)
