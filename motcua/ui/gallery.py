"""Invented samples that show every component in its states. In Vietnamese, the longest of our languages in marks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString, mark_safe

from motcua.kernel.paging import Page
from motcua.ui import forms as ui_forms

CENTRE = "Trung tâm Phục vụ hành chính công phường Mạo Khê"


class SampleForm(ui_forms.ActForm):
    """One field of each kind."""

    full_name = forms.CharField(
        label="Họ, chữ đệm và tên", help_text="Viết như trên thẻ căn cước.", widget=ui_forms.text_input("name")
    )
    id_number = forms.CharField(label="Số định danh cá nhân", widget=ui_forms.text_input("id_number"))
    phone = forms.CharField(label="Số điện thoại", required=False, widget=ui_forms.text_input("phone"))
    born_on = ui_forms.DateField(label="Ngày sinh", help_text="Ví dụ 27/3/1990")
    married_on = ui_forms.DateField(label="Ngày đăng ký kết hôn", widget=ui_forms.DateParts)
    ward = forms.ChoiceField(
        label="Phường, xã, đặc khu", choices=[("", "Chọn…"), ("1", "Phường Hồng Gai"), ("2", "Đặc khu Vân Đồn")]
    )
    way = forms.ChoiceField(
        label="Nhận kết quả bằng cách nào?",
        choices=[("1", "Bản điện tử trong kho của tôi"), ("2", f"Tại {CENTRE}"), ("3", "Qua bưu chính")],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label="Giấy tờ mang theo",
        choices=[("1", "Thẻ căn cước"), ("2", "Giấy chứng sinh")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Điều cần nói thêm", required=False, widget=forms.Textarea)
    paper = ui_forms.FileField(label="Giấy chứng sinh", help_text="PDF hoặc ảnh, tối đa 20 MB.")
    agrees = forms.BooleanField(label="Tôi cam đoan các lời khai trên là đúng sự thật.")


def clock(now: datetime) -> list[dict[str, Any]]:
    """A clock with work, lunch, a pause for the citizen and lateness."""
    start = now - timedelta(days=4)
    parts = [
        ("Làm việc", "progress", 4, 210),
        ("Nghỉ trưa", "neutral", 2, 0),
        ("Làm việc", "progress", 4, 240),
        ("Ngoài giờ", "neutral", 14, 0),
        ("Chờ công dân bổ sung giấy chứng sinh", "waiting", 24, 480),
        ("Làm việc", "progress", 30, 480),
        ("Quá hạn", "late", 20, 180),
    ]
    segments = []
    for label, tone, hours, minutes in parts:
        end = start + timedelta(hours=hours)
        segments.append({"kind": tone, "label": label, "from": start, "to": end, "minutes": minutes, "tone": tone})
        start = end
    return segments


def events(now: datetime) -> list[dict[str, Any]]:
    """What happened to a dossier, newest first."""
    rows = [
        ("Đã có kết quả", "done", f"Nhận tại {CENTRE}, quầy 4.", "Văn thư Lục Thị Hương Giang"),
        ("Công dân đã bổ sung", "info", "Giấy chứng sinh, 1 bản.", ""),
        ("Chờ bổ sung", "waiting", "Ảnh giấy chứng sinh bị mờ góc dưới; xin chụp lại.", "Nguyễn Thị Ngọc Ánh"),
        ("Đã tiếp nhận", "progress", "Hẹn trả trước 17:00.", "Bộ phận Một cửa"),
    ]
    return [
        {"at": now - timedelta(hours=19 * place), "title": title, "tone": tone, "text": text, "by": by}
        for place, (title, tone, text, by) in enumerate(rows)
    ]


def refused_form() -> SampleForm:
    """A form that was sent with mistakes."""
    sent = QueryDict(mutable=True)
    sent.update(
        {
            "key": str(UUID(int=7)),
            "id_number": "0",
            "born_on": "31/2/1990",
            "married_on_day": "7",
            "note": "Xin nhận vào buổi sáng.",
        }
    )
    return SampleForm(sent, expected=3, auto_id="bad_%s")


def qr_sample() -> SafeString:
    """A drawing in the place of a code: the gallery makes no real one."""
    marks = "".join(f'<rect x="{x}" y="{y}" width="7" height="7"/>' for x, y in ((1, 1), (21, 1), (1, 21)))
    return mark_safe(f'<svg viewBox="0 0 29 29" aria-hidden="true">{marks}</svg>')  # noqa: S308 numbers only


def context(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """All samples of the gallery."""
    tones = ["neutral", "info", "progress", "waiting", "warning", "late", "done", "refused"]
    words = ["Nháp", "Đã gửi", "Đang xử lý", "Chờ bổ sung", "Sắp đến hạn", "Quá hạn", "Đã trả", "Từ chối"]
    steps = ["Ai nộp", "Lời khai", "Giấy tờ", "Nhận kết quả", "Xem lại"]
    return {
        "tags": list(zip(words, tones, strict=True)),
        "form": SampleForm(expected=3),
        "refused": refused_form(),
        "segments": clock(now),
        "now": now - timedelta(hours=10),
        "events": events(now),
        "steps": [{"name": str(place), "label": label, "href": "#steps"} for place, label in enumerate(steps, 1)],
        "crumbs": [("Trang chủ", "#"), ("Hộ tịch", "#"), ("Đăng ký khai sinh", "")],
        "chips": [
            {"label": "Tất cả", "href": "#", "count": 1284, "is_active": True},
            {"label": "Quá hạn", "href": "#", "count": 3, "icon": "clock-alert"},
            {"label": "Phường Hồng Gai", "href": "#", "is_removable": True},
        ],
        "tabs": [
            {"label": "Hồ sơ", "href": "#", "is_current": True},
            {"label": "Giấy tờ", "href": "#", "count": 7},
            {"label": "Ai đã xem", "href": "#"},
        ],
        "tasks": [
            {"label": "Lời khai của người đi đăng ký", "href": "#", "state": "Xong", "tone": "done"},
            {"label": "Giấy chứng sinh", "href": "#", "state": "Thiếu", "tone": "waiting", "hint": "Bản chính, 1 bản."},
            {"label": "Nộp lệ phí", "state": "Chưa mở", "tone": "neutral", "hint": "Mở khi hồ sơ được tiếp nhận."},
        ],
        "rows": [
            {"key": "Chủ hồ sơ", "value": "Công Tằng Tôn Nữ Nguyễn Thị Ngọc Ánh", "href": "#", "action": "Sửa"},
            {"key": "Nơi nhận kết quả", "value": CENTRE, "href": "#", "action": "Sửa"},
            {"key": "Lệ phí", "value": "Miễn phí"},
        ],
        "dossiers": [
            ("H49.101-261123-0007", "Đăng ký khai sinh", "Bùi Khánh Huyền", "Quá hạn", "late", -95),
            ("H49.101-261123-0008", "Cấp bản sao trích lục hộ tịch", "Đặng Hữu Nghĩa", "Sắp đến hạn", "warning", 130),
            (
                "H49.101-261120-0031",
                "Đăng ký thành lập hộ kinh doanh",
                "Công ty TNHH Một thành viên Thương mại và Dịch vụ Vận tải biển Hưng Thịnh Phát",
                "Đang xử lý",
                "progress",
                1530,
            ),
        ],
        "page": Page(rows=[], next="n1", previous="p1"),
        "qr": qr_sample(),
        "amount": 1_250_000,
        "identifier": "022090001234",
    }
