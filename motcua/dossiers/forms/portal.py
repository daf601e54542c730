"""What people type into the portal's pages about dossiers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.identity.enums import Relation as Kin
from motcua.ui import forms as ui_forms

Choices = Sequence[tuple[str, Any]]
OTHER = "other"


class StartForm(ui_forms.ActForm):
    """For whom, which case, where. Choices are given by the view, fields that have none are left out."""

    whom = forms.ChoiceField(label=_("For whom do you file?"), widget=forms.RadioSelect)
    other_name = forms.CharField(
        label=_("Full name of the person"), max_length=120,
        error_messages={"required": _("Write the full name of the person you file for.")},
        widget=ui_forms.text_input(autocapitalize="words", spellcheck="false", autocomplete="off"),
    )  # fmt: skip
    other_relation = forms.ChoiceField(label=_("What the person is to you"), choices=[("", _("Choose")), *Kin.choices])
    other_number = forms.CharField(
        label=_("Personal number (12 digits)"), required=False, max_length=20, widget=ui_forms.text_input("id_number"),
        help_text=_("Leave it empty if there is none yet, for example for a small child."),
    )  # fmt: skip
    other_birth = ui_forms.DateField(label=_("Date of birth"), required=False, help_text=_("For example 27/3/1990"))
    case = forms.ChoiceField(label=_("Which case is yours?"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=_("Which ward or commune decides?"),
        help_text=_("Usually where the person lives. Its people's committee handles the dossier."),
    )
    centre = forms.ChoiceField(
        label=_("Which centre receives it?"), required=False,
        help_text=_("You may choose any centre in the province; a paper result is fetched there."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        whom: Choices,
        cases: Choices,
        units: Choices,
        centres: Choices,
        needs_unit: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].required = needs_unit
        if not needs_unit:
            self.fields["unit"].label = _("Who decides your case?")
            self.fields["unit"].help_text = _("The provincial agency, or the people's committee of a ward or commune.")
        for name, choices in (("whom", whom), ("case", cases), ("unit", units), ("centre", centres)):
            if choices:
                self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
            else:
                del self.fields[name]
        if OTHER not in dict(whom):
            for name in ("other_name", "other_relation", "other_number", "other_birth"):
                del self.fields[name]
        else:  # asked only for somebody else, and then needed
            is_other = not self.is_bound or self.data.get("whom") == OTHER
            for name in ("other_name", "other_relation"):
                self.fields[name].required = is_other


class PaperForm(ui_forms.ActForm):
    """One file for one paper of the dossier."""

    component = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    file = ui_forms.FileField(label=_("File or picture"))


class ReviewForm(ui_forms.ActForm):
    """The last look before sending: how to be reached, the form of the result, and the promise."""

    phone = forms.RegexField(
        r"^\+?[0-9][0-9 .-]{7,16}$", label=_("Telephone"), widget=ui_forms.text_input("phone"),
        help_text=_("We send a message when something happens."),
        error_messages={"invalid": _("Write a telephone number in digits, for example 0912 345 678.")},
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), required=False, widget=ui_forms.text_input("email"))
    result_form = forms.ChoiceField(label=_("How do you want the result?"), widget=forms.RadioSelect)
    in_english = forms.BooleanField(label=_("Receipt and notices with English under the Vietnamese"), required=False)
    without_papers = forms.BooleanField(
        label=_("Send it without the missing papers; I know that I may be asked for them"), required=True,
        error_messages={"required": _("Add the missing papers, or tick the box to send it without them.")},
    )  # fmt: skip
    promise = forms.BooleanField(
        label=_("What I say here is true and complete, and I answer for it before the law"),
        error_messages={"required": _("Read your answers, then tick the box that they are true.")},
    )

    def __init__(
        self, *args: Any, result_forms: Choices, is_complete: bool, has_promised: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result_form"].choices = list(result_forms)  # type: ignore[attr-defined]
        self.fields["result_form"].initial = result_forms[0][0]
        if is_complete:
            del self.fields["without_papers"]
        if has_promised:
            del self.fields["promise"]


class AnswerForm(ui_forms.ActForm):
    """The answer to a supplement request: a file for each thing asked for, one for anything else, and words."""

    answer = forms.CharField(
        label=_("Your answer in words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, items: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {f"file_{number}": item for number, item in enumerate(items)}
        for name, item in self.items.items():
            self.fields[name] = ui_forms.FileField(label=item, required=False)
        self.speak()


class WithdrawForm(ui_forms.ActForm):
    """Take the dossier back."""

    reason = forms.CharField(
        label=_("Why do you withdraw it?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence is enough, for example: I filed it twice."),
    )  # fmt: skip


class RateForm(ui_forms.ActForm):
    """The opinion on the service."""

    score = forms.TypedChoiceField(
        label=_("How was the service?"), widget=forms.RadioSelect, coerce=int,
        choices=[(5, _("Very good")), (4, _("Good")), (3, _("Fair")), (2, _("Poor")), (1, _("Bad"))],
    )  # fmt: skip
    comment = forms.CharField(
        label=_("What should we know?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TrackForm(ui_forms.Form):
    """A code from a slip or a message."""

    code = forms.CharField(
        label=_("Code of the dossier"), max_length=60, widget=ui_forms.text_input("code", inputmode="text"),
        help_text=_("As on the receipt slip, for example H49.106-261123-0001, or the code from the confirmation."),
    )  # fmt: skip
