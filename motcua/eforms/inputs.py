"""The inputs of a page: one Django field per input. They only show; what an answer means is decided by `rules`."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from motcua.eforms.enums import ELSEWHERE, FieldType, PaperKind
from motcua.eforms.rules import Field, Units, input_text, say
from motcua.eforms.rules.display import unit_text
from motcua.eforms.rules.lists import ETHNIC_GROUPS, nationalities
from motcua.ui import forms as ui_forms

RADIOS = 6  # more answers than that become a list to open
KINDS = {
    FieldType.FULL_NAME: "name",
    FieldType.NUMBER: "number",
    FieldType.MONEY: "money",
    FieldType.YEAR: "number",
    FieldType.ID_NUMBER: "id_number",
    FieldType.TAX_CODE: "tax_code",
    FieldType.PHONE: "phone",
    FieldType.EMAIL: "email",
    FieldType.PARTIAL_DATE: "date",
}
SIZES = {
    FieldType.YEAR: "xs",
    FieldType.TIME: "xs",
    FieldType.DATE: "s",
    FieldType.PARTIAL_DATE: "s",
    FieldType.NUMBER: "s",
    FieldType.MONEY: "m",
    FieldType.PHONE: "m",
    FieldType.ID_NUMBER: "m",
    FieldType.TAX_CODE: "m",
    FieldType.ETHNIC_GROUP: "m",
    FieldType.NATIONALITY: "m",
}
PART_SIZES = {"unit": "l", "street": "l", "kind": "m", "number": "m", "issuer": "l", "issued_on": "s"}


class Shown:
    """A field that takes whatever was typed: nothing is refused here, nothing is lost."""

    def clean(self, value: Any, initial: Any = None) -> Any:
        """The value as it came."""
        return value


class TextShown(Shown, forms.CharField):
    """A line or lines of text."""


class ChoiceShown(Shown, forms.ChoiceField):
    """One answer of several."""


class MultiShown(Shown, forms.MultipleChoiceField):
    """Some answers of several."""


class BooleanShown(Shown, forms.BooleanField):
    """A box to tick."""


class FileShown(Shown, ui_forms.FileField):
    """A file; `documents` looks into it when the owner stores it."""


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    return format_html_join("", '<option value="{}">{}</option>', choices)


class LongList(forms.Select):
    """A list of many answers, written at once: a template for each of 200 options costs 14 ms."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The same markup as Django's own."""
        options = _options(tuple((str(key), str(words)) for key, words in self.choices))
        chosen = format_html('<option value="{}">', "" if value is None else value)
        marked = mark_safe(options.replace(chosen, f"{chosen[:-1]} selected>", 1))  # noqa: S308 (both parts are escaped)
        shown = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", shown, marked)


class SectionInputs(ui_forms.Form):
    """All inputs of one page, with what the rules found wrong."""

    def __init__(self, data: Mapping[str, Any], fields: Mapping[str, forms.Field], problems: Mapping[str, str]) -> None:
        super().__init__(data=data, auto_id="f-%s")
        self.fields.update(fields)
        self.problems = problems

    def _post_clean(self) -> None:
        for name, sentence in self.problems.items():
            self.errors[name] = self.error_class([sentence], renderer=self.renderer)


def build(field: Field, name: str, *, units: Units, language: str) -> dict[str, forms.Field]:
    """The Django fields of one question, by the name of their input."""
    if field.type is FieldType.ADDRESS:
        return _address(field, name, units)
    if field.type is FieldType.PAPER:
        return _paper(field, name)
    return {name: _single(field, language)}


def show(field: Field, name: str, value: Any) -> dict[str, Any]:
    """What stands in the inputs of one question."""
    if field.type is FieldType.ADDRESS:
        return {f"{name}-{part}": input_text(field, value, part) for part in ("unit", "street")}
    if field.type is FieldType.PAPER:
        parts = {f"{name}-{part}": input_text(field, value, part) for part in ("kind", "number", "issuer", "issued_on")}
        return parts | {f"{name}-kind": parts[f"{name}-kind"] or PaperKind.ID_CARD.value}
    if field.type is FieldType.FILE:
        return {}
    if field.type is FieldType.MULTI:
        return {name: value if isinstance(value, list) else []}
    if field.type is FieldType.BOOLEAN:
        return {name: "on"} if value in (True, "true", "on") else {}
    return {name: input_text(field, value)}


