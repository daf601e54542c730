"""The dossier's page in the office: left the matter, right the clock, the next act, the people, the log."""

import re
from datetime import date, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.catalogue import queries as catalogue
from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers import bundled, linking, rules, services, warned
from motcua.dossiers.enums import Action, ResultKind, State
from motcua.dossiers.forms import office
from motcua.dossiers.forms.parts import OpinionForm
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.services import packaging
from motcua.dossiers.services.prints import is_put_off
from motcua.dossiers.versions import clock_until, versions_of
from motcua.dossiers.views import opening
from motcua.eforms import queries as eforms
from motcua.eforms.sections import section_form
from motcua.identity import queries as identity
from motcua.identity.queries import StaffMember
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import NotReady, Refused
from motcua.kernel.http import actor_of, staff
from motcua.payments import queries as payments
from motcua.places import queries as places
from motcua.ui.forms import ActForm
from motcua.workflow import queries as workflow
from motcua.workflow.rules import condense

# The acts before whose form the dossier is looked at, through an office held: the form asks something of it (its time
# limit, its desk, its result), or the act is also the applicant's, who must not come this way.
FITTED = frozenset({
    Action.ACCEPT, Action.ASK_OPINION, Action.ASSIGN, Action.DRAFT_RESULT, Action.EXTEND, Action.RETURN_STEP,
    Action.ISSUE, Action.RECORD_RESULT,
    Action.WITHDRAW,
})  # fmt: skip
# Acts of the counter have screens of their own (hand-over, payment); they are linked, not repeated here.
COUNTER_ACTS = frozenset({Action.HAND_OVER, Action.RECORD_PAYMENT, Action.ANSWER_SUPPLEMENT, Action.RATE})
# Why an act has no place for now, whoever asks: such acts are folded away with their reasons.
NOT_NOW = frozenset({"state", "closed", "clock_runs", "no_correction"})
# The next act stands first, the ways out last; what is not possible comes behind all.
ORDER = {
    Action.ACCEPT: 1, Action.CLAIM: 2, Action.ASSIGN: 3, Action.DRAFT_RESULT: 4, Action.FORWARD: 5, Action.ISSUE: 6,
    Action.RECORD_RESULT: 7, Action.REQUEST_SUPPLEMENT: 8, Action.RETURN_STEP: 9, Action.RECALL: 9,
    Action.ANNOUNCE_OBLIGATION: 10,
    Action.RESUME_CLOCK: 4, Action.PAUSE_CLOCK: 11, Action.EXTEND: 12, Action.ASK_OPINION: 13,
    Action.REFUSE: 60, Action.STOP: 70,
    Action.WITHDRAW: 80,
    Action.CORRECT: 30, Action.REOPEN: 31, Action.DROP_CORRECTION: 65, Action.ANNUL: 75,
}  # fmt: skip
NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")  # a personal number, typed alone or within words
PRINTS = ("slip", "supplement", "refusal", "apology", "stop", "tacit", "handover", "result", "control")


