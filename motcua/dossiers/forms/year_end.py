"""What is typed to close a year."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.ui import forms as ui_forms


class CloseYearForm(ui_forms.Form):
    """Agency and year; the year is typed once more, for nothing opens a closed book again."""

    agency = forms.UUIDField(widget=forms.HiddenInput)
    year = forms.IntegerField(widget=forms.HiddenInput)
    confirm = forms.IntegerField(label=_("Type the year"), widget=ui_forms.text_input("number"))

    def clean(self) -> dict[str, Any]:
        """The year typed is the year meant."""
        data = super().clean() or self.cleaned_data
        if data.get("confirm") is not None and data.get("confirm") != data.get("year"):
            self.add_error("confirm", _("This is another year. Type the year whose book you close."))
        return data
