"""What people type into the counter's pages about finished dossiers: find, pay, hand over."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from motcua.dossiers.enums import Receiver
from motcua.dossiers.models import Paper
from motcua.payments.enums import Method
from motcua.ui import forms as ui_forms

SIGNED = {
    "record": _("Signed on the hand-over record"),
    "register": _("Signed in the hand-over register"),
    "thumb": _("Fingerprint on the hand-over record, before a witness"),
}
BACK = ("received", "handover")


class FindForm(ui_forms.Form):
    """Anything that leads to a dossier: the slip's code, the card's code, a number, a name."""

    q = forms.CharField(
        label=_("Scan the slip or the identity card, or type"), max_length=600,
        help_text=_("Dossier code, personal number, or the owner's name."),
        widget=ui_forms.text_input("", **{"autocomplete": "off", "enterkeyhint": "search"}),
    )  # fmt: skip


class PaymentForm(ui_forms.ActForm):
    """The fee taken at the counter."""

    method = forms.ChoiceField(label=_("Paid by"), choices=Method.choices, initial=Method.CASH,
                               widget=forms.RadioSelect)  # fmt: skip
    receipt_number = forms.CharField(label=_("Receipt number"), max_length=60, widget=ui_forms.text_input("code"))
    back = forms.ChoiceField(choices=[(name, name) for name in BACK], widget=forms.HiddenInput)


class HandOverForm(ui_forms.ActForm):
    """Who takes the result, on what paper, how it was signed for, and which originals go back."""

    receiver = forms.ChoiceField(label=_("Who takes the result"), choices=Receiver.choices, initial=Receiver.OWNER,
                                 widget=forms.RadioSelect)  # fmt: skip
    receiver_name = forms.CharField(
        label=_("Full name of who takes it"), max_length=200, required=False,
        widget=ui_forms.text_input("name", autocomplete="off"),
    )  # fmt: skip
    receiver_paper = forms.CharField(
        label=_("Identity paper shown"), max_length=200, widget=ui_forms.text_input("code"),
        help_text=_("Kind and last four digits are enough, for example “identity card …9001”."),
    )  # fmt: skip
    authority = forms.CharField(
        label=_("Paper that authorises the representative"), max_length=300, required=False,
        widget=ui_forms.text_input(), help_text=_("Kind, number and date of the paper."),
    )  # fmt: skip
    is_slip_lost = forms.BooleanField(label=_("The receipt slip is lost"), required=False)
    returned = forms.MultipleChoiceField(label=_("Originals given back"), required=False,
                                         widget=forms.CheckboxSelectMultiple)  # fmt: skip
    is_wrong_returned = forms.BooleanField(label=_("The former, wrong result was given back"), required=False)
    wrong_missing = forms.CharField(
        label=_("Why it is not given back"), max_length=500, required=False, widget=ui_forms.text_input(),
        help_text=_("Only if the former paper is missing, for example lost, or kept by another authority."),
    )  # fmt: skip
    signed = forms.ChoiceField(label=_("How it was signed for"), choices=list(SIGNED.items()),
                               widget=forms.RadioSelect)  # fmt: skip

    def __init__(
        self, *args: Any, originals: list[Paper], owner: str, is_corrected: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_corrected:
            del self.fields["is_wrong_returned"], self.fields["wrong_missing"]
        self.owner = owner  # the owner's name; empty for a business, which takes nothing with its own hands
        field = self.fields["returned"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(paper.pk), f"{paper.name} ({paper.originals})") for paper in originals]
        if not originals:
            del self.fields["returned"]

    def clean(self) -> dict[str, Any]:
        """A person who takes their own result has a name already; everybody else is written down."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("receiver") == Receiver.OWNER and self.owner:
            data["receiver_name"] = self.owner
        elif not data.get("receiver_name"):
            self.add_error("receiver_name", self.fields["receiver_name"].error_messages["required"])
        if data.get("receiver") == Receiver.REPRESENTATIVE and not data.get("authority"):
            self.add_error("authority", _("Write down the paper that authorises the representative."))
        return data

    def returned_papers(self) -> tuple[UUID, ...]:
        """The papers ticked."""
        return tuple(UUID(key) for key in self.cleaned_data.get("returned", ()))

    def signed_for(self) -> str:
        """How receipt was confirmed, as it is kept: in the law's language."""
        with override("vi"):
            return str(SIGNED[self.cleaned_data["signed"]])
