"""Acts on files reach the files of their own owner and no other, whoever shares an id, a kind or the bytes."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.documents import queries, services
from motcua.documents.enums import Kind, Retention
from motcua.documents.examples import NOW
from motcua.documents.models import Document, Verification
from motcua.documents.tests.factories import ACTOR, document, picture
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
DRAFT, DOSSIER = "dossiers.draft", "dossiers.dossier"
ONE, OTHER = uuid4(), uuid4()


@dataclass(frozen=True)
class Place:
    """Where a file lies and how long it is kept."""

    owner_kind: str
    owner_id: UUID
    retention: Retention


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Any) -> dict[Place, Document]:
    """A file, the same bytes, in every place there is."""
    settings.BLOBS = tmp_path / "blobs"
    content = picture()
    return {
        place: document(
            content, name="ảnh.jpg", owner_kind=place.owner_kind, owner_id=place.owner_id, retention=place.retention
        )
        for place in (Place(*each) for each in product((DRAFT, DOSSIER), (ONE, OTHER), Retention))
    }


def left() -> set[Place]:
    """The places in which a file lies."""
    return {Place(d.owner_kind, d.owner_id, Retention(d.retention)) for d in Document.objects.all()}


def test_an_owner_s_documents_are_its_own(shelf: dict[Place, Document]) -> None:
    for kind, owner in product((DRAFT, DOSSIER), (ONE, OTHER)):
        own = {d.pk for place, d in shelf.items() if (place.owner_kind, place.owner_id) == (kind, owner)}
        assert {d.pk for d in queries.documents_of(kind, owner)} == own
        for found in shelf.values():
            assert (queries.document_of(kind, owner, found.pk) == found) == (found.pk in own)
    assert queries.document_of(DRAFT, ONE, uuid4()) is None


def test_disposal_takes_all_of_one_owner_but_what_is_kept_for_ever(shelf: dict[Place, Document]) -> None:
    kept = {place for place in shelf if place.retention == Retention.PERMANENT}
    others = {place for place in shelf if (place.owner_kind, place.owner_id) != (DOSSIER, ONE)}
    gone = {document.pk for place, document in shelf.items() if place not in kept | others}
    assert services.dispose(owner_kind=DOSSIER, owner_id=ONE, actor=ACTOR, now=LATER) == len(gone)
    assert left() == kept | others
    evidence = AuditEntry.objects.filter(action="documents.dispose", at=LATER)
    assert {entry.subject_id for entry in evidence} == gone
    assert {entry.detail["owner"] for entry in evidence} == {str(ONE)}
    assert services.dispose(owner_kind=DOSSIER, owner_id=ONE, actor=ACTOR, now=LATER) == 0


def test_only_a_draft_s_own_file_is_discarded(shelf: dict[Place, Document]) -> None:
    mine = Place(DRAFT, ONE, Retention.DRAFT)
    for place, found in shelf.items():
        if place == mine:
            continue
        if (place.owner_kind, place.owner_id) == (DRAFT, ONE):
            with pytest.raises(Refused) as refused:
                services.discard(document_id=found.pk, owner_kind=DRAFT, owner_id=ONE, actor=ACTOR, now=LATER)
            assert refused.value.code == "kept"
        else:
            services.discard(document_id=found.pk, owner_kind=DRAFT, owner_id=ONE, actor=ACTOR, now=LATER)
    assert left() == set(shelf)
    services.discard(document_id=shelf[mine].pk, owner_kind=DRAFT, owner_id=ONE, actor=ACTOR, now=LATER)
    assert left() == set(shelf) - {mine}
    assert AuditEntry.objects.get(action="documents.discard").subject_id == shelf[mine].pk


def test_files_pass_on_together_or_not_at_all(shelf: dict[Place, Document]) -> None:
    mine = [shelf[Place(DRAFT, ONE, retention)].pk for retention in Retention]
    foreign = shelf[Place(DRAFT, OTHER, Retention.DRAFT)].pk
    for strange in (foreign, uuid4(), shelf[Place(DOSSIER, ONE, Retention.DRAFT)].pk):
        with pytest.raises(Refused) as refused:
            attach([*mine, strange])
        assert refused.value.code == "not_found"
    assert left() == set(shelf)
    assert not AuditEntry.objects.filter(action="documents.attach").exists()
    new = uuid4()
    attach([*mine, *mine], to=new)
    moved = Document.objects.filter(owner_kind=DOSSIER, owner_id=new)
    assert {d.pk for d in moved} == set(mine)
    assert {(d.kind, d.retention) for d in moved} == {(Kind.COMPONENT, Retention.PERMANENT)}
    assert AuditEntry.objects.filter(action="documents.attach", at=LATER).count() == len(mine)
    with pytest.raises(Refused):
        attach(mine, to=new)


def attach(keys: list[UUID], *, to: UUID = OTHER) -> None:
    services.attach(
        document_ids=keys, from_kind=DRAFT, from_id=ONE, owner_kind=DOSSIER, owner_id=to, kind=Kind.COMPONENT,
        retention=Retention.PERMANENT, actor=ACTOR, now=LATER,
    )  # fmt: skip


def test_what_was_left_behind_is_old_and_was_never_passed_on(shelf: dict[Place, Document]) -> None:
    assert not queries.left_behind(DRAFT, NOW).exists(), "stored at that very moment is not before it"
    found = list(queries.left_behind(DRAFT, LATER))
    assert {Place(d.owner_kind, d.owner_id, Retention(d.retention)) for d in found} == {
        Place(DRAFT, owner, Retention.DRAFT) for owner in (ONE, OTHER)
    }
    older = document(picture(), name="a.jpg", owner_kind=DRAFT, is_draft=True, now=NOW - timedelta(days=1))
    assert queries.left_behind(DRAFT, LATER)[0] == older, "the oldest first"


def test_bytes_stay_while_anybody_uses_them(shelf: dict[Place, Document]) -> None:
    content = services.content(next(iter(shelf.values())))
    for kind, owner in product((DRAFT, DOSSIER), (ONE, OTHER)):
        services.dispose(owner_kind=kind, owner_id=owner, actor=ACTOR, now=LATER)
    services.sweep(now=LATER)
    last = Document.objects.first()
    assert last is not None
    assert services.content(last) == content == picture()


def test_the_same_paper_issued_twice_is_the_later_one() -> None:
    papers = []
    for hours, digest in ((0, "a"), (5, "a"), (3, "a"), (9, "b")):
        check = services.new_check()
        papers.append(
            services.register(
                check=check, content=digest.encode(), title="Giấy", issued_by="UBND", actor=ACTOR, now=NOW,
                issued_at=NOW + timedelta(hours=hours), reference="H49-1", facts={"a": digest},
            )
        )  # fmt: skip
    assert queries.verification_by_digest(papers[0].digest) == papers[1]
    assert queries.verification_by_digest(papers[3].digest) == papers[3]
    assert queries.verification_by_digest("0" * 64) is None
    assert {paper.code for paper in Verification.objects.all()} == {paper.code for paper in papers}
    assert [paper.facts for paper in papers] == [{"a": "a"}] * 3 + [{"a": "b"}]
