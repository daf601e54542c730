"""Any act by anybody, with words that fit: for tests that try them all."""

from datetime import date, datetime
from functools import partial
from typing import Any

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Fault, Receiver, ResultKind
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.factories import World
from motcua.kernel.actor import Actor, Role
from motcua.payments.enums import Method
from motcua.places import queries as places
from motcua.workflow.enums import PauseKind

WORDS: dict[Action, dict[str, Any]] = {
    Action.REFUSE: {"reason": "Không thuộc thẩm quyền."},
    Action.REQUEST_SUPPLEMENT: {
        "items": ["Giấy chứng sinh"],
        "reason": "Thiếu giấy.",
        "not_visible_before": "Số trong giấy.",
        "sector_law": "Luật chuyên ngành, Điều 1",
    },
    Action.ANSWER_SUPPLEMENT: {"papers": [], "answer": "Tôi đã gửi."},
    Action.RETURN_STEP: {"reason": "Sai họ tên."},
    Action.RECALL: {"reason": "Chuyển nhầm."},
    Action.DRAFT_RESULT: {"kind": ResultKind.GRANTED, "title": "Giấy", "template_key": "generic", "body": {}},
    Action.RECORD_RESULT: {"system": "Hộ tịch", "title": "Giấy", "symbol": "1/2026", "document_id": None},
    Action.ISSUE: {"symbol": "TLKS", "opens_register": True},
    Action.HAND_OVER: {"receiver": Receiver.OWNER, "receiver_name": "Nguyễn Thị Hạnh", "signed_for": "ký"},
    Action.ANNOUNCE_OBLIGATION: {"label": "Tiền sử dụng đất", "amount": 250_000, "reason": "Thông báo số 12."},
    Action.RECORD_PAYMENT: {"method": Method.CASH, "receipt_number": "0000012"},
    Action.EXTEND: {"reason": "Cần xác minh thêm."},
    Action.PAUSE_CLOCK: {
        "kind": PauseKind.APPRAISAL,
        "reason": "Giám định.",
        "basis": "Luật Giám định, Điều 1",
        "expected_end": date(2030, 1, 2),
    },
    Action.WITHDRAW: {"reason": "Đổi ý."},
    Action.STOP: {"reason": "Người dân không bổ sung."},
    Action.RATE: {"score": 4, "comment": ""},
    Action.CORRECT: {"wrong": "Sai ngày sinh.", "reason": "Gõ nhầm.", "at_fault": Fault.AGENCY},
    Action.DROP_CORRECTION: {"reason": "Kết quả đúng."},
    Action.ANNUL: {"decision": "Quyết định số 8/QĐ-UBND", "reason": "Giấy tờ giả."},
    Action.REOPEN: {"reason": "Dừng nhầm.", "basis": "Quyết định số 9/QĐ-UBND"},
    Action.ASK_OPINION: {"question": "Ý kiến về quy hoạch?"},
}
SERVICES = {
    **{action: getattr(dossiers, action.value) for action in Action if hasattr(dossiers, action.value)},
    Action.RECORD_PAYMENT: dossiers.record_payment,
}


def act(action: Action, dossier: Dossier, actor: Actor, of: World, now: datetime, **changes: Any) -> Dossier:
    """Do `action` to a dossier as the page would."""
    words: dict[str, Any] = {**WORDS.get(action, {}), **changes}
    if action is Action.ASSIGN:
        role = Role.HANDLER if dossier.step_kind == "assign" else Role(dossier.step_role or Role.HANDLER)
        words.setdefault("account_id", of.staff[role].pk)
    if action is Action.RECORD_RESULT:
        words.setdefault("issued_on", now.date())
    if action is Action.EXTEND:
        words.setdefault("day", _later_day(dossier))
    if action is Action.ASK_OPINION:
        words.setdefault("agency_id", of.centre.pk)
        due = dossier.due_at.astimezone(now.tzinfo) if dossier.due_at else None
        words.setdefault("day", due.date() if due and due > now else date(2030, 1, 2))
    service = partial(SERVICES[action], dossier_id=dossier.pk, actor=actor, now=now)
    return service(**words)


def _later_day(dossier: Dossier) -> date:
    """A working day after the due date."""
    calendar, due = places.working_calendar(dossier.competent_agency), dossier.due_at
    return calendar.add_days(due, 3).date() if due else date(2030, 1, 2)
