"""What the head of an agency or its administrator types about who signs."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import CAPACITIES, ResultKind
from motcua.dossiers.services import MandateIn
from motcua.eforms.enums import SignerCapacity
from motcua.ui import forms as ui_forms


class MandateForm(ui_forms.Form):
    """A decision by which somebody signs for the head, or is the head."""

    capacity = forms.ChoiceField(label=_("Capacity"), choices=[("", _("Choose")), *CAPACITIES])
    delegate = forms.ChoiceField(
        label=_("Who signs"), help_text=_("Those with the role of a leader who signs in this agency.")
    )
    delegate_title = forms.CharField(label=_("Their title"), max_length=120, help_text=_("For example Phó Chủ tịch."))
    head_title = forms.CharField(label=_("Title of the head"), max_length=120, help_text=_("For example Chủ tịch."))
    procedures = forms.CharField(
        label=_("Procedure codes"), max_length=4000, required=False, widget=ui_forms.text_input(),
        help_text=_("Separated by spaces; empty: all of the agency. An authority (TUQ.) always names them."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of results"), required=False, choices=ResultKind.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all kinds."),
    )  # fmt: skip
    decision = forms.CharField(label=_("Number of the decision"), max_length=200)
    decided_on = ui_forms.DateField(label=_("Date of the decision"))
    valid_from = ui_forms.DateField(label=_("In force from"))
    valid_to = ui_forms.DateField(
        label=_("Last day"), required=False, help_text=_("An authority (TUQ.) always has one.")
    )

    def __init__(self, *args: Any, leaders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate"].choices = [("", _("Choose")), *leaders]  # type: ignore[attr-defined]

    def mandate(self, agency_id: UUID) -> MandateIn:
        """What was typed, as the service takes it."""
        data = self.cleaned_data
        return MandateIn(
            agency_id=agency_id, delegate_id=UUID(data["delegate"]), capacity=SignerCapacity(data["capacity"]),
            procedures=tuple(data["procedures"].replace(",", " ").split()), kinds=tuple(data["kinds"]),
            **{name: data[name] for name in (
                "head_title", "delegate_title", "decision", "decided_on", "valid_from", "valid_to",
            )},
        )  # fmt: skip


class EndMandateForm(ui_forms.Form):
    """Why a mandate ends early."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=ui_forms.text_input())
