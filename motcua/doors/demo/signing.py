"""Somebody is away and a colleague stands in; a deputy and a head of division sign by mandate (KT., TUQ.)."""

from datetime import datetime, timedelta
from uuid import UUID

from motcua.doors.demo.people import Cast
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import RUNNING
from motcua.dossiers.models import Dossier, Mandate
from motcua.eforms.enums import SignerCapacity
from motcua.identity import queries as identity
from motcua.identity import services as people
from motcua.kernel.actor import Actor, Role, system
from motcua.places import queries as places

WARD = "H49.106"
AWAY, STANDS_IN, DECIDES = "chuyenvien.xaydung", "truongphong.xaydung", "lanhdao.xaydung"
HEAD, DEPUTY, UNIT_HEAD = "lanhdao.honggai", "phochutich.honggai", "truongphong.honggai"
DAYS = 5


def drive(cast: Cast, now: datetime) -> int:
    """An absence that runs, two mandates and a signature under each; answers how many results were signed."""
    _be_away(cast, now)
    agency = places.agency(WARD)
    if Mandate.objects.filter(agency=agency).exists():
        return 0
    waiting = _waiting(agency.pk)
    deputy, unit_head = (_leader(cast, name, agency.pk, now) for name in (DEPUTY, UNIT_HEAD))
    by_authority = next((one for one in waiting if _allows(one, SignerCapacity.TUQ)), None)
    in_place = next((one for one in waiting if one is not by_authority and _allows(one, SignerCapacity.KT)), None)
    _give(cast, agency.pk, deputy, SignerCapacity.KT, "Phó Chủ tịch", "118/QĐ-UBND", (), now)
    codes = (by_authority.procedure.code,) if by_authority else ("1.004873",)
    _give(cast, agency.pk, unit_head, SignerCapacity.TUQ, "Trưởng phòng", "126/QĐ-UBND", codes, now)
    return sum(_signed(cast, one, by, now) for one, by in ((in_place, deputy), (by_authority, unit_head)))


def _be_away(cast: Cast, now: datetime) -> None:
    account_id, today = cast.report.accounts[AWAY], now.date()
    if identity.absences_on([account_id], today):
        return
    people.ask_absence(
        account_id=account_id, substitute_id=cast.report.accounts[STANDS_IN], first_day=today,
        last_day=today + timedelta(days=DAYS), basis="Đơn xin nghỉ phép năm", actor=cast.actor(DECIDES), now=now,
    )  # fmt: skip


def _waiting(agency_id: UUID) -> list[Dossier]:
    """Results drafted and approved, or about to be, that wait for a signature; one is left to who tries the demo."""
    rows = Dossier.objects.filter(
        competent_agency_id=agency_id, state__in=RUNNING, step_kind__in=("approve", "sign"), paused_at__isnull=True,
        result__isnull=False, spot__isnull=True,
    )  # fmt: skip
    related = ("procedure", "competent_agency", "result")
    return [one for one in rows.select_related(*related).order_by("due_at", "pk")[1:] if not one.open_parts]


def _allows(dossier: Dossier, capacity: SignerCapacity) -> bool:
    return capacity in dossiers.template_of(dossier).signers


def _leader(cast: Cast, name: str, agency_id: UUID, now: datetime) -> Actor:
    people.grant_role(
        account_id=cast.report.accounts[name], agency_id=agency_id, role=Role.LEADER, valid_from=now.date(),
        decision="Phân công ký, bản trình diễn", actor=system("demo"), now=now,
    )  # fmt: skip
    return identity.actor_of(cast.report.accounts[name], now.date())


def _give(
    cast: Cast, agency_id: UUID, to: Actor, capacity: SignerCapacity, title: str, decision: str,
    procedures: tuple[str, ...], now: datetime,
) -> None:  # fmt: skip
    today = now.date()
    given = dossiers.MandateIn(
        agency_id=agency_id, delegate_id=to.account_id or UUID(int=0), capacity=capacity, head_title="Chủ tịch",
        delegate_title=title, decision=decision, decided_on=today, valid_from=today,
        valid_to=today + timedelta(days=180), procedures=procedures,
    )  # fmt: skip
    dossiers.give_mandate(mandate=given, actor=cast.actor(HEAD), now=now)


def _signed(cast: Cast, dossier: Dossier | None, by: Actor, now: datetime) -> int:
    """Approved if need be, and signed."""
    if dossier is None:
        return 0
    if dossier.step_kind == "approve":
        holder = cast.on_desk(dossier.step_agency_id or UUID(int=0), Role(dossier.step_role))
        approver = cast.actor_of(dossier.assignee_id) if dossier.assignee_id else holder
        dossier = dossiers.forward(dossier_id=dossier.pk, actor=approver, now=now)
    if dossier.step_kind != "sign":
        return 0
    dossiers.forward(dossier_id=dossier.pk, actor=by, now=now)
    return 1
