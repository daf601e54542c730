import dataclasses
import io
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from motcua.documents import examples, prints, rendering, services, wording
from motcua.documents.services.printing import FormUnknown

PRINTS = dict(examples.all_prints())


def pages_of(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in pdf]
    finally:
        pdf.close()


def text_of(content: bytes) -> str:
    return " ".join(" ".join(pages_of(content)).split())


@pytest.fixture(scope="module")
def made():
    return {name: services.print_form(data) for name, data in PRINTS.items()}


class TestFile:
    @pytest.mark.parametrize("name", PRINTS)
    def test_it_says_that_archives_and_screen_readers_can_use_it_and_carries_what_that_takes(self, made, name):
        with pikepdf.open(io.BytesIO(made[name])) as pdf, pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == pdf.docinfo["/Title"]
            assert str(pdf.Root.Lang) == "vi-VN"
            assert pdf.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in pdf.Root
            assert pdf.Root.ViewerPreferences.DisplayDocTitle
            assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
            fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
            assert fonts
            for font in fonts:
                descriptor = font.DescendantFonts[0].FontDescriptor
                assert "BeVietnamPro" in str(descriptor.FontName)
                assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
                assert "/ToUnicode" in font

    @pytest.mark.parametrize("name", PRINTS)
    def test_pictures_have_words(self, made, name):
        figures = []

        def walk(node):
            if not isinstance(node, pikepdf.Dictionary):
                return
            if node.get("/S") == "/Figure":
                figures.append(str(node.get("/Alt", "")))
            kids = node.get("/K")
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                walk(kid)

        with pikepdf.open(io.BytesIO(made[name])) as pdf:
            walk(pdf.Root.StructTreeRoot)
        assert all(figures)
        assert len(figures) == {"result-draft": 0, "result": 1, "answer": 1, "minutes": 0, "register": 0}.get(name, 2)

    def test_equal_data_give_equal_bytes_and_other_data_do_not(self, made):
        assert services.print_form(examples.slip()) == made["slip"]
        later = dataclasses.replace(examples.slip(), issued_at=examples.NOW + timedelta(minutes=1))
        assert services.print_form(later) != made["slip"]

    @pytest.mark.parametrize(("name", "size"), [("slip", (148, 210)), ("result", (210, 297))])
    def test_forms_are_a5_and_results_a4(self, made, name, size):
        with pikepdf.open(io.BytesIO(made[name])) as pdf:
            box = [float(value) / 72 * 25.4 for value in pdf.pages[0].MediaBox]
        assert [round(box[2]), round(box[3])] == list(size)

    @pytest.mark.parametrize("name", PRINTS)
    def test_it_is_small(self, made, name):
        assert len(made[name]) < 120_000

    def test_the_codes_can_be_scanned_from_a_print(self, made):
        pdf = pypdfium2.PdfDocument(made["slip"])
        picture = pdf[0].render(scale=200 / 72).to_pil()
        pdf.close()
        found = {str(code.format): code.text for code in zxingcpp.read_barcodes(picture)}
        assert set(found.values()) == {examples.CHECK.url, examples.CODE}


