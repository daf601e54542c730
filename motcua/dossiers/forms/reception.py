"""What an officer types while a person stands at the counter: shape only, the rules decide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from motcua.catalogue.enums import Authorisation
from motcua.catalogue.models import Component
from motcua.dossiers.enums import Relation, ResultForm
from motcua.dossiers.forms.office import INSIDE, USUAL, WAYS
from motcua.dossiers.services.base import PaperIn
from motcua.dossiers.services.reception import Parties
from motcua.identity import rules as identity_rules
from motcua.identity.enums import Sex
from motcua.identity.services import BusinessFacts, PersonFacts
from motcua.kernel.errors import Refused
from motcua.ui import forms as ui_forms
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import Duration

PREFIX = "r"  # the questions of the e-form stand in the same form and have their own names
PHONE = re.compile(r"\+?\d{8,15}")
ON_PAPER, KEYED = "paper", "keyed"
FOR_WHOM = {
    Relation.SELF: _("Themselves"), Relation.CHILD: _("Their child"), Relation.RELATIVE: _("A relative"),
    Relation.BUSINESS: _("A business they represent"), Relation.OTHER: _("Somebody who authorised them"),
}  # fmt: skip
CONSENTS = {
    "spoken": _("The person asked the officer to fill in the declaration and agreed to it after it was read out."),
    "signed": _("The person agreed in writing that the officer fills in the declaration; the paper is attached."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One component of the checklist with its inputs."""

    component: Component
    have: BoundField
    originals: BoundField
    copies: BoundField
    file: BoundField
    document: BoundField
    document_name: str = ""


def _scan(kind: str = "") -> forms.TextInput:
    """An input that goes on to the next one at Enter, as scanners end; it offers nothing of the person before."""
    return ui_forms.text_input(kind, **{"autocomplete": "off", "data-mc-scan": ""})


def _day() -> ui_forms.DateText:
    return ui_forms.DateText({"autocomplete": "off", "data-mc-scan": ""})


