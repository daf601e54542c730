"""What the delegate types to settle a dossier at once: the result, the fee if it is unpaid, and who takes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import Receiver
from motcua.dossiers.forms.counter import HandOverForm
from motcua.dossiers.services import Handing, Paid
from motcua.eforms.sections import SectionPage
from motcua.payments.enums import Method
from motcua.ui import forms as ui_forms


class SettleForm(HandOverForm):
    """One form for the whole way; the questions of the result's template stand beside it as `page`."""

    title = forms.CharField(label=_("Title of the result"), max_length=500)
    method = forms.ChoiceField(label=_("Fee paid by"), choices=Method.choices, initial=Method.CASH,
                               widget=forms.RadioSelect)  # fmt: skip
    receipt_number = forms.CharField(label=_("Receipt number"), max_length=60, widget=ui_forms.text_input("code"))
    field_order = ("title", "method", "receipt_number", "receiver")

    def __init__(self, *args: Any, template_key: str, page: SectionPage | None, is_unpaid: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template_key, self.page = template_key, page
        del self.fields["is_slip_lost"]  # nobody has a slip yet
        if not is_unpaid:
            del self.fields["method"], self.fields["receipt_number"]

    def is_valid(self) -> bool:
        """The template's questions belong to it."""
        return super().is_valid() and (self.page is None or self.page.is_valid)

    def body(self) -> dict[str, Any]:
        """The officer's checked answers to the template's questions."""
        return self.page.answers if self.page else {}

    def paid(self) -> Paid | None:
        """The fee taken now; None where nothing was due."""
        data = self.cleaned_data
        return Paid(Method(data["method"]), data["receipt_number"]) if "method" in self.fields else None

    def handing(self) -> Handing:
        """Who takes the result."""
        data = self.cleaned_data
        receiver = Receiver(data["receiver"])
        return Handing(
            data["receiver_name"], self.signed_for(), receiver, data["receiver_paper"],
            data["authority"] if receiver is Receiver.REPRESENTATIVE else "", self.returned_papers(),
        )  # fmt: skip