class TestWords:
    def test_the_slip_has_every_field_of_form_01(self, made):
        text = text_of(made["slip"])
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG PHƯỜNG MẠO KHÊ",
            "Số: H49.114.C-260205-0007/TNHS",
            "Mạo Khê, ngày 05 tháng 02 năm 2026",
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            "Nguyễn Hoàng Khánh Huyền",
            "Nguyễn Minh Anh",
            "đường Hoàng Quốc Việt",
            "0912 000 123",
            "khanhhuyen@example.vn",
            "Đăng ký khai sinh có yếu tố nước ngoài",
            "1.000689",
            "Loại giấy tờ",
            "Bản điện tử",
            "Số lượng hồ sơ: 01 (bộ)",
            "03 ngày làm việc",
            "Thời gian nhận hồ sơ: 08 giờ 40 phút, ngày 05 tháng 02 năm 2026",
            "08 giờ 40 phút, ngày 10 tháng 02 năm 2026",
            "Đăng ký nhận kết quả tại: Quầy số 3",
            "75.000 đồng (đã nộp)",
            "miễn phí",
            "Quyển số: 01/2026",
            "Số thứ tự: 0007",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TIẾP NHẬN HỒ SƠ",
            "Phạm Thị Lan",
            "7K3M-9P2X-Q",
            "Mẫu số 01 · Thông tư 03/2025/TT-VPCP",
        ):
            assert words in text, words

    def test_many_papers_run_over_to_a_second_page_with_the_head_of_the_table(self, made):
        first, second, third = pages_of(made["slip-many"])
        assert "Trang 1/3" in first
        assert "Trang 2/3" in second
        assert "Tên giấy tờ" in second
        assert re.search(r"\b40\b", second + third)
        assert "NGƯỜI NỘP HỒ SƠ" in third
        assert len(pages_of(made["slip"])) == 1

    def test_no_due_day_is_said_never_left_blank(self):
        data = dataclasses.replace(examples.slip(), due_at=None, due_note="khi có kết quả xác minh")
        assert "giải quyết hồ sơ: khi có kết quả xác minh" in text_of(services.print_form(data))

    def test_an_unsettled_fee_is_not_free_and_no_fee_is_said(self):
        data = dataclasses.replace(examples.slip(), fees=(prints.FeeLine(label="Phí thẩm định", amount=None),))
        assert "Phí thẩm định: chưa xác định" in text_of(services.print_form(data))
        data = dataclasses.replace(examples.slip(), fees=())
        assert "Phí, lệ phí: không có" in text_of(services.print_form(data))

    def test_a_large_fee_is_grouped(self):
        data = dataclasses.replace(examples.slip(), fees=(prints.FeeLine(label="Phí", amount=12_345_678),))
        assert "12.345.678 đồng" in text_of(services.print_form(data))

    def test_what_people_type_is_never_markup(self):
        name = 'Lê #panic("x") *đậm* $x$ <a> @b \\ "'
        data = dataclasses.replace(
            examples.slip(), owner=name, applicant=prints.Applicant(name=name, address="= Đầu đề\n- mục #eval")
        )
        assert "Lê #panic" in text_of(services.print_form(data))

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("supplement", ["Mẫu số 02", "Lý do: Thành phần", "trước 08 giờ 40 phút, ngày 20", "NGƯỜI HƯỚNG DẪN"]),
            ("refusal", ["Mẫu số 03", "không tiếp nhận, giải quyết hồ sơ này", "năm 2024", "60/2014/QH13"]),
            ("stop", ["Mẫu số 05", "dừng giải quyết hồ sơ", "Kính gửi: Nguyễn", "GIÁM ĐỐC", "Vũ Đức Thành"]),
            ("control", ["Mẫu số 06", "Quá hạn", "chậm 45 phút", "Đoàn Thị Hương Giang", "20:40 05/02/2026"]),
            ("handover", ["BGKQ", "Cha, mẹ của chủ hồ sơ", "Bản chính được trả lại", "Đã nộp 75.000 đồng"]),
            ("result", ["Số: 15/TLKS-BS", "KT. CHỦ TỊCH", "Trần Quốc Bảo", "Nơi nhận", "ngày 11 tháng 01 năm 2026"]),
        ],
    )
    def test_each_form_says_what_it_must(self, made, name, words):
        text = text_of(made[name])
        assert [part for part in words if part not in text] == []

    def test_a_result_without_a_number_is_marked_as_a_draft(self, made):
        assert "BẢN DỰ THẢO" in text_of(made["result-draft"])
        assert "BẢN DỰ THẢO" not in text_of(made["result"])
        assert "7K3M" not in text_of(made["result-draft"])


