"""Things to try the demo with: cards to scan, papers to upload, and files that must be refused."""

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdfium2
import segno

from motcua.documents import rendering

_PAPER = """
#import "/lib.typ": *
#set document(title: data.title)
#set page(paper: "a5", margin: 16mm, fill: rgb("#fbfaf6"))
#set text(font: "Be Vietnam Pro", size: 10pt, lang: "vi")
= #data.title
#v(6pt)
#text(fill: soft)[Giấy mẫu của bản trình diễn. Người và việc đều là hư cấu.]
#v(10pt)
#facts(..data.rows.map(((label, value)) => fact(label, value)))
"""
_PAPERS = {
    "declaration.pdf": ("Tờ khai", [("Họ, chữ đệm, tên", "Nguyễn Thị Thử Nghiệm"), ("Việc", "Đăng ký khai sinh")]),
    "birth-notice.jpg": ("Giấy chứng sinh", [("Họ tên mẹ", "Nguyễn Thị Thử Nghiệm"), ("Giới tính của con", "Nữ")]),
    "marriage-certificate.jpg": (
        "Giấy chứng nhận kết hôn",
        [("Chồng", "Trần Văn Mẫu"), ("Vợ", "Nguyễn Thị Thử Nghiệm")],
    ),
    "house-photo.png": ("Ảnh chụp ngôi nhà", [("Địa chỉ", "Số 1 phố Thử Nghiệm")]),
}
_README = """Files to try the demo with. All people in them are invented.

id-card-*.png                ID cards: scan the QR code at the counter, or paste the text beside it (id-cards.txt)
declaration.pdf              papers to upload
birth-notice.jpg
marriage-certificate.jpg
house-photo.png

refused/program.pdf          a program that calls itself a PDF: refused
refused/photo.jpg.exe        a program: refused
refused/damaged.pdf          a PDF cut off in the middle: refused
refused/protected.pdf        a PDF with a password: refused
refused/empty.pdf            nothing in it: refused
refused/too-large.pdf        larger than the limit: refused
"""


def write(folder: Path, *, cards: Mapping[str, str], limit: int, now: datetime) -> list[Path]:
    """Write the samples into `folder` and answer what was written.

    `cards` maps a person's account to the text of their ID card's QR code; `limit` is the upload limit in bytes.
    """
    contents: dict[str, bytes] = {"README.txt": _README.encode()}
    for account, text in cards.items():
        contents[f"id-card-{account}.png"] = _card(text)
    if cards:
        lines = [f"{account}: {text}" for account, text in cards.items()]
        contents["id-cards.txt"] = ("\n".join(lines) + "\n").encode()
    papers = {name: _paper(title, rows, now) for name, (title, rows) in _PAPERS.items()}
    contents |= {name: _as_file(paper, name) for name, paper in papers.items()}
    contents |= _refused(papers["declaration.pdf"])
    written = [_put(folder / name, content) for name, content in contents.items()]
    large = _put(folder / "refused" / "too-large.pdf", papers["declaration.pdf"])
    with large.open("r+b") as file:
        file.truncate(limit + 1)  # a hole in the file: large for a reader, small on the disk
    return [*written, large]


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _card(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def _paper(title: str, rows: list[tuple[str, str]], now: datetime) -> bytes:
    return rendering.pdf(_PAPER, {"title": title, "rows": rows}, at=now)


def _as_file(paper: bytes, name: str) -> bytes:
    """The paper as it is, or as the picture that a phone takes of it."""
    if name.endswith(".pdf"):
        return paper
    pdf = pypdfium2.PdfDocument(paper)
    try:
        picture = pdf[0].render(scale=2).to_pil()
    finally:
        pdf.close()
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG" if name.endswith(".jpg") else "PNG", quality=80, optimize=True)
    return out.getvalue()


def _refused(paper: bytes) -> dict[str, bytes]:
    program = b"MZ" + bytes(58) + b"\x40\x00\x00\x00PE\x00\x00" + bytes(400)  # a head only: nothing in it can run
    protected = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        pdf.save(protected, encryption=pikepdf.Encryption(owner="motcua", user="motcua"))
    return {
        "refused/program.pdf": program,
        "refused/photo.jpg.exe": program,
        "refused/damaged.pdf": paper[: len(paper) // 2],
        "refused/protected.pdf": protected.getvalue(),
        "refused/empty.pdf": b"",
    }
