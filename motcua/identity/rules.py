"""Pure checks of papers and numbers, and what follows from kinship and time. Nothing here proves who somebody is."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from stdnum.vn import mst

from motcua.identity.enums import Outcome, Relation, Sex
from motcua.kernel.errors import Refused
from motcua.kernel.text import visible

# Places of birth registration of the 63 provinces before July 2025; they stay valid in old and new numbers.
PROVINCE_CODES = frozenset(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042"
    " 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087"
    " 089 091 092 093 094 095 096".split()
)
FIRST_COUNTRY_CODE = 100  # from here on: born abroad
ADULT_AGE = 18  # Civil Code 91/2015/QH13, art. 20
KNOWN, HELD = {"pwd", "pin", "kba"}, {"otp", "hwk", "swk", "sms", "sc", "tel", "pop"}
OF_THE_BODY = {"face", "fpt", "iris", "retina", "vbm"}
LOCK_AFTER = 5
LOCK_AFTER_FROM_ADDRESS = 30
LOCK_FOR = timedelta(minutes=15)
SEX_WORDS = {"nam": Sex.MALE, "nữ": Sex.FEMALE, "male": Sex.MALE, "female": Sex.FEMALE, "m": Sex.MALE, "f": Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class IdNumber:
    """What a personal identification number says by itself (Decree 137/2015/NĐ-CP, art. 13)."""

    number: str
    place_code: str
    sex: Sex
    birth_year: int


@dataclass(frozen=True, slots=True)
class IdCard:
    """What stands in the QR code of an identity card: a typing aid, never a proof, for nothing in it is signed."""

    number: str
    old_number: str
    full_name: str
    birth_date: date
    sex: Sex
    address: str
    issued_on: date | None


def check_id_number(text: str, *, sex: Sex | str | None = None, birth_year: int | None = None) -> IdNumber:
    """Read a 12-digit personal number: `PPP` place, `G` century and sex, `YY` year of birth, six random digits.

    There is no check digit; what can be checked is the place code and the agreement with sex and year of birth where
    they are known. Source: Decree 137/2015/NĐ-CP, art. 13; Circular 59/2021/TT-BCA.

    Raises:
        Refused: `id_number_shape`, `id_number_place`, `id_number_sex`, `id_number_birth_year`; field `id_number`.
    """
    digits = re.sub(r"[\s.\-]", "", visible(text))
    if not re.fullmatch(r"\d{12}", digits, re.ASCII):
        raise _refused(
            "id_number_shape",
            _("Write the personal number as 12 digits, as printed on the front of the identity card."),
        )
    place = digits[:3]
    if place not in PROVINCE_CODES and int(place) < FIRST_COUNTRY_CODE:
        raise _refused(
            "id_number_place",
            _("No place has the code %(code)s: check the first three digits of the personal number.") % {"code": place},
        )
    century, found_sex = 1900 + int(digits[3]) // 2 * 100, (Sex.MALE, Sex.FEMALE)[int(digits[3]) % 2]
    year = century + int(digits[4:6])
    if birth_year is not None and year != birth_year:
        raise _refused(
            "id_number_birth_year",
            _("The personal number belongs to somebody born in %(year)d: check the number and the date of birth.")
            % {"year": year},
        )
    if sex and found_sex != sex:
        raise _refused(
            "id_number_sex", _("The personal number and the sex do not agree: check the fourth digit of the number.")
        )
    return IdNumber(digits, place, found_sex, year)


def check_tax_code(text: str) -> str:
    """The tax code as it is kept: 10 digits, or 13 for a branch, or the 12-digit personal number of a household.

    Since 1 July 2025 the personal number is the tax code of individuals and household businesses
    (Circular 86/2024/TT-BTC).

    Raises:
        Refused: `tax_code`, or the codes of `check_id_number`; field `tax_code`.
    """
    compact = re.sub(r"[\s.]", "", visible(text))
    if re.fullmatch(r"\d{12}", compact, re.ASCII):
        return check_id_number(compact).number
    if not mst.is_valid(compact):
        raise Refused(
            "tax_code",
            _("Write the tax code as 10 digits, as 13 for a branch, or as the 12 digits of the household's owner."),
            field="tax_code",
        )
    return str(mst.compact(compact))


def parse_id_card_qr(text: str, *, today: date | None = None) -> IdCard:
    """Read the text a scanner types from the QR code of an identity card.

    Seven fields, parted by `|`: number, old number, name, birth (ddMMyyyy), sex, residence, issue date (ddMMyyyy). The
    issue date may be missing; fields behind it (cards since July 2024) are ignored. The content is checked against
    itself only.

    Raises:
        Refused: `card_shape`, `card_dates`, `card_name`, `card_sex` or a code of `check_id_number`; field `card`.
    """
    fields = [unicodedata.normalize("NFC", part).strip() for part in re.sub(r"[\r\n\t]+", " ", text).strip().split("|")]
    if len(fields) < 6:
        raise _refused(
            "card_shape",
            _("This is not the code of an identity card: scan the square code on its front again."),
            "card",
        )
    number, old_number, name, birth, sex_word, address, issued = [*fields, ""][:7]
    birth_date, issued_on = _day(birth), _day(issued) if issued else None
    if not 2 <= len(name) <= 200 or any(char.isdigit() for char in name):
        raise _refused(
            "card_name", _("The card's code holds no name: scan it again or type the person's data."), "card"
        )
    if birth_date is None or (issued and issued_on is None):
        raise _refused(
            "card_dates",
            _("A date in the card's code does not exist: scan it again or type the person's data."),
            "card",
        )
    if (today and max(birth_date, issued_on or birth_date) > today) or (issued_on and issued_on < birth_date):
        raise _refused(
            "card_dates", _("The dates in the card's code cannot be true: look at the card and type its data."), "card"
        )
    sex = SEX_WORDS.get(sex_word.lower())
    if sex is None:
        raise _refused("card_sex", _("The card's code names no sex: scan it again or type the person's data."), "card")
    checked = check_id_number(number, sex=sex, birth_year=birth_date.year)
    old = old_number if re.fullmatch(r"\d{9}", old_number, re.ASCII) else ""
    return IdCard(checked.number, old, proper_name(name), birth_date, sex, address, issued_on)


def id_card_qr(card: IdCard) -> str:
    """The text in the QR code of such a card: what `parse_id_card_qr` reads. For samples and tests."""
    issued = card.issued_on.strftime("%d%m%Y") if card.issued_on else ""
    sex = "Nam" if card.sex == Sex.MALE else "Nữ"
    name, address = card.full_name.upper(), card.address.replace("|", " ")
    return "|".join((card.number, card.old_number, name, card.birth_date.strftime("%d%m%Y"), sex, address, issued))


def proper_name(text: str) -> str:
    """A name as it is kept: composed letters, one space between words; capitals only → `Nguyễn Văn An`."""
    name = " ".join(unicodedata.normalize("NFC", visible(text)).split())
    return name.title() if name.isupper() or name.islower() else name


def age(birth_date: date, on: date) -> int:
    """Completed years of life on a day."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def is_minor(birth_date: date | None, on: date) -> bool:
    """Under 18 on that day; unknown birth counts as adult, so that nobody gains a power from a gap."""
    return birth_date is not None and age(birth_date, on) < ADULT_AGE


