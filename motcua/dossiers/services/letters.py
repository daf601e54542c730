"""What the letters of a dossier say: head and applicant, supplement request, refusal, apology, notice of a stop."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from motcua.documents import prints
from motcua.dossiers import signing
from motcua.dossiers.enums import Happening
from motcua.dossiers.models import Dossier, StoryLine, Supplement
from motcua.dossiers.services import capacities
from motcua.dossiers.signing import ToSign
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role, is_job
from motcua.kernel.errors import NotReady
from motcua.places.models import Agency
from motcua.workflow import queries as workflow
from motcua.workflow.enums import PauseKind
from motcua.workflow.rules import Regime


def person(name: str) -> str:
    """The name as it may stand on a paper: empty, a line to sign on, where a job of the system did it."""
    return "" if is_job(name) else name


def head(dossier: Dossier, *, competent: bool = False) -> prints.Head:
    """The head of a paper of the receiving, or the competent agency of a dossier."""
    return head_of(dossier.competent_agency if competent else dossier.receiving_agency)


def head_of(agency: Agency) -> prints.Head:
    """The head of a paper an agency issues."""
    parent = agency.parent.name if agency.parent_id and agency.parent else ""
    place = agency.unit.name if agency.unit_id and agency.unit else ""
    return prints.Head(agency=agency.name, parent=parent, place=place)


def applicant(dossier: Dossier) -> prints.Applicant:
    """Whom a letter speaks to: the submitter, else the owner."""
    return prints.Applicant(
        name=dossier.submitter_name or dossier.owner_name, address=dossier.address, phone=dossier.phone,
        email=dossier.email,
    )  # fmt: skip


def law_of(dossier: Dossier) -> Regime:
    """The law the dossier was received under."""
    if dossier.run is not None:
        return workflow.regime_of(dossier.run)
    return workflow.regime(clock.local(dossier.submitted_at).date())


def head_lines(agency: Agency, now: datetime) -> tuple[str, ...]:
    """The lines above the signature of an agency's head, for a paper that is signed by hand."""
    return signing.own_way(ToSign("", "", now, capacities.title_of(agency), capacities.body_of(agency))).lines


def lines_of(dossier: Dossier, actor: Actor, now: datetime) -> list[str]:
    """The lines above the actor's name on a letter of the competent agency; none where it is not theirs to sign."""
    agency = dossier.competent_agency
    if not actor.has_own(Role.LEADER, agency.pk):
        return []
    paper = ToSign(dossier.procedure.code, "", now, capacities.title_of(agency), capacities.body_of(agency))
    found = signing.ways(actor.account_id, paper, capacities.powers_of(dossier), is_leader=True)
    return list(found[0].lines) if found else []


def supplement(
    dossier: Dossier, check: prints.Check | None, now: datetime, number: int | None = None
) -> prints.SupplementData:
    """Form 02: the request of this number, None: the last."""
    rows = dossier.supplements.order_by("-number")
    asked = (rows.filter(number=number) if number else rows).first()
    if asked is None:
        raise NotReady
    return prints.SupplementData(
        head=head(dossier), issued_at=asked.asked_at, check=check, dossier_code=dossier.shown_code,
        number=str(asked.number), applicant=applicant(dossier), procedure=dossier.procedure.name,
        items=tuple(asked.items), reason=asked.reason, answer_by=asked.limit_at,
        contact=settings.SITE.get("hotline", ""), officer=person(asked.asked_by),
    )  # fmt: skip


