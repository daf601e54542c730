"""The export package: complete, checkable by `sha256sum`, logged, and refused to whoever may not take it."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.fields.json import KT
from django.test import Client

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.documents.tests.factories import pdf
from motcua.dossiers import services as dossiers
from motcua.dossiers import tasks
from motcua.dossiers.enums import PackageState
from motcua.dossiers.models import Dossier, Package
from motcua.dossiers.services import packages, packaging
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import MONDAY, World, office_day
from motcua.identity.models import AccessEntry, StaffRole
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.workflow.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.BLOBS = tmp_path / "blobs"
    settings.BLOBS.mkdir()
    with office_day() as made:
        yield made


@pytest.fixture
def dossier(here: World) -> Dossier:
    made = factories.at_step(here, "clerk")
    for name in ("Giấy chứng sinh.pdf", "Giấy chứng sinh.pdf"):
        documents.store(
            upload=pdf(), name=name, title="Giấy chứng sinh", owner_kind=dossiers.OWNER, owner_id=made.pk,
            kind=Kind.COMPONENT, actor=here.actor("citizen"), now=MONDAY,
        )  # fmt: skip
    dossiers.paper(dossier=made, form="slip", actor=here.actor(Role.RECEPTION), now=MONDAY)
    return Dossier.objects.get(pk=made.pk)


def package(of: World, dossier: Dossier, role: Role = Role.CLERK, purpose: str = "Thanh tra") -> io.BytesIO:
    file = io.BytesIO()
    packaging.package(dossier=dossier, to=file, purpose=purpose, actor=of.actor(role), now=MONDAY)
    file.seek(0)
    return file


def test_everything_is_in_it_under_names_every_system_can_hold(here: World, dossier: Dossier) -> None:
    with zipfile.ZipFile(package(here, dossier)) as archive:
        folder = dossier.shown_code
        names = [name.removeprefix(f"{folder}/") for name in archive.namelist()]
        assert names[:3] == [
            "files/001-giay-chung-sinh.pdf", "files/002-giay-chung-sinh.pdf", names[2],
        ]  # fmt: skip
        assert names[2].startswith("prints/003-slip-")
        assert names[3:] == [
            "story.json", "audit.json", "events.json", "metadata.json", "index.pdf", "checksums.sha256",
        ]  # fmt: skip
        facts = json.loads(archive.read(f"{folder}/metadata.json"))
        assert facts["schema"] == packaging.SCHEMA
        assert facts["dossier"]["code"] == dossier.code
        assert facts["purpose"] == "Thanh tra"
        run = Run.objects.get(subject_id=dossier.pk)
        assert [(one["id"], one["due_at"] is not None) for one in facts["runs"]] == [(str(run.pk), True)]
        assert [one["key"] for one in facts["runs"][0]["steps"]] == list(
            run.steps.order_by("entered_at", "pk").values_list("key", flat=True)
        )
        story = json.loads(archive.read(f"{folder}/story.json"))
        assert [line["what"] for line in story] == list(
            dossier.story.order_by("at", "pk").values_list("what", flat=True)
        )
        assert {one["action"] for one in json.loads(archive.read(f"{folder}/audit.json"))} >= {"dossiers.accept"}
        events = json.loads(archive.read(f"{folder}/events.json"))
        assert {one["payload"]["dossier_id"] for one in events} == {str(dossier.pk)}
        assert archive.read(f"{folder}/index.pdf").startswith(b"%PDF")
        assert archive.read(f"{folder}/files/001-giay-chung-sinh.pdf") == pdf()


def test_sha256sum_checks_it(here: World, dossier: Dossier, tmp_path: Path) -> None:
    with zipfile.ZipFile(package(here, dossier)) as archive:
        archive.extractall(tmp_path / "out")
    folder = tmp_path / "out" / dossier.shown_code
    command = ["sha256sum", "--strict", "-c", "checksums.sha256"]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0  # noqa: S603
    (folder / "story.json").write_text("[]")
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1  # noqa: S603


def changed(file: io.BytesIO, *, drop: str = "", change: str = "", add: str = "") -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if not drop or not name.endswith(drop):
                is_changed = bool(change) and name.endswith(change)
                new.writestr(name, b"{}" if is_changed else old.read(name))
        if add:
            new.writestr(add, b"x")
    made.seek(0)
    return made


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"drop": "story.json"}, "story.json is missing"),
        ({"drop": "checksums.sha256"}, "checksums.sha256 is missing"),
        ({"change": "metadata.json"}, "metadata.json was changed"),
        ({"change": "checksums.sha256"}, "cannot be read"),
        ({"add": "elsewhere/x"}, "one folder"),
        ({"add": "../x"}, "one folder"),
    ],
)
def test_whatever_was_done_to_it_is_found(here: World, dossier: Dossier, how: dict[str, str], word: str) -> None:
    whole = package(here, dossier)
    assert packaging.verify(whole) == []
    assert any(word in fault for fault in packaging.verify(changed(whole, **how)))


def test_it_is_taken_by_those_allowed_for_a_purpose_and_that_is_kept(here: World, dossier: Dossier) -> None:
    for role, purpose, code in ((Role.RECEPTION, "x", "person"), (Role.CLERK, " ", "no_purpose")):
        with pytest.raises(Refused) as caught:
            package(here, dossier, role, purpose)
        assert caught.value.code == code
    assert not AuditEntry.objects.filter(action="dossiers.export").exists()
    package(here, dossier)
    entry = AuditEntry.objects.get(action="dossiers.export")
    assert (entry.detail["purpose"], entry.detail["files"]) == ("Thanh tra", 9)
    assert AccessEntry.objects.get(fields=["export"]).person_id == here.citizen.pk


def test_the_button_gives_the_same_package(here: World, dossier: Dossier) -> None:
    url = f"/office/dossiers/{dossier.pk}/export/"
    clerk = people.sign_in(Client(), here.staff[Role.CLERK])
    assert url in clerk.get(f"/office/dossiers/{dossier.pk}/").content.decode()
    assert clerk.post(url, {"purpose": ""}).status_code == 422
    answer = clerk.post(url, {"purpose": "Thanh tra"})
    file = io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert packaging.verify(file) == []
    assert people.sign_in(Client(), here.staff[Role.RECEPTION]).post(url, {"purpose": "x"}).status_code == 403
    assert people.sign_in(Client(), here.citizen_account).post(url, {"purpose": "x"}).status_code == 403
    other = people.officer(Role.CLERK, of=people.agency("H49.77"))
    assert people.sign_in(Client(), other).post(url, {"purpose": "x"}).status_code == 404


def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "SMALL_COUNT", 2)


def test_a_large_package_is_made_by_a_job_and_offered_with_its_digest(
    here: World, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    large(monkeypatch)
    url = f"/office/dossiers/{dossier.pk}/export/"
    clerk = people.sign_in(Client(), here.staff[Role.CLERK])
    for _ in range(2):  # the same form sent twice: one package
        assert clerk.post(url, {"purpose": "Thanh tra"}).status_code == 302
    waiting = Package.objects.get()
    assert "Being made" in clerk.get(url).content.decode()
    assert clerk.get(f"{url}{waiting.pk}/").status_code == 404
    for _ in range(2):
        tasks.make_package(str(waiting.pk))
    found = Package.objects.get()
    answer = clerk.get(f"{url}{found.pk}/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert packaging.verify(io.BytesIO(content)) == []
    assert (found.size, found.digest) == (len(content), hashlib.sha256(content).hexdigest())
    assert found.digest in clerk.get(url).content.decode()
    assert AuditEntry.objects.get(action="dossiers.take_package").detail["digest"] == found.digest
    assert AuditEntry.objects.filter(action="dossiers.export").count() == 1
    colleague = people.sign_in(Client(), people.officer(Role.CLERK, of=here.committee, name="Văn thư khác"))
    assert colleague.get(f"{url}{found.pk}/").status_code == 404  # a purpose is one person's
    assert found.digest not in colleague.get(url).content.decode()


def test_a_package_goes_after_a_week_with_its_file(
    here: World, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packages.ask(dossier=dossier, purpose="Thanh tra", actor=here.actor(Role.CLERK), now=MONDAY)
    packages.make(package_id=made.pk, now=MONDAY)
    held = document_queries.documents_of(packages.HELD, made.pk)
    assert held.exists()
    assert packages.clear(now=MONDAY + packages.KEPT) == 0
    assert packages.clear(now=MONDAY + packages.KEPT + timedelta(seconds=1)) == 1
    assert not held.exists()
    assert not Package.objects.exists()


def test_whoever_lost_the_office_meanwhile_gets_no_package(here: World, dossier: Dossier) -> None:
    made = packages.ask(dossier=dossier, purpose="Thanh tra", actor=here.actor(Role.CLERK), now=MONDAY)
    StaffRole.objects.all().delete()
    packages.make(package_id=made.pk, now=MONDAY)
    made.refresh_from_db()
    assert (made.state, made.document_id) == (PackageState.FAILED, None)
    assert "exported by" in made.failure


def test_the_facts_of_a_dossier_are_found_by_an_index(here: World, dossier: Dossier) -> None:
    of = Event.objects.annotate(of=KT("payload__dossier_id")).filter(of=str(dossier.pk))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "kernel_event_dossier" in of.order_by("id").explain()
    assert of.exists()


def test_the_commands_export_and_check(here: World, dossier: Dossier, tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    call_command("dossiers", "export", dossier.code, "--to", str(file), "--purpose", "Nộp lưu")
    call_command("dossiers", "verify", str(file))
    with pytest.raises(CommandError, match="exists already"):
        call_command("dossiers", "export", dossier.code, "--to", str(file), "--purpose", "Nộp lưu")
    with pytest.raises(CommandError, match="There is no dossier"):
        call_command("dossiers", "export", "H1-1", "--to", str(tmp_path / "b.zip"), "--purpose", "x")
    file.write_bytes(b"not a zip")
    with pytest.raises(CommandError, match="no ZIP"):
        call_command("dossiers", "verify", str(file))


def test_names_are_made_safe() -> None:
    names = ["../../etc/passwd", "Đơn đề nghị (1).PDF", "....", "con:nul?.j/pg", "a" * 300 + ".png"]
    assert [packaging.safe_name(name) for name in names] == [
        "etc-passwd", "don-de-nghi-1.pdf", "tep", "con-nul-j-pg", "a" * 80 + ".png",
    ]  # fmt: skip
