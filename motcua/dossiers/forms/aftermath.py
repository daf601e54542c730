"""What is typed after the end of a dossier: correct or annul its result, open it again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import Fault
from motcua.ui import forms as ui_forms


class CorrectForm(ui_forms.ActForm):
    """Order the correction of an issued result."""

    wrong = forms.CharField(
        label=_("What is wrong in the result"), help_text=_("The applicant reads this."), max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    at_fault = forms.ChoiceField(label=_("Whose mistake it is"), choices=Fault.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How it was found, and why it is corrected"), max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class AnnulForm(ui_forms.ActForm):
    """Annul an issued result by a decision."""

    decision = forms.CharField(label=_("Number and date of the decision"), max_length=200)
    reason = forms.CharField(
        label=_("Reason"), help_text=_("The applicant reads this."), max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip


class ReopenForm(ui_forms.ActForm):
    """Open a closed dossier again."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("The applicant reads this."), max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    basis = forms.CharField(label=_("Article or decision it rests on"), max_length=300)
