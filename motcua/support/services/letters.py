"""The letter that answers a case, as the agency's paper: printed at first view, kept, checkable by its holder."""

from datetime import datetime

from django.db import transaction

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind as DocumentKind
from motcua.documents.enums import Retention
from motcua.documents.models import Document
from motcua.dossiers.services.letters import head_of
from motcua.kernel import clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import NotReady
from motcua.support.enums import Kind, State
from motcua.support.models import Feedback

LETTER = "support.letter"  # under which the letter of a case lies
# The letter speaks Vietnamese, as all papers of an office.
_WHAT = {Kind.FEEDBACK: "phản ánh, kiến nghị", Kind.COMPLAINT: "đơn khiếu nại"}
_SIGNS = {Kind.FEEDBACK: "NGƯỜI TRẢ LỜI", Kind.COMPLAINT: "THỦ TRƯỞNG CƠ QUAN"}


@transaction.atomic
def letter(*, case: Feedback, actor: Actor, now: datetime) -> Document:
    """The letter of a case the caller may see, with the layout in force on the day of the answer.

    Raises `NotReady` while nothing is answered, and when the reporter was forgotten: then its paper is gone, too.
    """
    if case.closed_at is None or case.forgotten_at is not None:
        raise NotReady
    Feedback.objects.filter(pk=case.pk).for_update().get()  # two first views at once make one letter
    if found := document_queries.documents_of(LETTER, case.pk).first():
        return found
    check = documents.new_check()
    data = _data(case, check)
    filled = documents.fill(data)
    content = documents.set_form(filled)
    document = documents.store(
        upload=content, name=f"tra-loi-{case.code}.pdf", title=filled.title, owner_kind=LETTER, owner_id=case.pk,
        kind=DocumentKind.SLIP, retention=Retention.DOSSIER, actor=actor, now=now,
    )  # fmt: skip
    documents.keep_filled(document=document, filled=filled)
    documents.register(
        check=check, content=content, title=filled.title, issued_by=case.agency.name, issued_at=data.issued_at,
        document=document, subject_id=case.pk, reference=case.code, actor=actor, now=now,
    )  # fmt: skip
    return document


def _data(case: Feedback, check: documents.Check) -> documents.AnswerData:
    kind = Kind(case.kind)
    form = documents.ComplaintAnswerData if kind == Kind.COMPLAINT else documents.AnswerData
    return form(
        head=head_of(case.agency), issued_at=case.closed_at or case.received_at, check=check, code=case.code,
        reporter=case.name, what=_WHAT[kind], subject=case.subject,
        received_on=clock.local(case.received_at).date(),
        about_dossier=case.dossier.shown_code if case.dossier else "",
        answer=tuple(line.strip() for line in case.answer.splitlines() if line.strip()),
        is_refused=case.state == State.REFUSED,
        signer=documents.Signer(capacity=(_SIGNS[kind],), name=case.closed_by),
    )  # fmt: skip
