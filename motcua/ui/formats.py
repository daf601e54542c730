"""How money, days, times and identifiers are written in each language of the reader."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NBSP = "\u00a0"
DAY_MINUTES = 480
GROUPS = {"vi": ".", "pt": NBSP, "en": ","}
DATES = {"vi": "d/m/Y", "pt": "d/m/Y", "en": "j M Y"}
DATETIMES = {"vi": "H:i, d/m/Y", "pt": "d/m/Y, H:i", "en": "j M Y, H:i"}


def _language() -> str:
    code = (get_language() or "vi").split("-")[0]
    return code if code in GROUPS else "en"


def number(value: int) -> str:
    """A whole number with the reader's thousands mark."""
    return f"{value:,}".replace(",", GROUPS[_language()])


def vnd(amount: int) -> str:
    """Whole đồng: 1.250.000 ₫ in Vietnamese; the sign never parts from the number."""
    return f"{number(int(amount))}{NBSP}₫"


def day(value: date | datetime) -> str:
    """The calendar day in the province, in the reader's form."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, DATES[_language()])


def moment(value: datetime) -> str:
    """Hour, minute and day in the province (14:05, 03/11/2026 in Vietnamese)."""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, DATETIMES[_language()])


def span(start: datetime, end: datetime) -> str:
    """From when to when; the day once, when both lie on it."""
    if timezone.localtime(start).date() != timezone.localtime(end).date():
        return f"{moment(start)} – {moment(end)}"
    return _("%(day)s, %(start)s–%(end)s") % {"day": day(start), "start": clock_time(start), "end": clock_time(end)}


def clock_time(value: datetime) -> str:
    """Hour and minute in the province."""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, "H:i")


def working_minutes(minutes: int, day_minutes: int = DAY_MINUTES) -> str:
    """Working time in words: days of 480 minutes, hours, minutes, at most the two largest (2 days 3 h).

    Time by the calendar, nights included, is given with days of 1,440 minutes.
    """
    total = abs(int(minutes))
    days, rest = divmod(total, day_minutes)
    hours, left = divmod(rest, 60)
    day_text = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    hour_text = _("%(count)d h") % {"count": hours}
    minute_text = _("%(count)d min") % {"count": left}
    named = [(days, day_text), (hours, hour_text), (left, minute_text)]
    first = next((index for index, (amount, _text) in enumerate(named) if amount), len(named) - 1)
    texts = [text for amount, text in named[first : first + 2] if amount or text is named[first][1]]
    if len(texts) == 1:
        return texts[0]
    return _("%(larger)s %(smaller)s") % {"larger": texts[0], "smaller": texts[1]}


def short(text: str, limit: int) -> str:
    """At most so many characters of a text, ended after a whole word."""
    if len(text) <= limit:
        return text
    kept = text[:limit]  # one more than fits, so that a word that ends there stays
    cut = kept.rsplit(" ", 1)[0] if " " in kept else kept[:-1]
    return cut.rstrip(" ,;:.–-(/") + "…"


def masked(identifier: str) -> str:
    """An identifier of which only the last three characters can be read."""
    text = str(identifier)
    return f"{'•' * max(len(text) - 3, 0)}{text[-3:]}" if len(text) > 3 else "•" * len(text)


def phone(number: str) -> str:
    """A telephone number in groups that can be read out: 1900 558 826, 0203 355 8826."""
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) < 9 or not number.strip().isdigit():
        return number
    return f"{digits[:4]}{NBSP}{digits[4:7]}{NBSP}{digits[7:]}"


def file_size(size: int) -> str:
    """A file's size in kB or MB (powers of 1,000), with the reader's decimal mark."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": max(1, round(size / 1000))}
    amount = f"{size / 1_000_000:.1f}"
    return _("%(size)s MB") % {"size": amount if _language() == "en" else amount.replace(".", ",")}
