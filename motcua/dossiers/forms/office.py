"""What officers type on a dossier's page: shape only, the rules decide."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import Action, ResultKind, State
from motcua.dossiers.forms.aftermath import AnnulForm, CorrectForm, ReopenForm
from motcua.dossiers.services.pauses import KINDS as PAUSES
from motcua.eforms.sections import SectionPage
from motcua.kernel.errors import Refused
from motcua.ui import forms as ui_forms
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import Duration

INSIDE, USUAL = "inside", "usual"  # the ways through the office, where a delegation offers a choice
WAYS = ((INSIDE, _("On the spot, inside this centre")), (USUAL, _("By the competent agency, as usual")))


AS_HEAD = "head"  # the capacity that rests on no mandate
NO_MANDATE = UUID(int=0)


class NoteForm(ui_forms.ActForm):
    """Pass on, with an optional note for the next desk."""

    capacity = forms.ChoiceField(label=_("Signed as"), required=False)
    note = forms.CharField(
        label=_("Note for the next desk"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, capacities: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        """`capacities` None: the form is only read, and the service looks whether the capacity is the signer's."""
        super().__init__(*args, **kwargs)
        sent = self.data.get("capacity", "")
        offered = [(sent, sent)] if capacities is None else capacities
        self.fields["capacity"].choices = offered  # type: ignore[attr-defined]
        if capacities == []:
            del self.fields["capacity"]

    def signing(self) -> dict[str, Any]:
        """In which capacity: by a mandate, as the head, or (nothing sent) in the first that fits."""
        sent = self.cleaned_data.get("capacity", "")
        if sent == AS_HEAD:
            return {"as_head": True}
        try:
            return {"mandate_id": UUID(sent)} if sent else {}
        except ValueError:
            return {"mandate_id": NO_MANDATE}


