"""One section of the e-form a page; what is typed is kept at once."""

import re
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers import services, wizard
from motcua.dossiers.models import Draft
from motcua.dossiers.views.steps import beside, name_after, resume_url, section_url, steps_of, with_draft
from motcua.eforms import rules as eform_rules
from motcua.eforms.enums import FieldType
from motcua.eforms.sections import SectionPage, section_form
from motcua.kernel import clock
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, signed_in

NUMBER = re.compile("[0-9]{1,9}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def section(request: HttpRequest, draft: Draft, section: str) -> HttpResponse:
    """Show a section, or take what was typed: everything is kept, right or wrong; only right answers lead on."""
    page = _page(request, draft, section)
    if page is None:
        return redirect(resume_url(draft))
    if request.method != "POST":
        return _show(request, draft, page)
    try:
        saved = _save(request, draft, page)
    except Conflict:
        return _show_changed(request, draft, page)
    if page.row_act:
        return redirect(f"{section_url(draft, section)}#ef-{page.row_act.split(':')[1]}")
    if "later" in request.POST:
        messages.success(request, _("Your draft is kept. You find it here whenever you come back."))
        return redirect("dossiers:own")
    if page.is_valid:
        return redirect(beside(steps_of(saved), section)[1])
    return _show(request, saved, page, status=422)


@signed_in
@require_POST
@with_draft
def save(request: HttpRequest, draft: Draft, section: str) -> HttpResponse:
    """Keep what stands on the page while it is typed; answers with the words “saved at”."""
    page, now = _page(request, draft, section), clock.now()
    if page is None:
        raise Http404
    try:
        saved = services.save_draft(
            draft_id=draft.pk, actor=actor_of(request), now=now, step=section, answers=_own(page),
            seen=_seen(request, section),
        )  # fmt: skip
    except Conflict as conflict:
        return render(request, "dossiers/portal/_saved.html", {"conflict": conflict})
    return render(request, "dossiers/portal/_saved.html", {"saved_at": now, "version": saved.version})


@signed_in
@require_safe
@with_draft
def file(request: HttpRequest, draft: Draft, document_id: UUID) -> HttpResponseBase:
    """A file of one's own draft."""
    document = document_queries.document_of(services.DRAFT, draft.pk, document_id)
    if document is None:
        raise Http404
    return documents.serve(document, request=request)


def _page(request: HttpRequest, draft: Draft, section: str) -> SectionPage | None:
    """The section; None when other answers mean that it is not asked any more."""
    form, today = wizard.form_of(draft), clock.today()
    if section not in {one.key for one in form.sections}:
        raise Http404
    if section not in dict(wizard.sections_of(draft, form)):
        return None
    return section_form(
        form, section, draft.answers, today=today, language=wizard.language(),
        data=request.POST if request.method == "POST" else None, files=request.FILES,
        facts=wizard.draft_facts(draft, today), show_errors="check" in request.GET,
    )  # fmt: skip


def _save(request: HttpRequest, draft: Draft, page: SectionPage) -> Draft:
    """Keep the page that was sent; `Conflict` when another window has saved other answers meanwhile."""
    section = page.section.key
    _take_files(page, draft, request)
    answers = _own(page)
    draft.answers = {**draft.answers, **answers}
    step = name_after(steps_of(draft, page.definition), section) if page.is_valid else section
    return services.save_draft(
        draft_id=draft.pk, actor=actor_of(request), now=clock.now(), answers=answers, step=step,
        seen=_seen(request, section),
    )  # fmt: skip


def _seen(request: HttpRequest, section: str) -> services.Seen | None:
    """What the page says of itself: which window it is, and which version of the draft it showed."""
    window, version = request.POST.get("window", ""), request.POST.get("version", "")
    return services.Seen(section, window[:36], int(version)) if window and NUMBER.fullmatch(version) else None


def _show_changed(request: HttpRequest, draft: Draft, page: SectionPage) -> HttpResponse:
    """What was typed here stays in the page, what the other window saved stands above it; the next save decides."""
    typed, key = _own(page), page.section.key
    files = {name: page.draft[name] for name in page.uploads if isinstance(page.draft.get(name), dict)}
    draft = services.save_draft(draft_id=draft.pk, actor=actor_of(request), now=clock.now(), answers=files)
    page.draft = {**draft.answers, **typed}
    found = wizard.differences(page.definition, key, draft.answers, page.draft)
    return _show(request, draft, page, status=409, differences=found)


def _show(
    request: HttpRequest,
    draft: Draft,
    page: SectionPage,
    *,
    status: int = 200,
    differences: list[wizard.Difference] | None = None,
) -> HttpResponse:
    steps = steps_of(draft, page.definition)
    before, after = beside(steps, page.section.key)
    has_files = any(field.type is FieldType.FILE for field in page.section.fields)
    context = {
        "draft": draft, "page": page, "steps": steps, "current": page.section.key, "before": before, "after": after,
        "has_files": has_files, "saved_at": draft.changed_at if draft.version > 1 else None,
        "window": uuid4(), "differences": differences,
    }  # fmt: skip
    return render(request, "dossiers/portal/section.html", context, status=status)


def _own(page: SectionPage) -> dict[str, Any]:
    """This section's answers: as checked where they are right, as typed where they are not."""
    wrong = {name.split("-")[0] for name in page.result.errors}
    typed = {field.key: page.draft[field.key] for field in page.section.fields if field.key in page.draft}
    right = {key: value for key, value in page.answers.items() if key not in wrong and eform_rules.is_answered(value)}
    return {**typed, **right}


def _take_files(page: SectionPage, draft: Draft, request: HttpRequest) -> None:
    """Store the files of the page; a refused one is said beside its question."""
    for key, upload in page.uploads.items():
        try:
            document = documents.store(
                upload=upload, name=upload.name or "", owner_kind=services.DRAFT, owner_id=draft.pk,
                kind=Kind.COMPONENT, retention=Retention.DRAFT, actor=actor_of(request), now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            page.result.errors[key] = refusal.message
            continue
        page.draft[key] = {"document": str(document.pk), "name": document.name}
        if key in page.result.answers:
            page.result.answers[key] = page.draft[key]
