"""The first pages of filing: what follows, for whom and where; and throwing a draft away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import CommuneChoice
from motcua.catalogue.models import Procedure
from motcua.dossiers import queries, services, wizard
from motcua.dossiers.forms.portal import OTHER, StartForm
from motcua.dossiers.models import Draft
from motcua.dossiers.views.steps import PARTY, beside, resume_url, steps_of, with_draft
from motcua.identity import queries as identity
from motcua.identity.enums import Relation as Kin
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, public, signed_in
from motcua.places import queries as places
from motcua.ui.forms import ActForm

GET_OR_POST = ["GET", "HEAD", "POST"]
MOST_DRAFTS = 5


@public
@require_http_methods(GET_OR_POST)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What follows, in how many steps, with what at hand; then for whom, which case and where."""
    actor, now = actor_of(request), clock.now()
    try:
        procedure = catalogue.procedure(code)
    except Procedure.DoesNotExist as error:
        raise Http404 from error
    if reason := catalogue.why_not_online(procedure, clock.today()):
        return _not_online(request, procedure, str(reason.label))
    form = start_form(procedure, actor, data=request.POST or None) if actor.person_id else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            key = form.cleaned_data["key"]
            draft = services.begin(procedure=procedure, choice=choice_of(form), actor=actor, now=now, key=key)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(resume_url(draft))
    return _show_start(request, procedure, form)


def _show_start(request: HttpRequest, procedure: Procedure, form: StartForm | None) -> HttpResponse:
    today, drafts = clock.today(), queries.drafts_of(actor_of(request), procedure_id=procedure.pk)
    context = {
        "procedure": procedure, "form": form, "fee": wizard.fee_of(procedure, today),
        "time": wizard.time_of(procedure, today), "papers": wizard.to_have_at_hand(procedure, today),
        "drafts": [{"draft": draft, "href": resume_url(draft)} for draft in drafts[:MOST_DRAFTS]],
    }  # fmt: skip
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "dossiers/portal/start.html", context, status=status)


@signed_in
@require_http_methods(GET_OR_POST)
@with_draft
def party(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Change for whom, which case and where."""
    actor, now = actor_of(request), clock.now()
    form = start_form(draft.procedure, actor, data=request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.change_party(draft=draft, choice=choice_of(form), actor=actor, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(beside(steps_of(changed), PARTY)[1])
    context = {"draft": draft, "form": form, "steps": steps_of(draft), "current": PARTY}
    return render(request, "dossiers/portal/party.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(GET_OR_POST)
@with_draft
def drop(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ask, then throw the draft away."""
    form = ActForm(request.POST or None, expected=draft.version)
    if request.method == "POST" and form.is_valid():
        services.drop_draft(draft_id=draft.pk, actor=actor_of(request), now=clock.now())
        messages.success(request, _("The draft is gone."))
        return redirect("dossiers:own")
    context = {"draft": draft, "form": form, "resume": resume_url(draft)}
    return render(request, "dossiers/portal/drop.html", context)


def start_form(procedure: Procedure, actor: Actor, *, data: Any = None, draft: Draft | None = None) -> StartForm:
    """The form of the first page with the choices this person has."""
    today = clock.today()
    person = identity.person(actor.person_id) if actor.person_id else None
    centres = catalogue.receiving_centres(procedure, today)
    nearest = _("The nearest one (recommended)")
    is_for_business = actor.on_behalf_of in actor.businesses and wizard.may_file_for_business(procedure)
    initial: dict[str, Any] = {"whom": f"business:{actor.on_behalf_of}" if is_for_business else "self"}
    if draft:
        initial = {
            "whom": _whom(draft), "case": draft.case_key, "unit": draft.unit_id, "centre": draft.receiving_agency_id,
        }  # fmt: skip
    elif person and person.address_unit_id and catalogue.commune_choice(procedure) is CommuneChoice.MUST:
        initial["unit"] = person.address_unit_id
    return StartForm(
        data, whom=_whom_choices(procedure, actor, draft),
        cases=[(case.key, case.name) for case in procedure.cases.order_by("position")],
        units=_unit_choices(procedure),
        centres=[("", nearest), *((str(centre.agency_id), centre.agency.name) for centre in centres)],
        needs_unit=wizard.competent_without_unit(procedure, today) is None, initial=initial,
        expected=draft.version if draft else None,
    )  # fmt: skip


def _unit_choices(procedure: Procedure) -> list[tuple[str, str]]:
    """The communes, where one decides; where it may also be the province, the provincial agency comes first."""
    today, choice = clock.today(), catalogue.commune_choice(procedure)
    if choice is CommuneChoice.MUST:
        first = _("Choose")
    elif choice is CommuneChoice.MAY:
        agency = wizard.competent_without_unit(procedure, today)
        first = agency.name if agency else _("Choose")
    else:
        return []
    return [("", first), *((str(unit.pk), unit.name) for unit in places.communes_at(today))]


def _whom(draft: Draft) -> str:
    if draft.owner_business_id:
        return f"business:{draft.owner_business_id}"
    return "self" if draft.owner_person_id in (None, draft.person_id) else f"person:{draft.owner_person_id}"


def _whom_choices(procedure: Procedure, actor: Actor, draft: Draft | None) -> list[tuple[str, str]]:
    today = clock.today()
    rows = [("self", _("Myself (%(name)s)") % {"name": actor.name})]
    if actor.person_id and wizard.may_file_for_others(procedure):
        rows += [
            (f"person:{tie.person.pk}", f"{tie.person.full_name} ({Kin(tie.relation).label})")
            for tie in identity.relatives(actor.person_id, today)
        ]
        owner = draft.owner_person if draft else None
        if owner and owner.pk != actor.person_id and f"person:{owner.pk}" not in dict(rows):
            rows.append((f"person:{owner.pk}", owner.full_name))
    if actor.businesses and actor.person_id and wizard.may_file_for_business(procedure):
        rows += [(f"business:{found.pk}", found.name) for found in identity.businesses(actor.person_id, today)]
    if wizard.may_file_for_others(procedure):
        rows.append((OTHER, _("Somebody else")))
    return rows


def choice_of(form: StartForm) -> services.Choice:
    """What the first page says."""
    data = form.cleaned_data
    named = None
    if data["whom"] == OTHER:
        named = services.Named(
            data["other_name"].strip(), data["other_relation"], data["other_number"].strip(), data["other_birth"]
        )
    return services.Choice(
        whom=data["whom"], named=named, case_key=data.get("case", ""), unit_id=_key(data.get("unit")),
        receiving_agency_id=_key(data.get("centre")),
    )  # fmt: skip


def _key(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _not_online(request: HttpRequest, procedure: Procedure, reason: str) -> HttpResponse:
    """Why it cannot be filed here, and where to go instead."""
    person_id = actor_of(request).person_id
    person = identity.person(person_id) if person_id else None
    centres = list(catalogue.receiving_centres(procedure, clock.today()))
    nearest = catalogue.nearest_centre(procedure, person.address_unit if person else None, clock.today())
    context = {"procedure": procedure, "reason": reason, "centres": centres, "nearest": nearest}
    return render(request, "dossiers/portal/not_online.html", context)
