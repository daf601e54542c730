"""The export package of a dossier: everything there is about it in one ZIP that can be checked without this system.

Inside one folder named by the code: `files/` as handed in, `prints/` as issued, `story.json`, `audit.json`,
`events.json`, `metadata.json`, `index.pdf`, and `checksums.sha256`, which `sha256sum -c` reads. One file is held in
memory at a time. The fields of the JSON files are described in `docs/export.md`.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.documents.models import Document
from motcua.dossiers.models import Dossier
from motcua.dossiers.services.base import OWNER
from motcua.identity import services as identity
from motcua.identity.enums import Purpose
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event
from motcua.kernel.text import fold
from motcua.payments import queries as payments
from motcua.workflow.models import Run, StepRun

SCHEMA = "motcua.dossier-export/1"
SUMS = "checksums.sha256"
EXPORTERS = (Role.CLERK, Role.HEAD, Role.LEADER, Role.DIRECTOR, Role.ADMIN)
SMALL_SIZE, SMALL_COUNT = 10 * 1024 * 1024, 40  # bytes and files of what is made while somebody waits
LONGEST = 80  # characters of a file's name
PRINTS = (Kind.SLIP, Kind.RESULT)
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(slots=True)
class _Writer:
    """Writes files into the archive and remembers their digests."""

    archive: zipfile.ZipFile
    folder: str
    at: datetime
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: str, content: bytes, title: str = "") -> None:
        """One file, with the moment of the export as its time."""
        info = zipfile.ZipInfo(f"{self.folder}/{path}", date_time=clock.local(self.at).timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        self.archive.writestr(info, content)
        digest = hashlib.sha256(content).hexdigest()
        self.listed.append({"path": path, "title": title, "size": len(content), "digest": digest})

    def add_json(self, path: str, value: Any, title: str) -> None:
        """A value as readable JSON."""
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=_plain)
        self.add(path, f"{text}\n".encode(), title)

    def sums(self) -> bytes:
        """The lines `sha256sum -c` reads."""
        return "".join(f"{one['digest']}  {one['path']}\n" for one in self.listed).encode()


def may_export(dossier: Dossier, actor: Actor) -> bool:
    """Whether the actor holds an office that may take the whole dossier out."""
    own = (dossier.reception_agency_id, dossier.competent_agency_id)
    return actor.is_system or any(actor.has(EXPORTERS, agency_id) for agency_id in own)


def require(dossier: Dossier, purpose: str, actor: Actor) -> None:
    """Refuse an export: person, no_purpose, disposed."""
    if not may_export(dossier, actor):
        raise Refused("person", _("A dossier is exported by the clerk, a head or a leader of its agencies."))
    if not purpose.strip():
        raise Refused("no_purpose", _("Write what the export is for; it is kept in the log."), field="purpose")
    if dossier.disposed_at:
        raise Refused("disposed", _("The files of this dossier were disposed of; nothing is left to export."))


def is_small(dossier: Dossier) -> bool:
    """Whether a package is made so fast that somebody can wait for it; all others are made by a job."""
    found = document_queries.documents_of(OWNER, dossier.pk).aggregate(count=Count("pk"), size=Sum("blob__size"))
    return found["count"] <= SMALL_COUNT and (found["size"] or 0) <= SMALL_SIZE


def package(*, dossier: Dossier, to: IO[bytes], purpose: str, actor: Actor, now: datetime) -> int:
    """Write the package of a dossier the caller may see into `to`; answers how many files it holds.

    Who took it and what for is written down. Raises `Refused` as `require` does.
    """
    require(dossier, purpose, actor)
    with zipfile.ZipFile(to, "w") as archive:
        writer = _Writer(archive, dossier.shown_code, now)
        _write(writer, dossier, purpose, actor)
        count = len(writer.listed)
    with transaction.atomic():
        audit.record(actor, "dossiers.export", dossier, now=now, purpose=purpose, files=count)
        if person_id := dossier.owner_person_id or dossier.submitter_person_id:
            identity.log_access(
                actor=actor, person_id=person_id, purpose=Purpose.HANDLING, now=now,
                subject=("dossiers.dossier", dossier.pk), fields=["export"],
            )  # fmt: skip
    return count


def _write(writer: _Writer, dossier: Dossier, purpose: str, actor: Actor) -> None:
    for path, document in _paths(document_queries.documents_of(OWNER, dossier.pk).order_by("created_at", "pk")):
        writer.add(path, documents.content(document), document.title or document.name)
    key = dossier.pk
    writer.add_json("story.json", list(dossier.story.order_by("at", "pk").values()), "Diễn biến xử lý")
    trail = AuditEntry.objects.filter(subject_id=key).order_by("at", "pk")
    writer.add_json("audit.json", list(trail.values()), "Nhật ký hệ thống")
    facts = Event.objects.annotate(of=KT("payload__dossier_id")).filter(of=str(key)).order_by("id")
    writer.add_json("events.json", list(facts.values("id", "name", "payload", "at")), "Sự kiện")
    writer.add_json("metadata.json", metadata(dossier, writer.at, purpose, actor), "Siêu dữ liệu")
    layout = (settings.PACK / "prints" / "package-1.typ").read_text("utf-8")
    data = {
        "head": {"agency": dossier.receiving_agency.name, "parent": "", "place": ""}, "second": "", "check": None,
        "form": {"number": "", "title": "Mục lục hồ sơ"}, "code": dossier.shown_code,
        "procedure": f"{dossier.procedure.code} – {dossier.procedure.name}",
        "receiving": dossier.receiving_agency.name, "competent": dossier.competent_agency.name,
        "made": f"{clock.local(writer.at):%d/%m/%Y %H:%M}", "files": list(writer.listed),
    }  # fmt: skip
    writer.add("index.pdf", documents.render(layout, data, at=writer.at), "Mục lục")
    writer.add(SUMS, writer.sums())


def metadata(dossier: Dossier, now: datetime, purpose: str, actor: Actor) -> dict[str, Any]:
    """What the dossier is, in the words of the system; fields in `docs/export.md`."""
    row = {f.attname: getattr(dossier, f.attname) for f in Dossier._meta.concrete_fields}
    result, hand_over = getattr(dossier, "result", None), getattr(dossier, "hand_over", None)
    return {
        "schema": SCHEMA, "exported_at": now, "exported_by": actor.name, "purpose": purpose, "dossier": row,
        "procedure": {"code": dossier.procedure.code, "name": dossier.procedure.name,
                      "version": dossier.procedure_version},
        "receiving_agency": {"code": dossier.receiving_agency.code, "name": dossier.receiving_agency.name},
        "competent_agency": {"code": dossier.competent_agency.code, "name": dossier.competent_agency.name},
        "papers": list(dossier.papers.order_by("pk").values()),
        "supplements": list(dossier.supplements.order_by("number").values()),
        "result": _row(result), "hand_over": _row(hand_over), "extension": _row(getattr(dossier, "extension", None)),
        "pauses": list(dossier.pauses.order_by("pk").values()), "parts": list(dossier.parts.order_by("pk").values()),
        "charges": [_row(one) for one in payments.charges_of(dossier.pk)],
        "holds": list(dossier.holds.order_by("pk").values()),
        "former_results": list(dossier.former_results.order_by("version").values()),
        "former_hand_overs": list(dossier.former_hand_overs.order_by("version").values()),
        "corrections": list(dossier.corrections.order_by("started_at").values()),
        "reopenings": list(dossier.reopenings.order_by("at").values()),
        "rating": _row(getattr(dossier, "rating", None)), "runs": _runs(dossier.pk),
    }  # fmt: skip


def _runs(subject_id: UUID) -> list[dict[str, Any]]:
    """The way the dossier went and its clock: each run with its steps, the first one first."""
    steps: dict[UUID, list[Any]] = {}
    for step in StepRun.objects.filter(run__subject_id=subject_id).order_by("entered_at", "pk").values():
        steps.setdefault(step["run_id"], []).append(step)
    runs = Run.objects.filter(subject_id=subject_id).order_by("received_at", "pk").values()
    return [{**run, "steps": steps.get(run["id"], [])} for run in runs]


def verify(file: IO[bytes]) -> list[str]:
    """What is wrong with a package, one sentence each; empty when every file is there and gives its digest."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        return [_("This is no ZIP file.")]
    with archive:
        names = archive.namelist()
        folders = {name.partition("/")[0] for name in names}
        unsafe = [name for name in names if name.startswith("/") or ".." in PurePosixPath(name).parts]
        if len(folders) != 1 or unsafe:
            return [_("A package has one folder, and no file outside it.")]
        folder = folders.pop()
        if f"{folder}/{SUMS}" not in names:
            return [_("The file %(name)s is missing.") % {"name": SUMS}]
        return list(_faults(archive, folder, names))


