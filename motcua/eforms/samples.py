"""Valid answers to any form, for the demo and for tests. Everybody in them is invented."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from motcua.eforms import rules
from motcua.eforms.enums import FieldType, PaperKind
from motcua.eforms.rules import Definition, Facts, Field, Units
from motcua.eforms.rules.prefill import known_value
from motcua.eforms.rules.validation import as_day

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = {"male": ("Văn", "Đức", "Minh", "Quang"), "female": ("Thị", "Ngọc", "Thu", "Phương")}
GIVEN = {"male": ("An", "Bình", "Cường", "Dũng", "Hải", "Long"), "female": ("Hà", "Lan", "Mai", "Nga", "Thảo", "Yến")}
STREETS = ("Tổ 4, khu 2", "Số 12, đường Trần Hưng Đạo", "Thôn 3", "Số 7, ngõ 15, đường Lê Thánh Tông", "Khu 5B")
SENTENCES = ("Theo giấy tờ gửi kèm.", "Phục vụ nhu cầu của gia đình.", "Giấy tờ cũ đã bị thất lạc.")


def answers(
    definition: Definition,
    facts: Facts,
    rng: Random,
    *,
    today: date,
    units: Units,
    chosen: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Answers that pass the check of the form.

    Args:
        definition: the form.
        facts: what the account knows of owner and submitter; it fills what it can.
        rng: the source of chance; the same seed gives the same answers.
        today: the day the form is filled in.
        units: the units addresses may name.
        chosen: answers that are wanted as they are.
    """
    known: dict[str, Any] = {}
    for section in definition.sections:
        if rules.holds(section.when, known):
            _fill(section.fields, known, _Source(facts, rng, today, units, chosen or {}))
    result = rules.validate(definition, known, today=today, units=units)
    if not result.is_valid:
        raise ValueError(f"{definition.key}: no valid answers for {', '.join(result.errors)}: {result.errors}")
    return result.answers


class _Source:
    """Where invented answers come from."""

    def __init__(self, facts: Facts, rng: Random, today: date, units: Units, chosen: Mapping[str, Any]) -> None:
        self.facts, self.rng, self.today, self.units, self.chosen = facts, rng, today, units, chosen

    def name(self, sex: str = "") -> str:
        sex = sex or self.rng.choice(("male", "female"))
        return " ".join(self.rng.choice(part) for part in (SURNAMES, MIDDLES[sex], GIVEN[sex]))

    def day(self, field: Field, values: Mapping[str, Any]) -> date:
        """A day within the field's bounds: grown-ups where an age is asked, else within the last months."""
        if "until" in field.key:
            return self.today + timedelta(days=180)
        after = as_day(values.get(field.after)) if field.after else None
        if field.min_age:
            return self.today - timedelta(days=365 * (field.min_age + 3) + self.rng.randrange(7000))
        if after is not None:
            return min(self.today, after + timedelta(days=self.rng.randrange(1, 40)))
        if "ward" in field.key:
            return self.today - timedelta(days=365 * 2 + self.rng.randrange(365 * 12))
        if "birth" in field.key and "child" not in field.key:
            return self.today - timedelta(days=365 * 22 + self.rng.randrange(15000))
        return self.today - timedelta(days=self.rng.randrange(5, 50))

    def address(self) -> dict[str, str]:
        unit = self.rng.choice(sorted(self.units)) if self.units else "elsewhere"
        return {"unit": unit, "street": self.rng.choice(STREETS)}

    def number(self, birth: date | None, sex: str) -> str:
        """A personal number that agrees with birth and sex."""
        born = birth or date(self.rng.randrange(1960, 2005), 1, 1)
        digit = (born.year - 1900) // 100 * 2 + (1 if (sex or self.rng.choice(("male", "female"))) == "female" else 0)
        return f"022{digit}{born.year % 100:02d}{self.rng.randrange(10**6):06d}"


