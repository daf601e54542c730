"""One reception as it stands: what was typed, the procedure chosen, its papers and questions, where it goes."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import Channel as CatalogueChannel
from motcua.catalogue.enums import CommuneChoice
from motcua.catalogue.enums import ResultForm as CatalogueResultForm
from motcua.catalogue.models import Component, OnTheSpot, Procedure
from motcua.catalogue.queries import FilingFacts
from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers.enums import Channel, Relation, ResultForm, SecondLanguage, Source
from motcua.dossiers.forms.office import INSIDE
from motcua.dossiers.forms.reception import KEYED, ON_PAPER, PREFIX, ReceptionForm
from motcua.dossiers.services import Filing
from motcua.dossiers.services.reception import DESK, desk_of
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.eforms.sections import SectionPage, section_form
from motcua.identity.models import Person
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of
from motcua.places import queries as places
from motcua.places.enums import COMMUNES
from motcua.places.models import Agency

COMMON = 8  # procedures offered before anything is typed
FORMS = {
    CatalogueResultForm.ELECTRONIC: (ResultForm.ELECTRONIC,), CatalogueResultForm.PAPER: (ResultForm.PAPER,),
    CatalogueResultForm.BOTH: (ResultForm.PAPER, ResultForm.ELECTRONIC),
}  # fmt: skip


@dataclass
class Desk:
    """The state of the reception screen, rebuilt from what the page sent."""

    actor: Actor
    now: datetime
    data: Any = None  # a mutable copy of what was sent, None for a fresh page
    focus: str = "card"
    refusals: list[tuple[str, str]] = field(default_factory=list)  # (field, sentence) found before the form is judged
    has_new_questions: bool = False  # the questions of the e-form are shown for the first time

    @classmethod
    def of(cls, request: HttpRequest) -> "Desk":
        """From a request."""
        data = request.POST.copy() if request.method == "POST" else None
        return cls(actor_of(request), clock.now(), data)

    def get(self, name: str) -> str:
        """What stands in a field of the reception form."""
        return str(self.data.get(f"{PREFIX}-{name}", "")) if self.data is not None else ""

    def put(self, **values: Any) -> None:
        """Fill fields of the reception form."""
        for name, value in values.items():
            self.data[f"{PREFIX}-{name}"] = "" if value is None else str(value)

    @cached_property
    def key(self) -> UUID:
        """The form's key, under which its files lie until it is sent."""
        try:
            return UUID(self.get("key"))
        except ValueError:
            return uuid4()

    @cached_property
    def agencies(self) -> list[Agency]:
        """Where the officer receives."""
        mine = self.actor.agencies(Role.RECEPTION)
        return list(Agency.objects.filter(pk__in=mine).select_related("unit").order_by("sort_key", "code"))

    @property
    def receiving(self) -> Agency:
        """The centre this reception stands in."""
        return next((agency for agency in self.agencies if str(agency.pk) == self.get("receiving")), self.agencies[0])

    @cached_property
    def procedure(self) -> Procedure | None:
        """The procedure chosen, if it exists and is handled here."""
        code = self.get("procedure")
        try:
            return catalogue.procedure(code) if code else None
        except Procedure.DoesNotExist:
            return None

    @cached_property
    def facts(self) -> FilingFacts | None:
        """Time limit, fee and rules of the procedure at the counter."""
        if self.procedure is None:
            return None
        return catalogue.filing_facts(self.procedure, CatalogueChannel.COUNTER, clock.local(self.now).date())

    @property
    def components(self) -> list[Component]:
        """The papers of the procedure and its chosen case."""
        if self.procedure is None:
            return []
        case = self.get("case")
        return [
            component for component in self.procedure.components.all()
            if not component.is_note and (component.case is None or component.case.key == case)
        ]  # fmt: skip

    @property
    def is_by_commune(self) -> bool:
        """Whether the commune that decides has to be named."""
        return self._commune_choice is CommuneChoice.MUST

    @property
    def may_be_by_commune(self) -> bool:
        """Whether a commune decides some cases of what otherwise a provincial agency decides."""
        return self._commune_choice is CommuneChoice.MAY

    @property
    def asks_unit(self) -> bool:
        """Whether the officer chooses a commune."""
        return self._commune_choice is not CommuneChoice.NONE

    @property
    def _commune_choice(self) -> CommuneChoice:
        return catalogue.commune_choice(self.procedure) if self.procedure else CommuneChoice.NONE

    @cached_property
    def competent(self) -> Agency | None:
        """Who decides; None while that cannot be said."""
        if self.procedure is None:
            return None
        on = clock.local(self.now).date()
        code = self.get("unit") if self.asks_unit else ""
        unit = places.unit(code, on) if code else None
        return catalogue.competent_agency(self.procedure, unit, on)

    @cached_property
    def delegation(self) -> OnTheSpot | None:
        """The decision under which this centre may settle the procedure itself today; None where there is none."""
        if self.procedure is None or self.competent is None:
            return None
        return catalogue.delegation_for(
            self.procedure.code, centre_id=self.receiving.pk, competent_id=self.competent.pk,
            on=clock.local(self.now).date(),
        )  # fmt: skip

    def choose(self, code: str) -> None:
        """Take another procedure: its papers and questions replace the former ones."""
        for name in [n for n in self.data if n.split("-")[1:2] and n.split("-")[1] in ROW_PARTS]:
            if name.startswith(f"{PREFIX}-document-"):
                self._discard(self.data[name])
            del self.data[name]
        self.put(procedure=code, keyed="", case="", limit_days="")
        self.data.pop(f"{PREFIX}-unit", None)
        for name in ("procedure", "facts", "competent", "delegation"):
            self.__dict__.pop(name, None)
        found = self.procedure
        if found is None:
            return
        cases = list(found.cases.all())
        if len(cases) == 1:
            self.put(case=cases[0].key)
        self.put(procedure_q="", result_form=FORMS[CatalogueResultForm(found.result_form)][0])

    def prepare(self) -> None:
        """Fill in what the officer need not type: counts as the catalogue states them, the centre's own commune."""
        for name, usual in (("relation", Relation.SELF), ("declaration", ON_PAPER), ("way", INSIDE)):
            self.put(**{name: self.get(name) or usual})
        for component in self.components:
            for part, count in (("originals", component.original), ("copies", component.copy)):
                self.data.setdefault(f"{PREFIX}-{part}-{component.key}", str(count))
        unit = self.receiving.unit
        was_asked = f"{PREFIX}-unit" in self.data and not self.is_by_commune  # empty was the answer then: the province
        if self.asks_unit and not self.get("unit") and not was_asked and unit and unit.kind in COMMUNES:
            self.put(unit=unit.code)

    def keep_files(self, files: Any) -> None:
        """Store what was uploaded at once, so that no refusal loses it."""
        for component in self.components:
            upload = files.get(f"{PREFIX}-file-{component.key}")
            if upload is None:
                continue
            try:
                kept = documents.store(
                    upload=upload, name=upload.name, title=component.name, owner_kind=DESK,
                    owner_id=desk_of(self.key, self.actor), kind=Kind.COMPONENT, retention=Retention.DRAFT,
                    actor=self.actor, now=self.now,
                )  # fmt: skip
            except Refused as refusal:
                self.refusals.append((f"file-{component.key}", refusal.message))
                continue
            self._discard(self.get(f"document-{component.key}"))
            self.put(**{f"document-{component.key}": kept.pk})

    def _discard(self, document: str) -> None:
        """Throw away a file of this reception that another one replaces."""
        try:
            key = UUID(document)
        except ValueError:
            return
        documents.discard(
            document_id=key, owner_kind=DESK, owner_id=desk_of(self.key, self.actor), actor=self.actor, now=self.now
        )

    def kept(self) -> dict[str, str]:
        """Names of the files that lie with this reception, by component; a foreign id is forgotten."""
        if self.data is None:
            return {}
        wanted = {c.key: self.get(f"document-{c.key}") for c in self.components}
        if not any(wanted.values()):
            return {}
        mine = {str(d.pk): d.name for d in document_queries.documents_of(DESK, desk_of(self.key, self.actor))}
        for key, document in wanted.items():
            if document and document not in mine:
                self.put(**{f"document-{key}": ""})
        return {key: mine[document] for key, document in wanted.items() if document in mine}

    def form(self) -> ReceptionForm:
        """The form, bound to what was sent."""
        on = clock.local(self.now).date()
        found, facts = self.procedure, self.facts
        if self.data is not None:
            self.prepare()
            self.put(procedure=found.code if found else "")
        needs = {"case"} if found and len(found.cases.all()) > 1 else set()
        needs |= {"unit"} if self.is_by_commune else set()
        needs |= {"way"} if self.delegation else set()
        needs |= {"limit_days"} if facts and not facts.is_time_known else set()
        form = ReceptionForm(
            self.data, today=on, components=self.components, documents=self.kept(), needs=frozenset(needs),
            receiving=[(str(agency.pk), agency.name) for agency in self.agencies],
            cases=[(case.key, case.name) for case in found.cases.all()] if found else (),
            units=[(unit.code, unit.name) for unit in places.communes_at(on)] if self.asks_unit else (),
            authorisation=found.authorisation if found else "", initial={"key": self.key},
        )  # fmt: skip
        if self.may_be_by_commune and found:
            provincial = catalogue.competent_agency(found, None, on)
            first = ("", provincial.name if provincial else _("The province"))
            form.fields["unit"].choices = [first, *form.fields["unit"].choices[1:]]  # type: ignore[attr-defined]
        if found:
            allowed = FORMS[CatalogueResultForm(found.result_form)]
            form.fields["result_form"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]
        return form

    def pages(self, *, is_final: bool) -> list[SectionPage]:
        """The questions of the e-form while the officer fills it in; checked when everything is sent."""
        if self.procedure is None or self.get("declaration") != KEYED:
            return []
        on, language = clock.local(self.now).date(), get_language() or "vi"
        form = eforms.form_for(self.procedure.code, on)
        was_shown = self.get("keyed") == form.key
        draft = self._posted(form) if was_shown else eform_rules.prefill(form, self._typed_facts())
        self.put(keyed=form.key)
        self.has_new_questions = not was_shown
        units = eforms.units_on(on) if eforms.asks_address(form) else {}
        return [
            section_form(
                form, section.key, draft, today=on, language=language, units=units,
                show_errors=is_final and was_shown,
            )
            for section in eform_rules.visible_sections(form, draft)
        ]  # fmt: skip

    def _posted(self, form: eform_rules.Definition) -> dict[str, Any]:
        draft: dict[str, Any] = {}
        for section in form.sections:
            draft = eform_rules.partial_answers(form, section.key, self.data, draft)
        return draft

    def _typed_facts(self) -> dict[str, dict[str, Any]]:
        person = {name: self.get(name) for name in ("full_name", "id_number", "sex", "phone", "email")}
        person["birth_date"] = iso_day(self.get("birth_date"))
        if self.get("relation") in ("", "self"):
            return {"submitter": person, "owner": person}
        owner = {
            "full_name": self.get("owner_name"), "id_number": self.get("owner_id_number"),
            "birth_date": iso_day(self.get("owner_birth_date")), "tax_code": self.get("tax_code"),
            "business_name": self.get("business_name"),
        }  # fmt: skip
        return {"submitter": person, "owner": owner}

    def filing(self, form: ReceptionForm, pages: list[SectionPage]) -> Filing:
        """What is handed in, from a form that was found right. Raises `Refused` while nobody is known to decide."""
        found, competent, data = self.procedure, self.competent, form.cleaned_data
        if found is None or competent is None:
            sentence = _("It is not known who decides this. Choose the commune, or ask the administrator to enter it.")
            raise Refused("competent", sentence, field="unit" if self.asks_unit else None)
        definition = pages[0].definition if pages else eforms.form_for(found.code, form.today)
        answers: dict[str, Any] = {}
        for page in pages:
            answers |= page.answers
        return Filing(
            procedure_id=found.pk, channel=Channel.COUNTER, receiving_agency_id=self.receiving.pk,
            competent_agency_id=competent.pk, owner_name="", case_key=data["case"], address=data["address"],
            form_key=definition.key, form_version=definition.version, answers=answers, papers=form.papers(),
            result_form=ResultForm(data["result_form"] or ResultForm.PAPER), source=Source.ONE_STOP,
            consent=form.consent_words(), files_from=(DESK, desk_of(self.key, self.actor)),
            on_the_spot=form.is_on_the_spot, spot_declined=form.reason_declined(),
            second_language=SecondLanguage.ENGLISH if data["in_english"] else "",
        )  # fmt: skip

    def fill_from(self, person: Person) -> None:
        """What is known of a person who came before; nothing typed is replaced."""
        known = {"phone": person.phone, "email": person.email}
        if person.address_unit:
            known["address"] = places.address(person.address_street, person.address_unit)
        self.put(**{name: value for name, value in known.items() if value and not self.get(name)})


ROW_PARTS = frozenset({"have", "originals", "copies", "file", "document"})


def iso_day(text: str) -> str:
    """`27/3/1990` as `1990-03-27`; empty when it is no day."""
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return ""
