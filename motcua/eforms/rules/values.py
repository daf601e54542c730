"""From what a person typed to the answer that is kept: one reader per type, lenient in form, strict in sense."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.eforms.enums import FieldType
from motcua.eforms.rules.conditions import YES
from motcua.eforms.rules.definition import Field
from motcua.eforms.rules.lists import ETHNIC_GROUPS, nationalities
from motcua.identity import rules as identity
from motcua.kernel.errors import Refused

FIRST_YEAR, LAST_YEAR = 1850, 2199
PHONE = re.compile(r"0[35789]\d{8}|02\d{9}|1[89]00\d{4,6}")
FOREIGN_PHONE = re.compile(r"\+[1-9]\d{7,14}")
DAY_WORDS = re.compile(
    r"\s*(?:ngày|dia|day)?\s*(\d{1,2})\s*(?:tháng|[/.\-\s])\s*(\d{1,2})\s*(?:năm|[/.\-\s])\s*(\d{4})\s*"
)
ISO_DAY = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
COMPACT_DAY = re.compile(r"\s*(\d{2})(\d{2})(\d{4})\s*")
MONTH = re.compile(r"\s*(\d{1,2})\s*[/.\-]\s*(\d{4})\s*|\s*(\d{4})-(\d{1,2})\s*")
CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"} | {127: None}


class Wrong(Exception):
    """What was typed is not an answer; the sentence says what to type."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def clean_text(raw: Any, *, lines: bool = False) -> str:
    """Composed letters, no control characters, one space between words (lines kept where they may be)."""
    text = unicodedata.normalize("NFC", str(raw)).replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL)
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def read_text(field: Field, raw: Any) -> str:
    """A text within its length, in the form its pattern asks for."""
    text = clean_text(raw, lines=field.type is FieldType.TEXTAREA)
    if len(text) > field.max_length:
        raise Wrong(
            ngettext(
                "Shorten this answer to %(count)d character; it has %(length)d.",
                "Shorten this answer to %(count)d characters; it has %(length)d.",
                field.max_length,
            )
            % {"count": field.max_length, "length": len(text)}
        )
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise Wrong(_("Write it like this: %(example)s.") % {"example": field.example})
    return text


def read_full_name(field: Field, raw: Any) -> str:
    """A person's name as its paper writes it; names typed in one case get their capitals."""
    name = identity.proper_name(read_text(field, raw))
    letters = sum(char.isalpha() for char in name)
    if letters < 2 or any(not (char.isalpha() or unicodedata.combining(char) or char in " '’.-") for char in name):
        raise Wrong(_("Write the full name in letters, as it stands in the person's papers."))
    return name