def _fill(fields: tuple[Field, ...], known: dict[str, Any], source: _Source) -> None:
    for field in fields:
        if field.type is FieldType.NOTE or not rules.holds(field.when, known):
            continue
        if field.key in source.chosen:
            known[field.key] = source.chosen[field.key]
            continue
        value = known_value(field, source.facts)
        if not rules.is_answered(value) and (field.is_required or source.rng.random() < 0.5):
            value = _value(field, known, source)
        if rules.is_answered(value):
            known[field.key] = value


def _value(field: Field, known: Mapping[str, Any], source: _Source) -> Any:
    if field.type is FieldType.ROWS:
        return _rows(field, known, source)
    if field.key.endswith("sex"):
        return _sex(str(known.get(f"{field.key.removesuffix('sex')}name", "")), source)
    if field.type in (FieldType.CHOICE, FieldType.MULTI):
        value = source.rng.choice(field.choices).value
        return [value] if field.type is FieldType.MULTI else value
    if field.type in (FieldType.DATE, FieldType.PARTIAL_DATE):
        return source.day(field, known).isoformat()
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return _number(field, source)
    if field.type in (FieldType.ID_NUMBER, FieldType.PAPER):
        birth = as_day(known.get(field.birth)) if field.birth else None
        number = source.number(birth, str(known.get(field.sex, "")) if field.sex else "")
        is_paper = field.type is FieldType.PAPER
        return {"kind": PaperKind.ID_CARD.value, "number": number} if is_paper else number
    if field.type is FieldType.FULL_NAME:
        return _name(field.key, known, source)
    return _plain(field, source)


def _name(key: str, known: Mapping[str, Any], source: _Source) -> str:
    """A name that fits the part somebody plays; a child bears its father's surname."""
    if any(word in key for word in ("mother", "wife")):
        return source.name("female")
    name = source.name("male" if any(word in key for word in ("father", "husband")) else "")
    child = str(known.get("child_name", ""))
    return " ".join([child.split()[0], *name.split()[1:]]) if key == "father_name" and child else name


def _sex(name: str, source: _Source) -> str:
    """The sex a given name speaks of, by chance for any other."""
    for sex, names in MIDDLES.items():
        if set(names) & set(name.split()):
            return sex
    return source.rng.choice(("male", "female"))


def _number(field: Field, source: _Source) -> int | str:
    if field.samples:
        return source.rng.choice(field.samples)
    low = int(float(field.minimum or 1))
    high = int(float(field.maximum or (500_000_000 if field.type is FieldType.MONEY else 200)))
    return source.rng.randint(low, max(low, high))


def _plain(field: Field, source: _Source) -> Any:
    """Answers that depend on nothing else."""
    if field.samples or field.default:
        return source.rng.choice(field.samples or (field.default,))
    if field.pattern:
        return field.example
    simple: dict[FieldType, Any] = {
        FieldType.YEAR: source.today.year - source.rng.randrange(22, 60),
        FieldType.TIME: f"{source.rng.randrange(24):02d}:{source.rng.randrange(60):02d}",
        FieldType.BOOLEAN: field.is_required or source.rng.random() < 0.3,
        FieldType.ADDRESS: source.address(),
        FieldType.TAX_CODE: source.number(None, ""),
        FieldType.PHONE: f"09{source.rng.randrange(10**8):08d}",
        FieldType.EMAIL: f"dan{source.rng.randrange(10**4)}@example.vn",
        FieldType.ETHNIC_GROUP: "01",
        FieldType.NATIONALITY: "VN",
        FieldType.FILE: None,
        FieldType.TEXTAREA: source.rng.choice(SENTENCES),
    }
    if field.type in simple:
        return simple[field.type]
    return (field.example or source.rng.choice(SENTENCES))[: field.max_length]


def _rows(field: Field, known: Mapping[str, Any], source: _Source) -> list[dict[str, Any]]:
    count = source.rng.randint(max(1, field.min_rows), min(field.max_rows, max(2, field.min_rows)))
    keys = {inner.key for inner in field.fields}
    rows = []
    for _index in range(count):
        row = dict(known)
        _fill(field.fields, row, source)
        rows.append({key: value for key, value in row.items() if key in keys})
    return rows