def _faults(archive: zipfile.ZipFile, folder: str, names: list[str]) -> Iterator[str]:
    listed: set[str] = set()
    for line in archive.read(f"{folder}/{SUMS}").decode("utf-8", "replace").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            yield _("A line of %(name)s cannot be read: %(line)s") % {"name": SUMS, "line": line[:100]}
            continue
        digest, path = found.groups()
        name = f"{folder}/{path}"
        listed.add(name)
        if name not in names:
            yield _("The file %(name)s is missing.") % {"name": path}
        elif _digest(archive, name) != digest:
            yield _("The file %(name)s was changed.") % {"name": path}
    for extra in sorted(set(names) - listed - {f"{folder}/{SUMS}"}):
        yield _("The file %(name)s does not belong to the package.") % {"name": extra.partition("/")[2]}


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    total = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while piece := file.read(1 << 20):
                total.update(piece)
    except zipfile.BadZipFile:
        return ""  # the archive's own check sum says no
    return total.hexdigest()


def safe_name(name: str) -> str:
    """A file's name that every system can hold: letters without accents, digits, point, dash; never empty."""
    stem, dot, ending = name.rpartition(".")
    if not (dot and re.fullmatch(r"[A-Za-z0-9]{1,5}", ending)):
        stem, ending = name, ""
    stem = re.sub(r"[^a-z0-9.]+", "-", fold(stem)).strip("-.")[:LONGEST] or "tep"
    return f"{stem}.{ending.lower()}" if ending else stem


def _paths(found: Iterable[Document]) -> Iterator[tuple[str, Document]]:
    for number, document in enumerate(found, 1):
        folder = "prints" if document.kind in PRINTS else "files"
        yield f"{folder}/{number:03d}-{safe_name(document.name)}", document


def _row(found: Any) -> dict[str, Any] | None:
    return {f.attname: getattr(found, f.attname) for f in found._meta.concrete_fields} if found else None


def _plain(value: Any) -> str:
    return clock.local(value).isoformat() if isinstance(value, datetime) else str(value)
