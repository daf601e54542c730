"""The two ways to check a paper: its code, or the file itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel import ids
from motcua.ui import forms as ui_forms


class CodeForm(ui_forms.Form):
    """The verification code printed beside the QR code."""

    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("It stands beside the QR code, for example 7K3M-9P2X-P."),
        max_length=40,
        widget=ui_forms.text_input("code"),
    )

    def clean_code(self) -> str:
        """The code as it was issued; a slip of the finger is found by its check character."""
        code = ids.normalise(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(_("This code is mistyped. Compare it with the paper, letter by letter."))
        return code


class FileForm(ui_forms.Form):
    """The file as it was received."""

    file = ui_forms.FileField(
        label=_("The file you received"),
        help_text=_("Only its fingerprint is compared; the file is not kept."),
        widget=ui_forms.FileInput(accept="application/pdf", has_camera=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="paper", **kwargs)
