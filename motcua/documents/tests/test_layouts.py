"""The forms of the law, field by field, and that a print can be made again as it was."""

import dataclasses
import io
import json
import re
import subprocess
import sys
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
from django.conf import settings

from motcua.documents import examples, prints, rendering, services
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Printed
from motcua.documents.services.printing import LayoutChanged
from motcua.documents.tests.factories import ACTOR
from motcua.kernel import clock

PRINTS = dict(examples.all_prints())
UUID_ONE = UUID(int=1)
SIGNED = ("NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ", "(Ký và ghi rõ họ tên)")
PERSON = ("Địa chỉ", "Số điện thoại", "Email", "Nội dung yêu cầu giải quyết")
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số:", "ngày", "Mã hồ sơ")

# Each line of the blank and of this table: docs/prints.md says where it comes from in a dossier.
FIELDS = {
    "slip-2018": (
        "Mẫu số 01 · Thông tư 01/2018/TT-VPCP", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "/TNHS",
        "Bộ phận Tiếp nhận và Trả kết quả", "Tiếp nhận hồ sơ của", *PERSON, "1. Thành phần hồ sơ nộp gồm",
        "2. Số lượng hồ sơ: 01 (bộ)", "3. Thời gian giải quyết hồ sơ theo quy định là: 03 ngày làm việc",
        "4. Thời gian nhận hồ sơ: 08 giờ 40 phút, ngày 04 tháng 3 năm 2025",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 08 giờ 40 phút, ngày 10 tháng 02 năm 2026",
        "6. Đăng ký nhận kết quả tại: Quầy số 3", "Sổ theo dõi hồ sơ, Quyển số: 01/2026 Số thứ tự: 0007", *SIGNED,
    ),
    "slip": (
        "Mẫu số 01 · Thông tư 03/2025/TT-VPCP", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "/TNHS",
        "Tiếp nhận hồ sơ của", *PERSON, "1. Thành phần hồ sơ nộp gồm", "STT", "Tên giấy tờ", "Loại giấy tờ", "Số lượng",
        "2. Số lượng hồ sơ: 01 (bộ)", "3. Thời gian nhận hồ sơ: 08 giờ 40 phút, ngày 05 tháng 02 năm 2026",
        "4. Thời gian trả kết quả giải quyết hồ sơ: 08 giờ 40 phút", "5. Đăng ký nhận kết quả tại", "6. Phí, lệ phí",
        "Quyển số: 01/2026 Số thứ tự: 0007", *SIGNED,
    ),
    "supplement": (
        "Mẫu số 02", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "/HDHS", "Hồ sơ của", *PERSON,
        "Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau", "Lý do", "nếu có vướng mắc", "bà Phạm Thị Lan, quầy số 3",
        "NGƯỜI HƯỚNG DẪN",
    ),
    "refusal": (
        "Mẫu số 03", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", "/TCHS", "Tiếp nhận hồ sơ của", *PERSON,
        "thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau", *SIGNED,
    ),
    "apology-2018": (
        "Mẫu số 04 · Thông tư 01/2018/TT-VPCP", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", "Kính gửi",
        "Ngày nhận hồ sơ",
        "Mã số hồ sơ: H49.114.C-260205-0007", "Thời gian hẹn trả kết quả", "Lý do", "Cơ quan chậm giải quyết",
        "Thời gian hẹn lại", "xin lỗi Nguyễn Hoàng Khánh Huyền", "GIÁM ĐỐC",
    ),
    "apology": (
        "Mẫu số 04 · Thông tư 03/2025/TT-VPCP", "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", "Kính gửi",
        "Thời gian hẹn trả kết quả", "Lý do", "Cơ quan chậm giải quyết", "Thời gian đề nghị gia hạn đến",
        "xin lỗi Nguyễn Hoàng Khánh Huyền", "một lần", "GIÁM ĐỐC",
    ),
    "stop": (
        "Mẫu số 05 · Thông tư 03/2025/TT-VPCP", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "Kính gửi",
        "Ngày nhận hồ sơ",
        "Theo đề nghị của", "Lý do", "Giấy tờ trả lại kèm theo", "GIÁM ĐỐC",
    ),
    "tacit": (
        "GIẤY XÁC NHẬN HỒ SƠ ĐƯỢC COI LÀ CHẤP THUẬN", "/XN", "Kính gửi", "Ngày nhận hồ sơ", "được coi là chấp thuận",
        "16/2012/QH13, Điều 30", "chưa được xác minh", "GIÁM ĐỐC",
    ),
    "control": (
        "Mẫu số 06 · Thông tư 03/2025/TT-VPCP", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "/KSHS",
        "Kèm theo hồ sơ của", "Cơ quan giải quyết hồ sơ", "Cơ quan phối hợp giải quyết", "Tên cơ quan", "1. Giao",
        "2. Nhận", "Thời gian giao, nhận hồ sơ", "Kết quả giải quyết hồ sơ", "Trước hạn", "Đúng hạn", "Quá hạn",
        "Ghi chú",
        "hạn 11:40 05/02/2026",
    ),
    "register": (
        "Mẫu số 07 · Thông tư 03/2025/TT-VPCP", "SỔ THEO DÕI HỒ SƠ", "Năm 2026", "Quyển số: 01/2026", "TT", "Mã hồ sơ",
        "Tên thủ tục hành chính", "lượng", "(bộ)", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
        "Cơ quan chủ trì giải quyết", "Nhận và trả kết quả", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả",
        "Phương thức nhận kết quả", "Ký nhận", "Ghi chú", "từ số thứ tự 1 đến số 12", "Trang 2/3",
    ),
    "minutes": (
        "BIÊN BẢN BÀN GIAO KẾT QUẢ GIẢI QUYẾT HỒ SƠ", "Bên giao", "Bên nhận", "Bùi Văn Nam", "Thời gian bàn giao",
        "Mã hồ sơ", "Chủ hồ sơ", "Kết quả (số, ký hiệu)", "2/TLKS-BS", "kèm bản chính trả lại", "03 hồ sơ",
        "05 kết quả",
        "ĐẠI DIỆN BÊN GIAO", "ĐẠI DIỆN BÊN NHẬN",
    ),
    "transfer": (
        "PHIẾU CHUYỂN XỬ LÝ HỒ SƠ", "/CXL", "Bên giao", "Bên nhận", "Cơ quan chủ trì giải quyết",
        "Nội dung đề nghị giải quyết", "Thời hạn trả lời", "02 ngày làm việc", "Nơi nhận kết quả", "Hồ sơ kèm theo gồm",
    ),
    "answer": (
        "VĂN BẢN TRẢ LỜI PHẢN ÁNH, KIẾN NGHỊ", "8D8J-3KQQ-W/TL", "Về việc", "Kính gửi", "nhận được phản ánh, kiến nghị",
        "liên quan đến hồ sơ", "trả lời như sau", "Nơi nhận", "GIÁM ĐỐC", "Vũ Thanh Hà",
    ),
}  # fmt: skip
A4 = {
    "answer": (210, 297),
    "register": (297, 210),
    "minutes": (210, 297),
    "result": (210, 297),
    "result-draft": (210, 297),
}