class TestForms:
    @pytest.mark.parametrize(
        ("key", "on", "number", "basis"),
        [
            ("control", date(2025, 6, 30), "05", "01/2018"),
            ("control", date(2025, 7, 1), "06", "03/2025"),
            ("stop", date(2025, 6, 30), "", ""),
            ("stop", date(2025, 7, 1), "05", "03/2025"),
            ("slip", date(2023, 3, 1), "01", "01/2018"),
        ],
    )
    def test_the_number_is_that_of_the_day(self, key, on, number, basis):
        form = services.form_in_force(key, on)
        assert (form.number, basis in form.legal_basis) == (number, True)

    def test_a_past_paper_carries_the_past_number(self):
        data = dataclasses.replace(examples.control(), issued_at=datetime(2023, 5, 4, 3, tzinfo=UTC))
        assert "Mẫu số 05 · Thông tư 01/2018/TT-VPCP" in text_of(services.print_form(data))

    @pytest.mark.parametrize(("key", "on"), [("slip", date(2018, 1, 1)), ("nothing", date(2026, 1, 1))])
    def test_no_form_is_an_error_and_no_paper(self, key, on):
        with pytest.raises(FormUnknown):
            services.form_in_force(key, on)

    def test_every_layout_has_a_form_and_a_print_and_no_package_from_a_network(self):
        own = {"lib", "lib-1", "en-1", "package-1"}  # parts of layouts, and the index of an export: no forms of the law
        # Released layouts that a later one replaced: papers printed with them are made again as they were.
        former = {"apology-2018", "apology-2025", "control-1", "handover-1", "slip-2018", "slip-2025", "stop-2025"}
        layouts = {path.stem for path in rendering.folder().glob("*.typ")} - own
        assert former <= layouts
        layouts -= former
        rows = tomllib.loads((rendering.folder() / "forms.toml").read_text("utf-8"))["form"]
        assert layouts == {row["layout"] for row in rows}
        assert layouts == {services.fill(data).layout.partition(":")[0] for data in PRINTS.values()}
        keys = {row["key"] for row in rows}
        found = [*prints.Print.__subclasses__(), prints.ComplaintAnswerData]
        assert keys == {cls.form for cls in found}
        for path in rendering.folder().glob("*.typ"):
            assert "@" not in path.read_text("utf-8")


class TestRendering:
    def test_a_free_layout_reads_its_facts(self):
        layout = '#import "/lib.typ": *\n#set document(title: [T])\n#set text(lang: "vi")\n= #data.word #two(7)'
        made = services.render(layout, {"word": "Xin chào"}, at=examples.NOW)
        assert "Xin chào 07" in text_of(made)

    def test_a_broken_layout_says_so(self):
        with pytest.raises(rendering.LayoutBroken, match="Tell the administrator"):
            services.render("#nothing", {}, at=examples.NOW)

    @pytest.mark.parametrize("path", ["/etc/passwd", "../pack.toml"])
    def test_a_layout_reads_nothing_outside_its_folder(self, path):
        with pytest.raises(rendering.LayoutBroken):
            services.render(f'#read("{path}")', {}, at=examples.NOW)

    def test_a_missing_layout_is_an_error(self):
        with pytest.raises(FileNotFoundError):
            rendering.pdf(Path("nothing.typ"), {}, at=examples.NOW)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 1, 31, 17, 5, tzinfo=UTC), "00 giờ 05 phút, ngày 01 tháng 02 năm 2026"),
        (datetime(2026, 12, 9, 2, 0, tzinfo=UTC), "09 giờ 00 phút, ngày 09 tháng 12 năm 2026"),
        (datetime(2026, 3, 10, 2, 0, tzinfo=UTC), "09 giờ 00 phút, ngày 10 tháng 3 năm 2026"),
    ],
)
def test_moments_are_written_as_papers_write_them(value, words):
    assert wording.moment(value) == words