class AcceptForm(ui_forms.ActForm):
    """Accept; where the catalogue does not know the time limit, the officer reads it in the law.

    Where a delegation lets the centre settle it itself, the way is asked as at the counter. What was sent says by
    `offers_spot` whether it was: the service reads the delegation again.
    """

    offers_spot = forms.BooleanField(required=False, widget=forms.HiddenInput)
    way = forms.ChoiceField(label=_("Where it is settled"), choices=WAYS, initial=INSIDE, widget=forms.RadioSelect)
    spot_declined = forms.CharField(
        label=_("Why not on the spot"), required=False, max_length=500, widget=ui_forms.text_input(),
        help_text=_("Only where it goes to the competent agency."),
    )  # fmt: skip

    limit = forms.DecimalField(
        label=_("Time limit in working days"),
        help_text=_("The catalogue does not know it. Read it in the law or in the decision on the procedure."),
        min_value=Decimal("0.5"), max_value=400, decimal_places=1, max_digits=4,
    )  # fmt: skip

    def __init__(
        self, *args: Any, is_limit_known: bool, decision: str = "", why_not_spot: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.why_not_spot = why_not_spot
        if is_limit_known:
            del self.fields["limit"]
        if self.is_bound:
            is_offered = self.data.get("offers_spot") in ("True", "true", "1")
        else:
            is_offered, self.fields["offers_spot"].initial = bool(decision), True
        self.fields["way"].help_text = decision
        if not is_offered:
            for name in ("offers_spot", "way", "spot_declined"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A delegation that is not used needs its reason, as at the counter."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("way") == USUAL and not data.get("spot_declined", "").strip():
            self.add_error("spot_declined", _("Say in a few words why the centre does not settle it itself."))
        return data

    def way_taken(self) -> dict[str, Any]:
        """On the spot, or why not; nothing of both where no delegation was offered."""
        way = self.cleaned_data.get("way")
        declined = self.cleaned_data.get("spot_declined", "") if way == USUAL else ""
        return {"on_the_spot": way == INSIDE, "spot_declined": declined}

    def refuse(self, error: Refused) -> None:
        """A delegation that ended meanwhile is said beside the way."""
        names = {"on_the_spot": "way"}
        super().refuse(Refused(error.code, error.message, field=names.get(error.field or "", error.field)))

    def duration(self) -> Duration | None:
        """The limit read by the officer; None where the catalogue knows it."""
        amount = self.cleaned_data.get("limit")
        return Duration(amount, DurationUnit.WORKING_DAY) if amount else None


class ReasonForm(ui_forms.ActForm):
    """An act that needs its reason in writing."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class ReturnForm(ReasonForm):
    """Send back, to which of the earlier steps; the one before is proposed."""

    to_position = forms.TypedChoiceField(label=_("Back to which step"), coerce=int, empty_value=None, required=False)

    field_order = ("to_position", "reason")

    def __init__(self, *args: Any, steps: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, initial={"to_position": steps[-1][0] if steps else None}, **kwargs)
        field = self.fields["to_position"]
        if isinstance(field, forms.ChoiceField):
            field.choices = steps[::-1]


class AssignForm(ui_forms.ActForm):
    """Give the step to a colleague."""

    account = forms.ChoiceField(label=_("Officer"), widget=forms.Select)
    despite_absence = forms.BooleanField(
        label=_("I mean the officer who is absent; whoever stands in sees it too."), required=False
    )
    note = forms.CharField(
        label=_("Note for the next desk"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, staff: list[tuple[str, str]], has_absent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose an officer")), *staff]
        if not has_absent:
            del self.fields["despite_absence"]

    def account_id(self) -> UUID:
        """The chosen officer's account."""
        return UUID(self.cleaned_data["account"])


class SupplementForm(ui_forms.ActForm):
    """Ask once and completely for what is missing."""

    items = forms.CharField(
        label=_("What has to be handed in"),
        help_text=_("One thing a line. Ask for everything at once: the law allows one request."),
        max_length=4000, widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why it is needed"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    not_visible_before = forms.CharField(
        label=_("What could not be seen at the first request"),
        help_text=_("The applicant was asked before. A second request counts against the agency: the clock goes on."),
        max_length=2000, required=False, widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    sector_law = forms.CharField(
        label=_("Sector law that allows asking so late"),
        help_text=_("The days in which the applicant may be asked are over. Name the article, if there is one."),
        max_length=500, required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, is_again: bool = True, is_late: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_again:
            del self.fields["not_visible_before"]
        if not is_late:
            del self.fields["sector_law"]

    def lines(self) -> list[str]:
        """The things asked for, without empty lines."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]


class ResultForm(ui_forms.ActForm):
    """The decision and its title; the questions of the result's template stand beside it as `page`."""

    kind = forms.ChoiceField(label=_("Decision"), choices=ResultKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title of the result"), max_length=500)
    reason = forms.CharField(
        label=_("Reason, if the request is refused"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, template_key: str, page: SectionPage | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template_key, self.page = template_key, page

    def is_valid(self) -> bool:
        """A refusal needs no answers to the template's questions."""
        is_right = super().is_valid()
        if self.page is None or self.data.get("kind") == ResultKind.REFUSED:
            return is_right
        return is_right and self.page.is_valid

    def body(self) -> dict[str, Any]:
        """The officer's checked answers to the template's questions."""
        return self.page.answers if self.page else {}


class SignField(forms.ChoiceField):
    """A sign as it stands behind a number. Which signs are known is read when they are shown; the service decides."""

    PATTERN = re.compile(r"^[^\W_][\w&./-]{0,39}\Z")

    def valid_value(self, value: Any) -> bool:
        """Anything that looks like a sign."""
        return self.PATTERN.fullmatch(str(value)) is not None


class IssueForm(ui_forms.ActForm):
    """The clerk's act: number, date and seal. The sign chosen says from which register the number is taken."""

    OTHER = "other"

    symbol = SignField(label=_("Sign behind the number"))
    other = forms.RegexField(
        SignField.PATTERN, label=_("Another sign"), required=False,
        help_text=_("As in the outgoing register, for example QĐ-UBND."),
        error_messages={"invalid": _("Write only the sign behind the number, without spaces, for example QĐ-UBND.")},
    )  # fmt: skip
    opens_register = forms.BooleanField(
        label=_("Open a new register for this sign, beginning with number 1"), required=False
    )

    def __init__(self, *args: Any, signs: Callable[[], dict[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, initial={"symbol": lambda: next(iter(signs()))}, **kwargs)
        field = self.fields["symbol"]
        if isinstance(field, forms.ChoiceField):
            field.choices = lambda: self._choices(signs())

    def clean(self) -> dict[str, Any]:
        """Another sign is written out."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("symbol") == self.OTHER and not data.get("other") and "other" not in self.errors:
            self.add_error("other", _("Write the sign, or choose one of those above."))
        return data

    def sign(self) -> str:
        """The sign chosen, or the one written."""
        chosen = self.cleaned_data["symbol"]
        return str(self.cleaned_data["other"] if chosen == self.OTHER else chosen)

    def _choices(self, signs: dict[str, int]) -> list[tuple[str, str]]:
        words = _("%(sign)s – the next number is %(number)d")
        known = [(sign, words % {"sign": sign, "number": number}) for sign, number in signs.items()]
        return [*known, (self.OTHER, str(_("Another sign")))]


class ObligationForm(ui_forms.ActForm):
    """What the applicant has to pay before the work goes on."""

    label = forms.CharField(label=_("What has to be paid"), max_length=300)
    amount = forms.IntegerField(
        label=_("Amount in đồng"), min_value=1000, max_value=10**12, widget=ui_forms.text_input("money")
    )
    reason = forms.CharField(label=_("Notice or rule it rests on"), max_length=1000, widget=forms.Textarea({"rows": 2}))


class ExtendForm(ui_forms.ActForm):
    """Put the due date off; the applicant reads reason and new date in the apology."""

    day = ui_forms.DateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    at_fault = forms.CharField(label=_("Who is late"), max_length=300)


class PauseForm(ui_forms.ActForm):
    """Stop the clock for a reason that law gives."""

    kind = forms.ChoiceField(label=_("What is waited for"), choices=[(one.value, one.label) for one in PAUSES])
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2}))
    basis = forms.CharField(label=_("Article it rests on"), max_length=500)
    paper = forms.CharField(label=_("Number and date of the paper"), max_length=200, required=False)
    expected_end = ui_forms.DateField(label=_("Expected to end on"))


class ResumeForm(ui_forms.ActForm):
    """Let the clock run on."""

    note = forms.CharField(
        label=_("What came of it"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class ExternalResultForm(ui_forms.ActForm):
    """A result issued in another system."""

    system = forms.CharField(label=_("System that issued it"), max_length=200)
    title = forms.CharField(label=_("Title of the result"), max_length=500)
    symbol = forms.CharField(label=_("Number and sign on the paper"), max_length=80)
    issued_on = ui_forms.DateField(label=_("Date on the paper"))
    file = ui_forms.FileField(label=_("The result as a file"))


class FilterForm(ui_forms.Form):
    """Search and narrow a list; every field may be empty."""

    q = forms.CharField(label=_("Code, name or ID number"), required=False, max_length=200)
    state = forms.TypedChoiceField(
        label=_("State"), required=False, coerce=int, empty_value=None, choices=[("", _("Any state")), *State.choices]
    )
    procedure = forms.CharField(label=_("Procedure code"), required=False, max_length=40)
    day = ui_forms.DateField(label=_("Filed on"), required=False)


class SaveFilterForm(ui_forms.Form):
    """Keep the present search under a name."""

    name = forms.CharField(label=_("Name of this search"), max_length=80)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)


FORMS: dict[str, type[ui_forms.ActForm]] = {
    Action.REFUSE: ReasonForm,
    Action.FORWARD: NoteForm,
    Action.RECALL: ReasonForm,
    Action.REQUEST_SUPPLEMENT: SupplementForm,
    Action.ANNOUNCE_OBLIGATION: ObligationForm,
    Action.EXTEND: ExtendForm,
    Action.PAUSE_CLOCK: PauseForm,
    Action.RESUME_CLOCK: ResumeForm,
    Action.STOP: ReasonForm,
    Action.WITHDRAW: ReasonForm,
    Action.CORRECT: CorrectForm,
    Action.DROP_CORRECTION: ReasonForm,
    Action.ANNUL: AnnulForm,
    Action.REOPEN: ReopenForm,
}
# What passing on means, by the kind of the step that is left and, where it matters, of the step that comes.
FORWARD_LABELS: dict[tuple[str, str], Any] = {
    ("assign", ""): _("Pass to the officers"),
    ("appraise", "approve"): _("Send for approval"),
    ("appraise", "sign"): _("Send to be signed"),
    ("approve", "sign"): _("Approve and send to be signed"),
    ("approve", ""): _("Approve"),
    ("sign", ""): _("Sign"),
}


def forward_label(left: str, comes: str) -> Any:
    """The words of the button that leaves a step of one kind for a step of another; None: the plain ones."""
    return FORWARD_LABELS.get((left, comes)) or FORWARD_LABELS.get((left, ""))
