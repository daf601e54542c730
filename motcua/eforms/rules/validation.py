"""From raw answers to answers that may be kept, or to sentences that say what to type."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.eforms.enums import ELSEWHERE, FieldType, PaperKind
from motcua.eforms.rules.conditions import holds, is_answered, visible_fields
from motcua.eforms.rules.definition import Definition, Field, Text, say
from motcua.eforms.rules.values import READERS, Wrong, clean_text
from motcua.identity import rules as identity
from motcua.kernel.errors import Refused

STREET_LENGTH = 250
CHOSEN = frozenset(
    {FieldType.CHOICE, FieldType.MULTI, FieldType.BOOLEAN, FieldType.ETHNIC_GROUP, FieldType.NATIONALITY}
)
WORDS = frozenset({FieldType.TEXT, FieldType.TEXTAREA, FieldType.FULL_NAME})
SHORT = 300
DATES = frozenset({FieldType.DATE, FieldType.PARTIAL_DATE, FieldType.YEAR})


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune, ward or special zone an address may name: its code, its name and the province around it."""

    code: str
    name: str
    within: str = ""


Units = Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Result:
    """Answers by key, safe for JSON, and sentences by the name of the input they belong to."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be corrected."""
        return not self.errors


@dataclass(slots=True)
class _Reading:
    """One pass over a form: what is known, what was wrong."""

    today: date
    units: Units
    language: str
    known: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def say(self, text: Text) -> str:
        return say(text, self.language)


def validate(
    definition: Definition,
    data: Mapping[str, Any],
    *,
    today: date,
    units: Units | None = None,
    language: str = "vi",
    section: str | None = None,
) -> Result:
    """Check raw or kept answers against the form; `section` limits the check to one page of it.

    Only fields that are asked are read: unknown keys, and answers to questions that are not asked, are dropped.
    Checking answers that were accepted gives the same answers again.

    Args:
        definition: the form in the version of the dossier.
        data: answers by key: text as typed, lists, parts of addresses and papers, rows as a list of mappings.
        today: the day against which "in the past" and ages are judged.
        units: the units that an address may name on the day of the dossier.
        language: of the labels inside the sentences.
        section: the key of the only section to check; the others are read for conditions.
    """
    reading = _Reading(today, units or {}, language, dict(data))
    answers: dict[str, Any] = {}
    for page in definition.sections:
        if not holds(page.when, reading.known):
            for one in page.fields:
                reading.known.pop(one.key, None)
            continue
        is_checked = section is None or page.key == section
        before = len(reading.errors)
        found = _fields(page.fields, reading.known, reading, "")
        if is_checked:
            answers |= found
        else:
            for name in list(reading.errors)[before:]:
                del reading.errors[name]
    return Result(answers, reading.errors)


def _fields(fields: tuple[Field, ...], values: dict[str, Any], reading: _Reading, prefix: str) -> dict[str, Any]:
    """Read fields in order; `values` is narrowed to what is asked and takes the answers as they become known."""
    answers: dict[str, Any] = {}
    for one in fields:
        if not visible_fields((one,), values) or one.type is FieldType.NOTE:
            continue
        name = f"{prefix}{one.key}"
        value = _field(one, values.get(one.key), values, reading, name)
        if is_answered(value) or (one.type is FieldType.BOOLEAN and value is False):
            answers[one.key] = values[one.key] = value
    return answers


def _field(one: Field, raw: Any, values: Mapping[str, Any], reading: _Reading, name: str) -> Any:
    if one.type is FieldType.ROWS:
        return _rows(one, raw, values, reading, name)
    if one.type is FieldType.ADDRESS:
        return _address(one, raw, reading, name)
    if one.type is FieldType.PAPER:
        return _paper(one, raw, values, reading, name)
    if not is_answered(raw):
        if one.is_required:
            reading.errors[name] = _missing(one, reading)
        return False if one.type is FieldType.BOOLEAN else None
    try:
        value = _read(one, raw)
        if one.is_required and not (is_answered(value) or value == 0):
            raise Wrong(_missing(one, reading))
        _bounds(one, value, values, reading)
    except Wrong as wrong:
        reading.errors[name] = wrong.sentence
        return None
    return value


