"""Forms of identity: shape only, the rules decide."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from motcua.ui import forms as ui_forms


class LocalSignIn(ui_forms.Form):
    """Account name and password."""

    username = forms.CharField(label=_("Account name"), max_length=150, widget=ui_forms.text_input("username"))
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs=ui_forms.INPUT_ATTRS["password"]),
    )


class Code(ui_forms.Form):
    """A code of the authenticator app."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your app, or one of your recovery codes."),
        max_length=16,
        widget=ui_forms.text_input("otp", maxlength="16"),
    )


class Contact(ui_forms.ActForm):
    """How the person is reached, and in which language."""

    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False, widget=ui_forms.text_input("phone"))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=ui_forms.text_input("email"))
    unit = forms.ChoiceField(label=_("Commune, ward or special zone"), required=False)
    street = forms.CharField(
        label=_("House number and street, or village"),
        max_length=200,
        required=False,
        widget=ui_forms.text_input("address"),
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Outside the province, or not known")), *units]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """A Vietnamese or international number, kept without spaces."""
        phone = re.sub(r"[\s.\-()]", "", self.cleaned_data["phone"])
        if phone and not re.fullmatch(r"(0\d{9,10}|\+\d{8,15})", phone, re.ASCII):
            raise ValidationError(
                _("Write the telephone number with ten digits, such as 0912 345 678, or with + and the country.")
            )
        return phone
