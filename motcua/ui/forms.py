"""Forms as the design system draws them: label, hint, error, input; nothing typed is ever lost."""

import re
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from motcua.kernel.errors import Refused

# What a phone's keyboard and the browser's memory need to know about a kind of text. Lengths leave room for spaces and
# words around what is asked for: a browser cuts off what is pasted beyond them without a word.
INPUT_ATTRS: dict[str, dict[str, str]] = {
    "name": {"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    "email": {"type": "email", "inputmode": "email", "autocomplete": "email", "spellcheck": "false"},
    "address": {"autocomplete": "street-address"},
    "id_number": {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    "tax_code": {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    "money": {"inputmode": "numeric", "autocomplete": "off"},
    "number": {"inputmode": "numeric", "autocomplete": "off"},
    "code": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    "otp": {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "8"},
    # no keyboard of digits for days: on some phones it has no stroke to part them with
    "date": {"autocomplete": "off", "maxlength": "30"},
    "birth_date": {"autocomplete": "bday", "maxlength": "30"},
    "username": {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    "password": {"autocomplete": "current-password"},
}


class Renderer(TemplatesSetting):
    """`FORM_RENDERER` of the project: `{{ form }}` and `{{ field.as_field_group }}` come out as components."""

    form_template_name = "ui/components/form.html"
    field_template_name = "ui/components/field_group.html"


def text_input(kind: str = "", **attrs: str) -> forms.TextInput:
    """A one-line input that brings up the right keyboard: `kind` is a key of `INPUT_ATTRS`."""
    return forms.TextInput(attrs={**INPUT_ATTRS.get(kind, {}), **attrs})


class DateText(forms.DateInput):
    """A day typed as 27/3/1990; an ISO day is taken as well."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, kind: str = "date") -> None:
        super().__init__(attrs={**INPUT_ATTRS[kind], **(attrs or {})}, format="%d/%m/%Y")


class DateNative(forms.DateInput):
    """The browser's own day picker, for days near today (appointments, filters)."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateParts(forms.MultiWidget):
    """Three small inputs, day, month and year, for days that people know by heart."""

    template_name = "ui/components/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, is_birth: bool = False) -> None:
        names = ("day", "month", "year")
        parts: dict[str, forms.Widget | type[forms.Widget]] = {}
        for name in names:
            part = {"inputmode": "numeric", "maxlength": "4" if name == "year" else "2"}
            if is_birth:
                part["autocomplete"] = f"bday-{name}"
            parts[name] = forms.TextInput(attrs=part)
        super().__init__(parts, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each part its word and width."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        labels = (_("Day"), _("Month"), _("Year"))
        for part, label, size in zip(context["widget"]["subwidgets"], labels, ("2", "2", "4"), strict=True):
            part["label"], part["size"] = label, size
        return context

    def id_for_label(self, id_: str) -> str:
        """The first part is the one a label or an error leads to."""
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Any) -> list[Any]:
        """Day, month, year of a date, or of what was typed."""
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        found = re.fullmatch(r"\s*(\d*)/(\d*)/(\d*)\s*", value) if isinstance(value, str) else None
        return list(found.groups()) if found else [value, None, None]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:  # type: ignore[override]
        """The parts as one text day/month/year; a single value under the plain name is taken as well."""
        parts = [part or "" for part in super().value_from_datadict(data, files, name)]
        if any(parts):
            return "/".join(parts)
        value: str | None = data.get(name)
        return value

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Omitted when neither the parts nor the plain name were sent."""
        return name not in data and bool(super().value_omitted_from_data(data, files, name))


class DateField(forms.DateField):
    """A day, typed as dd/mm/yyyy (also d-m-yyyy, d.m.yyyy) or sent as ISO; never month first."""

    widget = DateText
    default_error_messages = {
        "invalid": _("Write a real day as day/month/year, for example 27/3/1990."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"])
        super().__init__(**kwargs)


class FileInput(forms.FileInput):
    """Choose a file, or take a picture with the phone's camera: two inputs of one name, the filled one counts."""

    template_name = "ui/components/file_input.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        accept: str = "application/pdf,image/jpeg,image/png",
        has_camera: bool = True,
    ) -> None:
        super().__init__(attrs={"accept": accept, **(attrs or {})})
        self.has_camera = has_camera

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Say whether a camera is offered."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["has_camera"] = self.has_camera
        return context


class FileField(forms.FileField):
    """A file of the dossier. Its content is checked by `documents`; here only that there is one."""

    widget = FileInput
    default_error_messages = {
        "empty": _("The file is empty. Choose it again, or take a new picture."),
        "missing": _("The file did not arrive. Choose it again."),
        "invalid": _("The file did not arrive. Choose it again."),
    }


# What a person reads instead of the framework's "Enter a valid …", by kind of field and code of error.
SENTENCES: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {
        "max_length": _("This is too long: write at most %(limit_value)d characters; now there are %(show_value)d."),
        "min_length": _("This is too short: write at least %(limit_value)d characters; now there are %(show_value)d."),
        "max_value": _("Write a number of at most %(limit_value)s."),
        "min_value": _("Write a number of at least %(limit_value)s."),
        "null_characters_not_allowed": _("This holds a sign that cannot be stored. Type the answer again."),
    },
    forms.IntegerField: {"invalid": _("Write a whole number in digits, for example 12.")},
    forms.EmailField: {"invalid": _("Write an e-mail address with an @, for example ten@example.vn.")},
    forms.ChoiceField: {"invalid_choice": _("Choose one of the answers in the list.")},
    forms.MultipleChoiceField: {"invalid_choice": _("Choose among the answers in the list.")},
    forms.ModelChoiceField: {"invalid_choice": _("Choose one of the answers in the list.")},
}


def _required_sentence(field: forms.Field) -> Any:
    if isinstance(field, forms.FileField):
        return _("Add a file for “%(label)s”.")
    if isinstance(field, forms.BooleanField):
        return _("Tick the box “%(label)s” to go on.")
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return _("Choose an answer for “%(label)s”.")
    return _("Fill in “%(label)s”.")


@cache
def _sentences(kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        found |= SENTENCES.get(base, {})
    return found


@cache
def _defaults(kind: type, code: str) -> tuple[Any, ...]:
    """What the framework says of an error, in a kind of field and in those it is derived from."""
    return tuple(
        base.__dict__["default_error_messages"].get(code)
        for base in kind.__mro__
        if base.__module__.startswith("django.") and "default_error_messages" in base.__dict__
    )


def _is_default(field: forms.Field, code: str) -> bool:
    kind: type = type(field)
    message = field.error_messages.get(code)
    return message is None or any(message is default for default in _defaults(kind, code))


class Form(forms.Form):
    """The base of all forms: server-side checks, sentences as errors, fields drawn by `mc_field`."""

    use_required_attribute = False
    required_css_class = ""
    template_name = "ui/components/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.speak()

    def speak(self) -> None:
        """Replace the framework's messages, unless a field has its own. Call again after adding fields."""
        for name, field in self.fields.items():
            kind: type = type(field)
            for code, sentence in _sentences(kind).items():
                if _is_default(field, code):
                    field.error_messages[code] = sentence
            if _is_default(field, "required"):
                label = field.label if field.label is not None else name.replace("_", " ").capitalize()
                field.error_messages["required"] = _required_sentence(field) % {"label": str(label).rstrip(".?: ")}

    def refuse(self, error: Refused) -> None:
        """Show why the service refused, beside the field concerned or above the form; the answers stay."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class ActForm(Form):
    """A form of one act: `key` makes a re-sent form find the first result, `expected` is the version it saw."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, expected: int | None = None, **kwargs: Any) -> None:
        initial = {"key": uuid4(), **(kwargs.pop("initial", None) or {})}
        if expected is not None:
            initial["expected"] = expected
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("key", "expected"):
            self.fields[name].error_messages |= {
                "required": _("This page is out of date. Open it again and repeat your answer."),
                "invalid": _("This page is out of date. Open it again and repeat your answer."),
            }
