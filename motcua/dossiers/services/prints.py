"""Papers made from a dossier: printed at first view, kept, checkable by anybody who holds them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.documents import prints
from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.documents.models import Document
from motcua.dossiers import books
from motcua.dossiers.enums import ResultForm, ResultKind, SecondLanguage
from motcua.dossiers.models import Dossier, HandOver, Result
from motcua.dossiers.services import capacities, control, letters
from motcua.dossiers.services.base import OWNER
from motcua.eforms import queries as eforms
from motcua.eforms import results as drafts
from motcua.eforms.enums import SignerCapacity
from motcua.eforms.rules import ResultForm as ResultTemplate
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady, Refused
from motcua.payments import queries as payments
from motcua.payments.enums import ChargeState
from motcua.places.enums import AgencyKind
from motcua.places.models import Agency
from motcua.workflow import queries as workflow
from motcua.workflow.models import Run

DRAWN = "dossiers.draft_result"  # under which the last look at a paper lies that is not final
NOTICE = "TB"  # thông báo, among the abbreviations of Decree 30/2020
FORMS = ("slip", "supplement", "refusal", "apology", "stop", "tacit", "control", "handover", "result")
BILINGUAL = tuple(form for form in FORMS if form not in {"result", "tacit"})


def paper(
    *, dossier: Dossier, form: str, actor: Actor, now: datetime, second: str | None = None, number: int | None = None
) -> Document:
    """The print `form` of a dossier the caller may see; the first view makes, keeps and registers it.

    `second` "en" is the same paper with English under the labels, for those of `BILINGUAL`; None: as was chosen for
    the dossier. Each language is a paper of its own: what was printed before a change of mind stays.

    `number` is that of a supplement request, None: the last.

    The control sheet grows with the dossier, and a result that is not issued is a draft: of these only the last look is
    kept, with what it was made of, and nobody can check it as genuine. Raises `NotReady` when the dossier has not come
    that far.
    """
    if second is None:
        second = dossier.second_language if form in BILINGUAL else ""
    name = _name(dossier, form, second, number)
    if form == "control" or (form == "result" and _is_draft(dossier)):
        return _look(dossier, form, name, second, actor=actor, now=now)
    kind, retention = (Kind.RESULT, Retention.PERMANENT) if form == "result" else (Kind.SLIP, Retention.DOSSIER)
    # By its kind, too: a file somebody handed in may bear any name.
    kept = document_queries.documents_of(OWNER, dossier.pk).filter(name=name, kind=kind)
    found = kept.first()
    if found is not None:
        return found
    with transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).for_update().get()  # two first views at once make one paper
        found = kept.first()
        if found is not None:
            return found
        check = documents.new_check()
        data = replace(_made(dossier, form, check, now, number), second=second)
        filled = documents.fill(data)
        content = documents.set_form(filled)
        document = documents.store(
            upload=content, name=name, title=filled.title, owner_kind=OWNER,
            owner_id=dossier.pk, kind=kind, retention=retention, actor=actor, now=now,
        )  # fmt: skip
        documents.keep_filled(document=document, filled=filled)
        documents.register(
            check=check, content=content, title=filled.title, issued_by=dossier.receiving_agency.name,
            issued_at=data.issued_at, document=document, subject_id=dossier.pk, reference=dossier.shown_code,
            actor=actor, now=now,
        )  # fmt: skip
        if form == "result":
            _mark(dossier, document)
    return document


def mark_replaced(dossier: Dossier, former: Result, *, by: Result, now: datetime) -> None:
    """Say on the public page of a former version's paper which result took its place."""
    document = _kept_result(dossier, former.version)
    if document is not None:
        documents.mark_replaced(document_id=document.pk, version=by.version, by=number_of(by), at=now)


def mark_annulled(dossier: Dossier, result: Result, *, now: datetime) -> None:
    """Say on the public page of a result's paper that it holds no more."""
    document = _kept_result(dossier, result.version)
    if document is not None:
        documents.mark_annulled(document_id=document.pk, at=now)


def number_of(result: Result) -> str:
    """Number and sign of a result, as they stand on it."""
    return f"{result.number}/{result.symbol}" if result.number else result.symbol


