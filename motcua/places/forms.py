"""What is typed on the pages of places."""

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.ui import forms as ui_forms


class OrderForm(ui_forms.ActForm):
    """The order to apply a plan or to take it back: the key of the plan is typed once more."""

    confirm = forms.CharField(
        label=_("Type the key of the plan"), max_length=80, widget=ui_forms.text_input("code"),
        help_text=_("It stands under the title. This keeps a slip of the hand from moving a province."),
    )  # fmt: skip