def parse_number(text: str) -> Decimal:
    """A number as people write it: 1.250.000 or 85,5 or 1,250.5; spaces are left out. ValueError if it is none.

    A mark before exactly three digits parts thousands, any other the decimals (forms ask for two of them at most).
    """
    plain = re.sub(r"[\s\u00a0\u202f_]", "", text)
    if not re.fullmatch(r"-?\d[\d.,]*", plain, re.ASCII) or len(plain) > 40:
        raise ValueError(text)
    if "." in plain and "," in plain:
        mark = max(".,", key=plain.rindex)
        plain = plain.replace("." if mark == "," else ",", "").replace(mark, ".")
    elif re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+|-?[1-9]\d{0,2}(,\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    else:
        plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None


def read_number(field: Field, raw: Any) -> int | str:
    """A whole number as int, one with decimals as text (85.5), between its bounds."""
    try:
        value = Decimal(raw) if isinstance(raw, int) else parse_number(str(raw))
    except ValueError:
        raise Wrong(_("Write a number in digits, for example 1250.")) from None
    if value.as_tuple().exponent != 0 and value == value.to_integral_value():
        value = value.to_integral_value()
    if not field.decimals and value != value.to_integral_value():
        raise Wrong(_("Write a whole number, without decimals."))
    if len(value.as_tuple().digits) > 15:
        raise Wrong(_("This number is too long. Check the digits."))
    if field.decimals and value != round(value, field.decimals):
        raise Wrong(
            ngettext(
                "Write at most %(count)d digit behind the decimal mark.",
                "Write at most %(count)d digits behind the decimal mark.",
                field.decimals,
            )
            % {"count": field.decimals}
        )
    if field.minimum and value < Decimal(field.minimum):
        raise Wrong(_("Write a number of at least %(bound)s.") % {"bound": field.minimum})
    if field.maximum and value > Decimal(field.maximum):
        raise Wrong(_("Write a number of at most %(bound)s.") % {"bound": field.maximum})
    return f"{value.normalize():f}" if field.decimals else int(value)


def read_money(field: Field, raw: Any) -> int | str:
    """Whole đồng; the sign of the currency may be typed."""
    text = re.sub(r"(?i)\s*(đồng|vnđ|vnd|₫|đ)\s*$", "", str(raw))
    try:
        return read_number(field, text)
    except Wrong as wrong:
        if not re.search(r"\d", text) or re.search(r"[^\d.,\s-]", text):
            raise Wrong(_("Write the amount in đồng in digits, for example 1.250.000.")) from None
        raise wrong


def parse_day(text: str) -> date:
    """A day typed day first (27/3/1990, 27-3-1990, 27 tháng 3 năm 1990, 27031990) or ISO. ValueError if it is none."""
    if found := ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := DAY_WORDS.fullmatch(text.lower()) or COMPACT_DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise ValueError(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(text)
    return date(year, month, day)


def read_date(field: Field, raw: Any) -> str:
    """A real day, kept as ISO."""
    try:
        return parse_day(str(raw)).isoformat()
    except ValueError:
        raise Wrong(_("Write a real day as day/month/year, for example 27/3/1990.")) from None


def read_partial_date(field: Field, raw: Any) -> str:
    """A day, a month and year, or a year alone, kept as far as it is known: 1950, 1950-03, 1950-03-27."""
    text = str(raw).strip()
    if re.fullmatch(r"\d{4}", text) and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return text
    if found := MONTH.fullmatch(text):
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        if 1 <= int(month) <= 12 and FIRST_YEAR <= int(year) <= LAST_YEAR:
            return f"{int(year)}-{int(month):02d}"
    try:
        return parse_day(text).isoformat()
    except ValueError:
        raise Wrong(_("Write the day as 27/3/1950; if only the year is known, write 1950.")) from None


def read_year(field: Field, raw: Any) -> int:
    """A year of four digits."""
    text = str(raw).strip()
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise Wrong(_("Write the year in four digits, for example 1990."))
    return int(text)


def read_time(field: Field, raw: Any) -> str:
    """A time of day, kept as hh:mm; 7h30 and 7 giờ 30 phút are understood."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?::|h|giờ|\.)\s*(\d{1,2})?\s*(?:phút|p|m)?\s*", str(raw).lower())
    try:
        if found is None:
            raise ValueError(raw)
        return time(int(found[1]), int(found[2] or 0)).isoformat("minutes")
    except ValueError:
        raise Wrong(_("Write the time as hours and minutes, for example 7:30.")) from None


def read_phone(field: Field, raw: Any) -> str:
    """A Vietnamese number in its domestic form (0912345678), or a foreign one with its country code."""
    plain = re.sub(r"[\s.()\-]", "", str(raw))
    domestic = re.sub(r"^(\+84|0084|84)(?=[1-9]\d{8,9}$)", "0", plain)
    if PHONE.fullmatch(domestic):
        return domestic
    if FOREIGN_PHONE.fullmatch(plain) and not plain.startswith("+84"):
        return plain
    raise Wrong(_("Write the whole phone number, for example 0912 345 678, or a foreign one with its code: +351 …"))


def read_email(field: Field, raw: Any) -> str:
    """An e-mail address."""
    text = clean_text(raw)
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong(_("Write the e-mail address in full, for example lan.nguyen@example.vn.")) from None
    return text


def read_id_number(field: Field, raw: Any) -> str:
    """The 12 digits of the personal number (see `identity.rules.check_id_number`)."""
    try:
        return identity.check_id_number(str(raw)).number
    except Refused as refused:
        raise Wrong(refused.message) from None


def read_tax_code(field: Field, raw: Any) -> str:
    """A tax code (see `identity.rules.check_tax_code`)."""
    try:
        return identity.check_tax_code(str(raw))
    except Refused as refused:
        raise Wrong(refused.message) from None


def read_choice(field: Field, raw: Any) -> str:
    """One of the answers offered."""
    if str(raw) not in {choice.value for choice in field.choices}:
        raise Wrong(_("Choose one of the answers offered."))
    return str(raw)


def read_multi(field: Field, raw: Any) -> list[str]:
    """Some of the answers offered, in their order."""
    chosen = {str(one) for one in (raw if isinstance(raw, list | tuple) else [raw])}
    if chosen - {choice.value for choice in field.choices}:
        raise Wrong(_("Choose only from the answers offered."))
    return [choice.value for choice in field.choices if choice.value in chosen]


def read_boolean(field: Field, raw: Any) -> bool:
    """Yes or no."""
    return raw if isinstance(raw, bool) else str(raw).strip().lower() in YES


def read_ethnic_group(field: Field, raw: Any) -> str:
    """The number of an ethnic group."""
    if str(raw) not in ETHNIC_GROUPS:
        raise Wrong(_("Choose an ethnic group from the list."))
    return str(raw)


def read_nationality(field: Field, raw: Any) -> str:
    """The two letters of a country, ZZ for stateless."""
    if str(raw) not in nationalities("vi"):
        raise Wrong(_("Choose a nationality from the list."))
    return str(raw)


def read_file(field: Field, raw: Any) -> dict[str, str]:
    """A document the owner of the dossier has stored: its id and name. Bytes never come here."""
    if not isinstance(raw, dict) or not isinstance(raw.get("document"), str):
        raise Wrong(_("The file did not arrive. Choose it again."))
    return {"document": raw["document"], "name": str(raw.get("name", ""))}


READERS: dict[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: read_text,
    FieldType.TEXTAREA: read_text,
    FieldType.FULL_NAME: read_full_name,
    FieldType.NUMBER: read_number,
    FieldType.MONEY: read_money,
    FieldType.YEAR: read_year,
    FieldType.DATE: read_date,
    FieldType.PARTIAL_DATE: read_partial_date,
    FieldType.TIME: read_time,
    FieldType.CHOICE: read_choice,
    FieldType.MULTI: read_multi,
    FieldType.BOOLEAN: read_boolean,
    FieldType.ID_NUMBER: read_id_number,
    FieldType.TAX_CODE: read_tax_code,
    FieldType.PHONE: read_phone,
    FieldType.EMAIL: read_email,
    FieldType.ETHNIC_GROUP: read_ethnic_group,
    FieldType.NATIONALITY: read_nationality,
    FieldType.FILE: read_file,
}
