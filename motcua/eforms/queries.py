"""Reading forms: which one a procedure uses, what it asks, how answers read."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from motcua.eforms import rules
from motcua.eforms.enums import FieldType
from motcua.eforms.models import FormDefinition, ResultTemplate, Versioned
from motcua.eforms.rules import Definition, Result, ResultForm, Unit
from motcua.kernel.db import holds_on
from motcua.places import kept
from motcua.places import queries as places

GENERIC = "generic"
"""The key of the form, and of the result, for procedures that have none of their own."""

V = TypeVar("V", bound=Versioned)


def form_for(procedure_code: str, on: date) -> Definition:
    """The form of a procedure on a day; the generic one where it has none.

    Raises `FormDefinition.DoesNotExist` when not even the generic form is loaded.
    """
    return kept.value(
        ("form of", procedure_code, on), lambda: _definition(_row_for(FormDefinition, procedure_code, on).pk)
    )


def definition(key: str, version: int) -> Definition:
    """The form a dossier was filled in with; raises `FormDefinition.DoesNotExist`."""
    return kept.value(
        ("form", key, version), lambda: _definition(FormDefinition.objects.only("id").get(key=key, version=version).pk)
    )


def form_keys(on: date) -> dict[str, str]:
    """The key of the form of every procedure that has its own on a day."""
    rows = FormDefinition.objects.in_force(on).order_by("version").values_list("key", "procedures")
    newest = dict(rows)
    return {code: key for key, procedures in newest.items() for code in procedures}


def template_for(procedure_code: str, on: date) -> ResultForm:
    """The result template of a procedure on a day; the generic decision where it has none.

    Raises `ResultTemplate.DoesNotExist` when not even the generic one is loaded.
    """
    return kept.value(
        ("template of", procedure_code, on), lambda: _template(_row_for(ResultTemplate, procedure_code, on).pk)
    )


def template(key: str, version: int) -> ResultForm:
    """A result template in one version; raises `ResultTemplate.DoesNotExist`."""
    return _template(ResultTemplate.objects.only("id").get(key=key, version=version).pk)


def units_on(day: date) -> dict[str, Unit]:
    """The units an address may name on a day: communes, wards and special zones, in dictionary order."""
    return kept.value(("units on", day), lambda: _units_on(day))


def _units_on(day: date) -> dict[str, Unit]:
    rows = places.communes_at(day).select_related("parent__parent")
    return {unit.code: Unit(unit.code, unit.name, places.address("", unit.parent)) for unit in rows}


def asks_address(form: Definition) -> bool:
    """Whether the form needs the units of the day."""
    fields = [inner for field in form.fields() for inner in (field, *field.fields)]
    return any(field.type is FieldType.ADDRESS for field in fields)


def validate(form: Definition, data: Mapping[str, Any], *, today: date, language: str = "vi") -> Result:
    """The check before a dossier is submitted: `rules.validate` with the units of the day."""
    units = units_on(today) if asks_address(form) else {}
    return rules.validate(form, data, today=today, units=units, language=language)


def summary(form: Definition, answers: Mapping[str, Any], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections with (question, answer) in words, for the review page, the dossier page and prints."""
    return rules.summary(form, answers, language)


def _row_for(model: type[V], procedure_code: str, on: date) -> V:
    in_force = model._default_manager.filter(holds_on(on))
    newer = in_force.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
    wanted = Q(procedures__contains=[procedure_code]) | Q(key=GENERIC)
    is_generic = ExpressionWrapper(Q(key=GENERIC), output_field=BooleanField())
    found = in_force.filter(wanted, ~Exists(newer)).defer("content").order_by(is_generic).first()
    if found is None:
        raise model.DoesNotExist(f"No pack with a “{GENERIC}” definition is loaded.")
    return found


@lru_cache(maxsize=512)
def _definition(form_id: UUID) -> Definition:
    row = FormDefinition.objects.get(pk=form_id)
    return rules.parse(row.content, version=row.version, legal_basis=row.legal_basis, is_verified=row.is_verified)


@lru_cache(maxsize=512)
def _template(template_id: UUID) -> ResultForm:
    row = ResultTemplate.objects.get(pk=template_id)
    return rules.parse_result(row.content, version=row.version)
