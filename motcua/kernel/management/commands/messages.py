"""`python -m motcua messages`: gather what the interface says and keep locale/ in step; no GNU gettext is needed."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

PLURALS = {"vi": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);", "pt": "nplurals=2; plural=(n != 1);"}
SOURCE = "en"  # the language of the msgids
WIDTH = 120
# Which argument is what: "1" the message, "2" its plural, "c" its context.
SHAPES = {"gettext": "1", "ngettext": "12", "pgettext": "c1", "npgettext": "c12"}
IN_TEMPLATES = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


class Text(NamedTuple):
    """What one call or tag asks to be translated."""

    context: str
    single: str
    plural: str

    @property
    def id(self) -> str | tuple[str, str]:
        """As Babel names it."""
        return (self.single, self.plural) if self.plural else self.single

    @property
    def forms(self) -> tuple[str, ...]:
        """The singular and, where there is one, the plural."""
        return (self.single, self.plural) if self.plural else (self.single,)


@dataclass
class Found:
    """Every text with the files that say it, and the calls nobody can translate."""

    texts: dict[Text, set[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def add(self, text: Text, name: str) -> None:
        """Note that this file says this text."""
        self.texts.setdefault(text, set()).add(name)


class Command(BaseCommand):
    """Gathers msgids from Python and templates and merges them into locale/, or only says what is missing there."""

    help = "Gather the texts of the interface into locale/, or check that every language has them all."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Writing is the rule, checking the exception."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a language is not complete")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the catalogues, or list every fault and fail."""
        found = gather(Path(settings.ROOT))
        complaints = list(found.complaints)
        for language, _name in settings.LANGUAGES:
            path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
            if options["check"]:
                complaints += [f"{language}: {complaint}" for complaint in faults(path, found, language)]
            else:
                catalogue = merged(path, found, language)
                write(catalogue, path)
                empty = sum(1 for message in catalogue if message.id and not _complete(message))
                self.stdout.write(f"{language}: {len(catalogue)} texts, {empty if language != SOURCE else 0} missing")
        if complaints:
            raise CommandError("\n".join(complaints))


def gather(root: Path) -> Found:
    """Every text in the templates and the Python files below ``motcua`` and ``config``, tests left out."""
    found = Found()
    for path in sorted([*root.glob("motcua/**/*"), *root.glob("config/**/*")]):
        if path.suffix not in (".html", ".txt", ".py") or {"tests", "migrations"} & set(path.parts):
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        name, source = path.relative_to(root).as_posix(), path.read_text("utf-8")
        if path.suffix != ".py":
            _from_template(source, name, found)
        elif "gettext" in source:
            _from_python(source, name, found)
    return found


def _from_template(source: str, name: str, found: Found) -> None:
    """Django turns a template into something like Python; Babel reads it once its lines are not indented."""
    code = re.sub(r"^[ \t]+", "", templatize(source, origin=name), flags=re.M)
    calls = extract_python(io.BytesIO(code.encode()), IN_TEMPLATES, [], {"encoding": "utf-8"})
    for _line, function, texts, _comments in calls:
        parts = [texts] if isinstance(texts, str) else [part for part in texts if part is not None]
        found.add(_text(SHAPES.get(str(function), "1"), parts), name)