def _read(one: Field, raw: Any) -> Any:
    """Read one answer. Only texts may be long: no pattern is tried on a page of blanks."""
    if one.type not in WORDS and isinstance(raw, str) and len(raw) > SHORT:
        raise Wrong(_("This answer is too long. Check what stands here."))
    return READERS[one.type](one, raw)


def _missing(one: Field, reading: _Reading) -> str:
    label = {"label": reading.say(one.label)}
    if one.type is FieldType.BOOLEAN:
        return _("Tick “%(label)s” if you agree; it is needed to go on.") % label
    if one.type is FieldType.FILE:
        return _("Add a file for “%(label)s”.") % label
    return (_("Choose an answer for “%(label)s”.") if one.type in CHOSEN else _("Fill in “%(label)s”.")) % label


def as_day(value: Any, *, last: bool = False) -> date | None:
    """The first (or last) day of a whole or partial date or of a year; None for anything else."""
    parts = str(value or "").split("-")
    if not parts[0].isdigit():
        return None
    year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else (12 if last else 1)
    if len(parts) > 2:
        return date(year, month, int(parts[2]))
    if not last:
        return date(year, month, 1)
    return date(year, 12, 31) if month == 12 else date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def _bounds(one: Field, value: Any, values: Mapping[str, Any], reading: _Reading) -> None:
    if one.type in DATES:
        _dates(one, value, values, reading)
    if one.type is FieldType.ID_NUMBER:
        _person(one, str(value), values)


def _dates(one: Field, value: Any, values: Mapping[str, Any], reading: _Reading) -> None:
    first, last = as_day(value), as_day(value, last=True)
    if first is None or last is None:
        return
    if one.is_past and first > reading.today:
        raise Wrong(_("This day has not come yet. Write a day up to today."))
    if one.minimum and last < date.fromisoformat(one.minimum):
        raise Wrong(_("This is too long ago. Check the year."))
    if one.min_age and identity.age(first, reading.today) < one.min_age:
        raise Wrong(_("The person must be at least %(age)d years old.") % {"age": one.min_age})
    other = as_day(values.get(one.after)) if one.after else None
    if other is not None and last < other:
        raise Wrong(_("This day lies before another one it must follow. Check both."))


def _person(one: Field, number: str, values: Mapping[str, Any]) -> None:
    """The personal number must agree with the birth and sex given beside it."""
    birth = as_day(values.get(one.birth)) if one.birth else None
    sex = str(values.get(one.sex) or "") if one.sex else ""
    try:
        identity.check_id_number(number, sex=sex or None, birth_year=birth.year if birth else None)
    except Refused as refused:
        raise Wrong(refused.message) from None


def _address(one: Field, raw: Any, reading: _Reading, name: str) -> dict[str, str] | None:
    parts = raw if isinstance(raw, Mapping) else {}
    unit, street = str(parts.get("unit") or ""), clean_text(parts.get("street") or "")
    if not unit and not street:
        if one.is_required:
            reading.errors[f"{name}-unit"] = _missing(one, reading)
        return None
    before = len(reading.errors)
    if not unit:
        reading.errors[f"{name}-unit"] = _("Choose the commune or ward, or “outside the province”.")
    elif unit != ELSEWHERE and unit not in reading.units:
        reading.errors[f"{name}-unit"] = _("This commune or ward is not in force any more. Choose the present one.")
    if len(street) > STREET_LENGTH:
        reading.errors[f"{name}-street"] = _("Shorten the address.")
    elif not street and unit == ELSEWHERE:
        reading.errors[f"{name}-street"] = _("Write the whole address, with commune, province and country.")
    if len(reading.errors) > before:
        return None
    where = reading.units.get(unit)
    words = [street, where.name, where.within] if where else [street]
    return {"unit": unit, "street": street, "text": ", ".join(word for word in words if word)}