def refusal(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.RefusalData:
    """Form 03: by an officer with their reason, or because what was asked for did not come in time."""
    line = _ended(dossier, Happening.REFUSED)
    asked = _unanswered(dossier, line)
    reasons: tuple[str, ...] = (line.note,)
    basis = ""
    if asked is not None:
        day = clock.local(asked.asked_at)
        reasons = (f"Ngày {day:%d/%m/%Y} đã yêu cầu bổ sung, hoàn thiện hồ sơ: {'; '.join(asked.items)}.", line.note)
        basis = law_of(dossier).supplement.basis
    return prints.RefusalData(
        head=head(dossier), issued_at=line.at, check=check, dossier_code=dossier.shown_code,
        applicant=applicant(dossier), procedure=dossier.procedure.name, reasons=reasons, legal_basis=basis,
        contact=settings.SITE.get("hotline", ""), officer=person(line.who),
    )  # fmt: skip


def stop(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.StopData:
    """Form 05 of 2025, worded by who ended it; an officer signs who stopped it, else it is left to be signed."""
    line = _ended(dossier, Happening.STOPPED, Happening.WITHDRAWN)
    asked, law = _unanswered(dossier, line), law_of(dossier)
    by_hand = prints.Signer(capacity=head_lines(dossier.receiving_agency, line.at))
    ended_by, basis, signer = "agency", law.pauses[PauseKind.CLOSED].basis, by_hand
    if line.what == Happening.WITHDRAWN:
        ended_by, basis = "applicant", ""
    elif asked is not None:
        ended_by, basis = "limit", law.supplement.basis
    elif person(line.who):
        signer = prints.Signer(capacity=("NGƯỜI TIẾP NHẬN",), name=line.who)
    return prints.StopData(
        head=head(dossier), issued_at=line.at, check=check, dossier_code=dossier.shown_code,
        applicant=applicant(dossier), procedure=dossier.procedure.name, ended_by=ended_by, ended_at=line.at,
        received_at=dossier.accepted_at or dossier.submitted_at, reason=line.note, legal_basis=basis, signer=signer,
        requested_at=asked.asked_at if asked else None, answer_by=asked.limit_at if asked else None,
    )  # fmt: skip


def apology(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.ApologyData:
    """Form 04: from the due date before to the new one; who granted it signs if it is theirs, else by hand."""
    extension = getattr(dossier, "extension", None)
    if extension is None or extension.granted_at is None or dossier.accepted_at is None:
        raise NotReady
    signer = prints.Signer(capacity=head_lines(dossier.competent_agency, extension.granted_at))
    if extension.signed_as:
        signer = prints.Signer(capacity=tuple(extension.signed_as), name=person(extension.granted_by))
    return prints.ApologyData(
        head=head(dossier, competent=True), issued_at=extension.granted_at, check=check,
        dossier_code=dossier.shown_code, applicant=applicant(dossier), procedure=dossier.procedure.name,
        received_at=dossier.accepted_at, received_by=dossier.receiving_agency.name, due_at=extension.old_due_at,
        new_due_at=extension.new_due_at, at_fault=extension.at_fault, reason=extension.reason, signer=signer,
    )  # fmt: skip


def tacit(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.TacitData:
    """The confirmation of a grant by silence, for the head of the competent agency to sign by hand."""
    found = getattr(dossier, "tacit", None)
    if found is None or dossier.accepted_at is None:
        raise NotReady
    return prints.TacitData(
        head=head(dossier, competent=True), issued_at=found.noted_at, check=check, dossier_code=dossier.shown_code,
        applicant=applicant(dossier), procedure=dossier.procedure.name, received_at=dossier.accepted_at,
        since=found.since, legal_basis=found.basis, is_verified=found.is_verified,
        signer=prints.Signer(capacity=head_lines(dossier.competent_agency, found.noted_at)),
    )  # fmt: skip


def _ended(dossier: Dossier, *what: Happening) -> StoryLine:
    line = dossier.story.filter(what__in=what).order_by("-at").first()
    if line is None:
        raise NotReady
    return line


def _unanswered(dossier: Dossier, line: StoryLine) -> Supplement | None:
    """The request whose limit passed, where a job closed the dossier for it."""
    if person(line.who) == line.who:
        return None
    rows = dossier.supplements.filter(Q(answered_at=None) | Q(answered_at=line.at), answer="", limit_at__lt=line.at)
    return rows.order_by("-number").first()  # the closing of the dossier ends the request, too
