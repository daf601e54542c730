"""Vietnamese text: folding for search, keys for sorting (the database has no Vietnamese collation)."""

import re
import unicodedata
from functools import lru_cache

_D = str.maketrans({"đ": "d", "Đ": "D"})
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_WORD = re.compile(r"[0-9a-z]+")


def visible(text: str) -> str:
    """The text without characters nobody sees (zero-width spaces, joiners, direction marks), as pasting brings them."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case without accents, one space between words: `Đăng ký kết hôn` → `dang ky ket hon`."""
    plain = unicodedata.normalize("NFD", visible(text).translate(_D).lower())
    return " ".join(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


@lru_cache(maxsize=20_000)
def sort_key(text: str) -> str:
    """A key whose byte order is the Vietnamese dictionary order: first the letters, then the tones."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", text.lower()):
        base, tone = _split(char)
        place = _LETTERS.find(base)
        letters.append(chr(0x41 + place) if place >= 0 else (char if char.isdigit() else " "))
        tones.append(tone)
    return f"{''.join(letters)}\x01{''.join(tones)}"


def _split(char: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", char)
    tone = next((mark for mark in parts[1:] if mark in _TONES), "")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c != tone)), _TONES[tone]
