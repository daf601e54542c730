import hashlib
import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from motcua.documents import blobs, queries, services
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Blob, Document
from motcua.documents.tests.factories import ACTOR, NOW, PROGRAM, document, pdf, picture
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BLOBS = tmp_path / "blobs"
    return settings.BLOBS


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.django_db
class TestStore:
    def test_bytes_lie_under_their_digest_and_the_row_says_what_they_are(self, folder):
        content = pdf(2)
        made = document(content, title="Tờ khai")
        digest = hashlib.sha256(content).hexdigest()
        assert files_in(folder) == [digest]
        assert (folder / digest[:2] / digest[2:4] / digest).stat().st_mode & 0o777 == 0o400
        assert (made.blob.sha256, made.blob.size, made.blob.media_type) == (digest, len(content), "application/pdf")
        assert made.blob.scan == "not_scanned"
        assert services.content(made) == content
        assert str(made) == "Tờ khai"

    def test_the_same_bytes_are_stored_once_and_used_twice(self, folder):
        first, second = document(), document(name="bản sao.pdf")
        assert first.blob_id == second.blob_id
        assert first.pk != second.pk
        assert Blob.objects.count() == 1
        assert len(files_in(folder)) == 1

    def test_an_upload_is_read_from_its_start(self):
        upload = SimpleUploadedFile("a.pdf", pdf(3))
        upload.read(100)
        assert services.content(document(upload)) == pdf(3)

    def test_the_act_is_audited(self):
        made = document()
        entry = AuditEntry.objects.get(subject_id=made.pk)
        assert (entry.action, entry.detail["size"]) == ("documents.store", len(pdf()))

    def test_a_held_file_is_given_an_owner_later(self):
        held = services.hold(upload=pdf(), name="a.pdf")
        assert not Document.objects.exists()
        assert document(held).blob_id == held.sha256

    @pytest.mark.parametrize(("content", "code"), [(PROGRAM, "name_and_content_differ"), (b"", "empty")])
    def test_a_refused_file_leaves_nothing(self, folder, content, code):
        with pytest.raises(Refused) as refused:
            document(content)
        assert refused.value.code == code
        assert files_in(folder) == []
        assert not Blob.objects.exists()

    def test_a_file_over_the_limit_is_refused_before_it_is_all_there(self, settings, folder):
        settings.UPLOAD_LIMIT = 2 * 1024 * 1024
        taken = []

        def chunks():
            for number in range(1000):
                taken.append(number)
                yield b"x" * 1024 * 1024

        upload = mock.Mock(chunks=chunks)
        with pytest.raises(Refused) as refused:
            services.hold(upload=upload, name="a.pdf")
        assert refused.value.code == "too_large"
        assert "2 MB" in refused.value.message
        assert len(taken) == 3
        assert files_in(folder) == []

    def test_a_rolled_back_act_leaves_bytes_but_no_row_and_the_sweep_takes_them(self, folder):
        with transaction.atomic():
            document()
            transaction.set_rollback(True)
        assert not Document.objects.exists()
        assert len(files_in(folder)) == 1
        age(folder, days=2)
        assert services.sweep(now=NOW) == 1
        assert files_in(folder) == []


def age(folder, *, days):
    moment = (NOW - timedelta(days=days)).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))
    Blob.objects.update(created_at=NOW - timedelta(days=days))


