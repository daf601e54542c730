"""A province's centre, a commune with its centre, a department, their staff, a citizen; cases in every state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.dossiers.tests.factories import MONDAY, World, at, world
from motcua.identity import queries as identity
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import ANONYMOUS, Actor, Role
from motcua.places.models import Agency, Centre
from motcua.support import services as support
from motcua.support.enums import About, Kind
from motcua.support.models import Feedback
from motcua.support.rules import Sent

TEXT = "Ngày 16/11 tôi đến quầy số 2 lúc 8 giờ, chờ hơn hai giờ mà không được gọi số."
ANSWER = "Trung tâm đã kiểm tra: hôm đó máy gọi số hỏng. Chúng tôi xin lỗi và đã thay máy."
REASON = "Nội dung thuộc thẩm quyền của cơ quan khác."

__all__ = ["ANONYMOUS", "ANSWER", "MONDAY", "REASON", "TEXT", "Place", "answered", "at", "place", "send", "sent"]


@dataclass
class Place:
    """Everything a case needs around it."""

    world: World
    province: Agency
    department: Agency
    staff: dict[str, Account]

    @property
    def commune(self) -> Agency:
        """The commune's centre, where most cases of the tests go."""
        return self.world.centre

    def actor(self, who: str) -> Actor:
        """The actor of an officer by the names below, or of the `citizen`."""
        if who == "citizen":
            return self.world.actor("citizen")
        return identity.actor_of(self.staff[who].pk, MONDAY.date())


def place() -> Place:
    """Build it: officers `reception leader director` of the commune's centre, `province`, `head watcher` …"""
    here = world()
    province = people.agency("H49.23", name="Trung tâm Phục vụ hành chính công tỉnh", kind="centre", level="province")
    Centre.objects.create(agency=province, address="Phường Hồng Gai")
    department = people.agency("H49.11", name="Sở Tư pháp", kind="department", level="province")
    of = {
        "reception": (Role.RECEPTION, here.centre), "head": (Role.HEAD, here.centre),
        "leader": (Role.LEADER, here.centre), "handler": (Role.HANDLER, here.centre),
        "province": (Role.RECEPTION, province), "watcher": (Role.DIRECTOR, province),
        "department": (Role.HEAD, department), "committee": (Role.LEADER, here.committee),
    }  # fmt: skip
    staff = {key: people.officer(role, of=agency, name=f"Cán bộ {key}") for key, (role, agency) in of.items()}
    return Place(here, province, department, staff)


def sent(here: Place, **changes: Any) -> Sent:
    """What a citizen writes about the commune's centre."""
    values: dict[str, Any] = {
        "kind": Kind.FEEDBACK, "about": About.CONDUCT, "subject": "Chờ lâu ở quầy", "text": TEXT,
        "agency_id": here.commune.pk, "may_publish": True, **changes,
    }  # fmt: skip
    return Sent(**values)


def send(here: Place, now: datetime = MONDAY, *, actor: Actor | None = None, **changes: Any) -> Feedback:
    """A case as it arrives."""
    return support.send(sent=sent(here, **changes), actor=actor or here.actor("citizen"), now=now)


def answered(here: Place, now: datetime = MONDAY, **changes: Any) -> Feedback:
    """Taken up and answered at once by the commune's centre."""
    case = send(here, now, **changes)
    support.take_up(feedback_id=case.pk, actor=here.actor("leader"), now=now)
    return support.answer(feedback_id=case.pk, text=ANSWER, actor=here.actor("leader"), now=now)