def size(field: Field, part: str = "") -> str:
    """How wide the input is, by the length of its answer."""
    return PART_SIZES.get(part, "") if part else SIZES.get(field.type, "l")


def _single(field: Field, language: str) -> forms.Field:
    words: dict[str, Any] = {
        "label": say(field.label, language), "help_text": say(field.hint, language), "required": field.is_required,
    }  # fmt: skip
    if field.type in (FieldType.CHOICE, FieldType.MULTI):
        return _chosen(field, language, words)
    if field.type is FieldType.ETHNIC_GROUP:
        return _listed(ETHNIC_GROUPS, words, lang="vi")
    if field.type is FieldType.NATIONALITY:
        return _listed(nationalities(language), words)
    if field.type is FieldType.BOOLEAN:
        return BooleanShown(**words)
    if field.type is FieldType.FILE:
        return FileShown(**words)
    return TextShown(widget=_widget(field), strip=False, **words)


def _chosen(field: Field, language: str, words: dict[str, Any]) -> forms.Field:
    choices = [(choice.value, say(choice.label, language)) for choice in field.choices]
    if field.type is FieldType.MULTI:
        return MultiShown(choices=choices, widget=forms.CheckboxSelectMultiple, **words)
    if len(choices) <= RADIOS:
        return ChoiceShown(choices=choices, widget=forms.RadioSelect, **words)
    return _listed(dict(choices), words)


def _listed(choices: Mapping[str, str], words: dict[str, Any], **attrs: str) -> forms.Field:
    return ChoiceShown(choices=[("", _("Choose …")), *choices.items()], widget=LongList(attrs=attrs), **words)


def _widget(field: Field) -> forms.Widget:
    length = {"maxlength": str(field.max_length)}
    if field.type is FieldType.TEXTAREA:
        return forms.Textarea(attrs={"rows": "4", **length})
    is_own = field.prefill.startswith("submitter.")
    if field.type is FieldType.DATE:
        return ui_forms.DateText(kind="birth_date" if is_own else "date")
    attrs = {"maxlength": "4"} if field.type is FieldType.YEAR else {}
    if field.type in (FieldType.TEXT, FieldType.FULL_NAME, FieldType.EMAIL):
        attrs = length
    return ui_forms.text_input(KINDS.get(field.type, ""), **(attrs if is_own else attrs | {"autocomplete": "off"}))


def _address(field: Field, name: str, units: Units) -> dict[str, forms.Field]:
    choices = [
        ("", _("Choose …")),
        *((code, unit.name) for code, unit in units.items()),
        (ELSEWHERE, unit_text(ELSEWHERE)),
    ]
    is_own = field.prefill.startswith("submitter.")
    street = ui_forms.text_input("address" if is_own else "", maxlength="250")
    if not is_own:
        street.attrs["autocomplete"] = "off"
    return {
        f"{name}-unit": ChoiceShown(
            label=_("Commune, ward or special zone"),
            choices=choices,
            widget=LongList(attrs={"lang": "vi"}),
            required=field.is_required,
        ),
        f"{name}-street": TextShown(
            label=_("House number, street, village or quarter"),
            help_text=_("Outside the province: the whole address."),
            widget=street,
            required=False,
        ),
    }


def _paper(field: Field, name: str) -> dict[str, forms.Field]:
    kinds = [
        (PaperKind.ID_CARD.value, _("Identity card (12-digit personal number)")),
        (PaperKind.PASSPORT.value, _("Passport")),
        (PaperKind.OTHER.value, _("Another paper")),
    ]
    return {
        f"{name}-kind": ChoiceShown(label=_("Kind of paper"), choices=kinds, widget=forms.RadioSelect),
        f"{name}-number": TextShown(
            label=_("Number of the paper"),
            widget=ui_forms.text_input("code", maxlength="60"),
            required=field.is_required,
        ),
        f"{name}-issuer": TextShown(
            label=_("Issued by"), widget=ui_forms.text_input(autocomplete="off", maxlength="250"), required=False
        ),
        f"{name}-issued_on": TextShown(label=_("Issued on"), widget=ui_forms.DateText(), required=False),
    }
