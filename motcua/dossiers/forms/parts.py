"""What is typed on the page of another agency's part, and to ask for an opinion: shape only, the rules decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import PartAct
from motcua.ui import forms as ui_forms

Choices = list[tuple[str, str]]


class OpinionForm(ui_forms.ActForm):
    """Ask another agency, with the limit that the law wants stated."""

    agency = forms.ChoiceField(label=_("Agency"), widget=forms.Select)
    question = forms.CharField(label=_("What the agency is asked"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    day = ui_forms.DateField(label=_("Answer by"), help_text=_("A working day, at the latest the dossier's due date."))
    is_optional = forms.BooleanField(label=_("The work may go on without this answer"), required=False)

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["agency"], _("Choose an agency"), agencies)

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "agency_id": UUID(data["agency"]), "question": data["question"], "day": data["day"],
            "is_required": not data["is_optional"],
        }  # fmt: skip


class AnswerForm(ui_forms.ActForm):
    """The agency's answer, with a file if it wants to add one."""

    answer = forms.CharField(label=_("Answer"), max_length=4000, widget=forms.Textarea({"rows": 5}))
    upload = ui_forms.FileField(label=_("File"), required=False)

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        return {"answer": self.cleaned_data["answer"], "upload": self.cleaned_data["upload"]}


class ReasonForm(ui_forms.ActForm):
    """Decline, or go on without an opinion: with the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        return {"reason": self.cleaned_data["reason"]}


class OfficerForm(ui_forms.ActForm):
    """Give the part to an officer of the agency."""

    account = forms.ChoiceField(label=_("Officer"), widget=forms.Select)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["account"], _("Choose an officer"), choices)

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        return {"account_id": UUID(self.cleaned_data["account"])}


class AgencyForm(ui_forms.ActForm):
    """Send the part to an agency."""

    agency = forms.ChoiceField(label=_("Agency"), widget=forms.Select)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["agency"], _("Choose an agency"), choices)

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        return {"agency_id": UUID(self.cleaned_data["agency"])}


class PlainForm(ui_forms.ActForm):
    """An act that asks nothing."""

    def words(self) -> dict[str, Any]:
        """Nothing."""
        return {}


FORMS: dict[PartAct, Any] = {
    PartAct.CLAIM: PlainForm,
    PartAct.REMIND: PlainForm,
    PartAct.ANSWER: AnswerForm,
    PartAct.REFUSE: ReasonForm,
    PartAct.PASS_OVER: ReasonForm,
    PartAct.REASSIGN: OfficerForm,
    PartAct.SEND: AgencyForm,
}


def _offer(field: Any, first: Any, choices: Choices) -> None:
    field.choices = [("", first), *choices]
