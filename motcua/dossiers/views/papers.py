"""The papers of a draft: what is asked for, files added and taken away, each checked at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers import services, wizard
from motcua.dossiers.forms.portal import PaperForm
from motcua.dossiers.models import Draft
from motcua.dossiers.views.steps import PAPERS, beside, steps_of, with_draft
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def papers(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The checklist; a file is added or taken away by one button of one paper."""
    if request.method != "POST":
        return _show(request, draft)
    actor = actor_of(request)
    if "remove" in request.POST:
        return _remove(request, draft, actor)
    form = PaperForm(request.POST, request.FILES, auto_id=_auto_id(request.POST.get("component", "")))
    keys = {one.key for one in wizard.wanted(draft, clock.today())}
    if form.is_valid() and form.cleaned_data["component"] in keys:
        try:
            _add(draft, form, actor)
        except Refused as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect(_url(draft, form.cleaned_data["component"]))
    return _show(request, draft, refused=form, status=422)


def _add(draft: Draft, form: PaperForm, actor: Actor) -> None:
    """Store a file once: the same bytes for the same paper are the same file (a form sent twice)."""
    upload, component, now = form.cleaned_data["file"], form.cleaned_data["component"], clock.now()
    held = documents.hold(upload=upload, name=upload.name or "")
    here = {file["document_id"] for file in draft.papers if file["component_key"] == component}
    same = document_queries.documents_of(services.DRAFT, draft.pk).filter(blob_id=held.sha256, pk__in=here)
    if same.exists():
        return
    document = documents.store(
        upload=held, owner_kind=services.DRAFT, owner_id=draft.pk, kind=Kind.COMPONENT, retention=Retention.DRAFT,
        actor=actor, now=now,
    )  # fmt: skip
    services.add_paper(
        draft_id=draft.pk, component_key=component, document_id=document.pk, name=document.name, actor=actor, now=now
    )


def _remove(request: HttpRequest, draft: Draft, actor: Actor) -> HttpResponse:
    removed = request.POST["remove"]
    kept = next((file for file in draft.papers if file["document_id"] == removed), None)
    if kept is None:
        return redirect("dossiers:draft_papers", draft.pk)
    services.remove_paper(draft_id=draft.pk, document_id=kept["document_id"], actor=actor, now=clock.now())
    messages.success(request, _("“%(name)s” is taken out.") % {"name": kept["name"]})
    return redirect(_url(draft, kept["component_key"]))


def _show(request: HttpRequest, draft: Draft, refused: PaperForm | None = None, *, status: int = 200) -> HttpResponse:
    wanted, steps = wizard.wanted(draft, clock.today()), steps_of(draft)
    before, after = beside(steps, PAPERS)
    rows = [{"paper": one, "form": _form(one, refused), "id": _auto_id(one.key).removesuffix("_%s")} for one in wanted]
    context: dict[str, Any] = {
        "draft": draft, "rows": rows, "refused": refused, "steps": steps, "current": PAPERS, "before": before,
        "after": after, "missing": sum(one.is_missing for one in wanted),
    }  # fmt: skip
    return render(request, "dossiers/portal/papers.html", context, status=status)


def _form(one: wizard.Wanted, refused: PaperForm | None) -> PaperForm | None:
    if one.is_made_here:
        return None
    if refused is not None and refused.data.get("component", "") == one.key:
        return refused
    return PaperForm(initial={"component": one.key}, auto_id=_auto_id(one.key))


def _auto_id(component: str) -> str:
    """Inputs of several forms on one page need ids of their own."""
    return f"paper-{component or 'other'}_%s".replace(" ", "-")


def _url(draft: Draft, component: str) -> str:
    return f"{reverse('dossiers:draft_papers', args=[draft.pk])}#{_auto_id(component).removesuffix('_%s')}"
