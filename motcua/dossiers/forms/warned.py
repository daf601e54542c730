"""What the list of warnings is narrowed to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import WarningLevel
from motcua.ui import forms as ui_forms


class WarningsForm(ui_forms.Form):
    """Level, agency, own ones only; the agency only where there are several to choose from."""

    level = forms.TypedChoiceField(label=_("Level"), required=False, coerce=int, empty_value=None)
    agency = forms.TypedChoiceField(label=_("Agency"), required=False, coerce=UUID, empty_value=None)
    own = forms.BooleanField(label=_("Only what stands with me or my desk"), required=False)

    def __init__(self, data: Any, *, agencies: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self._choice("level").choices = [("", _("All levels")), *WarningLevel.choices]
        self._choice("agency").choices = [("", _("All agencies")), *agencies]
        if len(agencies) < 2:
            del self.fields["agency"]

    def _choice(self, name: str) -> Any:
        """A field whose choices are set here."""
        return self.fields[name]

    def chosen(self) -> dict[str, Any]:
        """As `warned.warnings_of` takes it; what is not well formed narrows nothing."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {"level": data.get("level"), "agency_id": data.get("agency"), "is_own": bool(data.get("own"))}
