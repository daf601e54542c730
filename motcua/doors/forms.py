"""What the doors are asked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.ui import forms as ui_forms


class NearestForm(ui_forms.Form):
    """Where somebody lives, to name the nearest service centre."""

    unit = forms.ChoiceField(label=_("Your ward, commune or special zone"), required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("Choose…")), *units]  # type: ignore[attr-defined]
