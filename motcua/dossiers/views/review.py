"""The last look, sending, and the page that confirms it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import queries, services, wizard
from motcua.dossiers.enums import Channel, Relation, ResultForm
from motcua.dossiers.forms.portal import ReviewForm
from motcua.dossiers.models import Dossier, Draft
from motcua.dossiers.views.steps import REVIEW, beside, section_url, steps_of, with_draft
from motcua.eforms import queries as eforms
from motcua.eforms.rules import Definition
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, signed_in
from motcua.places import queries as places
from motcua.places.models import Agency, Centre


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def review(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything as the printed form reads, then the promise and the button that files it."""
    today, form = clock.today(), wizard.form_of(draft)
    wanted = wizard.wanted(draft, today)
    missing = [one for one in wanted if one.is_missing]
    centre = wizard.centre_for(draft.procedure, draft.unit, draft.receiving_agency_id, today)
    agency = wizard.competent(draft, today)
    faults = wizard.faults(draft, form, today)
    sheet = ReviewForm(
        request.POST or None, expected=draft.version, result_forms=wizard.result_forms(draft.procedure),
        is_complete=not missing, initial={"key": draft.pk, **wizard.contact_of(draft, form)},
    )  # fmt: skip
    if request.method == "POST":
        if faults:
            sheet.add_error(None, _("Some answers have to be corrected first: follow the links below."))
        if agency is None or centre is None:
            sheet.add_error(None, _("Choose the ward or commune first, under “For whom, where”."))
        if sheet.is_valid() and agency and centre:
            try:
                filing = _filing(draft, form, sheet.cleaned_data, agency, centre)
                dossier = services.submit(filing=filing, actor=actor_of(request), now=clock.now(), key=draft.pk)
            except Refused as refusal:
                sheet.refuse(refusal)
            else:
                return redirect("dossiers:filed", dossier.pk)
    steps = steps_of(draft, form)
    context = {
        "draft": draft, "form": sheet, "sections": _sections(draft, form, faults), "wanted": wanted,
        "missing": missing, "centre": centre, "agency": agency, "fee": wizard.fee_of(draft.procedure, today),
        "time": wizard.time_of(draft.procedure, today),
        "steps": steps, "current": REVIEW, "before": beside(steps, REVIEW)[0], "faults": sum(faults.values()),
        "case": draft.procedure.cases.filter(key=draft.case_key).first() if draft.case_key else None,
    }  # fmt: skip
    return render(request, "dossiers/portal/review.html", context, status=422 if sheet.is_bound else 200)


@signed_in
@require_safe
def filed(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """It is in: the code, by when it is looked at, what happens next, where help is."""
    try:
        dossier = queries.dossier_for(actor_of(request), dossier_id)
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    context = {"dossier": dossier, "presence": dossier.procedure.presence, "hotline": settings.SITE.get("hotline", "")}
    return render(request, "dossiers/portal/filed.html", context)


def _sections(draft: Draft, form: Definition, faults: dict[str, int]) -> list[dict[str, Any]]:
    """The asked sections with answers in words, where to change them, and how many have to be corrected."""
    told = dict(eforms.summary(form, draft.answers, wizard.language()))
    return [
        {
            "title": title, "lines": told.get(title, []), "faults": faults.get(key, 0),
            "href": section_url(draft, key) + ("?check" if faults.get(key) else ""),
        }
        for key, title in wizard.sections_of(draft, form)
    ]  # fmt: skip


def _filing(draft: Draft, form: Definition, data: dict[str, Any], agency: Agency, centre: Centre) -> services.Filing:
    answers = eforms.validate(form, draft.answers, today=clock.today(), language=wizard.language()).answers
    submitter = identity.person(draft.person_id)
    business, person = draft.owner_business, draft.owner_person or submitter
    names = {one.key: one for one in wizard.wanted(draft, clock.today())}
    papers = [
        services.PaperIn(
            names[file["component_key"]].name if names[file["component_key"]].key else file["name"],
            file["component_key"], document_id=UUID(file["document_id"]), document_name=file["name"],
        )
        for file in draft.papers
        if file["component_key"] in names
    ] + [
        services.PaperIn(label, f"form:{key}", document_id=UUID(value["document"]), document_name=value["name"])
        for key, label, value in wizard.file_answers(form, answers)
    ]  # fmt: skip
    return services.Filing(
        procedure_id=draft.procedure_id, channel=Channel.ONLINE, receiving_agency_id=centre.agency_id,
        competent_agency_id=agency.pk, owner_name=business.name if business else person.full_name,
        owner_person_id=None if business else person.pk,
        owner_business_id=draft.owner_business_id, submitter_person_id=submitter.pk,
        submitter_name=submitter.full_name, relation=Relation(draft.relation), case_key=draft.case_key,
        phone=data["phone"], email=data["email"],
        address=places.address(submitter.address_street, submitter.address_unit),
        form_key=draft.form_key, form_version=draft.form_version, answers=answers, papers=papers,
        result_form=ResultForm(data["result_form"]), draft_id=draft.pk, files_from=(services.DRAFT, draft.pk),
    )  # fmt: skip