def _paper(one: Field, raw: Any, values: Mapping[str, Any], reading: _Reading, name: str) -> dict[str, str] | None:
    parts = raw if isinstance(raw, Mapping) else {}
    number, issuer = clean_text(parts.get("number") or ""), clean_text(parts.get("issuer") or "")[:STREET_LENGTH]
    kind, issued = str(parts.get("kind") or ""), str(parts.get("issued_on") or "")
    if not number and not issuer and not issued.strip():
        if one.is_required:
            reading.errors[f"{name}-number"] = _missing(one, reading)
        return None
    errors: dict[str, str] = {}
    if kind not in set(PaperKind):
        errors["kind"] = _("Choose what kind of paper it is.")
    try:
        number = _paper_number(one, kind, number, values)
    except Wrong as wrong:
        errors["number"] = wrong.sentence
    try:
        issued = _read(replace(one, type=FieldType.DATE), issued) if issued.strip() else ""
        if issued and date.fromisoformat(issued) > reading.today:
            errors["issued_on"] = _("This day has not come yet. Write a day up to today.")
    except Wrong as wrong:
        errors["issued_on"] = wrong.sentence
    reading.errors |= {f"{name}-{part}": sentence for part, sentence in errors.items()}
    if errors:
        return None
    found = {"kind": kind, "number": number, "issuer": issuer, "issued_on": issued}
    return {part: value for part, value in found.items() if value}


def _paper_number(one: Field, kind: str, number: str, values: Mapping[str, Any]) -> str:
    if kind == PaperKind.ID_CARD:
        number = _read(replace(one, type=FieldType.ID_NUMBER), number)
        _person(one, number, values)
        return number
    plain = number.upper().replace(" ", "")
    if kind == PaperKind.PASSPORT and not (6 <= len(plain) <= 12 and plain.isascii() and plain.isalnum()):
        raise Wrong(_("Write the passport number in letters and digits, for example C1234567."))
    if not number:
        raise Wrong(_("Write the number of the paper."))
    return plain if kind == PaperKind.PASSPORT else number[:60]


def _rows(one: Field, raw: Any, values: Mapping[str, Any], reading: _Reading, name: str) -> list[dict[str, Any]] | None:
    keys = frozenset(inner.key for inner in one.fields)
    rows = raw if isinstance(raw, list) else []
    own = [{k: v for k, v in row.items() if k in keys} if isinstance(row, Mapping) else {} for row in rows]
    filled = [(index, row) for index, row in enumerate(own) if is_answered(row)]
    label = reading.say(one.label)
    least = max(one.min_rows, 1 if one.is_required else 0)
    if len(filled) > one.max_rows:
        reading.errors[name] = _too_many(label, one.max_rows)
        return None
    if len(filled) < least:
        reading.errors[name] = _too_few(label, least)
    outer = {key: value for key, value in values.items() if key not in keys}
    found = []
    for index, row in filled:
        prefix = f"{name}-{index}-"
        found.append(_fields(one.fields, {**outer, **row}, reading, prefix))
        if len(rows) > 1:
            _name_row(one, index, prefix, reading)
    return found or None


def _name_row(one: Field, index: int, prefix: str, reading: _Reading) -> None:
    """Say in each sentence about a row which row it is."""
    row = {"name": reading.say(one.row_label), "number": index + 1}
    for path in [path for path in reading.errors if path.startswith(prefix)]:
        reading.errors[path] = _("%(name)s %(number)d: %(sentence)s") % {**row, "sentence": reading.errors[path]}


def _too_few(label: str, least: int) -> str:
    text = ngettext(
        "Add at least %(count)d entry under “%(label)s”.", "Add at least %(count)d entries under “%(label)s”.", least
    )
    return text % {"count": least, "label": label}


def _too_many(label: str, most: int) -> str:
    text = ngettext(
        "At most %(count)d entry fits under “%(label)s”.", "At most %(count)d entries fit under “%(label)s”.", most
    )
    return text % {"count": most, "label": label}
