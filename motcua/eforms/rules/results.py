"""What a result template is: the paper's body, where its words come from, and what the officer still fills in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from motcua.eforms.enums import SignerCapacity
from motcua.eforms.rules.definition import Definition, FormError, Text, parse

NAMED = re.compile(r"\bv\.([a-z][a-z0-9_]*)")
SOURCE = re.compile(r"(answers|facts|officer)\.([a-z][a-z0-9_]*)((?:\|[a-z_]+)*)")
FILTERS = frozenset({"upper", "date_words", "day_words", "money_words", "number_words"})
OFFICER = "officer"
"""The one section of the form the officer fills in."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a word of the paper comes from: an answer, a fact of the dossier, or the officer; how it is written."""

    origin: str
    key: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultForm:
    """A result template, ready to draft."""

    key: str
    version: int
    title: Text
    kind: str
    heading: str
    symbol: str
    subject: str
    body: str
    values: Mapping[str, Source]
    officer: Definition | None
    signers: tuple[SignerCapacity, ...]
    position: str
    recipients: tuple[str, ...]
    is_copy: bool = False


def check_result(document: Mapping[str, Any], expanded: Mapping[str, Any]) -> dict[str, Any]:
    """The content that is kept of a result template's file; raises `FormError`.

    `expanded` is the officer's form with the shared words put in.
    """
    names = ("key", "kind", "heading", "symbol", "subject", "body", "position")
    content: dict[str, Any] = {name: str(document.get(name, "")) for name in names}
    content |= {"title": expanded["title"], "values": dict(document.get("values", {}))}
    content |= {name: list(document.get(name, [])) for name in ("signers", "recipients")}
    content["is_copy"] = document.get("is_copy") is True
    if document.get("fields"):
        content["officer"] = {**expanded, "key": document.get("key")}
    parse_result(content)
    return content


def parse_result(content: Mapping[str, Any], *, version: int = 0) -> ResultForm:
    """Build a result template from its content, or raise `FormError`."""
    for name in ("key", "kind", "heading", "body"):
        if not content.get(name):
            raise FormError(name, "It is missing.")
    if "{number}" not in str(content.get("symbol", "")):
        raise FormError("symbol", "It must contain {number}.")
    try:
        signers = tuple(SignerCapacity(one) for one in content.get("signers", ()))
    except ValueError as error:
        raise FormError("signers", str(error)) from None
    officer = parse(content["officer"], version=version) if content.get("officer") else None
    values = {name: _source(name, text) for name, text in content.get("values", {}).items()}
    if officer is not None:
        values = {**{one.key: Source(OFFICER, one.key) for one in officer.fields()}, **values}
    body = str(content["body"])
    if missing := sorted(set(NAMED.findall(body + str(content.get("subject", "")))) - set(values)):
        raise FormError("body", f"Nothing gives the words of: {', '.join(missing)}.")
    return ResultForm(
        key=str(content["key"]), version=version, title=content.get("title", {}),
        kind=str(content["kind"]), heading=str(content["heading"]),
        symbol=str(content["symbol"]), subject=str(content.get("subject", "")), body=body, values=values,
        officer=officer, signers=signers or (SignerCapacity.HEAD,), position=str(content.get("position", "")),
        recipients=tuple(content.get("recipients", ())),
        is_copy=content.get("is_copy") is True,
    )  # fmt: skip


def _source(name: str, text: Any) -> Source:
    found = SOURCE.fullmatch(str(text))
    if found is None:
        raise FormError(f"values.{name}", f"“{text}” names no answer, fact or officer's field.")
    filters = tuple(one for one in found[3].split("|") if one)
    if unknown := sorted(set(filters) - FILTERS):
        raise FormError(f"values.{name}", f"Unknown way of writing: {', '.join(unknown)}.")
    return Source(found[1], found[2], filters)
