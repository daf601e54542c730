"""What a head types to give a desk to others."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.ui import forms as ui_forms


class DeskForm(ui_forms.ActForm):
    """Which dossiers, to whom, and why."""

    procedure = forms.ChoiceField(label=_("Which dossiers"), required=False)
    to = forms.MultipleChoiceField(
        label=_("Who takes over"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Several colleagues get them in turn, those due first."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 2}))

    def __init__(
        self, *args: Any, procedures: list[tuple[str, str]], staff: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("procedure", [("", _("All of them")), *procedures]), ("to", staff)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
