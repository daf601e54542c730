"""What is said at each occasion. The modules that know the occasions register their wording here, once, at start.

Texts are English message ids marked with `gettext_lazy`; names of facts stand in them as `%(code)s`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from motcua.kernel.errors import DomainError
from motcua.ui import formats

Words = str | Promise


class TemplateUnknown(DomainError):
    """There is no wording for this occasion: register it in the module that notifies."""


@dataclass(frozen=True, slots=True)
class Template:
    """The wording of one occasion: a subject, a body of short paragraphs, and one line of at most 160 characters."""

    key: str
    subject: Words
    body: Words
    short: Words


@dataclass(frozen=True, slots=True)
class Written:
    """A message in words, in one language."""

    subject: str
    body: str
    short: str


_templates: dict[str, Template] = {}


def register(key: str, *, subject: Words, body: Words, short: Words) -> None:
    """Register the wording of an occasion under a key such as `dossiers.accepted`; the same key again replaces it."""
    _templates[key] = Template(key, subject, body, short)


def registered() -> tuple[str, ...]:
    """The keys of all occasions."""
    return tuple(sorted(_templates))


def write(key: str, *, language: str, facts: Mapping[str, Any]) -> Written:
    """The message of an occasion in a language. Moments and days among the facts take the reader's form."""
    template = _templates.get(key)
    if template is None:
        raise TemplateUnknown(f"{TemplateUnknown.__doc__} ({key})")
    with translation.override(language):
        shown = {name: _shown(value) for name, value in facts.items()}
        subject = " ".join((str(template.subject) % shown).split())
        return Written(subject, str(template.body) % shown, str(template.short) % shown)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    return str(value)
