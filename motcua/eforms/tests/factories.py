"""Forms and facts for the tests."""

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from motcua.eforms import rules

PACK = Path(__file__).resolve().parents[3] / "packs" / "quangninh"
FORMS = PACK / "forms"
RESULTS = PACK / "results"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
UNITS = {
    "06652": rules.Unit("06652", "Phường Hồng Gai", "Tỉnh Quảng Ninh"),
    "07090": rules.Unit("07090", "Xã Vân Đồn", "Tỉnh Quảng Ninh"),
}
PERSON: dict[str, Any] = {
    "full_name": "Trần Thị Bình", "id_number": "022190001234", "birth_date": "1990-05-02", "sex": "female",
    "phone": "0912345678", "email": "binh@example.vn", "ethnic_group": "01", "nationality": "VN",
    "address": {"unit": "06652", "street": "Tổ 1, khu 2"},
}  # fmt: skip
FACTS: dict[str, dict[str, Any]] = {"submitter": PERSON, "owner": PERSON}


def words(text: str) -> dict[str, str]:
    return {language: text for language in ("vi", "en", "pt")}


def field(key: str, type: str = "text", **options: Any) -> dict[str, Any]:
    row = {"key": key, "type": type, "label": words(key.replace("_", " ").capitalize()), **options}
    if type == "rows":
        row.setdefault("row_label", words("Entry"))
    return row


def choices(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": words(value.capitalize())} for value in values]


def form(*fields: dict[str, Any], sections: list[dict[str, Any]] | None = None) -> rules.Definition:
    """A form of one section, or of the sections given."""
    pages = sections or [{"key": "page", "title": words("Page"), "fields": list(fields)}]
    return rules.parse({"key": "test", "title": words("Test"), "sections": pages})


@cache
def shared() -> dict[str, Any]:
    return tomllib.loads((FORMS / "shared.toml").read_text("utf-8"))


@cache
def pack_forms() -> dict[str, dict[str, Any]]:
    """The forms of the pack as they stand in their files, by key."""
    files = [file for file in sorted(FORMS.glob("*.toml")) if file.name != "shared.toml"]
    return {document["key"]: document for file in files if (document := tomllib.loads(file.read_text("utf-8")))}


@cache
def pack_form(key: str) -> rules.Definition:
    return rules.parse(rules.expand(pack_forms()[key], shared()), version=1)