@pytest.mark.django_db
class TestCustody:
    def test_a_draft_gives_its_files_to_the_dossier(self):
        draft, dossier = uuid4(), uuid4()
        rows = [document(owner_id=draft, is_draft=True) for _ in range(2)]
        services.attach(
            document_ids=[row.pk for row in rows],
            from_kind="tests.thing",
            from_id=draft,
            owner_kind="tests.dossier",
            owner_id=dossier,
            kind=Kind.COMPONENT,
            actor=ACTOR,
            now=NOW,
        )
        assert not queries.documents_of("tests.thing", draft).exists()
        kept = list(queries.documents_of("tests.dossier", dossier))
        assert [row.pk for row in kept] == [row.pk for row in rows]
        assert {row.retention for row in kept} == {Retention.DOSSIER}

    def test_what_was_kept_long_enough_goes_and_what_is_for_ever_stays(self):
        owner, other = uuid4(), document()
        rows = [document(owner_id=owner) for _ in range(2)]
        rows[1].retention = Retention.PERMANENT
        rows[1].save()
        assert services.dispose(owner_kind=rows[0].owner_kind, owner_id=owner, actor=ACTOR, now=NOW) == 1
        assert set(Document.objects.values_list("pk", flat=True)) == {rows[1].pk, other.pk}
        assert AuditEntry.objects.filter(action="documents.dispose", subject_id=rows[0].pk).exists()

    def test_nobody_else_s_file_can_be_attached(self):
        mine, theirs = document(is_draft=True), document(is_draft=True)
        with pytest.raises(Refused) as refused:
            services.attach(
                document_ids=[mine.pk, theirs.pk],
                from_kind="tests.thing",
                from_id=mine.owner_id,
                owner_kind="tests.dossier",
                owner_id=uuid4(),
                kind=Kind.COMPONENT,
                actor=ACTOR,
                now=NOW,
            )
        assert refused.value.code == "not_found"
        mine.refresh_from_db()
        assert mine.owner_kind == "tests.thing"

    def test_a_document_is_found_through_its_owner_only(self):
        made = document()
        assert queries.document_of("tests.thing", made.owner_id, made.pk) == made
        assert queries.document_of("tests.thing", uuid4(), made.pk) is None
        assert queries.document_of("tests.other", made.owner_id, made.pk) is None

    def test_a_draft_s_file_can_be_removed_twice(self):
        made = document(is_draft=True)
        for _ in range(2):
            services.discard(
                document_id=made.pk, owner_kind="tests.thing", owner_id=made.owner_id, actor=ACTOR, now=NOW
            )
        assert not Document.objects.exists()
        assert AuditEntry.objects.filter(action="documents.discard").count() == 1

    def test_a_dossier_s_file_is_kept(self):
        made = document()
        with pytest.raises(Refused) as refused:
            services.discard(
                document_id=made.pk, owner_kind="tests.thing", owner_id=made.owner_id, actor=ACTOR, now=NOW
            )
        assert refused.value.code == "kept"
        assert Document.objects.exists()

    @pytest.mark.django_db
    def test_content_sent_again_during_the_sweep_is_kept(self, folder, monkeypatch):
        """`hold` finds the bytes already there and only marks them; the row comes a moment later."""
        held = services.hold(upload=pdf(9), name="a.pdf")
        path = next(path for path in folder.rglob("*") if path.name == held.sha256)
        os.utime(path, (0, 0))

        def found_and_held_again(*, before):
            yield path
            services.hold(upload=pdf(9), name="b.pdf")

        monkeypatch.setattr("motcua.documents.services.custody.blobs.leftovers", found_and_held_again)
        assert services.sweep(now=NOW) == 0
        assert path.exists()

    def test_the_sweep_takes_only_what_nobody_uses_since_a_day(self, folder):
        used, unused, fresh = document(), document(pdf(2), is_draft=True), document(pdf(3), is_draft=True)
        age(folder, days=2)
        for row in (unused, fresh):
            row.delete()
        services.hold(upload=pdf(3), name="again.pdf")
        (folder / blobs.INCOMING / "dead").write_bytes(b"half")
        os.utime(folder / blobs.INCOMING / "dead", (0, 0))
        assert services.sweep(now=NOW) == 2
        assert set(files_in(folder)) == {used.blob_id, fresh.blob_id}

    @pytest.mark.parametrize(
        "facts",
        [{"sha256": "A" * 64, "size": 1}, {"sha256": "a" * 63, "size": 1}, {"sha256": "a" * 64, "size": 0}],
    )
    def test_the_database_refuses_a_blob_that_cannot_be(self, facts):
        with pytest.raises(IntegrityError):
            Blob.objects.create(media_type="application/pdf", created_at=NOW, **facts)


