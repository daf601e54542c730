"""Procedures for tests: a small pack of real names on disk, and single procedures with their parts."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from motcua.catalogue import services
from motcua.catalogue.models import ChannelRule, FeeRule, Field, Procedure, ServiceLevel
from motcua.kernel.clock import ZONE
from motcua.kernel.text import fold, sort_key
from motcua.places import services as places
from motcua.places.tests import factories as places_factories

NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)
TODAY = NOW.date()
FIELDS = """code,name,name_en,name_pt,issuer,agency_2023,agency_2025,verified
ho-tich,Hộ tịch,Civil status,,Bộ Tư pháp,H49.11,H49.11,1
dat-dai,Đất đai,Land,,Bộ Nông nghiệp và Môi trường,H49.11,H49.11,0
cu-tru,"Đăng ký, quản lý cư trú",,,Bộ Công an,,,0
"""
NAMES = {
    "1.001193": "Thủ tục đăng ký khai sinh",
    "1.004884": "Thủ tục đăng ký lại khai sinh",
    "2.000528": "Thủ tục đăng ký khai sinh có yếu tố nước ngoài",
    "2.000635": "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh",
    "1.000894": "Thủ tục đăng ký kết hôn",
    "1.004746": "Thủ tục đăng ký lại kết hôn",
    "1.000656": "Thủ tục đăng ký khai tử",
    "1.004873": "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
    "1.012783": "Cấp đổi Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
    "1.012784": "Tách thửa hoặc hợp thửa đất.",
    "1.008672": "Cấp giấy phép khai thác mẫu vật loài nguy cấp, quý, hiếm từ tự nhiên phục vụ bảo tồn sinh học",
    "1.004222": "Đăng ký thường trú",
}
SYNONYMS = """typed,means
làm,
xin,
giấy khai sinh,đăng ký khai sinh|bản sao giấy khai sinh
độc thân,tình trạng hôn nhân
sổ đỏ,giấy chứng nhận quyền sử dụng đất
hộ khẩu,đăng ký thường trú
đăng kí,đăng ký
"""


def line(code: str, **changes: Any) -> dict[str, Any]:
    """One line of procedures.jsonl; `changes` replaces keys."""
    is_elsewhere = code == "1.004222"
    is_land = code.startswith("1.0127")
    value: dict[str, Any] = {
        "code": code, "name": NAMES.get(code, f"Thủ tục {code}"), "issuer": "Bộ Tư pháp", "decision": "1/QĐ-BTP",
        "field": "cu-tru" if is_elsewhere else "dat-dai" if is_land else "ho-tich",
        "handled_by": "elsewhere" if is_elsewhere else "province",
        "elsewhere": {"who": "Công an cấp xã", "why": "Ngành dọc", "link": "https://dichvucong.gov.vn"}
        if is_elsewhere else None,
        "level": "province" if is_land else "commune", "competent_agency": "H49.11" if is_land else None,
        "competent_source": "field rule", "performer_source": None, "subjects": ["citizen"],
        "channels": [
            {
                "channel": "counter",
                "time": {"amount": 1, "unit": "working_day", "none": False, "text": "1 ngày", "source": "column",
                         "verified": 1},
                "fees": [], "fee_state": "free", "fee_source": "column", "fee_verified": 1,
            },
            {
                "channel": "online",
                "time": {"amount": None, "unit": None, "none": False, "text": "", "source": "", "verified": 0},
                "fees": [{"kind": "le_phi", "label": "Lệ phí", "amount": 8000, "per": "copy", "text": "",
                          "source": "fee_text", "verified": 0}],
                "fee_state": "amount", "fee_source": "fee_text", "fee_verified": 0,
            },
        ],
        "online_level": {"level": "full", "partial_reason": None, "from": "2026-07-01", "source": "rule",
                         "verified": 0},
        "cases": [{"key": "c1", "name": "Trẻ bị bỏ rơi"}],
        "components": [
            {"key": "p1", "case": None, "name": "Tờ khai", "original": 1, "copy": 2, "is_note": 0, "is_required": 1,
             "is_form": 1, "attachment_name": None},
            {"key": "p2", "case": "c1", "name": "Biên bản", "original": 1, "copy": 0, "is_note": 0, "is_required": 0,
             "is_form": 0, "attachment_name": None},
            {"key": "p3", "case": None, "name": "Lưu ý", "original": 0, "copy": 0, "is_note": 1, "is_required": 0,
             "is_form": 0, "attachment_name": None},
        ],
        "results": [{"name": "Giấy khai sinh", "code": "KQ.1"}], "result_form": "electronic_paper",
        "issuing_system": "civil_status", "authorisation": "kin", "presence": "none",
        "rule_source": {"presence": "rule:text"}, "legal_basis": ["60/2014/QH13", "1/2020/TT-BTP"],
        "steps": ["Nộp hồ sơ.", "Nhận kết quả."], "checked": None, "repairs": [],
    }  # fmt: skip
    return {**value, **changes}


def write(root: Path, lines: list[dict[str, Any]] | None = None, **files: str) -> Path:
    """Write the small pack with these procedures (all of `NAMES` without); `files` replaces others by stem."""
    places_factories.write(root)
    lines = [line(code) for code in NAMES] if lines is None else lines
    texts = {
        "fields.csv": FIELDS,
        "legal_documents.csv": "number,title\n60/2014/QH13,Luật Hộ tịch\n",
        "procedures.jsonl": "\n".join(json.dumps(value, ensure_ascii=False) for value in lines) + "\n",
        "common.csv": "code,position,checked_on,what_was_checked\n1.001193,1,2026-11-23,x\n1.000894,2,2026-11-23,x\n",
        "services_2023.csv": "code,level,provenance\n1.001193,full,catalogue\n1.000894,partial,reconstructed\n",
        "life_events.csv": (
            "key,audience,name_vi,name_en,name_pt,icon,procedure_code,official,position\n"
            "child,citizen,Có con nhỏ,Having a child,,baby,1.001193,1,1\n"
            "child,citizen,Có con nhỏ,Having a child,,baby,1.004884,0,2\n"
            "land,business,Đất đai,Land,,landmark,1.012783,0,1\n"
        ),
        "synonyms.csv": SYNONYMS,
        "processes.csv": "procedure_code,process_key\n1.001193,same-day\n",
    }
    folder = root / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(files.get(name.split(".")[0], text), "utf-8")
    return root


def load(root: Path, *, now: datetime = NOW, force: bool = False) -> Any:
    """Load the places and the catalogue of a pack; returns the report of the catalogue."""
    places.load_places(root, now=now)
    return services.load_catalogue(root, now=now, force=force)


def field(code: str = "ho-tich", name: str = "Hộ tịch", **facts: Any) -> Field:
    return Field.objects.create(code=code, name=name, sort_key=sort_key(name), **facts)


def procedure(code: str = "1.001193", name: str = "Thủ tục đăng ký khai sinh", **facts: Any) -> Procedure:
    """A procedure the commune decides in one working day, free of charge, fully online."""
    level = facts.pop("online_level", "full")
    channels = facts.pop("channels", ("counter", "online"))
    defaults = {
        "digest": "", "field": facts.pop("field", None) or Field.objects.filter(code="ho-tich").first() or field(),
        "handled_by": "province", "level": "commune", "result_form": "electronic", "authorisation": "kin",
        "presence": "none", "process_key": "same-day", "subjects": ["citizen"],
        "sort_key": sort_key(name), "folded_name": fold(name.removeprefix("Thủ tục ")),
        "joined": fold(name.removeprefix("Thủ tục ")).replace(" ", ""), "folded_more": fold(code),
    }  # fmt: skip
    found = Procedure.objects.create(code=code, name=name, **{**defaults, **facts})
    for channel in channels:
        time_limit(found, channel)
    if level:
        ServiceLevel.objects.create(
            procedure=found, level=level, valid_from=date(2026, 7, 1), provenance="rule",
            partial_reason="presence" if level == "partial" else "",
        )  # fmt: skip
    return found


def time_limit(of: Procedure, channel: str, **facts: Any) -> ChannelRule:
    defaults: dict[str, Any] = {"amount": Decimal(1), "unit": "working_day", "fee_state": "free", "source": "column"}
    return ChannelRule.objects.update_or_create(procedure=of, channel=channel, defaults={**defaults, **facts})[0]


def fee(of: Procedure, channel: str = "counter", **facts: Any) -> FeeRule:
    defaults: dict[str, Any] = {"position": 1, "kind": "le_phi", "label": "Lệ phí", "amount": 8000, "per": "dossier"}
    return FeeRule.objects.create(procedure=of, channel=channel, **{**defaults, **facts})