# The layouts as released. A change of a layout is a new file, named by forms.toml, never another digest here.
DIGESTS = json.loads((Path(__file__).parent / "layouts.json").read_text("utf-8"))


def text_of(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    finally:
        pdf.close()


@pytest.fixture(scope="module")
def made():
    return {name: services.print_form(data) for name, data in PRINTS.items()}


@pytest.mark.parametrize("name", FIELDS)
def test_every_line_of_the_form_is_printed(made, name):
    text = text_of(made[name])
    nation = NATION if name not in {"register", "minutes", "answer"} else NATION[:2]
    assert [words for words in (*nation, *FIELDS[name]) if words not in text] == []


@pytest.mark.parametrize("name", PRINTS)
def test_every_page_has_the_size_the_circular_gives(made, name):
    with pikepdf.open(io.BytesIO(made[name])) as pdf:
        sizes = {tuple(round(float(side) / 72 * 25.4) for side in page.MediaBox[2:]) for page in pdf.pages}
    assert sizes == {A4.get(name, (148, 210))}


@pytest.mark.parametrize("name", [name for name in PRINTS if name.endswith("-en")])
def test_english_stands_beside_and_takes_nothing_away(made, name):
    plain = dataclasses.replace(PRINTS[name], second="")
    assert "Dossier code" in text_of(made[name])
    assert "Dossier code" not in text_of(services.print_form(plain))
    key = {"apology-2018-en": "apology-2018", "slip-2018-en": "slip-2018"}.get(name, name.removesuffix("-en"))
    wanted = [words for words in FIELDS.get(key, ()) if len(words) < 14]  # longer ones may have English in between
    assert [words for words in wanted if words not in text_of(made[name])] == []


def test_the_table_of_the_papers_names_each_layout_with_its_numbers():
    table = (Path(settings.ROOT) / "docs" / "prints.md").read_text("utf-8")
    rows = tomllib.loads((rendering.folder() / "forms.toml").read_text("utf-8"))["form"]
    for row in rows:
        line = next(line for line in table.splitlines() if line.startswith("|") and f"`{row['layout']}`" in line)
        assert (f"| {row['number']} |" in line) if row["number"] else ("no form" in line or "30/2020" in line)
        assert row["title"] in line or row["key"] == "result"


def test_a_second_language_nobody_translated_stops_the_print():
    data = services.fill(dataclasses.replace(examples.minutes(), second="en"))
    with pytest.raises(rendering.LayoutBroken):
        services.set_form(data)


def test_long_names_break_and_nothing_is_cut():
    name = "Công Tằng Tôn Nữ Thị Nguyễn Phúc Hoàng Khánh Huyền Trân Châu Ngọc Bích Diễm My Thiên Hương"
    data = dataclasses.replace(examples.slip(), owner=name, applicant=prints.Applicant(name=name, address=name))
    assert text_of(services.print_form(data)).count(name) == 3  # who hands it in, where they live, the signature


def test_a_register_of_many_pages_numbers_them_and_repeats_its_head():
    text = text_of(services.print_form(examples.register(60)))
    assert text.count("Phương thức nhận kết quả") == int(re.findall(r"Trang \d+/(\d+)", text)[0]) - 1
    assert "H49.114.C-260205-0060" in text


def test_a_closed_register_says_when():
    closed = examples.register(closed_on=datetime(2026, 12, 31, tzinfo=clock.ZONE).date())
    assert "Khóa sổ ngày 31 tháng 12 năm 2026" in text_of(services.print_form(closed))


def test_another_process_on_another_day_makes_the_same_bytes(made, tmp_path):
    out = tmp_path / "again.pdf"
    program = (
        "import django, pathlib, time_machine; django.setup()\n"
        "from motcua.documents import examples, services\n"
        "with time_machine.travel('2031-05-06', tick=False):\n"
        f"    pathlib.Path({str(out)!r}).write_bytes(services.print_form(examples.slip()))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603
    assert out.read_bytes() == made["slip"]


class TestVersion:
    def test_the_layouts_are_those_that_were_released(self):
        names = {services.fill(data).layout.partition(":")[0] for data in PRINTS.values()}
        assert names <= set(DIGESTS)
        assert {name: rendering.version(name) for name in DIGESTS} == DIGESTS, "the former ones stay as they were, too"

    def test_a_changed_library_is_another_version(self, tmp_path, monkeypatch):
        for file in rendering.folder().glob("*.typ"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
        monkeypatch.setattr(rendering, "folder", lambda: tmp_path)
        assert rendering.version("slip-2025") == DIGESTS["slip-2025"]
        with (tmp_path / "en-1.typ").open("a") as library:
            library.write("// changed\n")
        assert rendering.version("slip-2025") != DIGESTS["slip-2025"]

    def test_a_filled_form_for_another_layout_is_not_printed_with_this_one(self):
        filled = dataclasses.replace(services.fill(examples.slip()), layout="slip-2025:0000000000000000")
        with pytest.raises(LayoutChanged):
            services.set_form(filled)


@pytest.mark.django_db
class TestKept:
    @pytest.mark.parametrize("name", ["slip", "slip-2018", "slip-en", "control", "register"])
    def test_a_kept_print_is_made_again_byte_for_byte(self, tmp_path, settings, name):
        settings.BLOBS = tmp_path / "blobs"
        filled = services.fill(PRINTS[name])
        content = services.set_form(filled)
        document = services.store(
            upload=content, name="a.pdf", title=filled.title, owner_kind="x", owner_id=UUID_ONE,
            kind=Kind.SLIP, actor=ACTOR, now=examples.NOW,
        )  # fmt: skip
        services.keep_filled(document=document, filled=filled)
        assert services.print_again(document.pk) == content
        assert Printed.objects.get(document=document).at == PRINTS[name].issued_at

    def test_what_it_was_made_of_goes_with_the_print(self, tmp_path, settings):
        settings.BLOBS = tmp_path / "blobs"
        filled = services.fill(examples.slip())
        document = services.store(
            upload=services.set_form(filled), name="a.pdf", owner_kind="x", owner_id=UUID_ONE, kind=Kind.SLIP,
            retention=Retention.DRAFT,
            actor=ACTOR, now=examples.NOW,
        )  # fmt: skip
        services.keep_filled(document=document, filled=filled)
        services.discard(document_id=document.pk, owner_kind="x", owner_id=UUID_ONE, actor=ACTOR,
                         now=examples.NOW + timedelta(days=1))  # fmt: skip
        assert not Printed.objects.exists()
