"""What people choose for a report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.reporting.enums import PartSplit, Split
from motcua.reporting.rules import Period
from motcua.ui import forms as ui_forms

SPOT_SPLITS = (Split.CENTRE, Split.AGENCY, Split.FIELD, Split.PROCEDURE)


class ReportForm(ui_forms.Form):
    """Period and rows of the report."""

    first = ui_forms.DateField(label=_("From"))
    last = ui_forms.DateField(label=pgettext_lazy("the last day", "To"))
    split = forms.ChoiceField(label=_("Rows"), choices=Split.choices)

    def clean(self) -> dict[str, Any]:
        """A period does not end before it begins."""
        data = super().clean() or self.cleaned_data
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first. Write a later day."))
        return data

    def period(self) -> Period:
        """The chosen period."""
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


class SpotForm(ReportForm):
    """The same for the share settled on the spot."""

    split = forms.ChoiceField(label=_("Rows"), choices=[(one.value, one.label) for one in SPOT_SPLITS])


class PartsForm(ReportForm):
    """The same for the parts of other agencies."""

    split = forms.ChoiceField(label=_("Rows"), choices=PartSplit.choices)