def may_act_for(relation: Relation | str, *, is_verified: bool, birth_date: date | None, on: date) -> bool:
    """Whether kinship alone lets somebody sign and file: for one's child under 18, and for a ward.

    Adults need a written authority, whatever the kinship (Civil Code 91/2015/QH13, art. 136 and 138).
    """
    if not is_verified:
        return False
    return relation == Relation.WARD or (relation == Relation.CHILD and is_minor(birth_date, on))


def asserts_second_factor(methods: Iterable[str]) -> bool:
    """Whether a provider's `amr` (RFC 8176) says that two kinds of proof were given: known, held, or of the body."""
    given = set(methods)
    kinds = sum(bool(given & kind) for kind in (KNOWN, HELD, OF_THE_BODY))
    return "mfa" in given or kinds >= 2


def failures_since_success(attempts: Iterable[tuple[datetime, str]]) -> list[datetime]:
    """The failures that count towards the lock, newest first, from the attempts on one account (newest first).

    A right password forgives wrong passwords only: who has it must not win new guesses at the second factor with it.
    """
    failures, is_password_forgiven = [], False
    for at, outcome in attempts:
        if outcome == Outcome.SECOND_FACTOR:
            break
        if outcome == Outcome.SUCCEEDED:
            is_password_forgiven = True
        elif outcome == Outcome.SECOND_FACTOR_FAILED or (outcome == Outcome.FAILED and not is_password_forgiven):
            failures.append(at)
    return failures


def locked_until(failures: list[datetime], *, limit: int = LOCK_AFTER) -> datetime | None:
    """Until when nothing more is tried, from the failures since the last success (newest first, within `LOCK_FOR`)."""
    if len(failures) < limit:
        return None
    return failures[0] + LOCK_FOR


def _day(text: str) -> date | None:
    found = re.fullmatch(r"(\d{2})/?(\d{2})/?(\d{4})", text, re.ASCII)
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _refused(code: str, message: str, field: str = "id_number") -> Refused:
    return Refused(code, message, field=field)
