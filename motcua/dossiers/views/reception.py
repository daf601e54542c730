"""Reception at the counter: one screen for a scanner, a keyboard and a queue."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue import queries as catalogue
from motcua.dossiers.forms.counter import PaymentForm
from motcua.dossiers.forms.reception import KEYED, PREFIX, ReceptionForm
from motcua.dossiers.models import Dossier
from motcua.dossiers.services import reception as desk_services
from motcua.dossiers.views import opening
from motcua.dossiers.views.desk import COMMON, Desk
from motcua.eforms.sections import SectionPage
from motcua.identity import queries as identity
from motcua.identity import rules as identity_rules
from motcua.identity import services as identity_services
from motcua.identity.enums import Purpose
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.http import actor_of, staff
from motcua.payments import queries as payments

SUGGESTED = 8
FOUND = "found"


@staff(Role.RECEPTION)
@require_http_methods(["GET", "HEAD", "POST"])
def reception(request: HttpRequest) -> HttpResponse:
    """The screen. Every button sends all of it, so nothing typed is ever lost; only `receive` files the dossier."""
    desk = Desk.of(request)
    if request.method != "POST":
        return _show(request, desk, desk.form())
    act, _colon, value = request.POST.get("act", "").partition(":")
    if act == "receive":
        return _receive(request, desk)
    found: tuple[Any, ...] | None = None
    desk.focus = ""
    if act == "card":
        _read_card(desk)
    elif act == "find":
        found = _find(desk)
    elif act == "choose":
        desk.choose(value)
        desk.focus = _next_field(desk)
    elif getattr(request, "htmx", None):
        desk.focus = _asked_by(desk, request.htmx.trigger_name or "")  # type: ignore[attr-defined]
    desk.keep_files(request.FILES)
    pages = desk.pages(is_final=False)
    form = desk.form().quiet()
    for name, sentence in desk.refusals:
        form.add_error(name, sentence)
    return _show(request, desk, form, pages=pages, found=found)


@staff(Role.RECEPTION)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Procedures for what is being typed, as buttons that take them."""
    typed = request.GET.get("r-procedure_q", "")[:200]
    found = _search(typed) if len(typed.strip()) > 1 else None
    context = {"found": found, "typed": typed, "common": [] if found is not None else _common(), "focus": ""}
    return render(request, "dossiers/counter/_procedures.html", context)


