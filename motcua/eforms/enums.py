"""Words of the e-forms."""

from enum import StrEnum


class FieldType(StrEnum):
    """What a field asks for; it decides the input, the check and the way the answer is written."""

    TEXT = "text"
    TEXTAREA = "textarea"
    FULL_NAME = "full_name"
    NUMBER = "number"
    MONEY = "money"  # whole đồng
    YEAR = "year"
    DATE = "date"
    PARTIAL_DATE = "partial_date"  # a day, or only its month and year, or only its year
    TIME = "time"
    CHOICE = "choice"
    MULTI = "multi"
    BOOLEAN = "boolean"
    ADDRESS = "address"
    PAPER = "paper"  # giấy tờ tùy thân: kind, number, who issued it and when
    ID_NUMBER = "id_number"
    TAX_CODE = "tax_code"
    PHONE = "phone"
    EMAIL = "email"
    ETHNIC_GROUP = "ethnic_group"
    NATIONALITY = "nationality"
    FILE = "file"
    ROWS = "rows"
    NOTE = "note"


class PaperKind(StrEnum):
    """Identity papers a declaration may name."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    OTHER = "other"


PARTS: dict[FieldType, tuple[str, ...]] = {
    FieldType.ADDRESS: ("unit", "street"),
    FieldType.PAPER: ("kind", "number", "issuer", "issued_on"),
}
"""Fields answered in several inputs; each input is named `<key>-<part>`."""

ELSEWHERE = "elsewhere"
"""The choice of an address outside the province: the street holds the whole address."""


class SignerCapacity(StrEnum):
    """In whose name a result is signed (Decree 30/2020/NĐ-CP, appendix I)."""

    HEAD = "head"
    TM = "tm"  # thay mặt tập thể
    KT = "kt"  # ký thay cấp trưởng
    TL = "tl"  # thừa lệnh
    TUQ = "tuq"  # thừa ủy quyền