class ReceptionForm(ui_forms.ActForm):
    """One reception: the person, the procedure, the papers, the declaration."""

    card = forms.CharField(label=_("Scan the code of the identity card"), required=False, max_length=600,
                           widget=ui_forms.text_input("", autocomplete="off", spellcheck="false"))  # fmt: skip
    id_number = forms.CharField(label=_("Personal number"), required=False, max_length=20, widget=_scan("id_number"))
    full_name = forms.CharField(label=_("Full name"), max_length=200, widget=_scan("name"))
    birth_date = ui_forms.DateField(label=_("Date of birth"), required=False, widget=_day())
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "–"), *Sex.choices])
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30, widget=_scan("phone"))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=_scan("email"))
    address = forms.CharField(label=_("Address"), required=False, max_length=300, widget=_scan("address"))
    is_compared = forms.BooleanField(label=_("I compared the card with the person's face"))

    relation = forms.ChoiceField(
        label=_("They file for"), choices=[(one.value, words) for one, words in FOR_WHOM.items()],
        initial=Relation.SELF, widget=forms.RadioSelect,
    )  # fmt: skip
    owner_name = forms.CharField(label=_("Full name of the owner"), required=False, max_length=200,
                                 widget=_scan("name"))  # fmt: skip
    owner_id_number = forms.CharField(label=_("Personal number of the owner"), required=False, max_length=20,
                                      widget=_scan("id_number"))  # fmt: skip
    owner_birth_date = ui_forms.DateField(label=_("The owner's date of birth"), required=False, widget=_day())
    tax_code = forms.CharField(label=_("Tax code"), required=False, max_length=20, widget=_scan("tax_code"))
    business_name = forms.CharField(label=_("Name of the business"), required=False, max_length=300, widget=_scan())
    authority = forms.CharField(
        label=_("Paper that gives the authority"), required=False, max_length=300, widget=_scan(),
        help_text=_("Kind, number and date of the paper; it goes into the dossier."),
    )  # fmt: skip

    procedure_q = forms.CharField(label=_("Procedure"), required=False, max_length=200)
    procedure = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    case = forms.ChoiceField(label=_("Case"), required=False)
    unit = forms.ChoiceField(label=_("Commune that decides"), required=False)
    receiving = forms.ChoiceField(label=_("Received by"))
    limit_days = forms.DecimalField(
        label=_("Time limit in working days"), required=False, min_value=Decimal("0.5"), max_value=500,
        decimal_places=1, widget=_scan("number"),
        help_text=_("The catalogue does not know it. Enter what the law says; half days are allowed."),
    )  # fmt: skip
    result_form = forms.ChoiceField(label=_("The result is wanted"), choices=ResultForm.choices, required=False,
                                    initial=ResultForm.PAPER, widget=forms.RadioSelect)  # fmt: skip

    in_english = forms.BooleanField(label=_("Papers with English under the Vietnamese"), required=False)
    way = forms.ChoiceField(
        label=_("Where it is settled"), required=False, initial=INSIDE, widget=forms.RadioSelect, choices=WAYS
    )
    spot_declined = forms.CharField(label=_("Why not on the spot"), required=False, max_length=500, widget=_scan())
    extra_name = forms.CharField(label=_("Another paper"), required=False, max_length=300, widget=_scan())
    extra_originals = forms.IntegerField(label=_("Originals"), required=False, min_value=0, max_value=999)
    extra_copies = forms.IntegerField(label=_("Copies"), required=False, min_value=0, max_value=999)
    are_others_needless = forms.BooleanField(
        label=_("The papers that are not ticked are not needed in this case"), required=False
    )
    declaration = forms.ChoiceField(
        label=_("Declaration"), choices=[(ON_PAPER, _("Filled in on paper, attached")),
                                         (KEYED, _("I fill it in here for the person"))],
        initial=ON_PAPER, widget=forms.RadioSelect,
    )  # fmt: skip
    keyed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    consent = forms.ChoiceField(label=_("How the person agreed"), choices=list(CONSENTS.items()), required=False,
                                widget=forms.RadioSelect)  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        receiving: Sequence[tuple[str, str]],
        units: Sequence[tuple[str, str]] = (),
        cases: Sequence[tuple[str, str]] = (),
        components: Sequence[Component] = (),
        documents: dict[str, str] | None = None,
        needs: frozenset[str] = frozenset(),
        authorisation: str = "",
        today: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=PREFIX, initial=initial)
        self.today, self.components, self.documents = today, components, documents or {}
        self.authorisation = authorisation
        for name, choices in (("receiving", receiving), ("case", cases), ("unit", units)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [*choices] if name == "receiving" else [("", _("Choose")), *choices]
        for name in needs:
            self.fields[name].required = True
        for component in components:
            self._add_row(component)
        self.speak()

    def _add_row(self, component: Component) -> None:
        number = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "3", "data-mc-scan": ""}
        self.fields |= {
            f"have-{component.key}": forms.BooleanField(label=component.name, required=False),
            f"originals-{component.key}": forms.IntegerField(
                label=_("Originals"), required=False, min_value=0, max_value=999, widget=forms.TextInput(number)),
            f"copies-{component.key}": forms.IntegerField(
                label=_("Copies"), required=False, min_value=0, max_value=999, widget=forms.TextInput(number)),
            f"file-{component.key}": ui_forms.FileField(
                label=_("File"), required=False, widget=ui_forms.FileInput(has_camera=False)),
            f"document-{component.key}": forms.UUIDField(required=False, widget=forms.HiddenInput),
        }  # fmt: skip

    @property
    def rows(self) -> list[Row]:
        """The checklist, as the page draws it."""
        return [
            Row(
                component=c, have=self[f"have-{c.key}"], originals=self[f"originals-{c.key}"],
                copies=self[f"copies-{c.key}"], file=self[f"file-{c.key}"], document=self[f"document-{c.key}"],
                document_name=self.documents.get(c.key, ""),
            )
            for c in self.components
        ]  # fmt: skip

    @property
    def has_files(self) -> bool:
        """Whether files were added, or one was refused: the part of the page that holds them stands open then."""
        return bool(self.documents) or any(name.startswith("file-") for name in self.errors)

    def quiet(self) -> "ReceptionForm":
        """Show what was typed without judging it: the form is not finished yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    def clean_phone(self) -> str:
        """A number that can be dialled, without spaces and points."""
        phone = re.sub(r"[\s.\-()]", "", self.cleaned_data["phone"])
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Write the telephone number in digits, for example 0912 345 678."))
        return phone

    def clean(self) -> dict[str, Any]:
        """What has to be there together."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_number("id_number", birth="birth_date", sex=data.get("sex") or None)
        if not data.get("procedure"):
            self.add_error("procedure_q", _("Choose the procedure: type a few words and take it from the list."))
        if data.get("relation") != Relation.SELF:
            self._check_owner(data)
        if data.get("declaration") == KEYED and not data.get("consent"):
            self.add_error("consent", _("Say how the person agreed that you fill in the declaration."))
        if data.get("procedure"):
            self._check_papers(data)
        if self.fields["way"].required and data.get("way") == USUAL and not data.get("spot_declined"):
            self.add_error("spot_declined", _("Say in a few words why the centre does not settle it itself."))
        return data

    def _check_number(self, name: str, *, birth: str, sex: str | None = None) -> None:
        number, born = self.cleaned_data.get(name), self.cleaned_data.get(birth)
        if born and born > self.today:
            self.add_error(birth, _("The date of birth lies in the future: look at the card again."))
        elif number:
            try:
                year = born.year if born else None
                self.cleaned_data[name] = identity_rules.check_id_number(number, sex=sex, birth_year=year).number
            except Refused as refusal:
                self.add_error(name, refusal.message)

    def _check_owner(self, data: dict[str, Any]) -> None:
        relation = data.get("relation")
        if relation == Relation.BUSINESS:
            for name in ("tax_code", "business_name"):
                if not data.get(name):
                    self.add_error(name, self.fields[name].error_messages["required"])
            return
        if relation in (Relation.RELATIVE, Relation.OTHER) and self.authorisation == Authorisation.FORBIDDEN:
            self.add_error("relation", _("The law asks the person to file this themselves."))
        if not data.get("owner_name"):
            self.add_error("owner_name", self.fields["owner_name"].error_messages["required"])
        self._check_number("owner_id_number", birth="owner_birth_date")
        is_kin = relation == Relation.RELATIVE and self.authorisation == Authorisation.KIN
        if relation in (Relation.RELATIVE, Relation.OTHER) and not is_kin and not data.get("authority"):
            self.add_error("authority", _("Write down the paper that lets this person file for the owner."))

    def _check_papers(self, data: dict[str, Any]) -> None:
        missing = [c for c in self.components if c.is_required and not c.is_form and not self._is_here(c)]
        if missing and not data.get("are_others_needless"):
            self.add_error(
                "are_others_needless",
                _("Not ticked: %(papers)s. Ask the person for them, or tick here if they are not needed.")
                % {"papers": "; ".join(Truncator(c.name).words(12) for c in missing)},
            )

    def _is_here(self, component: Component) -> bool:
        key = component.key
        return bool(self.cleaned_data.get(f"have-{key}") or self.cleaned_data.get(f"document-{key}"))

    def papers(self) -> tuple[PaperIn, ...]:
        """The papers handed in: ticked ones with their counts, files, the authority, the declaration."""
        data, found = self.cleaned_data, []
        for component in self.components:
            key = component.key
            if not self._is_here(component):
                continue
            counts = (data.get(f"originals-{key}") or 0, data.get(f"copies-{key}") or 0)
            has_counts = bool(data.get(f"have-{key}"))
            found.append(PaperIn(
                component.name, key, *(counts if has_counts else (0, 0)), document_id=data.get(f"document-{key}"),
                document_name=self.documents.get(key, ""),
            ))  # fmt: skip
        if data["extra_name"]:
            originals, copies = data["extra_originals"], data["extra_copies"]
            found.append(PaperIn(data["extra_name"], originals=originals if originals is not None else 1,
                                 copies=copies or 0))  # fmt: skip
        if data["authority"] and data["relation"] != Relation.SELF:
            found.append(PaperIn(data["authority"], originals=1))
        has_form = any(c.is_form and self._is_here(c) for c in self.components)
        if data["declaration"] == ON_PAPER and not has_form:
            found.insert(0, PaperIn("Tờ khai (bản giấy)", originals=1))  # the law's language, as all papers
        return tuple(found)

    def parties(self) -> Parties:
        """Who stands at the counter, and for whom."""
        data = self.cleaned_data
        submitter = PersonFacts(
            data["full_name"], id_number=data["id_number"], birth_date=data["birth_date"], sex=data["sex"],
            phone=data["phone"], email=data["email"],
        )  # fmt: skip
        relation, owner, business = Relation(data["relation"]), None, None
        if relation == Relation.BUSINESS:
            business = BusinessFacts(data["tax_code"], data["business_name"])
        elif relation != Relation.SELF:
            owner = PersonFacts(
                data["owner_name"], id_number=data["owner_id_number"], birth_date=data["owner_birth_date"]
            )
        return Parties(submitter, relation, owner, business)

    def limit(self) -> Duration | None:
        """The time limit the officer read in the law."""
        days = self.cleaned_data.get("limit_days")
        return Duration(days, DurationUnit.WORKING_DAY) if days else None

    @property
    def is_on_the_spot(self) -> bool:
        """Whether the dossier goes the way inside the centre: offered by a delegation, and not switched off."""
        return bool(self.fields["way"].required) and self.cleaned_data["way"] == INSIDE

    def reason_declined(self) -> str:
        """Why an offered delegation is not used; empty where none was offered or it is used."""
        is_declined = bool(self.fields["way"].required) and not self.is_on_the_spot
        return str(self.cleaned_data["spot_declined"]) if is_declined else ""

    def consent_words(self) -> str:
        """How consent was given, as it is kept: in the law's language."""
        if self.cleaned_data["declaration"] != KEYED:
            return ""
        with override("vi"):
            return str(CONSENTS[self.cleaned_data["consent"]])

    def refuse(self, error: Refused) -> None:
        """Put a refusal of the services beside the field it speaks of."""
        names = {"limit": "limit_days", "procedure": "procedure_q", "name": "full_name", "on_the_spot": "way"}
        super().refuse(Refused(error.code, error.message, field=names.get(error.field or "", error.field)))