@staff(Role.RECEPTION)
@require_safe
def received(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What the person takes home: code, due date, slip; and the fee, if there is one. Who looked is written down."""
    actor = actor_of(request)
    dossier = opening.case_of(actor, dossier_id)
    opening.note_look(dossier, actor, now=clock.now(), purpose=Purpose.RECEPTION)
    return show_received(request, dossier)


def show_received(
    request: HttpRequest, dossier: Dossier, *, form: PaymentForm | None = None, status: int = 200
) -> HttpResponse:
    """The page after reception, with a refused payment if there was one."""
    unpaid = payments.due_amount(dossier.pk)
    context = {
        "dossier": dossier, "charges": payments.charges_of(dossier.pk), "unpaid": unpaid,
        "payment": form or (PaymentForm(expected=dossier.version, initial={"back": "received"}) if unpaid else None),
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "dossiers/counter/received.html", context, status=status)


def _receive(request: HttpRequest, desk: Desk) -> HttpResponse:
    desk.keep_files(request.FILES)
    pages = desk.pages(is_final=True)
    form, facts = desk.form(), desk.facts
    if not _is_right(form, pages, desk) or facts is None:
        return _show(request, desk, form, pages=pages, status=422)
    try:
        dossier = desk_services.receive_walk_in(
            parties=form.parties(), filing=desk.filing(form, pages), actor=desk.actor, now=desk.now,
            limit=None if facts.is_time_known else form.limit(), key=form.cleaned_data["key"],
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, desk, form, pages=pages, status=409)
    return redirect("dossiers:received", dossier.pk)


def _is_right(form: ReceptionForm, pages: list[SectionPage], desk: Desk) -> bool:
    """Judge the fields, the files and the declaration together, so that everything wrong is said at once."""
    form.is_valid()
    for name, sentence in desk.refusals:
        form.add_error(name, sentence)
    wrong = sum(len(page.result.errors) for page in pages)
    if desk.has_new_questions:
        form.add_error("declaration", _("Now answer the questions of the declaration below."))
    elif wrong:
        sentence = ngettext(
            "One answer of the declaration is missing or not right; it is marked below.",
            "%(count)d answers of the declaration are missing or not right; they are marked below.",
            wrong,
        )
        form.add_error("declaration", sentence % {"count": wrong})
    return not form.errors


def _read_card(desk: Desk) -> None:
    """Type the card's content into the fields; what is known of the person is added, and the look is logged."""
    text = desk.get("card")
    desk.focus = "card"
    if not text.strip():
        return
    try:
        card = identity_rules.parse_id_card_qr(text, today=clock.local(desk.now).date())
    except Refused as refusal:
        desk.refusals.append(("card", refusal.message))
        return
    desk.put(
        card="", id_number=card.number, full_name=card.full_name, birth_date=card.birth_date.strftime("%d/%m/%Y"),
        sex=card.sex, address=card.address or desk.get("address"),
    )  # fmt: skip
    desk.focus = "is_compared"
    for person in identity.find_person(id_number=card.number, actor=desk.actor):
        desk.fill_from(person)
        identity_services.log_access(actor=desk.actor, person_id=person.pk, purpose=Purpose.RECEPTION, now=desk.now)


def _find(desk: Desk) -> tuple[Any, ...] | None:
    """What the typed words mean; the only one found, or an exact code, is taken at once."""
    typed = desk.get("procedure_q")
    desk.focus = "procedure_q"
    if not typed.strip():
        return None
    found = _search(typed)
    if len(found) == 1 or (found and found[0].code == typed.strip()):
        desk.choose(found[0].code)
        desk.focus = _next_field(desk)
        return None
    desk.focus = FOUND if found else "procedure_q"
    return found


def _next_field(desk: Desk) -> str:
    """Where the officer goes on once the procedure is chosen: what is still open, then the papers."""
    if desk.procedure is None:
        return "procedure_q"
    desk.prepare()
    if len(desk.procedure.cases.all()) > 1:
        return "case"
    if desk.is_by_commune and not desk.get("unit"):
        return "unit"
    return next((f"have-{component.key}" for component in desk.components), "declaration")


def _asked_by(desk: Desk, name: str) -> str:
    """The field that sent the page, or the one behind it."""
    name = name.removeprefix(f"{PREFIX}-")
    return "consent" if name == "declaration" and desk.get(name) == KEYED else name


def _search(typed: str) -> tuple[Any, ...]:
    return catalogue.search(typed, on=clock.today(), here_only=True, limit=SUGGESTED).procedures


def _common() -> list[Any]:
    return [procedure for procedure in catalogue.common(clock.today(), most=COMMON) if procedure.is_handled_here]


def _wire(form: ReceptionForm, focus: str) -> None:
    """Let the fields on which others depend ask the server at once, and put the cursor where the work goes on."""
    url = reverse("dossiers:reception")
    for name in ("case", "unit", "receiving", "declaration"):
        form.fields[name].widget.attrs |= {"hx-post": url, "hx-trigger": "change", "hx-vals": '{"act": "refresh"}'}
    form.fields["card"].widget.attrs |= {"data-counter-enter": "#read-card"}
    form.fields["procedure_q"].widget.attrs |= {
        "hx-get": reverse("dossiers:reception_procedures"), "hx-trigger": "input changed delay:150ms",
        "hx-target": "#procedures", "hx-swap": "innerHTML", "hx-sync": "this:replace", "autocomplete": "off",
        "data-counter-enter": "#find-procedure",
    }  # fmt: skip
    if focus in form.fields:
        form.fields[focus].widget.attrs["data-mc-focus"] = ""


def _show(
    request: HttpRequest,
    desk: Desk,
    form: ReceptionForm,
    *,
    pages: list[SectionPage] | None = None,
    found: tuple[Any, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    _wire(form, "" if form.errors else desk.focus)
    facts, rule = desk.facts, None
    if desk.procedure:
        rules = {one.channel: one for one in desk.procedure.channels.all()}
        rule = rules.get("counter") or next(iter(rules.values()), None)
    context = {
        "desk": desk, "form": form, "pages": pages or [], "found": found, "facts": facts,
        "time_limit": catalogue.time_limit(rule) if rule else "", "procedure": desk.procedure,
        "common": _common() if desk.procedure is None and found is None else [], "competent": desk.competent,
        "asks_result": len(form.fields["result_form"].choices) > 1,  # type: ignore[attr-defined]
        "focus": desk.focus,
    }  # fmt: skip
    is_part = getattr(request, "htmx", False)
    return render(request, f"dossiers/counter/{'_reception' if is_part else 'reception'}.html", context, status=status)
