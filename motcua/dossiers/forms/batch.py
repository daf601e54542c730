"""What an officer types for many dossiers at once."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import Action, BatchMode
from motcua.ui import forms as ui_forms


class BatchForm(ui_forms.ActForm):
    """How refusals are treated, and what the act asks for."""

    account = forms.ChoiceField(label=_("Officer"), widget=forms.Select)
    note = forms.CharField(
        label=_("Note for the next desk"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    mode = forms.ChoiceField(
        label=_("If one of them is refused"), choices=BatchMode.choices, initial=BatchMode.EACH,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, action: Action, staff: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose an officer")), *staff]
        if action is not Action.ASSIGN:
            del self.fields["account"]
        if action not in (Action.ASSIGN, Action.FORWARD):
            del self.fields["note"]

    def params(self) -> dict[str, Any]:
        """What the act takes."""
        taken: dict[str, Any] = {}
        if "account" in self.fields:
            taken["account_id"] = UUID(self.cleaned_data["account"])
        if "note" in self.fields:
            taken["note"] = self.cleaned_data["note"]
        return taken
