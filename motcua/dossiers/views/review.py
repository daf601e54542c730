"""The last look, sending, and the page that confirms it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import services, wizard
from motcua.dossiers.enums import Channel, Relation, ResultForm, SecondLanguage, State
from motcua.dossiers.forms.portal import ReviewForm
from motcua.dossiers.models import Draft
from motcua.dossiers.views import bundles
from motcua.dossiers.views.space import dossier_of, is_late
from motcua.dossiers.views.steps import REVIEW, beside, section_url, steps_of, with_draft
from motcua.eforms import queries as eforms
from motcua.eforms.rules import Definition
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, signed_in
from motcua.places import queries as places


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def review(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything as the printed form reads, then the promise and the button that files it."""
    sheet = wizard.look_over(draft, clock.today())
    if request.method != "POST":
        return _show(request, draft, sheet, _form(draft, sheet))
    form = _form(draft, sheet, request.POST)
    if _is_older(form, draft):
        return _show_changed(request, draft, sheet, form)
    if _is_ready(form, sheet):
        try:
            filing = _filing(draft, sheet, form.cleaned_data)
            reached = _send(draft, filing, actor_of(request))
        except Refused as refusal:
            form.refuse(refusal)
        except Conflict:  # it changed between our look and the last word
            draft.refresh_from_db()
            return _show_changed(request, draft, wizard.look_over(draft, clock.today()), form)
        else:
            return redirect(reached)
    return _show(request, draft, sheet, form)


def _send(draft: Draft, filing: services.Filing, actor: Actor) -> str:
    """File the draft, or all that its bundle asks for; answers the address of what came of it."""
    if draft.bundle:
        bundle = services.file_bundle(draft=draft, filing=filing, actor=actor, now=clock.now(), key=draft.pk)
        return reverse("dossiers:own_bundle", args=[bundle.pk])
    dossier = services.submit(filing=filing, actor=actor, now=clock.now(), key=draft.pk)
    return reverse("dossiers:filed", args=[dossier.pk])


def _form(draft: Draft, sheet: wizard.Sheet, data: Any = None, **typed: Any) -> ReviewForm:
    """The form as it was sent, or new: then with what was `typed` before, else what the account knows."""
    known: dict[str, Any] = {}
    if data is None:
        in_english = wizard.language() != "vi"  # whoever reads the portal in another language reads English rather
        known = {"key": draft.pk, "in_english": in_english, **wizard.contact_of(draft, sheet.form), **typed}
    return ReviewForm(
        data, expected=draft.version, result_forms=wizard.result_forms(draft.procedure),
        is_complete=not sheet.missing, has_promised=wizard.has_own_promise(sheet.form), initial=known,
    )  # fmt: skip


def _is_older(form: ReviewForm, draft: Draft) -> bool:
    """Whether the page that was sent showed an older draft than the one that would be filed."""
    form.full_clean()
    return form.cleaned_data.get("expected") not in (None, draft.version)


def _show_changed(request: HttpRequest, draft: Draft, sheet: wizard.Sheet, sent: ReviewForm) -> HttpResponse:
    """The draft as it is now; what was typed here stays, a promise asked for here has to be given again."""
    typed = {name: sent[name].value() for name in ("phone", "email", "result_form", "in_english")}
    return _show(request, draft, sheet, _form(draft, sheet, **typed), is_changed=True)


def _is_ready(form: ReviewForm, sheet: wizard.Sheet) -> bool:
    """Whether it may be sent; what stands in the way is said above the form."""
    if sheet.faults:
        form.add_error(None, _("Some answers have to be corrected first: follow the links below."))
    if sheet.agency is None or sheet.centre is None:
        form.add_error(None, _("Choose the ward or commune first, under “For whom, where”."))
    return bool(form.is_valid())


def _show(
    request: HttpRequest, draft: Draft, sheet: wizard.Sheet, form: ReviewForm, *, is_changed: bool = False
) -> HttpResponse:
    today, steps, faults = clock.today(), steps_of(draft, sheet.form), sheet.faults
    context = {
        "draft": draft, "form": form, "sections": _sections(draft, sheet.form, faults), "wanted": sheet.wanted,
        "missing": sheet.missing, "centre": sheet.centre, "agency": sheet.agency, "faults": sum(faults.values()),
        "fee": wizard.fee_of(draft.procedure, today), "time": wizard.time_of(draft.procedure, today),
        "steps": steps, "current": REVIEW, "before": beside(steps, REVIEW)[0],
        "is_changed": is_changed, "matters": bundles.rows(draft, today),
        "case": draft.procedure.cases.filter(key=draft.case_key).first() if draft.case_key else None,
    }  # fmt: skip
    status = 409 if is_changed else 422 if form.is_bound else 200
    return render(request, "dossiers/portal/review.html", context, status=status)


@signed_in
@require_safe
def filed(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """It is in: the code, by when it is looked at, what happens next, where help is."""
    dossier = dossier_of(actor_of(request), dossier_id)
    if dossier.state != State.NEW or is_late(dossier, clock.now()):
        return redirect("dossiers:status", dossier.pk)  # what it promises belongs to the first hours
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


def _filing(draft: Draft, sheet: wizard.Sheet, data: dict[str, Any]) -> services.Filing:
    submitter = identity.person(draft.person_id)
    business, person = draft.owner_business, draft.owner_person or submitter
    agency, centre = sheet.agency, sheet.centre
    assert agency is not None and centre is not None  # noqa: S101, PT018 -- `_is_ready` has looked
    return services.Filing(
        procedure_id=draft.procedure_id, channel=Channel.ONLINE, receiving_agency_id=centre.agency_id,
        competent_agency_id=agency.pk, owner_name=business.name if business else person.full_name,
        owner_person_id=None if business else person.pk, owner_business_id=draft.owner_business_id,
        submitter_person_id=submitter.pk, submitter_name=submitter.full_name, relation=Relation(draft.relation),
        case_key=draft.case_key, phone=data["phone"], email=data["email"],
        address=places.address(submitter.address_street, submitter.address_unit), form_key=draft.form_key,
        form_version=draft.form_version, answers=sheet.checked.answers, papers=_papers(draft, sheet),
        result_form=ResultForm(data["result_form"]),
        second_language=SecondLanguage.ENGLISH if data["in_english"] else "",
        draft_id=draft.pk, draft_version=draft.version, files_from=(services.DRAFT, draft.pk),
    )  # fmt: skip


def _papers(draft: Draft, sheet: wizard.Sheet) -> list[services.PaperIn]:
    """The files of the checklist under the names of their papers, then those given inside the form."""
    names = {one.key: one.name if one.key else "" for one in sheet.wanted}
    listed = [
        services.PaperIn(
            names.get(file["component_key"]) or file["name"], file["component_key"],
            document_id=UUID(file["document_id"]), document_name=file["name"],
        )
        for file in draft.papers
    ]  # fmt: skip
    inside = [
        services.PaperIn(label, f"form:{key}", document_id=UUID(file["document"]), document_name=file["name"])
        for key, label, file in wizard.file_answers(sheet.form, sheet.checked.answers)
    ]
    return listed + inside
