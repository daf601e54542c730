"""What reporters type."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.support.enums import About, Kind
from motcua.support.rules import Sent
from motcua.ui import forms as ui_forms

COMPLAINT = "complaint"
MATTERS = [
    *About.choices,
    (COMPLAINT, _("A complaint: a decision or an act on my dossier was against the law")),
]
ANSWERS = [("yes", _("Yes, it helped")), ("no", _("No, it did not help"))]


class FilesMixin(ui_forms.ActForm):
    """A form with some files, none of which is needed."""

    file_fields: tuple[str, ...] = ()

    def add_files(self, count: int) -> None:
        """Ask for so many files."""
        self.file_fields = tuple(f"file_{number}" for number in range(1, count + 1))
        for number, name in enumerate(self.file_fields):
            label = _("Another file or picture") if number else _("File or picture")
            self.fields[name] = ui_forms.FileField(label=label, required=False)
        self.speak()


class SendForm(FilesMixin):
    """A new case; `is_known`: the person is signed in, their name and contact are known."""

    about = forms.ChoiceField(label=_("What is it about?"), choices=MATTERS, widget=forms.RadioSelect)
    dossier_code = forms.CharField(
        label=_("Code of the dossier"), required=False, max_length=60, widget=ui_forms.text_input("code"),
        help_text=_("Only if it is about a dossier of yours. It stands on the receipt slip."),
    )  # fmt: skip
    agency = forms.ChoiceField(label=_("Which agency does it concern?"), required=False)
    subject = forms.CharField(
        label=_("In one line"), max_length=150, help_text=_("For example: waited two hours at counter 2")
    )
    text = forms.CharField(
        label=_("What happened, or what do you propose?"), max_length=5000,
        help_text=_("Where, when, who, and what you would like to happen. Leave out other people's personal data."),
        widget=forms.Textarea({"rows": 8, "data-mc-count": True}),
    )  # fmt: skip
    name = forms.CharField(label=_("Your name"), required=False, max_length=120, widget=ui_forms.text_input("name"))
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30, widget=ui_forms.text_input("phone"))
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=ui_forms.text_input("email"),
        help_text=_("One of the two is enough. With it and the code you open your case later."),
    )  # fmt: skip
    may_publish = forms.BooleanField(
        label=_("The answer may be published, without my name and contact"), required=False,
        help_text=_("Others with the same question then find it. A complaint is never published."),
    )  # fmt: skip

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("I do not know")), *agencies]
        self.add_files(3 if is_known else 1)
        if is_known:
            for name in ("name", "phone", "email"):
                del self.fields[name]

    def sent(self, *, language: str, repeats_id: UUID | None) -> Sent:
        """What the service takes."""
        data = self.cleaned_data
        is_complaint = data["about"] == COMPLAINT
        return Sent(
            kind=Kind.COMPLAINT if is_complaint else Kind.FEEDBACK,
            about=About.DOSSIER if is_complaint else About(data["about"]), subject=data["subject"], text=data["text"],
            agency_id=UUID(data["agency"]) if data["agency"] else None, dossier_code=data["dossier_code"],
            name=data.get("name", ""), phone=data.get("phone", ""), email=data.get("email", ""), language=language,
            may_publish=data["may_publish"], repeats_id=repeats_id,
        )  # fmt: skip


class TrackForm(ui_forms.Form):
    """The code of a case."""

    code = forms.CharField(label=_("Code of the case"), max_length=40, widget=ui_forms.text_input("code"))


class OpenForm(ui_forms.Form):
    """Code and contact open a case that was sent without an account."""

    code = forms.CharField(label=_("Code of the case"), max_length=40, widget=ui_forms.text_input("code"))
    contact = forms.CharField(
        label=_("The telephone number or e-mail address you left"), max_length=254, widget=ui_forms.text_input()
    )


class ReplyForm(FilesMixin):
    """The reply to what was asked."""

    reply = forms.CharField(label=_("Your reply"), required=False, max_length=5000, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_files(3 if is_known else 1)


class RateForm(ui_forms.ActForm):
    """Whether the answer helped."""

    is_liked = forms.ChoiceField(label=_("Did the answer help?"), choices=ANSWERS, widget=forms.RadioSelect)
    opinion = forms.CharField(
        label=_("Anything to add?"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class SearchForm(ui_forms.Form):
    """Words to look for among the published answers."""

    q = forms.CharField(label=_("Search the answers"), required=False, max_length=200)
