"""What is not kept: files of receptions broken off, drafts nobody touches."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Document
from motcua.documents.tests.factories import picture
from motcua.dossiers import messages, tasks
from motcua.dossiers import services as dossiers
from motcua.dossiers.models import Draft
from motcua.dossiers.services import retention
from motcua.dossiers.services.drafts import DRAFT
from motcua.dossiers.services.reception import DESK
from motcua.dossiers.tests.factories import MONDAY, World, submitted, world
from motcua.kernel.actor import Role
from motcua.kernel.models import AuditEntry
from motcua.notifications.models import Message

DAY = timedelta(days=1)


@pytest.fixture
def here(db: None) -> World:
    return world()


def stored(of: World, *, kind: str, owner: Any = None, now: datetime = MONDAY, **facts: Any) -> Document:
    return documents.store(
        upload=picture(), name="a.jpg", owner_kind=kind, owner_id=owner or uuid4(), kind=Kind.COMPONENT,
        actor=of.actor(Role.RECEPTION), now=now, **{"retention": Retention.DRAFT, **facts},
    )  # fmt: skip


def begun(of: World, now: datetime = MONDAY) -> Draft:
    return dossiers.open_draft(
        procedure_id=of.procedure.pk, actor=of.actor("citizen"), now=now, form_key="birth", form_version=1, answers={}
    )


def night(now: datetime) -> tuple[int, int, int]:
    """One run of the job: files cleared, writers told, drafts deleted."""
    return (
        retention.clear_receptions(now=now), retention.warn_of_deletion(now=now), retention.delete_drafts(now=now),
    )  # fmt: skip


def test_files_of_a_reception_broken_off_go_after_two_days(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    old = [stored(here, kind=DESK) for _ in range(5)]
    young = stored(here, kind=DESK, now=MONDAY + DAY)
    received = stored(here, kind="dossiers.dossier", retention=Retention.DOSSIER)
    assert night(MONDAY + 2 * DAY)[0] == 0
    assert night(MONDAY + 2 * DAY + timedelta(seconds=1))[0] == len(old)
    assert night(MONDAY + 2 * DAY + timedelta(seconds=1))[0] == 0
    assert set(Document.objects.all()) == {young, received}
    assert AuditEntry.objects.filter(action="documents.discard").count() == len(old)


def test_a_file_passed_on_to_its_dossier_stays(here: World) -> None:
    dossier = submitted(here)
    file = stored(here, kind=DESK)
    documents.attach(
        document_ids=[file.pk], from_kind=DESK, from_id=file.owner_id, owner_kind="dossiers.dossier",
        owner_id=dossier.pk, kind=Kind.COMPONENT, actor=here.actor(Role.RECEPTION), now=MONDAY,
    )  # fmt: skip
    assert night(MONDAY + 90 * DAY)[0] == 0
    assert list(document_queries.documents_of("dossiers.dossier", dossier.pk)) == [file]


def test_a_draft_goes_after_ninety_days_and_its_writer_is_told_before(here: World) -> None:
    messages.register()
    draft = begun(here)
    stored(here, kind=DRAFT, owner=draft.pk)
    assert night(MONDAY + 75 * DAY) == (0, 0, 0)
    assert night(MONDAY + 76 * DAY) == (0, 1, 0)
    assert night(MONDAY + 77 * DAY) == (0, 0, 0)
    told = Message.objects.get()
    assert told.recipient_id == here.citizen.pk
    assert here.procedure.name in told.body
    assert str(draft.pk) in told.url
    assert told.facts["day"] == (MONDAY + 90 * DAY).date().isoformat()
    assert night(MONDAY + 90 * DAY - timedelta(seconds=1)) == (0, 0, 0)
    assert night(MONDAY + 90 * DAY) == (0, 0, 1)
    assert not Draft.objects.exists()
    assert not Document.objects.exists()
    assert AuditEntry.objects.filter(action="dossiers.delete_draft", subject_id=draft.pk).count() == 1


def test_a_draft_taken_up_again_stays_and_is_warned_of_anew(here: World) -> None:
    messages.register()
    draft = begun(here)
    night(MONDAY + 76 * DAY)
    again = MONDAY + 80 * DAY
    dossiers.save_draft(draft_id=draft.pk, actor=here.actor("citizen"), now=again, answers={"a": "1"})
    assert night(MONDAY + 100 * DAY) == (0, 0, 0)
    assert night(again + 76 * DAY) == (0, 1, 0)
    assert Message.objects.count() == 2
    assert night(again + 90 * DAY) == (0, 0, 1)


def test_nobody_loses_a_draft_untold_however_long_the_job_slept(here: World) -> None:
    messages.register()
    begun(here)
    assert night(MONDAY + 300 * DAY) == (0, 1, 0)
    assert night(MONDAY + 313 * DAY) == (0, 0, 0)
    assert night(MONDAY + 314 * DAY) == (0, 0, 1)


def test_what_is_left_of_a_filed_draft_goes_without_a_word(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    for _ in range(3):
        submitted(here, draft_id=begun(here).pk)
    assert night(MONDAY + 89 * DAY) == (0, 0, 0)
    assert night(MONDAY + 90 * DAY) == (0, 0, 3)
    assert not Message.objects.exists()


def test_the_job_does_all_of_it(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    messages.register()
    stored(here, kind=DESK)
    begun(here)
    monkeypatch.setattr("motcua.dossiers.tasks.clock.now", lambda: MONDAY + 80 * DAY)
    tasks.clear()
    assert (Document.objects.count(), Message.objects.count()) == (0, 1)
    monkeypatch.setattr("motcua.dossiers.tasks.clock.now", lambda: MONDAY + 94 * DAY)
    tasks.clear()
    assert not Draft.objects.exists()
