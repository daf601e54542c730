"""Whether a case may be sent as it is. Pure."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.errors import Refused
from motcua.support.enums import About, Kind

PHONE = re.compile(r"0\d{8,10}")
MOST_FILES = 5
SHORTEST = 20  # characters


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent: the matter, whom it concerns, who sends it and how to reach them.

    `agency_id` None: the reporter does not know. `dossier_code` as typed, for a case about a dossier.
    """

    kind: Kind
    about: About
    subject: str
    text: str
    agency_id: UUID | None = None
    dossier_code: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "vi"
    may_publish: bool = False
    repeats_id: UUID | None = None


def normal_phone(typed: str) -> str:
    """A telephone number as it is compared: digits only, +84 written as 0."""
    digits = re.sub(r"[^\d+]", "", typed)
    return re.sub(r"^(?:\+84|84(?=\d{9,10}$))", "0", digits)


def require_sendable(sent: Sent, *, is_signed_in: bool, sent_today: int, most_a_day: int, files: int) -> None:
    """Refuse what cannot be handled.

    Raises `Refused`: text (too short to act on), contact (nobody to answer), phone, sign_in (a complaint, or a case
    about one's dossier, without an account), dossier (no code), too_many, files.
    """
    if len(sent.text.strip()) < SHORTEST:
        raise Refused("text", _("Tell us what happened, where and when, in a sentence or two."), field="text")
    if sent.phone and not PHONE.fullmatch(normal_phone(sent.phone)):
        message = _("Write the telephone number in digits, for example 0912 345 678.")
        raise Refused("phone", message, field="phone")
    if not is_signed_in and not sent.phone and not sent.email:
        message = _("Write a telephone number or an e-mail address, so that the answer can reach you.")
        raise Refused("contact", message, field="phone")
    _require_dossier(sent, is_signed_in=is_signed_in)
    if sent_today >= most_a_day:
        message = _("You have sent %(number)d cases within a day. Wait until tomorrow, or call the hotline.")
        raise Refused("too_many", message % {"number": sent_today})
    if files > MOST_FILES:
        raise Refused("files", _("Send at most %(number)d files.") % {"number": MOST_FILES}, field="file")


def _require_dossier(sent: Sent, *, is_signed_in: bool) -> None:
    is_about_dossier = sent.kind == Kind.COMPLAINT or sent.about == About.DOSSIER or sent.dossier_code.strip()
    if not is_about_dossier:
        return
    if not is_signed_in:
        message = _("Sign in first: a dossier and a complaint belong to a person we know.")
        raise Refused("sign_in", message, field="about")
    if not sent.dossier_code.strip():
        raise Refused("dossier", _("Write the code of the dossier; it stands on the slip."), field="dossier_code")
