"""The draft of a result: words from the answers and the dossier, and what the officer adds, ready to print.

The body of a paper is Typst markup of the pack; answers reach it only as values (`#v.child_name`), so nothing an
applicant types can become markup.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.documents import wording
from motcua.eforms import rules
from motcua.eforms.enums import SignerCapacity
from motcua.eforms.rules import Definition, Field, ResultForm
from motcua.eforms.rules.results import Source
from motcua.eforms.rules.words import date_words, money_words, number_words

LANGUAGE = "vi"  # papers of the law are Vietnamese

CAPACITY_MARKS = {
    SignerCapacity.TM: "TM.",
    SignerCapacity.KT: "KT.",
    SignerCapacity.TL: "TL.",
    SignerCapacity.TUQ: "TUQ.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands on the paper: its texts by name for `ResultData.values`, and the names still empty."""

    title: str
    subject: str
    values: dict[str, str]
    missing: tuple[str, ...]


def draft(
    template: ResultForm,
    *,
    form: Definition,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    officer: Mapping[str, Any] | None = None,
) -> Draft:
    """The words of a result.

    Args:
        template: the result template.
        form: the form the answers belong to.
        answers: the checked answers of the dossier.
        facts: what the dossier knows: code, owner_name, owner_address, procedure_name, agency_name, place,
            received_on, decided_on and what else a template names; days as `date`.
        officer: the checked answers to the template's own questions (`template.officer`).
    """
    asked = {field.key: field for field in form.fields()}
    filled = {field.key: field for field in template.officer.fields()} if template.officer else {}
    values: dict[str, str] = {}
    for name, source in template.values.items():
        if source.origin == "answers":
            values[name] = _written(asked.get(source.key), answers.get(source.key), source)
        elif source.origin == rules.OFFICER:
            values[name] = _written(filled.get(source.key), (officer or {}).get(source.key), source)
        else:
            values[name] = _written(None, facts.get(source.key), source)
    subject = template.subject.format_map(_Blank(values))
    missing = tuple(name for name, text in values.items() if not text)
    return Draft(template.heading, subject, values, missing)


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


FILTERS: dict[str, Callable[[Any, str], str]] = {
    "upper": lambda _value, text: text.upper(),
    "date_words": lambda value, text: date_words(day) if (day := _day(value)) else text,
    "day_words": lambda value, text: wording.day(day) if (day := _day(value)) else text,
    "money_words": lambda value, text: money_words(value) if isinstance(value, int) else text,
    "number_words": lambda value, text: number_words(value) if isinstance(value, int) else text,
}


def _written(field: Field | None, value: Any, source: Source) -> str:
    if not rules.is_answered(value) and value != 0:
        return ""
    if field is not None and isinstance(value, list) and field.fields:
        text = "\n".join(rules.row_text(field, row, LANGUAGE) for row in value)
    elif field is not None:
        text = rules.display(field, value, LANGUAGE)
    else:
        text = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    for name in source.filters:
        text = FILTERS[name](value, text)
    return text


def symbol(template: ResultForm, *, number: int | str, agency: str = "") -> str:
    """Number and symbol of a paper, such as 15/TLKT-BS; `agency` is the short name where the pattern has one."""
    return template.symbol.format(number=number, agency=agency)


def capacity(
    template: ResultForm, chosen: SignerCapacity | str, *, position: str = "", body: str = ""
) -> tuple[str, ...]:
    """The lines above a signature (Decree 30/2020/NĐ-CP, appendix I).

    `position` is the signer's own title, `body` the collective signed for (TM.): `TM. ỦY BAN NHÂN DÂN` / `CHỦ TỊCH`;
    `KT. CHỦ TỊCH` / `PHÓ CHỦ TỊCH`; `TL. CHỦ TỊCH` / `CHÁNH VĂN PHÒNG`; `TUQ. CHỦ TỊCH` / the title.
    """
    chosen = SignerCapacity(chosen)
    head = template.position or "THỦ TRƯỞNG"
    if chosen is SignerCapacity.HEAD:
        return ((position or head).upper(),)
    if chosen is SignerCapacity.TM:
        return (f"TM. {body.upper() or 'ỦY BAN NHÂN DÂN'}", (position or head).upper())
    return tuple(line for line in (f"{CAPACITY_MARKS[chosen]} {head.upper()}", position.upper()) if line)
