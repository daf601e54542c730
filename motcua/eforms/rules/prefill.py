"""What the account already knows."""

from collections.abc import Mapping
from typing import Any

from motcua.eforms.enums import FieldType, PaperKind
from motcua.eforms.rules.conditions import holds, is_answered
from motcua.eforms.rules.definition import Definition, Field, Section

Facts = Mapping[str, Mapping[str, Any]]
"""What is known of `owner` and `submitter`: full_name, id_number, birth_date, sex, address, phone, email,
ethnic_group, nationality, tax_code, paper; an address is {"unit": code, "street": text}."""


def known_value(field: Field, facts: Facts) -> Any:
    """What the account says to this question, or None."""
    party, _, name = field.prefill.partition(".")
    person = facts.get(party)
    if not person or not name:
        return None
    value = person.get(name)
    if field.type is FieldType.PAPER and not is_answered(value) and person.get("id_number"):
        return {"kind": PaperKind.ID_CARD.value, "number": str(person["id_number"])}
    if field.type is FieldType.YEAR and value is not None:
        return str(value)[:4]
    return value if isinstance(value, Mapping | bool) or value is None else str(value)


def prefill(definition: Definition, facts: Facts) -> dict[str, Any]:
    """The first answers of a new draft: what the account knows, else what most people answer."""
    found: dict[str, Any] = {}
    for field in definition.fields():
        value = known_value(field, facts) if field.prefill else None
        if is_answered(value):
            found[field.key] = dict(value) if isinstance(value, Mapping) else value
        elif field.default:
            found[field.key] = field.default
    return found


def repeated(section: Section, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a page before its person has said anything: what earlier pages say, what most people answer."""
    found: dict[str, Any] = {}
    for field in section.fields:
        said = answers.get(field.same_as) if field.same_as and holds(field.same_when, answers) else None
        if is_answered(said) and not is_answered(answers.get(field.key)):
            found[field.key] = said
        elif field.default and field.key not in answers:
            found[field.key] = field.default
    return found


def known_fields(definition: Definition, answers: Mapping[str, Any], facts: Facts) -> frozenset[str]:
    """The questions whose answer still is what the account says, to be shown as known."""
    return frozenset(
        field.key
        for field in definition.fields()
        if field.prefill and is_answered(value := known_value(field, facts)) and _same(answers.get(field.key), value)
    )


def _same(answer: Any, value: Any) -> bool:
    if isinstance(value, Mapping):
        return isinstance(answer, Mapping) and all(str(answer.get(k) or "") == str(v) for k, v in value.items() if v)
    return str(answer) == str(value)
