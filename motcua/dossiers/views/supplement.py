"""The answer to a supplement request: files one by one, refused ones said beside the thing asked for, then sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers import services
from motcua.dossiers.enums import State
from motcua.dossiers.forms.portal import AnswerForm
from motcua.dossiers.models import Dossier, Supplement
from motcua.dossiers.views.space import dossier_of, with_version
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.http import actor_of, signed_in

HELD = "dossiers.answer"  # files of an answer that is not sent yet belong to the dossier under this kind


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What is asked for, with a place for each answer; good files stay even when another one is refused."""
    actor = actor_of(request)
    dossier = dossier_of(actor, dossier_id)
    asked = next((one for one in dossier.supplements.all() if one.answered_at is None), None)
    if asked is None or dossier.state != State.SUPPLEMENT:
        messages.info(request, _("Nothing is asked of you now."))
        return redirect("dossiers:status", dossier.pk)
    if request.method != "POST":
        return _show(request, dossier, asked, _form(dossier, asked))
    form = _form(dossier, asked, request)
    if "remove" in request.POST:
        _remove(request.POST["remove"], dossier, actor)
    elif not form.is_valid() or not _take_files(form, dossier, actor):
        return _show(request, dossier, asked, form, status=422)
    elif "keep" not in request.POST:
        return _send(request, form, dossier, asked)
    return _show(request, dossier, asked, _form(dossier, asked, answer=request.POST.get("answer", "")))


def _form(dossier: Dossier, asked: Supplement, request: HttpRequest | None = None, *, answer: str = "") -> AnswerForm:
    """The form empty, with the words typed so far, or as it was sent."""
    items = [*asked.items, _("Anything else")]
    if request is None:
        return AnswerForm(expected=dossier.version, items=items, initial={"answer": answer})
    return AnswerForm(request.POST, request.FILES, expected=dossier.version, items=items)


def _take_files(form: AnswerForm, dossier: Dossier, actor: Actor) -> bool:
    """Keep every file that is good; say beside the others why they are not."""
    for name, held in documents.hold_good(form, form.items):
        item = form.items[name]
        if document_queries.documents_of(HELD, dossier.pk).filter(blob_id=held.sha256, title=item).exists():
            continue
        documents.store(
            upload=held, owner_kind=HELD, owner_id=dossier.pk, kind=Kind.COMPONENT, retention=Retention.DRAFT,
            title=item, actor=actor, now=clock.now(),
        )  # fmt: skip
    return not form.errors


def _send(request: HttpRequest, form: AnswerForm, dossier: Dossier, asked: Supplement) -> HttpResponse:
    data, actor = form.cleaned_data, actor_of(request)
    papers = [
        services.PaperIn(document.title, document_id=document.pk, document_name=document.name)
        for document in document_queries.documents_of(HELD, dossier.pk)
    ]
    try:
        services.answer_supplement(
            dossier_id=dossier.pk, papers=papers, answer=data["answer"], actor=actor, now=clock.now(),
            files_from=(HELD, dossier.pk), expected=data["expected"], key=data["key"],
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, dossier, asked, form, status=409)
    except Conflict as conflict:
        again = dossier_of(actor, dossier.pk)
        form = _form(again, asked, with_version(request, again))
        form.add_error(None, conflict.message)
        return _show(request, again, asked, form, status=409)
    messages.success(request, _("Your answer arrived. The clock goes on from now."))
    return redirect("dossiers:status", dossier.pk)


def _remove(typed: str, dossier: Dossier, actor: Actor) -> None:
    """Take a file out of the answer; what is no key is nobody's file."""
    try:
        key = UUID(typed)
    except ValueError:
        return
    documents.discard(document_id=key, owner_kind=HELD, owner_id=dossier.pk, actor=actor, now=clock.now())


def _show(
    request: HttpRequest, dossier: Dossier, asked: Supplement, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    held = list(document_queries.documents_of(HELD, dossier.pk))
    for name in list(form.items)[:-1]:  # what was asked for is not called optional, though a file may come later
        form.fields[name].required = True
    rows = [
        {"item": item, "field": form[name], "files": [one for one in held if one.title == item]}
        for name, item in form.items.items()
    ]
    context = {"dossier": dossier, "asked": asked, "form": form, "rows": rows}
    return render(request, "dossiers/portal/supplement.html", context, status=status)