def die_between(content: bytes, folder: str) -> None:
    from django.conf import settings

    settings.BLOBS = folder
    services.hold(upload=content, name="a.pdf")
    os.kill(os.getpid(), signal.SIGKILL)


def die_before_the_name(content: bytes, folder: str) -> None:
    from django.conf import settings

    settings.BLOBS = folder
    with mock.patch("os.fsync", side_effect=lambda _: os.kill(os.getpid(), signal.SIGKILL)):
        services.hold(upload=content, name="a.pdf")


class TestKilled:
    @pytest.mark.parametrize(("death", "lasting"), [(die_between, 1), (die_before_the_name, 0)])
    @pytest.mark.django_db
    def test_a_killed_worker_leaves_no_broken_row(self, folder, death, lasting):
        worker = multiprocessing.get_context("fork").Process(target=death, args=(pdf(4), str(folder)))
        worker.start()
        worker.join(20)
        assert worker.exitcode == -signal.SIGKILL
        assert not Document.objects.exists()
        named = [name for name in files_in(folder) if len(name) == 64]
        assert len(named) == lasting
        again = document(pdf(4))
        assert services.content(again) == pdf(4)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_many_hands_at_once_is_stored_once(folder):
    content = pdf(6)

    def work(_):
        try:
            return document(content).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as hands:
        made = list(hands.map(work, range(12)))
    assert len(set(made)) == 12
    assert Blob.objects.count() == 1
    assert len(files_in(folder)) == 1


def served(made, *, download=False, method="get", **headers):
    request = getattr(RequestFactory(), method)(
        "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return services.serve(made, request=request, download=download)


@pytest.mark.django_db
class TestServe:
    def test_a_pdf_is_shown_and_guarded(self):
        response = served(document(name="Tờ khai đăng ký.pdf"))
        assert b"".join(response) == pdf()
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == (
            "inline; filename*=utf-8''T%E1%BB%9D%20khai%20%C4%91%C4%83ng%20k%C3%BD.pdf"
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("default-src 'none'")
        assert response["Cache-Control"] == "private, no-store"
        assert int(response["Content-Length"]) == len(pdf())

    def test_pictures_are_sandboxed_and_downloads_attached(self):
        response = served(document(picture(), name="a.jpg"), download=True)
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["Content-Disposition"] == 'attachment; filename="a.jpg"'

    @pytest.mark.parametrize(
        ("asked", "start", "stop"),
        [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=10-999999", 10, None)],
    )
    def test_a_range_is_answered_with_that_piece(self, asked, start, stop):
        response = served(document(), range=asked)
        assert response.status_code == 206
        assert b"".join(response) == pdf()[start:stop]
        size = len(pdf())
        first = start % size
        assert response["Content-Range"] == f"bytes {first}-{(stop or size) - 1}/{size}"

    @pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=5-2", "bytes=-0"])
    def test_a_range_outside_is_refused(self, asked):
        response = served(document(), range=asked)
        assert response.status_code == 416
        assert response["Content-Range"] == f"bytes */{len(pdf())}"

    @pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "nonsense"])
    def test_what_is_not_one_range_is_answered_whole(self, asked):
        response = served(document(), range=asked)
        assert response.status_code == 200
        assert b"".join(response) == pdf()

    def test_an_old_tag_gets_the_whole_and_the_right_one_its_piece(self):
        made = document()
        assert served(made, range="bytes=0-9", if_range='"other"').status_code == 200
        assert served(made, range="bytes=0-9", if_range=f'"{made.pk.hex}"').status_code == 206

    def test_head_sends_no_body(self):
        response = served(document(), method="head")
        assert b"".join(response) == b""
        assert int(response["Content-Length"]) == len(pdf())
