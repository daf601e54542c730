"""What administrators type about delegations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.catalogue.services import Delegation
from motcua.places.models import Agency
from motcua.ui import forms as ui_forms


class DelegationForm(ui_forms.Form):
    """A dated decision that lets a centre settle procedures on the spot."""

    centre = forms.CharField(label=_("Code of the centre"), max_length=40, widget=ui_forms.text_input("code"))
    competent = forms.CharField(
        label=_("Code of the competent agency"), max_length=40, widget=ui_forms.text_input("code")
    )
    procedures = forms.CharField(
        label=_("Procedure codes"), max_length=2000, help_text=_("Separated by spaces."), widget=ui_forms.text_input()
    )
    delegate_title = forms.CharField(label=_("Office of the delegate"), max_length=200, widget=ui_forms.text_input())
    capacity = forms.CharField(
        label=_("Lines above the signature"), max_length=300, widget=forms.Textarea({"rows": 2}),
        help_text=_("One line each, for example TUQ. CHỦ TỊCH, then GIÁM ĐỐC TRUNG TÂM."),
    )  # fmt: skip
    decision = forms.CharField(label=_("Number of the decision"), max_length=200, widget=ui_forms.text_input())
    decided_on = ui_forms.DateField(label=_("Date of the decision"))
    valid_from = ui_forms.DateField(label=_("In force from"))
    valid_to = ui_forms.DateField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Codes of agencies that exist."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("centre", "competent"):
            found = Agency.objects.filter(code=str(data.get(name, "")).strip()).first()
            if found is None and name in data:
                self.add_error(name, _("There is no agency of this code."))
            data[name] = found
        return data

    def delegation(self) -> Delegation:
        """What was typed, as the service takes it."""
        data = self.cleaned_data
        lines = tuple(line.strip() for line in data["capacity"].splitlines() if line.strip())
        return Delegation(
            data["centre"].pk, data["competent"].pk, tuple(data["procedures"].split()), data["delegate_title"],
            data["decision"], data["decided_on"], lines, data["valid_from"], data["valid_to"],
        )  # fmt: skip


class EndForm(ui_forms.Form):
    """Why a delegation ends early."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=ui_forms.text_input())
