"""Life-event bundles: which there are, what one asks for, and where the matters of a filed one stand."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import CommuneChoice
from motcua.catalogue.models import Bundle as Plan
from motcua.catalogue.models import Procedure
from motcua.catalogue.queries import Member
from motcua.dossiers import bundled, queries, services, wizard
from motcua.dossiers.forms.portal import StartForm
from motcua.dossiers.models import Bundle, Draft
from motcua.dossiers.views import filing
from motcua.dossiers.views.steps import resume_url
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, public, signed_in


@public
@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """Every bundle with what it opens."""
    today, language = clock.today(), wizard.language()
    plans = [
        {"plan": plan, "intro": plan.say("intro"), "names": [member.say("label", language) for member, _one in members]}
        for plan, members in bundled.offered(today)
    ]
    return render(request, "dossiers/portal/bundles.html", {"plans": plans})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, key: str) -> HttpResponse:
    """What a bundle opens, who decides, by when and for how much; then for whom and where, as in any filing."""
    actor = actor_of(request)
    try:
        plan = catalogue.bundle(key, clock.today())
    except Plan.DoesNotExist as error:
        raise Http404 from error
    lead = catalogue.kept_procedure(catalogue.bundle_members(plan)[0][1].pk)
    form = filing.start_form(lead, actor, data=request.POST or None) if actor.person_id else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            draft = services.begin(
                procedure=lead, choice=filing.choice_of(form), actor=actor, now=clock.now(),
                key=form.cleaned_data["key"], bundle=plan,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(resume_url(draft))
    return _show_start(request, plan, form)


def _show_start(request: HttpRequest, plan: Plan, form: StartForm | None) -> HttpResponse:
    today, actor = clock.today(), actor_of(request)
    drafts = [
        draft for draft in queries.drafts_of(actor) if draft.bundle_id and draft.bundle and draft.bundle.key == plan.key
    ]
    found = [(member, catalogue.kept_procedure(one.pk)) for member, one in catalogue.bundle_members(plan)]
    context = {
        "plan": plan, "intro": plan.say("intro"), "form": form, "matters": [_row(*one, today) for one in found],
        "papers": _at_hand(found), "procedure": found[0][1],
        "drafts": [{"draft": draft, "href": resume_url(draft)} for draft in drafts[: filing.MOST_DRAFTS]],
    }  # fmt: skip
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "dossiers/portal/bundle_start.html", context, status=status)


@signed_in
@require_safe
def own(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """A filed bundle: each matter with its dossier, or with what it waits for."""
    return _show(request, _bundle_of(request, bundle_id))


@signed_in
@require_POST
def take_out(request: HttpRequest, bundle_id: UUID, key: str) -> HttpResponse:
    """File a matter alone that does not open with the bundle: a draft with everything typed for it."""
    bundle = _bundle_of(request, bundle_id)
    try:
        draft = services.take_out(bundle_id=bundle.pk, member_key=key, actor=actor_of(request), now=clock.now())
    except Bundle.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("dossiers:own_bundle", bundle.pk)
    messages.success(request, _("Here is your draft, with what you had typed. Check it and send it."))
    return redirect(resume_url(draft))


def rows(draft: Draft, on: date) -> list[dict[str, Any]]:
    """The matters of a draft as the review shows them; none for a draft of one procedure."""
    return [_row(matter.member, matter.procedure, on, draft) for matter in bundled.matters(draft)]


def _row(member: Member, procedure: Procedure, on: date, draft: Draft | None = None) -> dict[str, Any]:
    """One matter in words: who decides, by when, for how much, and what it waits for."""
    language = wizard.language()
    is_open = draft is None and catalogue.commune_choice(procedure) is not CommuneChoice.NONE  # the commune decides
    unit = draft.unit if draft else None
    agency = None if member.is_outside or is_open else catalogue.competent_agency(procedure, unit, on)
    return {
        "member": member, "procedure": procedure, "label": member.say("label", language),
        "why": member.say("why", language), "agency": agency, "after": member.after, "needs": member.needs,
        "time": wizard.time_of(procedure, on), "fee": wizard.fee_of(procedure, on), "outside": procedure.elsewhere,
    }  # fmt: skip


def _at_hand(found: list[tuple[Member, Procedure]]) -> list[Any]:
    """The required papers to look for, each once: what another matter gives is left out."""
    papers = []
    for member, procedure in found:
        if member.is_required and not member.is_outside:
            given = {*member.papers, *member.results}
            papers += [
                one for one in catalogue.components(procedure, member.case)
                if one.is_required and not one.is_form and one.key not in given
            ]  # fmt: skip
    return papers


def _bundle_of(request: HttpRequest, bundle_id: UUID) -> Bundle:
    try:
        return bundled.bundle_for(actor_of(request), bundle_id)
    except Bundle.DoesNotExist as error:
        raise Http404 from error


def _show(request: HttpRequest, bundle: Bundle) -> HttpResponse:
    found = bundled.lines(bundle, actor_of(request))
    labels = {line.row.key: line.member.say("label", wizard.language()) for line in found}
    context = {
        "bundle": bundle, "plan": bundle.plan, "now": clock.now(),
        "lines": [
            {"line": line, "label": labels[line.row.key], "after": labels.get(line.row.after, ""),
             "outside": line.row.procedure.elsewhere}
            for line in found
        ],
    }  # fmt: skip
    return render(request, "dossiers/portal/bundle.html", context)
