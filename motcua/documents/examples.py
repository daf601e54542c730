"""Every paper filled with invented people and true procedures, to look at and to test with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from motcua.documents.prints import (
    AnswerData,
    ApologyData,
    Applicant,
    Check,
    ComponentLine,
    ControlData,
    ControlStep,
    FeeLine,
    HandoverData,
    Head,
    MinutesData,
    MinutesLine,
    Print,
    RefusalData,
    RegisterData,
    RegisterLine,
    ResultData,
    Signer,
    SlipData,
    StopData,
    SupplementData,
    TacitData,
    TransferData,
)
from motcua.kernel import clock

NOW = datetime(2026, 2, 5, 8, 40, tzinfo=clock.ZONE)
HEAD = Head(
    parent="Ủy ban nhân dân phường Mạo Khê",
    agency="Trung tâm Phục vụ hành chính công phường Mạo Khê",
    place="Mạo Khê",
)
CHECK = Check(code="7K3M-9P2X-Q", url="https://motcua.example/verify/7K3M-9P2X-Q/")
APPLICANT = Applicant(
    name="Nguyễn Hoàng Khánh Huyền",
    address="Số 12 ngõ 5 đường Hoàng Quốc Việt, phường Mạo Khê, tỉnh Quảng Ninh",
    phone="0912 000 123",
    email="khanhhuyen@example.vn",
)
CODE = "H49.114.C-260205-0007"
PROCEDURE = "Đăng ký khai sinh có yếu tố nước ngoài kết hợp đăng ký nhận cha, mẹ, con"
CONTACT = "bà Phạm Thị Lan, quầy số 3, điện thoại 1900 558 826"


def slip(components: int = 4) -> SlipData:
    """A receipt slip with so many papers handed in."""
    names = [
        ("Tờ khai đăng ký khai sinh theo mẫu quy định", "Bản chính"),
        ("Giấy chứng sinh hoặc văn bản của người làm chứng xác nhận về việc sinh", "Bản chính"),
        ("Giấy chứng nhận kết hôn của cha, mẹ", "Bản sao"),
        ("Văn bản thỏa thuận của cha mẹ về việc lựa chọn quốc tịch cho con", "Bản điện tử"),
    ]
    lines = tuple(ComponentLine(name=names[i % 4][0], form=names[i % 4][1], count=1 + i % 2) for i in range(components))
    return SlipData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        applicant=APPLICANT,
        owner="Nguyễn Minh Anh",
        procedure=PROCEDURE,
        procedure_code="1.000689",
        components=lines,
        time_allowed="03 ngày làm việc",
        received_at=NOW,
        due_at=NOW + timedelta(days=5),
        result_at="Quầy số 3, Trung tâm Phục vụ hành chính công phường Mạo Khê",
        fees=(
            FeeLine(label="Lệ phí đăng ký khai sinh", amount=75_000, note="đã nộp"),
            FeeLine(label="Phí cấp bản sao trích lục", amount=0),
        ),
        book="01/2026",
        ordinal="0007",
        officer="Phạm Thị Lan",
        look_up="motcua.example/status",
        hotline="1900 558 826",
    )


def supplement() -> SupplementData:
    """A request for what is missing."""
    return SupplementData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure=PROCEDURE,
        items=(
            "Bản sao Giấy chứng nhận kết hôn của cha, mẹ: ảnh chụp thiếu góc dưới bên phải, không đọc được số.",
            "Văn bản thỏa thuận lựa chọn quốc tịch có chữ ký của cả cha và mẹ.",
        ),
        reason="Thành phần hồ sơ chưa đủ căn cứ để giải quyết.",
        answer_by=NOW + timedelta(days=15),
        contact=CONTACT,
        officer="Phạm Thị Lan",
    )


def refusal() -> RefusalData:
    """A refusal with its reasons."""
    return RefusalData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure=PROCEDURE,
        reasons=(
            "Trẻ em đã được đăng ký khai sinh tại nơi khác vào năm 2024.",
            "Việc ghi bổ sung thông tin của cha thuộc một thủ tục khác: đăng ký nhận cha, mẹ, con.",
        ),
        legal_basis="Luật Hộ tịch số 60/2014/QH13",
        contact=CONTACT,
        officer="Phạm Thị Lan",
    )


def tacit() -> TacitData:
    """A confirmation of what silence granted, to be signed by hand."""
    return TacitData(
        head=HEAD, issued_at=NOW, check=CHECK, dossier_code=CODE, applicant=APPLICANT, procedure=PROCEDURE,
        received_at=NOW - timedelta(days=9), since=NOW - timedelta(hours=2), legal_basis="16/2012/QH13, Điều 30",
        is_verified=False, signer=Signer(capacity=("Giám đốc",)),
    )  # fmt: skip


def stop() -> StopData:
    """A notice that the work stops as the applicant asked."""
    return StopData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure=PROCEDURE,
        received_at=NOW - timedelta(days=2),
        ended_by="applicant",
        ended_at=NOW - timedelta(hours=1),
        reason="Người nộp hồ sơ rút hồ sơ để nộp tại nơi cư trú mới.",
        returned=("Giấy chứng sinh (bản chính)",),
        signer=Signer(capacity=("Giám đốc",), name="Vũ Đức Thành"),
    )


def control() -> ControlData:
    """A control sheet of a dossier that was late at one desk."""
    names = ("Tiếp nhận", "Phân công", "Thẩm định", "Phê duyệt", "Văn thư", "Trả kết quả")
    people = ("Phạm Thị Lan", "Vũ Đức Thành", "Đoàn Thị Hương Giang", "Vũ Đức Thành", "Bùi Văn Nam", "Phạm Thị Lan")
    outcomes = ("Đúng hạn", "Trước hạn", "Quá hạn", "Đúng hạn", "Trước hạn")
    steps = tuple(
        ControlStep(
            giver=names[i],
            giver_name=people[i],
            receiver=names[i + 1],
            receiver_name=people[i + 1],
            given_at=NOW + timedelta(hours=3 * i),
            due_at=NOW + timedelta(hours=3 * i + 3),
            done_at=NOW + timedelta(hours=3 * i + 2, minutes=105 if outcomes[i] == "Quá hạn" else 0),
            outcome=outcomes[i],
            note="chậm 45 phút: chờ tra cứu sổ gốc" if outcomes[i] == "Quá hạn" else "",
        )
        for i in range(5)
    )
    return ControlData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        owner="Nguyễn Minh Anh",
        procedure=PROCEDURE,
        received_at=NOW,
        due_at=NOW + timedelta(days=5),
        lead_agency="Ủy ban nhân dân phường Mạo Khê",
        other_agencies=("Công an phường Mạo Khê",),
        steps=steps,
    )


def handover() -> HandoverData:
    """A result handed to a representative, with an original given back."""
    return HandoverData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        owner="Nguyễn Minh Anh",
        procedure=PROCEDURE,
        receiver=APPLICANT.name,
        receiver_capacity="Cha, mẹ của chủ hồ sơ",
        receiver_paper="Giấy chứng nhận kết hôn",
        handed_at=NOW,
        results=(
            ComponentLine(name="Giấy khai sinh", form="Bản chính", count=1),
            ComponentLine(name="Trích lục khai sinh", form="Bản sao", count=2),
        ),
        originals=(ComponentLine(name="Giấy chứng sinh", form="Bản chính", count=1),),
        paid="Đã nộp 75.000 đồng",
        slip_note="Người nhận trình giấy hẹn",
        officer="Phạm Thị Lan",
    )


def result(number: str = "15/TLKS-BS") -> ResultData:
    """A result; without a number it is a draft."""
    return ResultData(
        head=Head(parent="Tỉnh Quảng Ninh", agency="Ủy ban nhân dân phường Mạo Khê", place="Mạo Khê"),
        issued_at=NOW,
        check=CHECK if number else None,
        number=number,
        title="Trích lục khai sinh",
        is_copy=True,
        body=(
            "#facts(fact([Họ, chữ đệm, tên], strong(v.full_name)), fact([Ngày, tháng, năm sinh], v.birth),"
            " fact([Giới tính], v.sex), fact([Nơi sinh], v.birth_place))\n\n"
            "Căn cứ Sổ đăng ký khai sinh, #data.head.agency xác nhận các thông tin nêu trên đã được đăng ký."
        ),
        values={
            "full_name": "Nguyễn Minh Anh",
            "birth": "ngày 11 tháng 01 năm 2026",
            "sex": "Nữ",
            "birth_place": "Trung tâm Y tế khu vực Đông Triều, tỉnh Quảng Ninh",
        },
        signer=Signer(capacity=("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"), name="Trần Quốc Bảo"),
        recipients=("Người yêu cầu;", "Lưu: VT."),
    )


def apology() -> ApologyData:
    """An apology with the new day."""
    return ApologyData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure=PROCEDURE,
        received_at=NOW - timedelta(days=8),
        due_at=NOW + timedelta(days=2),
        new_due_at=NOW + timedelta(days=7),
        at_fault="Sở Tư pháp tỉnh Quảng Ninh",
        received_by=HEAD.agency,
        reason="Chờ tra cứu sổ gốc tại nơi đăng ký cũ.",
        signer=Signer(capacity=("Giám đốc",), name="Vũ Đức Thành"),
    )


def transfer() -> TransferData:
    """A dossier sent to another agency with its task."""
    return TransferData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        dossier_code=CODE,
        owner="Nguyễn Minh Anh",
        procedure=PROCEDURE,
        giver="Trung tâm Phục vụ hành chính công phường Mạo Khê",
        receiver="Bảo hiểm xã hội cơ sở Đông Triều",
        lead_agency="Ủy ban nhân dân phường Mạo Khê",
        task="Cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
        given_at=NOW,
        limit="02 ngày làm việc",
        due_at=NOW + timedelta(days=4),
        answer_to="Trung tâm Phục vụ hành chính công phường Mạo Khê",
        components=slip(2).components,
        officer="Phạm Thị Lan",
    )


def answer() -> AnswerData:
    """The letter that answers a feedback case."""
    return AnswerData(
        head=HEAD,
        issued_at=NOW,
        check=CHECK,
        code="8D8J-3KQQ-W",
        reporter="Nguyễn Hoàng Khánh Huyền",
        what="phản ánh, kiến nghị",
        subject="Chờ hơn hai giờ ở quầy số 2",
        received_on=(NOW - timedelta(days=6)).date(),
        about_dossier=CODE,
        answer=(
            "Trung tâm đã kiểm tra lịch trực và xác nhận quầy số 2 thiếu một cán bộ trong buổi sáng hôm đó.",
            "Từ tuần này quầy số 2 có hai cán bộ vào giờ cao điểm. Trung tâm xin lỗi vì đã để ông/bà phải chờ.",
        ),
        signer=Signer(capacity=("GIÁM ĐỐC",), name="Vũ Thanh Hà"),
    )


def minutes(results: int = 3) -> MinutesData:
    """Minutes of so many results brought to the centre."""
    rows = tuple(
        MinutesLine(
            dossier_code=f"H49.114.C-260205-{number:04d}",
            owner="Nguyễn Hoàng Khánh Huyền",
            procedure=PROCEDURE,
            result=f"{number}/TLKS-BS",
            count=1 + number % 2,
            note="kèm bản chính trả lại" if number == 2 else "",
        )
        for number in range(1, results + 1)
    )
    return MinutesData(
        head=HEAD,
        issued_at=NOW,
        giver="Ủy ban nhân dân phường Mạo Khê",
        giver_name="Bùi Văn Nam",
        receiver="Trung tâm Phục vụ hành chính công phường Mạo Khê",
        receiver_name="Phạm Thị Lan",
        handed_at=NOW,
        rows=rows,
    )


def register(dossiers: int = 12, *, closed_on: date | None = None) -> RegisterData:
    """A register of so many dossiers."""
    rows = tuple(
        RegisterLine(
            ordinal=number,
            code=f"H49.114.C-260205-{number:04d}",
            procedure=PROCEDURE,
            sets=1,
            owner="Nguyễn Hoàng Khánh Huyền",
            contact=f"{APPLICANT.address}; {APPLICANT.phone}",
            agency="Ủy ban nhân dân phường Mạo Khê",
            received_at=NOW,
            due_at=NOW + timedelta(days=5) if number % 4 else None,
            handed_at=NOW + timedelta(days=4) if number % 2 else None,
            way="Trực tiếp",
            signed_for="Nguyễn Hoàng Khánh Huyền" if number % 2 else "",
            note="" if number % 4 else "chưa xác định thời hạn",
        )
        for number in range(1, dossiers + 1)
    )
    return RegisterData(
        head=HEAD,
        issued_at=NOW,
        year=2026,
        volume="01/2026",
        span="Từ ngày 01/01/2026 đến ngày 05/02/2026",
        closed_on=closed_on,
        rows=rows,
    )


def all_prints() -> Iterator[tuple[str, Print]]:
    """Every paper with the name of its file; `-2018` under the circular of that year, `-en` with English beside."""
    before = datetime(2025, 3, 4, 8, 40, tzinfo=clock.ZONE)
    yield from (
        ("slip", slip()),
        ("slip-many", slip(40)),
        ("slip-2018", replace(slip(), issued_at=before, received_at=before)),
        ("slip-en", replace(slip(), second="en")),
        ("supplement", supplement()),
        ("supplement-en", replace(supplement(), second="en")),
        ("refusal", refusal()),
        ("refusal-en", replace(refusal(), second="en")),
        ("apology", apology()),
        ("apology-en", replace(apology(), second="en")),
        ("apology-2018", replace(apology(), issued_at=before)),
        ("apology-2018-en", replace(apology(), issued_at=before, second="en")),
        ("stop", stop()),
        ("stop-en", replace(stop(), second="en")),
        ("tacit", tacit()),
        ("control", control()),
        ("control-en", replace(control(), second="en")),
        ("handover", handover()),
        ("handover-en", replace(handover(), second="en")),
        ("transfer", transfer()),
        ("transfer-en", replace(transfer(), second="en")),
        ("answer", answer()),
        ("minutes", minutes()),
        ("register", register()),
        ("result", result()),
        ("result-draft", result("")),
        ("slip-2018-en", replace(slip(), issued_at=before, received_at=before, second="en")),
    )
