"""What people choose of a register, and of the results of a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.places.models import Agency
from motcua.ui import forms as ui_forms


class RegisterForm(ui_forms.Form):
    """Agency, year, and days of that year; without days the whole year."""

    agency = forms.TypedChoiceField(label=_("Agency"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)
    first = ui_forms.DateField(label=_("From"), required=False)
    last = ui_forms.DateField(label=pgettext_lazy("the last day", "To"), required=False)

    def __init__(self, data: Any, *, agencies: Iterable[Agency], years: Sequence[int]) -> None:
        super().__init__(data)
        self.fields["agency"].choices = [(str(agency.pk), agency.display_name) for agency in agencies]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days lie in the year of the book and in order."""
        data = super().clean() or self.cleaned_data
        year, first, last = data.get("year"), data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if year and day and day.year != year:
                self.add_error(name, _("A register is of one year. Write a day of that year."))
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first. Write a later day."))
        return data

    def period(self, year: int, today: date) -> tuple[date, date]:
        """The days chosen; without them the year, as far as it has come."""
        first = self.cleaned_data.get("first") or date(year, 1, 1)
        return first, self.cleaned_data.get("last") or max(first, min(date(year, 12, 31), today))


class MinutesForm(ui_forms.Form):
    """The day of the results."""

    day = ui_forms.DateField(label=_("Issued on"), required=False)
