"""Files as people send them, good ones and bad ones, and documents made of them."""

import io
import zipfile
import zlib
from functools import lru_cache
from uuid import uuid4

import pikepdf
from PIL import Image

from motcua.documents import services
from motcua.documents.enums import Kind, Retention
from motcua.documents.examples import NOW
from motcua.documents.models import Document
from motcua.kernel.actor import system

ACTOR = system("tests")


@lru_cache
def pdf(pages: int = 1, *, password: str = "", script: str = "", text: str = "") -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
        made.pages[-1].Contents = made.make_stream(b"BT ET % " + b"motcua " * 40 + text.encode())
    if script:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(f"/{script}"), JS=pikepdf.String("app.alert(1)"))
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="o", user=password) if password else False)
    return out.getvalue()


@lru_cache
def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 200)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A small PNG whose head claims 30,000 × 30,000 points."""
    content = bytearray(picture("PNG"))
    content[16:24] = (30_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def office(*, part: str = "word/document.xml", extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<w/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 600 + b"This program cannot be run in DOS mode"


def document(upload: bytes | None = None, *, is_draft: bool = False, **facts: object) -> Document:
    given = {
        "name": "tờ khai.pdf",
        "owner_kind": "tests.thing",
        "owner_id": uuid4(),
        "kind": Kind.COMPONENT,
        "retention": Retention.DRAFT if is_draft else Retention.DOSSIER,
        "actor": ACTOR,
        "now": NOW,
        **facts,
    }
    return services.store(upload=upload if upload is not None else pdf(), **given)  # type: ignore[arg-type]