def _mark(dossier: Dossier, document: Document) -> None:
    """A version that is printed for the first time after it was replaced or annulled bears the mark from the start."""
    result = dossier.result
    if result.replaced_at is not None:
        rows = Result.objects.filter(Q(dossier=dossier.pk) | Q(former_of=dossier.pk), version=result.version + 1)
        by = rows.get()
        at = result.replaced_at
        documents.mark_replaced(document_id=document.pk, version=by.version, by=number_of(by), at=at)
    if result.annulled_at is not None:
        documents.mark_annulled(document_id=document.pk, at=result.annulled_at)


def _kept_result(dossier: Dossier, version: int) -> Document | None:
    name = _named(dossier, "result", version)
    return document_queries.documents_of(OWNER, dossier.pk).filter(name=name, kind=Kind.RESULT).first()


@transaction.atomic
def choose_language(*, dossier_id: UUID, second: str, actor: Actor, now: datetime) -> Dossier:
    """Choose what stands under the Vietnamese of the dossier's papers from now on; those made stay as they are.

    Raises `Dossier.DoesNotExist` for whoever does not work on it, `Refused` unknown.
    """
    dossier = Dossier.objects.at_work_of(actor).for_update().get(pk=dossier_id)
    if second and second not in SecondLanguage.values:
        raise Refused("unknown", _("Papers have Vietnamese, or Vietnamese with English."), field="second")
    if dossier.second_language != second:
        dossier.second_language = second
        dossier.save(update_fields=["second_language"])
        audit.record(actor, "dossiers.choose_language", dossier, now=now, second=second)
    return dossier


@transaction.atomic
def _look(dossier: Dossier, form: str, name: str, second: str, *, actor: Actor, now: datetime) -> Document:
    filled = documents.fill(replace(_DATA[form](dossier, None, now), second=second))
    looks = list(document_queries.documents_of(DRAWN, dossier.pk).filter(name=f"draft-{name}"))
    for old in looks:
        if documents.is_made_of(old.pk, filled):
            return old  # nothing happened since: the same paper
    for old in looks:
        documents.discard(document_id=old.pk, owner_kind=DRAWN, owner_id=dossier.pk, actor=actor, now=now)
    document = documents.store(
        upload=documents.set_form(filled), name=f"draft-{name}", title=filled.title, owner_kind=DRAWN,
        owner_id=dossier.pk, kind=Kind.SLIP, retention=Retention.DRAFT, actor=actor, now=now,
    )  # fmt: skip
    documents.keep_filled(document=document, filled=filled)
    return document


def _made(dossier: Dossier, form: str, check: prints.Check | None, now: datetime, number: int | None) -> prints.Print:
    if form == "supplement":
        return letters.supplement(dossier, check, now, number)
    return _DATA[form](dossier, check, now)


def _is_draft(dossier: Dossier) -> bool:
    result = getattr(dossier, "result", None)
    return result is not None and result.issued_at is None


def _name(dossier: Dossier, form: str, second: str, number: int | None = None) -> str:
    """The name under which a print is kept: one of each and language, of supplement requests one a request."""
    if form not in _DATA or (second and (second not in SecondLanguage.values or form not in BILINGUAL)):
        raise NotReady
    turn = f"-{number or dossier.supplement_count}" if form == "supplement" else ""
    if form in {"stop", "refusal"} and (again := dossier.reopenings.count()):
        turn = f"-{again + 1}"  # closed once more after it had been opened again
    if form in {"result", "handover"}:
        result: Result | None = getattr(dossier, "result", None)
        return _named(dossier, form, result.version if result else 1, second)
    return f"{form}{turn}{second and f'-{second}'}-{dossier.shown_code}.pdf"


def _named(dossier: Dossier, form: str, version: int, second: str = "") -> str:
    """A result and its hand-over have a print of each version."""
    return f"{form}{f'-v{version}' if version > 1 else ''}{second and f'-{second}'}-{dossier.shown_code}.pdf"


def components_of(dossier: Dossier) -> tuple[prints.ComponentLine, ...]:
    """What was handed in, as the prints list it."""
    lines = []
    for item in dossier.papers.order_by("pk"):
        parts = (("Bản chính", item.originals), ("Bản sao", item.copies), ("Bản điện tử", int(bool(item.document_id))))
        lines += [prints.ComponentLine(name=item.name, form=form, count=count) for form, count in parts if count]
    return tuple(lines)


