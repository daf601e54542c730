"""What a file is, judged by its bytes and never by its name, and whether it may come in. No database here."""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pikepdf
from django.utils.translation import gettext as _
from PIL import Image

from motcua.documents.enums import DOCX, JPEG, PDF, PICTURES, PNG, WEBP, XLSX
from motcua.kernel.errors import Refused

HEAD = 4096
PIXELS = 60_000_000  # a 200-megapixel picture is a bomb, not a photograph of a paper
UNPACKED = 100 * 1024 * 1024
NAME_LENGTH = 120

ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
_READ_AS = {ending: media_type for media_type, ending in ENDINGS.items()} | dict.fromkeys(
    (".jpeg", ".jpe", ".jfif"), JPEG
)
_PICTURE_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_SHORT = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", PDF: "PDF", DOCX: "Word (.docx)", XLSX: "Excel (.xlsx)"}
# Characters that turn the reading direction: "anh\u202egpj.exe" reads as a picture.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Content:
    """What was found: the media type and the name under which the document will be known."""

    media_type: str
    name: str


def inspect(path: Path, *, name: str, size: int, accept: frozenset[str]) -> Content:
    """Decide whether the file at `path`, sent as `name`, may come in.

    Raises `Refused` with code empty, type_not_accepted, name_and_content_differ, encrypted, active_content or broken.
    """
    if size == 0:
        raise Refused("empty", _("The file is empty. Choose it again, or take a new picture."))
    with path.open("rb") as file:
        media_type = kind_of(file.read(HEAD), path)
    tidy = tidy_name(name)
    _require_same(tidy, media_type)
    if media_type is None or media_type not in accept:
        raise Refused("type_not_accepted", type_sentence(accept))
    _CHECKS[media_type](path, media_type)
    return Content(media_type, _with_ending(tidy, media_type))


def type_sentence(accept: frozenset[str]) -> str:
    """What kinds of files are taken here, as a sentence."""
    names = ", ".join(_SHORT[media_type] for media_type in _SHORT if media_type in accept)
    return _("This kind of file is not accepted here. Send one of: %(kinds)s.") % {"kinds": names}


def size_sentence(limit: int) -> str:
    """How large a file may be (`limit` in bytes), as a sentence."""
    return _("The file is larger than %(limit)s MB. Make it smaller, or split it into several files.") % {
        "limit": limit // (1024 * 1024)
    }


def kind_of(head: bytes, path: Path) -> str | None:
    """The media type that the bytes themselves show; None for anything we do not take."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ").startswith(b"%PDF-"):
        return PDF
    return _office_kind(path) if head.startswith(b"PK\x03\x04") else None


def tidy_name(name: str) -> str:
    """The name without folders, unseen characters and those that disks refuse; at most 120 characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join(_UNSAFE.sub(" ", _UNSEEN.sub("", last)).split()).strip(" .")
    stem, ending = PurePosixPath(plain).stem, PurePosixPath(plain).suffix[:12]
    return f"{stem[: NAME_LENGTH - len(ending)]}{ending}"


def _require_same(name: str, media_type: str | None) -> None:
    """The ending must tell the truth; one picture called by another picture's ending is an honest mistake."""
    claimed = _READ_AS.get(PurePosixPath(name).suffix.lower())
    if claimed is None or claimed == media_type or (claimed in PICTURES and media_type in PICTURES):
        return
    raise Refused(
        "name_and_content_differ",
        _("The name says %(claimed)s, but the file is something else. Open it, save it as %(claimed)s, and send that.")
        % {"claimed": _SHORT[claimed]},
    )


def _with_ending(name: str, media_type: str) -> str:
    """The name with the ending of what it is: "scan" and "photo.png" (a JPEG) get the right one."""
    path = PurePosixPath(name or "document")
    if _READ_AS.get(path.suffix.lower()) == media_type:
        return str(path)
    stem = path.stem if path.suffix.lower() in _READ_AS else str(path)
    return f"{stem}{ENDINGS[media_type]}"


def _broken() -> Refused:
    return Refused(
        "broken", _("The file is damaged and cannot be opened. Scan or save it again, and send the new file.")
    )


def _check_picture(path: Path, media_type: str) -> None:
    try:
        with Image.open(path, formats=[_PICTURE_FORMATS[media_type]]) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise _too_many_points()
            picture.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))  # decodes a JPEG at an eighth: enough
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_points() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _broken() from error


def _too_many_points() -> Refused:
    return Refused("too_large", _("The picture has too many points. Take it again in a normal size."))


def _check_pdf(path: Path, media_type: str) -> None:
    try:
        with _opened(path) as pdf:
            if pdf.is_encrypted:
                raise _encrypted()
            if not len(pdf.pages):
                raise _broken()
            if _is_active(pdf):
                raise Refused(
                    "active_content",
                    _("This PDF contains a program. Print it to a new PDF without one, and send that."),
                )
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise _broken() from error


def _opened(path: Path) -> pikepdf.Pdf:
    """The PDF as it is, or repaired where only its table of contents is wrong, as many scanners write it."""
    try:
        return pikepdf.open(path, attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - 2048, 0))
            if b"%%EOF" not in file.read():
                raise
        pdf = pikepdf.open(path, suppress_warnings=True)
        for page in pdf.pages:
            _read_all(page.obj.get("/Contents"))
        return pdf


def _read_all(contents: object) -> None:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    for part in parts:
        if isinstance(part, pikepdf.Stream):
            part.read_bytes()


def _encrypted() -> Refused:
    return Refused(
        "encrypted", _("This PDF is protected by a password. Save it without the protection, and send that file.")
    )


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether opening it would run something: JavaScript or a launched program."""
    root = pdf.Root
    if "/JavaScript" in root.get("/Names", {}):
        return True
    actions = [root.get("/OpenAction"), *_values(root.get("/AA"))]
    for page in pdf.pages:
        actions += _values(page.obj.get("/AA"))
    return any(
        isinstance(action, pikepdf.Dictionary) and action.get("/S") in ("/JavaScript", "/Launch") for action in actions
    )


def _values(entry: object) -> list[object]:
    return [entry[key] for key in entry.keys()] if isinstance(entry, pikepdf.Dictionary) else []  # noqa: SIM118


_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def _office_kind(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((media_type for part, media_type in _MAIN_PARTS.items() if part in names), None)


def _check_office(path: Path, media_type: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > UNPACKED:
                raise Refused(
                    "too_large", _("The file unpacks to far more than its size. Save it as PDF, and send that.")
                )
            if any(part.filename.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for part in parts):
                raise Refused(
                    "active_content", _("This file contains a program (a macro). Save it as PDF, and send that.")
                )
            if any(part.flag_bits & 1 for part in parts) or archive.testzip() is not None:
                raise _broken()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError) as error:
        raise _broken() from error


_CHECKS: dict[str, Callable[[Path, str], None]] = {
    JPEG: _check_picture,
    PNG: _check_picture,
    WEBP: _check_picture,
    PDF: _check_pdf,
    DOCX: _check_office,
    XLSX: _check_office,
}


def fingerprint(chunks: Iterable[bytes], *, limit: int) -> str:
    """The SHA-256 of at most `limit` bytes, in hexadecimal; a longer file has none of ours and gives the empty text."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            return ""
        digest.update(chunk)
    return digest.hexdigest()
