"""The wizard's steps: their names and addresses, the one before and the one after."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.dossiers import queries, wizard
from motcua.dossiers.models import Draft
from motcua.eforms.rules import Definition
from motcua.kernel.http import actor_of

PARTY, PAPERS, REVIEW = "for-whom", "all-papers", "check-and-send"  # sections are named without hyphens


def with_draft(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give the view the actor's draft; somebody else's is 404, one already filed leads to its dossier."""

    @wraps(view)
    def inner(request: HttpRequest, draft_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            draft = queries.draft_for(actor_of(request), draft_id)
        except Draft.DoesNotExist as error:
            raise Http404 from error
        if draft.dossier_id:
            return redirect("dossiers:filed", draft.dossier_id)
        answer: HttpResponse = view(request, draft, **kwargs)
        return answer

    return inner


def steps_of(draft: Draft, form: Definition | None = None) -> list[dict[str, str]]:
    """All steps as the component takes them: for whom, the form's sections, papers, review."""
    sections = wizard.sections_of(draft, form or wizard.form_of(draft))
    return [
        {"name": PARTY, "label": _("For whom, where"), "href": reverse("dossiers:draft_party", args=[draft.pk])},
        *({"name": key, "label": title, "href": section_url(draft, key)} for key, title in sections),
        {"name": PAPERS, "label": _("Papers"), "href": reverse("dossiers:draft_papers", args=[draft.pk])},
        {"name": REVIEW, "label": _("Check and send"), "href": reverse("dossiers:draft_review", args=[draft.pk])},
    ]  # fmt: skip


def section_url(draft: Draft, key: str) -> str:
    """The page of one section."""
    return reverse("dossiers:draft", args=[draft.pk, key])


def resume_url(draft: Draft) -> str:
    """Where the person left off."""
    steps = steps_of(draft)
    return next((step["href"] for step in steps if step["name"] == draft.step), steps[1]["href"])


def name_after(steps: list[dict[str, str]], name: str) -> str:
    """The name of the step after; the last one has itself."""
    names = [step["name"] for step in steps]
    return names[min(names.index(name) + 1, len(names) - 1)]


def beside(steps: list[dict[str, str]], name: str) -> tuple[str, str]:
    """The addresses of the step before and of the step after; empty at the ends."""
    names = [step["name"] for step in steps]
    place = names.index(name)
    before = steps[place - 1]["href"] if place else ""
    return before, steps[place + 1]["href"] if place + 1 < len(steps) else ""