def _slip(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.SlipData:
    if dossier.code is None or dossier.accepted_at is None:
        raise NotReady
    run = dossier.run
    book, ordinal = books.place_of(dossier)
    fees = tuple(
        prints.FeeLine(label=c.label, amount=c.amount, note="Đã nộp" if c.state == ChargeState.PAID else "Chưa nộp")
        for c in payments.charges_of(dossier.pk)
    )
    return prints.SlipData(
        head=letters.head(dossier), issued_at=dossier.accepted_at, check=check, dossier_code=dossier.code,
        applicant=letters.applicant(dossier), owner=dossier.owner_name, procedure=dossier.procedure.name,
        procedure_code=dossier.procedure.code, components=components_of(dossier),
        time_allowed=_time_allowed(run), received_at=dossier.accepted_at, due_at=dossier.due_at,
        due_note="" if dossier.due_at else "Thời hạn chưa được xác định", fees=fees,
        result_at="Bản điện tử trên Cổng dịch vụ công" if dossier.result_form == ResultForm.ELECTRONIC
        else dossier.receiving_agency.name,
        book=book, ordinal=ordinal, officer=control.who_accepted(dossier),
        look_up=f"{settings.BASE_URL.rstrip('/')}{reverse('dossiers:track')}",
        hotline=settings.SITE.get("hotline", ""),
    )  # fmt: skip


def _time_allowed(run: Run | None) -> str:
    """The time limit in the law's language."""
    limit = workflow.duration(run) if run else None
    if limit is None:
        return ""
    units = {"working_day": "ngày làm việc", "calendar_day": "ngày", "working_hour": "giờ làm việc", "month": "tháng"}
    amount = f"{limit.amount.normalize():f}".replace(".", ",")
    return "; ".join([f"{amount:0>2} {units[str(limit.unit)]}", *_unverified(run)])


def _unverified(run: Run | None) -> list[str]:
    """The days nobody has confirmed that the due date rests on, in the law's language."""
    return [
        f"đã tính {day:%d/%m/%Y} là {'ngày nghỉ' if what.is_off else 'ngày làm việc'}, chưa được xác nhận"
        for day, what in workflow.unverified_days(run)
    ]


def is_put_off(dossier: Dossier) -> bool:
    """Whether the due date was put off, with an apology."""
    moved = dossier.due_at != dossier.original_due_at  # as it is after a supplement, too
    return moved and getattr(getattr(dossier, "extension", None), "granted_at", None) is not None


def _handover(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.HandoverData:
    done = getattr(dossier, "hand_over", None)
    if done is None:
        raise NotReady
    result = getattr(dossier, "result", None)
    returned = dossier.papers.filter(returned_at__isnull=False)
    return prints.HandoverData(
        head=letters.head(dossier), issued_at=done.at, check=check, dossier_code=dossier.shown_code,
        owner=dossier.owner_name, procedure=dossier.procedure.name, receiver=done.receiver_name,
        receiver_capacity="Chủ hồ sơ" if done.receiver == "owner" else f"Người đại diện ({done.authority})",
        receiver_paper=done.receiver_paper, handed_at=done.at,
        results=(prints.ComponentLine(name=result.title, form="Bản chính", count=1),) if result else (),
        originals=tuple(prints.ComponentLine(name=p.name, form="Bản chính", count=p.originals) for p in returned),
        slip_note=_slip_note(dossier, done), officer=letters.person(done.by),
    )  # fmt: skip


def _slip_note(dossier: Dossier, done: HandOver) -> str:
    if done.version > 1:
        lost = f"; bản cũ chưa thu hồi: {done.wrong_missing}" if done.wrong_missing else ""
        back = "; đã thu hồi bản cũ" if done.is_wrong_returned else lost
        return f"Kết quả đính chính lần {done.version - 1}{back} ({letters.law_of(dossier).correction.basis})"
    if done.is_at_once:
        basis = letters.law_of(dossier).slip_basis
        return f"Trả kết quả ngay khi tiếp nhận, không lập giấy tiếp nhận ({basis})"
    return "Người nhận báo mất giấy tiếp nhận" if done.is_slip_lost else ""


def _result(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.ResultData:
    result = getattr(dossier, "result", None)
    if result is None or result.external_system:
        raise NotReady
    template = template_of(dossier)
    form = eforms.definition(dossier.form_key, dossier.form_version) if dossier.form_key else None
    words = drafts.draft(
        template, form=form or eforms.form_for(dossier.procedure.code, clock.local(dossier.submitted_at).date()),
        answers=dossier.answers, facts=_facts(dossier, now), officer=result.body,
    )  # fmt: skip
    is_refusal = result.kind == ResultKind.REFUSED
    said = _replaces(dossier, result)
    after = "\n\n#v.replaces" if said else ""
    return prints.ResultData(
        head=letters.head(dossier, competent=True), issued_at=result.issued_at or now,
        check=check if result.number else None, title=result.title,
        number=f"{result.number}/{result.symbol}" if result.number else "",
        subject="" if is_refusal else words.subject, body=("#v.reason" if is_refusal else template.body) + after,
        values=({"reason": result.reason} if is_refusal else words.values) | said,
        signer=prints.Signer(capacity=_capacity(dossier, template, now), name=letters.person(result.signed_by)),
        is_copy=template.is_copy, recipients=template.recipients or (dossier.owner_name,),
    )  # fmt: skip


def _replaces(dossier: Dossier, result: Result) -> dict[str, str]:
    """What a corrected result says of the one before."""
    former = Result.objects.filter(former_of=dossier.pk, version=result.version - 1).first()
    if former is None:
        return {}
    day = f" ngày {former.issued_on:%d/%m/%Y}" if former.issued_on else ""
    return {"replaces": f"Văn bản này đính chính và thay thế văn bản số {number_of(former)}{day}."}


def template_of(dossier: Dossier) -> ResultTemplate:
    """The template of the dossier's result, as in force when it was filed."""
    return eforms.template_for(dossier.procedure.code, clock.local(dossier.submitted_at).date())


def sign_of(dossier: Dossier) -> str:
    """The sign that stands behind the number of this dossier's result, such as `TLKT-BS`.

    A refusal is a notice (TB) of the agency, whatever was asked for (Decree 30/2020, Annex III): it takes no number
    from the register of what was not granted.
    """
    office = _initials(dossier.competent_agency)
    result = getattr(dossier, "result", None)
    if result is not None and result.kind == ResultKind.REFUSED:
        return f"{NOTICE}-{office}"
    return drafts.symbol(template_of(dossier), number="", agency=office).lstrip("/")


def _initials(agency: Agency) -> str:
    """An agency's name inside a sign: `UBND` for every people's committee, `STP` for Sở Tư pháp."""
    if agency.kind == AgencyKind.PEOPLE_COMMITTEE:
        return "UBND"
    words = (agency.short_name or agency.name).replace("&", "").split()
    return "".join(word if word.isupper() else word[0].upper() for word in words)


def _capacity(dossier: Dossier, template: ResultTemplate, now: datetime) -> tuple[str, ...]:
    """The lines above the name: as it was signed; before signatures kept theirs, those of the template."""
    if dossier.spot:
        return (*dossier.spot.capacity, f"(dấu của {dossier.receiving_agency.name})")
    result = dossier.result
    if result.signed_as:
        return tuple(result.signed_as)
    if result.signed_at is None:
        return capacities.as_head(dossier, now)
    chosen = template.signers[0] if template.signers else SignerCapacity.HEAD
    return drafts.capacity(template, chosen, body="ỦY BAN NHÂN DÂN")


def _facts(dossier: Dossier, now: datetime) -> dict[str, Any]:
    """What a result template may take from the dossier itself."""
    result, unit = dossier.result, dossier.competent_agency.unit
    return {
        "code": dossier.shown_code, "owner_name": dossier.owner_name, "owner_address": dossier.address,
        "procedure_name": dossier.procedure.name, "agency_name": dossier.competent_agency.name,
        "place": unit.name if unit else "", "received_on": clock.local(dossier.submitted_at).date(),
        "decided_on": result.issued_on or clock.local(now).date(), "reason": result.reason,
        "owner_id_number": dossier.owner_person.id_number if dossier.owner_person else "",
        "owner_birth_date": dossier.owner_person.birth_date if dossier.owner_person else None,
        "submitter_name": dossier.submitter_name, "number": result.number or "", "title": result.title,
    }  # fmt: skip


_DATA: dict[str, Callable[[Dossier, prints.Check | None, datetime], prints.Print]] = {
    "slip": _slip, "supplement": letters.supplement, "refusal": letters.refusal, "apology": letters.apology,
    "stop": letters.stop, "tacit": letters.tacit, "control": control.sheet, "handover": _handover, "result": _result,
}  # fmt: skip