def _from_python(source: str, name: str, found: Found) -> None:
    """Calls of gettext and its kin, under whatever name the file imported them."""
    tree = ast.parse(source, name)
    shapes: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            named = {alias.asname or alias.name: re.sub(r"_(lazy|noop)$", "", alias.name) for alias in node.names}
            shapes |= {local: SHAPES[base] for local, base in named.items() if base in SHAPES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in shapes:
            shape: str = shapes[node.func.id]
            parts = [getattr(argument, "value", None) for argument in node.args[: len(shape)]]
            if len(parts) == len(shape) and all(isinstance(part, str) for part in parts):
                found.add(_text(shape, [str(part) for part in parts]), name)
            else:
                found.complaints.append(f"{name}:{node.lineno}: only a plain text can be gathered for translation")


def _text(shape: str, parts: list[str]) -> Text:
    said = dict(zip(shape, parts, strict=False))
    return Text(said.get("c", ""), said["1"], said.get("2", ""))


def read(path: Path, language: str) -> Catalog:
    """The catalogue as it lies there, empty when there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(path: Path, found: Found, language: str) -> Catalog:
    """The gathered texts with the translations that the file has for exactly these texts."""
    old, new = read(path, language), Catalog(locale=language)
    for text, names in sorted(found.texts.items()):
        kept = old.get(text.id, text.context or None)
        string = kept.string if kept and not kept.fuzzy and isinstance(kept.id, str) == (not text.plural) else ""
        if language == SOURCE and text.plural:
            string = text.forms
        flags = [flag for flag in (kept.flags if kept else ()) if flag != "fuzzy" and not flag.endswith("-format")]
        notes = kept.user_comments if kept else []
        new.add(
            text.id,
            string or (("",) * _forms(language) if text.plural else ""),
            locations=[(name, 0) for name in sorted(names)],
            flags=flags,
            user_comments=notes,
            context=text.context or None,
        )
    return new


def write(catalogue: Catalog, path: Path) -> None:
    """Sorted, without dates, addresses or line numbers, so that only what is said changes the file."""
    language = path.parts[-3]
    header = [
        'msgid ""',
        'msgstr ""',
        '"Project-Id-Version: motcua\\n"',
        f'"Language: {language}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {PLURALS[language]}\\n"',
    ]
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(header) + "\n\n" + body.getvalue().decode().strip() + "\n", "utf-8")


def faults(path: Path, found: Found, language: str) -> Iterator[str]:
    """What keeps this file from being complete and right."""
    if not path.exists():
        yield "there is no catalogue; run `bin/motcua messages`"
        return
    catalogue = read(path, language)
    known = {_named(message): message for message in catalogue if message.id}
    if f"Plural-Forms: {PLURALS[language]}" not in path.read_text("utf-8"):
        yield f"the header must say Plural-Forms: {PLURALS[language]}"
    for text in sorted(found.texts):
        message = known.pop(text, None)
        if message is None:
            yield f"not gathered: {text.single!r} ({min(found.texts[text])}); run `bin/motcua messages`"
        elif message.fuzzy:
            yield f"fuzzy: {text.single!r}"
        elif not _complete(message) and (language != SOURCE or text.plural):
            yield f"not translated: {text.single!r} ({min(found.texts[text])})"
        else:
            yield from _differences(text, message, language)
    yield from (f"obsolete: {text.single!r}; run `bin/motcua messages`" for text in sorted(known))
    if catalogue.obsolete:
        yield f"{len(catalogue.obsolete)} obsolete texts are kept as comments; run `bin/motcua messages`"


def _differences(text: Text, message: Message, language: str) -> Iterator[str]:
    """A translation that lost or gained a placeholder, a tag or a line break at its ends."""
    strings = _strings(message)
    if not any(strings):
        return
    if text.plural and len(strings) != _forms(language):
        yield f"needs {_forms(language)} forms, has {len(strings)}: {text.single!r}"
        return
    for number, string in enumerate(strings):
        # "one" of several forms may follow the singular, which often has no number to show.
        models = text.forms if len(strings) > 1 and number == 0 else text.forms[-1:]
        for what, marks in (("placeholders", PLACEHOLDER), ("tags", TAG)):
            if sorted(marks.findall(string)) not in [sorted(marks.findall(model)) for model in models]:
                yield f"other {what} than the text has: {text.single!r}: {string!r}"
        if (string[:1] == "\n", string[-1:] == "\n") != (models[0][:1] == "\n", models[0][-1:] == "\n"):
            yield f"other line breaks at the ends than the text has: {text.single!r}"


def _named(message: Message) -> Text:
    single, plural = message.id if isinstance(message.id, tuple | list) else (message.id, "")
    return Text(message.context or "", single, plural)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _complete(message: Message) -> bool:
    return all(_strings(message))


def _forms(language: str) -> int:
    return int(PLURALS[language][len("nplurals=")])