@staff()
def case(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """One dossier; who looked is written down."""
    actor, now = actor_of(request), clock.now()
    dossier = opening.case_of(actor, dossier_id)
    opening.note_look(dossier, actor, now=now)
    return show(request, dossier)


@staff()
def file(request: HttpRequest, dossier_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of the dossier, served after the dossier was found visible."""
    actor = actor_of(request)
    dossier = opening.case_of(actor, dossier_id)
    document = document_queries.document_of(services.OWNER, dossier.pk, document_id)
    is_part = services.only_takes_part(dossier, actor)
    if document is None or (is_part and document.pk not in opening.part_files(dossier, actor)):
        raise Http404
    opening.note_look(dossier, actor, now=clock.now(), fields=["file"])
    return documents.serve(document, request=request, download="download" in request.GET)


@staff()
@require_POST
def reveal(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The owner's personal number in full; the reveal is written down with its purpose."""
    actor, now = actor_of(request), clock.now()
    dossier = opening.whole_case_of(actor, dossier_id)
    opening.note_look(dossier, actor, now=now, fields=["id_number"])
    return show(request, dossier, is_revealed=True)


@staff()
def print_form(request: HttpRequest, dossier_id: UUID, form: str) -> HttpResponseBase:
    """One of the dossier's papers, made at first view."""
    actor, now = actor_of(request), clock.now()
    dossier = opening.whole_case_of(actor, dossier_id)
    try:
        document = services.paper(
            dossier=dossier, form=form, actor=actor, now=now, second=request.GET.get("second"),
            number=opening.asked_number(request),
        )  # fmt: skip
    except (NotReady, KeyError) as error:
        raise Http404 from error
    opening.note_look(dossier, actor, now=now, fields=["file"])
    return documents.serve(document, request=request)


@staff()
@require_POST
def print_language(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Choose what stands under the Vietnamese of the dossier's papers."""
    second = request.POST.get("second", "")
    try:
        services.choose_language(dossier_id=dossier_id, second=second, actor=actor_of(request), now=clock.now())
    except Dossier.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("From now on the papers of this dossier are printed so."))
    return redirect("dossiers:case", dossier_id)


def show(
    request: HttpRequest,
    dossier: Dossier,
    *,
    open_form: tuple[Action, forms.Form] | None = None,
    is_revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page, with one act's form open when it was just refused."""
    actor, now = actor_of(request), clock.now()
    facts = services.facts_of(dossier, now=now, actor=actor)
    shown = rules.actions_for(dossier, actor, facts)
    shown.sort(key=lambda option: (not option.is_allowed, ORDER.get(option.action, 50)))
    options = [
        {
            "action": option.action,
            "label": act_label(option.action, dossier),
            "refusal": option.refusal.message if option.refusal else "",
            "is_later": option.refusal is not None and option.refusal.code in NOT_NOW,
            "form": open_form[1]
            if open_form and open_form[0] == option.action
            else (act_form(option.action, dossier, now=now, actor=actor) if option.is_allowed else None),
            "is_open": bool(open_form and open_form[0] == option.action),
        }
        for option in shown
        if option.action not in COUNTER_ACTS
    ]
    language = get_language() or "vi"
    form = eforms.definition(dossier.form_key, dossier.form_version) if dossier.form_key else None
    is_part = services.only_takes_part(dossier, actor)
    run = dossier.present_run
    context = {
        "is_part": is_part,
        "dossier": dossier, "options": options,
        "has_later": any(one["is_later"] or getattr(one["form"], "why_not_spot", "") for one in options),
        "facts": facts, "now": now, "is_revealed": is_revealed,
        **_answers(eforms.summary(form, dossier.answers, language) if form else [], is_revealed=is_revealed),
        "segments": condense(workflow.explained(run, now=clock_until(dossier, now))) if run else [],
        "versions": [] if is_part else versions_of(dossier),
        "parts": [
            {"part": one, "is_late": linking.is_late(one, now)} for one in _in_order(dossier)
            if not is_part or one.agency_id in actor.agencies()
        ],
        "unverified": workflow.unverified_days(dossier.run),
        "is_apology_drafted": "day" in _apology(dossier) and dossier.is_open,
        "warnings": warned.of_dossier(dossier),
        "story": [line for line in dossier.story.all() if line.is_public or not is_part][::-1],
        "siblings": [] if is_part else bundled.siblings(dossier, actor),
        "charges": payments.charges_of(dossier.pk), "prints": [] if is_part else available_prints(dossier),
        "is_late": rules.is_late(dossier.present_due_at, now, is_waiting=dossier.is_clock_stopped) and dossier.is_open,
        "can_take_fee": actor.has(Role.RECEPTION, dossier.reception_agency_id) and facts.unpaid > 0,
        "can_hand_over": actor.has(Role.RECEPTION, dossier.reception_agency_id) and dossier.state == State.RESOLVED,
        "refused_form": open_form[1] if open_form else None,
        "can_export": packaging.may_export(dossier, actor) and dossier.disposed_at is None,
        "can_settle": bool(dossier.spot_id) and services.why_not_settle(dossier, actor, now) is None,
    }  # fmt: skip
    return render(request, "dossiers/office/case.html", context, status=status)


def _answers(sections: list[tuple[str, list[tuple[str, str]]]], *, is_revealed: bool) -> dict[str, Any]:
    """The declaration as the page shows it: personal numbers masked, in whatever answer they stand, until revealed."""
    if is_revealed:
        return {"sections": sections, "has_masked": False}
    shown = [
        (name, [(key, NUMBER.sub(lambda found: identity.masked(found[0]), value)) for key, value in rows])
        for name, rows in sections
    ]
    return {"sections": shown, "has_masked": shown != sections}


def act_label(action: Action, dossier: Dossier) -> str:
    """What the button says: passing on means something else at each step."""
    if action != Action.FORWARD:
        return str(action.label)
    plan = workflow.plan(dossier.present_run) if dossier.present_run else ()
    following = plan[dossier.step_position + 1 : dossier.step_position + 2]
    return str(office.forward_label(dossier.step_kind, following[0].kind if following else "") or action.label)


def act_form(
    action: Action,
    dossier: Dossier | None,
    *,
    now: datetime,
    data: Any = None,
    files: Any = None,
    actor: Actor | None = None,
) -> Any:
    """The form of an act, empty or as it was sent; its fields carry the act's name, for several stand on one page.

    Without the dossier only for reading what was sent, by a form that is the same for all (not in `FITTED`).
    """
    if dossier is None:
        form = office.FORMS.get(action, ActForm)(data)
    elif action == Action.FORWARD:
        form = _forward_form(dossier, actor, now, data)
    else:
        form = _form_of(action, dossier, now, data, files)
    form.auto_id = f"{action.value}_%s"
    return form


def _forward_form(dossier: Dossier, actor: Actor | None, now: datetime, data: Any) -> office.NoteForm:
    """Passing on; where that is signing, in which capacity."""
    ways = services.ways_to_sign(dossier, actor, now) if actor and dossier.step_kind == "sign" else []
    choices = [(str(way.power_id or office.AS_HEAD), " / ".join(way.lines)) for way in ways]
    return office.NoteForm(data, expected=dossier.version, capacities=choices)


def _form_of(action: Action, dossier: Dossier, now: datetime, data: Any, files: Any) -> Any:
    if action == Action.ACCEPT:
        facts = catalogue.filing_facts(dossier.procedure, channel=dossier.channel, on=clock.local(now).date())
        spot = _spot_words(dossier, clock.local(now).date()) if data is None else {}
        return office.AcceptForm(data, expected=dossier.version, is_limit_known=facts.is_time_known, **spot)
    if action == Action.ASSIGN:
        found = colleagues(dossier, now)
        choices = [(str(one.account_id), name_with_absence(one)) for one in found]
        has_absent = any(one.absent_until for one in found)
        return office.AssignForm(data, expected=dossier.version, staff=choices, has_absent=has_absent)
    if action == Action.RETURN_STEP:
        return office.ReturnForm(data, expected=dossier.version, steps=_earlier_steps(dossier))
    if action == Action.DRAFT_RESULT:
        return _result_form(dossier, data, now)
    if action == Action.ASK_OPINION:
        return OpinionForm(data, expected=dossier.version, agencies=agencies_to_ask(dossier, now))
    if action == Action.ISSUE:
        signs = cache(partial(services.signs_for, dossier, clock.local(now).date()))
        return office.IssueForm(data, expected=dossier.version, signs=signs)
    if action == Action.RECORD_RESULT:
        return office.ExternalResultForm(data, files, expected=dossier.version)
    if action == Action.EXTEND:
        return office.ExtendForm(data, expected=dossier.version, initial=_apology(dossier))
    if action == Action.REQUEST_SUPPLEMENT:
        asking = services.asking_of(dossier, now)
        return office.SupplementForm(
            data, expected=dossier.version, is_again=asking.is_again,
            is_late=asking.until is not None and now > asking.until,
        )  # fmt: skip
    form = office.FORMS.get(action, ActForm)
    return form(data, expected=dossier.version)


def _spot_words(dossier: Dossier, on: date) -> dict[str, str]:
    """The decision that lets the centre settle it itself, or, in a centre with such decisions, why none does."""
    if found := services.delegation_of(dossier, on):
        return {"decision": found.decision}
    if not catalogue.has_delegations(dossier.receiving_agency_id, on=on):
        return {}
    return {"why_not_spot": services.no_delegation(dossier, on).message}


def _apology(dossier: Dossier) -> dict[str, Any]:
    """What the apology says before an officer has changed it: the draft, where one was made of this due date."""
    drafted = getattr(dossier, "extension", None)
    if drafted is None or not drafted.is_draft_of(dossier.due_at):
        return {"at_fault": dossier.competent_agency.name}
    day = clock.local(drafted.new_due_at).date()
    return {"at_fault": drafted.at_fault, "reason": drafted.reason, "day": day}


def available_prints(dossier: Dossier) -> list[str]:
    """The papers that exist by now."""
    has = {
        "slip": dossier.accepted_at is not None, "supplement": dossier.supplement_count > 0,
        "refusal": dossier.state == State.NOT_ACCEPTED, "stop": dossier.state in (State.WITHDRAWN, State.STOPPED),
        "apology": is_put_off(dossier), "tacit": hasattr(dossier, "tacit"),
        "handover": dossier.state == State.HANDED_OVER, "control": dossier.accepted_at is not None,
        "result": hasattr(dossier, "result") and not dossier.result.external_system,
    }  # fmt: skip
    return [name for name in PRINTS if has[name]]


def _result_form(dossier: Dossier, data: Any, now: datetime) -> office.ResultForm:
    template = services.template_of(dossier)
    result = getattr(dossier, "result", None)
    page = None
    if template.officer:
        page = section_form(
            template.officer, template.officer.sections[0].key, result.body if result else {},
            today=clock.local(now).date(), language=get_language() or "vi", data=data,
        )  # fmt: skip
    initial = {
        "kind": result.kind if result else ResultKind.GRANTED,
        "title": result.title if result else template.heading,
        "reason": result.reason if result else "",
    }
    return office.ResultForm(data, expected=dossier.version, template_key=template.key, page=page, initial=initial)


def _earlier_steps(dossier: Dossier) -> list[tuple[int, str]]:
    """Where a dossier can be sent back to: every step after the reception and before the present one."""
    plan = workflow.plan(dossier.present_run) if dossier.present_run else ()
    return [(position, plan[position].name) for position in range(1, dossier.step_position)]


def colleagues(dossier: Dossier, now: datetime) -> list[StaffMember]:
    """Those to whom the step can be given, with who is absent: at the assigning step, the handlers of the next one."""
    role = Role.HANDLER if dossier.step_kind == "assign" else Role(dossier.step_role)
    if dossier.step_agency_id is None:
        return []
    members = identity.on_duty(dossier.step_agency_id, role, on=clock.local(now).date())
    return [member for member in members if not rules.is_party(dossier, member.person_id)]


def name_with_absence(member: StaffMember) -> str:
    """A name to choose, saying who is away until when and who stands in."""
    words = {"name": member.name, "substitute": member.substitute, "absent": member.instead_of}
    if member.absent_until:
        words["day"] = f"{member.absent_until:%d/%m/%Y}"
        return _("%(name)s (absent until %(day)s; %(substitute)s stands in)") % words
    return _("%(name)s (stands in for %(absent)s)") % words if member.instead_of else member.name


def agencies_to_ask(dossier: Dossier, now: datetime) -> list[tuple[str, str]]:
    """The agencies of today that may be asked to take part: all but the lead."""
    found = places.agencies_at(clock.local(now).date()).exclude(pk=dossier.competent_agency_id).order_by("sort_key")
    return [(str(key), name) for key, name in found.values_list("pk", "name")]


def _in_order(dossier: Dossier) -> list[Part]:
    return sorted(dossier.parts.all(), key=lambda part: (part.opens_at, part.stage, part.pk))
