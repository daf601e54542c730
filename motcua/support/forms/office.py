"""What officers type on a case's page."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.support.enums import Action
from motcua.ui import forms as ui_forms


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class TransferForm(ui_forms.ActForm):
    """To which agency, and why."""

    agency = forms.ChoiceField(label=_("Competent agency"), widget=forms.Select)
    reason = forms.CharField(
        label=_("Why it is competent"), max_length=1000, widget=_text(3), help_text=_("The reporter reads this.")
    )

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose an agency")), *agencies]

    def agency_id(self) -> UUID:
        """The chosen agency."""
        return UUID(self.cleaned_data["agency"])


class AskForm(ui_forms.ActForm):
    """Everything that is missing, at once."""

    what = forms.CharField(
        label=_("What the reporter has to tell or send"), max_length=2000, widget=_text(4),
        help_text=_("Ask for everything at once: it can be done once. The clock waits for the reply."),
    )  # fmt: skip


class AnswerForm(ui_forms.ActForm):
    """The answer."""

    text = forms.CharField(
        label=_("Answer"), max_length=10000, widget=_text(8),
        help_text=_("What you found, what was done and by when, on which rule it rests, and whom to ask."),
    )  # fmt: skip


class RefuseForm(ui_forms.ActForm):
    """Why it is not taken up."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=_text(4), help_text=_("The reporter reads this.")
    )


class HoldBackForm(ui_forms.ActForm):
    """Why it is not published."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=_text(3), help_text=_("For the file; only the office reads this.")
    )


class PublishForm(ui_forms.ActForm):
    """What everybody will read."""

    subject = forms.CharField(label=_("Heading"), max_length=150)
    text = forms.CharField(label=_("Question, without personal data"), max_length=5000, widget=_text(8))
    answer = forms.CharField(label=_("Answer, without personal data"), max_length=10000, widget=_text(8))


class PeriodForm(ui_forms.Form):
    """From a day to a day."""

    first = ui_forms.DateField(label=_("From"))
    last = ui_forms.DateField(label=pgettext_lazy("the last day", "To"))

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first. Change one of them."))
        return data


FORMS: dict[Action, type[ui_forms.ActForm]] = {
    Action.ASK: AskForm,
    Action.ANSWER: AnswerForm,
    Action.REFUSE: RefuseForm,
    Action.HOLD_BACK: HoldBackForm,
}
