"""What is typed to keep dossiers and to dispose of them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.places.models import Agency
from motcua.ui import forms as ui_forms


class ProposeForm(ui_forms.Form):
    """A list of what is due in a class."""

    agency = forms.ChoiceField(label=_("Agency"))
    keeping_class = forms.ChoiceField(label=_("Class of keeping"))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=ui_forms.text_input())

    def __init__(self, *args: Any, agencies: Sequence[Agency], classes: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["agency"].choices = [(str(one.pk), one.name) for one in agencies]  # type: ignore[attr-defined]
        self.fields["keeping_class"].choices = list(classes)  # type: ignore[attr-defined]


class DecideForm(ui_forms.Form):
    """The decision on a list."""

    decision = forms.CharField(
        label=_("Number of the decision"), max_length=120, widget=ui_forms.text_input("code"),
        help_text=_("As on the paper, for example 05/QĐ-UBND."),
    )  # fmt: skip
    decided_on = ui_forms.DateField(label=_("Date of the decision"))


class HoldForm(ui_forms.Form):
    """A dossier to be kept whatever its class says."""

    code = forms.CharField(label=_("Dossier code"), max_length=60, widget=ui_forms.text_input("code"))
    reason = forms.CharField(
        label=_("Reason for the hold"), max_length=1000, widget=ui_forms.text_input(),
        help_text=_("For example a complaint, a lawsuit or an inspection, with the number of its paper."),
    )  # fmt: skip
    until = ui_forms.DateField(
        label=_("Last day of the hold"), required=False,
        help_text=_("Leave it empty when nobody knows: the hold then stays until it is lifted."),
    )  # fmt: skip


class LiftForm(ui_forms.Form):
    """The end of a hold."""

    reason = forms.CharField(label=_("Why the hold ends"), max_length=1000, widget=ui_forms.text_input())
