import pytest

from motcua.documents import rules
from motcua.documents.enums import DOCX, JPEG, PAPERS, PDF, PICTURES_AND_PDF, PNG, WEBP, XLSX
from motcua.documents.tests.factories import PROGRAM, bomb, office, pdf, picture
from motcua.kernel.errors import Refused

DAMAGED_TAIL = pdf().replace(b"startxref\n", b"startxref\n9")


def inspect(tmp_path, content: bytes, name: str, accept=PAPERS):
    path = tmp_path / "arrival"
    path.write_bytes(content)
    return rules.inspect(path, name=name, size=len(content), accept=accept)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_name"),
    [
        (pdf(), "tờ khai.pdf", PDF, "tờ khai.pdf"),
        (b"\xef\xbb\xbf\r\n" + pdf(), "bom.pdf", PDF, "bom.pdf"),
        (DAMAGED_TAIL, "scanner.pdf", PDF, "scanner.pdf"),
        (picture("JPEG"), "IMG_0012.JPG", JPEG, "IMG_0012.JPG"),
        (picture("JPEG"), "ảnh.jfif", JPEG, "ảnh.jfif"),
        (picture("JPEG"), "ảnh.png", JPEG, "ảnh.jpg"),
        (picture("PNG"), "scan", PNG, "scan.png"),
        (picture("WEBP"), "a.webp", WEBP, "a.webp"),
        (office(), "đơn.docx", DOCX, "đơn.docx"),
        (office(part="xl/workbook.xml"), "bảng.xlsx", XLSX, "bảng.xlsx"),
        (pdf(), "giấy số 1.2", PDF, "giấy số 1.2.pdf"),
        (pdf(), "", PDF, "document.pdf"),
    ],
)
def test_good_files_come_in_under_a_true_name(tmp_path, content, name, media_type, kept_name):
    found = inspect(tmp_path, content, name)
    assert (found.media_type, found.name) == (media_type, kept_name)


MALICIOUS = {
    "program as pdf": (PROGRAM, "bill.pdf", "name_and_content_differ"),
    "program as picture": (PROGRAM, "photo.jpg", "name_and_content_differ"),
    "program": (PROGRAM, "setup.exe", "type_not_accepted"),
    "program before a pdf": (PROGRAM + pdf(), "both.pdf", "name_and_content_differ"),
    "linux program as docx": (b"\x7fELF" + b"\x00" * 900, "đơn.docx", "name_and_content_differ"),
    "script as pdf": (b"#!/bin/sh\nrm -rf /\n", "run.pdf", "name_and_content_differ"),
    "page as picture": (b"<html><script>alert(1)</script>", "a.png", "name_and_content_differ"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "type_not_accepted"),
    "turned name": (PROGRAM, "anh\u202egpj.exe", "type_not_accepted"),
    "plain zip": (office(part="a.txt"), "a.zip", "type_not_accepted"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900, "đơn.doc", "type_not_accepted"),
    "pdf as picture": (pdf(), "photo.jpg", "name_and_content_differ"),
    "picture as pdf": (picture(), "photo.pdf", "name_and_content_differ"),
    "cut pdf": (pdf()[:300], "a.pdf", "broken"),
    "only a pdf's head": (b"%PDF-1.7\n%%EOF", "a.pdf", "broken"),
    "pdf with password": (pdf(password="secret"), "a.pdf", "encrypted"),
    "pdf with javascript": (pdf(script="JavaScript"), "a.pdf", "active_content"),
    "pdf that launches": (pdf(script="Launch"), "a.pdf", "active_content"),
    "cut jpeg": (picture()[:900], "a.jpg", "broken"),
    "cut png": (picture("PNG")[:900], "a.png", "broken"),
    "jpeg's head only": (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "a.jpg", "broken"),
    "picture bomb": (bomb(), "a.png", "too_large"),
    "macro": (office(extra={"word/vbaProject.bin": b"x"}), "a.docx", "active_content"),
    "zip bomb": (office(extra={"word/media/a": b"\x00" * (rules.UNPACKED + 1)}), "a.docx", "too_large"),
    "cut docx": (office(extra={"a": b"x" * 999})[:-30], "a.docx", "name_and_content_differ"),
    "empty": (b"", "a.pdf", "empty"),
}


@pytest.mark.parametrize("case", MALICIOUS)
def test_bad_files_are_refused_with_a_reason(tmp_path, case):
    content, name, code = MALICIOUS[case]
    with pytest.raises(Refused) as refused:
        inspect(tmp_path, content, name)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert len(refused.value.message.split()) > 5


def test_a_type_nobody_asked_for_is_refused_and_the_others_are_named(tmp_path):
    with pytest.raises(Refused) as refused:
        inspect(tmp_path, office(), "a.docx", accept=PICTURES_AND_PDF)
    assert refused.value.code == "type_not_accepted"
    assert "JPEG, PNG, WebP, PDF" in refused.value.message


def test_a_damaged_member_of_a_zip_is_broken(tmp_path):
    content = bytearray(office(extra={"word/media/a": bytes(range(256)) * 40}))
    at = content.index(b"word/media/a") + 60
    content[at : at + 8] = b"\xff" * 8
    with pytest.raises(Refused) as refused:
        inspect(tmp_path, bytes(content), "a.docx")
    assert refused.value.code == "broken"


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\tờ khai.pdf", "tờ khai.pdf"),
        ("a\x00b\u202ec.pdf", "abc.pdf"),
        ('x<">|?.pdf', "x .pdf"),
        ("   .pdf ", "pdf"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
        ("to\u031b\u0300 khai.pdf", "tờ khai.pdf"),
    ],
)
def test_names_are_made_safe(name, tidy):
    assert rules.tidy_name(name) == tidy


def test_fingerprint_stops_at_the_limit():
    assert rules.fingerprint([b"ab", b"c"], limit=3) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert rules.fingerprint([b"ab", b"cd"], limit=3) == ""
