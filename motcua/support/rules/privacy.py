"""What must not be published: traces of a person in a text. Pure (Law 91/2025/QH15 on personal data)."""

import re
from collections.abc import Sequence

GAP = "[…]"
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # an e-mail address
    re.compile(r"[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{4,8}"),  # the code of a dossier
    re.compile(r"(?:(?<![\d])|(?<=\+))(?:84|0)\d(?:[ .-]?\d){7,9}(?!\d)"),  # a telephone or personal number
    re.compile(r"(?<!\d)\d{9,13}(?!\d)"),  # an identity card, tax or account number
)


def traces(text: str, names: Sequence[str] = ()) -> list[str]:
    """What in a text leads to a person: names given, addresses of e-mail, telephone, personal and dossier numbers."""
    found = [match.group() for pattern in _PATTERNS for match in pattern.finditer(text)]
    found += [match.group() for name in _worth(names) for match in _of_name(name).finditer(text)]
    return list(dict.fromkeys(found))


def remove(text: str, names: Sequence[str] = ()) -> str:
    """The text with a gap in place of each trace: a proposal, the publishing officer reads it."""
    for pattern in (*_PATTERNS, *(_of_name(name) for name in _worth(names))):
        text = pattern.sub(GAP, text)
    return text


def _worth(names: Sequence[str]) -> list[str]:
    """Whole names only: a single syllable is an ordinary word."""
    return [name.strip() for name in names if len(name.split()) > 1]


def _of_name(name: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(re.escape(part) for part in name.split()) + r"(?!\w)", re.IGNORECASE)
