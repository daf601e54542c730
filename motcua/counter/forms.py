"""What officers type at the counter besides dossiers."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.counter.enums import GuidanceKind
from motcua.ui import forms as ui_forms

MINUTES = (5, 10, 15, 30)  # one tap each
NONE = "none"


class GuidanceForm(ui_forms.ActForm):
    """Guidance given: the minutes are the button that is pressed, or a number typed."""

    procedure_q = forms.CharField(
        label=_("Procedure"), required=False, max_length=200,
        help_text=_("A few words or the code; leave it empty if it was about none."),
        widget=ui_forms.text_input("", autocomplete="off"),
    )  # fmt: skip
    procedure = forms.ChoiceField(label=_("Which one?"), required=False, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("What you did together"), choices=GuidanceKind.choices,
                             initial=GuidanceKind.FILED, widget=forms.RadioSelect)  # fmt: skip
    agency = forms.ChoiceField(label=_("Where"))
    other = forms.IntegerField(label=_("Other minutes"), required=False, min_value=1, max_value=240,
                               widget=ui_forms.text_input("number", maxlength="3"))  # fmt: skip
    minutes = forms.IntegerField(required=False, min_value=1, max_value=240, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, agencies: list[tuple[str, str]], found: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("agency", agencies),
            ("procedure", [*found, (NONE, _("None of them"))] if found else []),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean(self) -> dict[str, Any]:
        """A button or a number says how long it took."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("procedure_q", "").strip() and not data.get("procedure") and "procedure" not in self.errors:
            self._ask_which()
        data["minutes"] = data.get("minutes") or data.get("other")
        if not data["minutes"] and "other" not in self.errors:
            self.add_error("other", _("Press a button, or write the minutes as a number from 1 to 240."))
        return data

    def _ask_which(self) -> None:
        field = self.fields["procedure"]
        if isinstance(field, forms.ChoiceField) and field.choices:
            self.add_error("procedure", _("Choose which procedure it was, then press the minutes again."))
        else:
            self.add_error("procedure_q", _("No procedure has these words: try fewer, or leave this empty."))

    def procedure_id(self) -> UUID | None:
        """The procedure chosen, if it was about one."""
        chosen = self.cleaned_data["procedure"]
        return UUID(chosen) if chosen and chosen != NONE else None
