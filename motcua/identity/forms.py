"""Forms of identity: shape only, the rules decide."""

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.identity.enums import ROLE_LABELS
from motcua.identity.models import Account
from motcua.kernel import clock
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


class NewPassword(ui_forms.Form):
    """The password so far, and a new one."""

    current = forms.CharField(
        label=_("Password so far"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs=ui_forms.INPUT_ATTRS["password"]),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. Three or four words in a row are easy to keep in mind."),
        min_length=12,
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_current(self) -> str:
        """Whoever sits at a screen left open cannot take the account over."""
        current: str = self.cleaned_data["current"]
        if not self.account.check_password(current):
            raise ValidationError(_("This is not the password of this account: type it again."))
        return current

    def clean_new(self) -> str:
        """Long enough, and not one everybody uses."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.account)
        return new


class StaffFilter(ui_forms.Form):
    """Whom to look for among the staff."""

    q = forms.CharField(label=_("Name or account name"), required=False, max_length=100)
    agency = forms.ChoiceField(label=_("Agency"), required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("All agencies")), *agencies]  # type: ignore[attr-defined]


class GrantRole(ui_forms.Form):
    """A role in an agency, from a day to a day, by a decision. `who` only where the page does not know it already."""

    who = forms.CharField(
        label=_("Account name or personal number"), max_length=150, widget=ui_forms.text_input("username"),
        help_text=_("The person has signed in at least once, with the national identity or an account of the office."),
    )  # fmt: skip
    agency = forms.ChoiceField(label=_("Agency"))
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose")), *((role.value, words) for role, words in ROLE_LABELS.items())]
    )
    valid_from = ui_forms.DateField(label=_("From"))
    valid_to = ui_forms.DateField(
        label=pgettext_lazy("the last day", "To"), required=False, help_text=_("Empty: until it is ended.")
    )
    decision = forms.CharField(
        label=_("Decision"), max_length=300, help_text=_("Number, date and office of the decision it rests on.")
    )

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], has_who: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Choose")), *agencies]  # type: ignore[attr-defined]
        if not has_who:
            del self.fields["who"]

    def clean_valid_to(self) -> date | None:
        """A role that is over before it is given is a slip of the pen."""
        last: date | None = self.cleaned_data["valid_to"]
        if last and last < clock.today():
            raise ValidationError(_("This day has passed: correct it, or leave it empty."))
        return last


class AbsenceForm(ui_forms.Form):
    """From when to when somebody is away, and which colleague stands in."""

    valid_from = ui_forms.DateField(label=_("From"))
    valid_to = ui_forms.DateField(label=pgettext_lazy("the last day", "To"), help_text=_("The last day away."))
    substitute = forms.ChoiceField(label=_("Who stands in"))
    basis = forms.CharField(
        label=_("What it rests on"), max_length=300,
        help_text=_("The leave, the journey or the decision, with its number and date."),
    )  # fmt: skip

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].choices = [("", _("Choose a colleague")), *colleagues]  # type: ignore[attr-defined]


class ChooseColleague(ui_forms.Form):
    """For whom an absence is written down."""

    of = forms.ChoiceField(label=_("Who is away"))

    def __init__(self, *args: Any, staff: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = [("", _("Choose a colleague")), *staff]  # type: ignore[attr-defined]


class EndAbsence(ui_forms.Form):
    """Why somebody is back early, or does not go."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=ui_forms.text_input())


class StaffReason(ui_forms.Form):
    """Why a role ends or an authenticator app is removed; it stands in the audit."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))
