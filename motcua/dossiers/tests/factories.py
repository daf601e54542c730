"""A small world: a commune with its centre, its officers, one procedure, one citizen. Others may use it too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import time_machine
from django.conf import settings

from motcua.catalogue import enums as catalogue_enums
from motcua.catalogue.models import ChannelRule, Component, FeeRule, Field, Procedure, ServiceLevel
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel, ResultKind, Source
from motcua.dossiers.models import Dossier
from motcua.eforms import services as eforms
from motcua.identity import queries as identity
from motcua.identity.models import Account, Person
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.text import fold, sort_key
from motcua.places.models import Agency, OfficeHours
from motcua.places.queries import forget_calendars
from motcua.workflow import services as workflow

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # a plain working morning
ROLES = (Role.RECEPTION, Role.HEAD, Role.HANDLER, Role.LEADER, Role.CLERK)


def at(day: int, hour: int = 9, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment in Vietnam."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@dataclass
class World:
    """Everything a dossier needs around it."""

    committee: Agency
    centre: Agency
    procedure: Procedure
    citizen: Person
    citizen_account: Account
    staff: dict[Role, Account]
    on: date = field(default=MONDAY.date())

    def actor(self, who: Role | str) -> Actor:
        """The actor of a role's officer, or of the "citizen"."""
        account = self.citizen_account if isinstance(who, str) and who == "citizen" else self.staff[Role(who)]
        return identity.actor_of(account.pk, self.on)


def world(*, code: str = "1.001193", fee: int = 0, process: str = "commune-standard", days: int | None = 5) -> World:
    """Build the world; `days` None leaves the time limit unknown."""
    _hours()
    committee = people.agency("H49.51", name="Ủy ban nhân dân phường Hồng Gai", office_hours="standard")
    centre = people.agency("H49.51.01", name="Trung tâm Phục vụ hành chính công phường Hồng Gai", kind="centre",
                           office_hours="standard", parent=committee)  # fmt: skip
    workflow.load_law(settings.PACK, now=at(1, year=2020))
    report = workflow.load_processes(settings.PACK, now=at(1, year=2020))
    assert not any(file.refused for file in report.files), report
    staff = {
        role: people.officer(role, of=centre if role is Role.RECEPTION else committee, name=f"Cán bộ {role.value}")
        for role in ROLES
    }
    citizen = people.person("Nguyễn Thị Hạnh", year=1961)
    return World(
        committee, centre, procedure(code, fee=fee, process=process, days=days), citizen, people.account(citizen), staff
    )


@contextmanager
def office_day(now: datetime = MONDAY, **facts: Any) -> Iterator[World]:
    """The world (`facts` as there) with the pack's forms and results, at a moment that stands still."""
    with time_machine.travel(now, tick=False):
        made = world(**facts)
        eforms.load_results(settings.PACK, now=MONDAY)
        eforms.load_forms(settings.PACK, now=MONDAY)
        yield made


def procedure(code: str, *, fee: int = 0, process: str = "commune-standard", days: int | None = 5) -> Procedure:
    """A commune-level procedure that may be filed online."""
    name = "Thủ tục đăng ký khai sinh"
    civil, _ = Field.objects.get_or_create(
        code="ho-tich", defaults={"name": "Hộ tịch", "sort_key": sort_key("Hộ tịch")}
    )
    made = Procedure.objects.create(
        code=code, digest="x", name=name, sort_key=sort_key(name), field=civil,
        handled_by=catalogue_enums.HandledBy.PROVINCE, level=catalogue_enums.Level.COMMUNE,
        result_form="electronic_paper",
        authorisation="allowed", presence="none", valid_from=date(2020, 1, 1), folded_name=fold(name),
        joined=fold(name).replace(" ", ""), process_key=process,
    )  # fmt: skip
    ServiceLevel.objects.create(procedure=made, level="full", valid_from=date(2020, 1, 1), provenance="test")
    for channel in ("counter", "online"):
        ChannelRule.objects.create(
            procedure=made, channel=channel, amount=Decimal(days) if days else None,
            unit="working_day" if days else "", fee_state="amount" if fee else "free", is_verified=True,
        )  # fmt: skip
        if fee:
            FeeRule.objects.create(
                procedure=made, channel=channel, position=1, kind="le_phi", label="Lệ phí hộ tịch", amount=fee
            )
    Component.objects.create(procedure=made, key="to-khai", name="Tờ khai", original=1, is_required=True, position=1)
    return made


def filing(of: World, **changes: Any) -> dossiers.Filing:
    """What the citizen hands in online."""
    values: dict[str, Any] = {
        "procedure_id": of.procedure.pk, "channel": Channel.ONLINE, "receiving_agency_id": of.centre.pk,
        "competent_agency_id": of.committee.pk, "owner_name": of.citizen.full_name, "owner_person_id": of.citizen.pk,
        "submitter_person_id": of.citizen.pk, "source": Source.PORTAL, "phone": "0912345678",
        "papers": (dossiers.PaperIn("Tờ khai", "to-khai", originals=1),), **changes,
    }  # fmt: skip
    return dossiers.Filing(**values)


def submitted(of: World, now: datetime = MONDAY, **changes: Any) -> Dossier:
    """Filed online, not yet accepted."""
    return dossiers.submit(filing=filing(of, **changes), actor=of.actor("citizen"), now=now)


def accepted(of: World, now: datetime = MONDAY, **changes: Any) -> Dossier:
    """Filed and accepted."""
    made = submitted(of, now, **changes)
    return dossiers.accept(dossier_id=made.pk, actor=of.actor(Role.RECEPTION), now=now)


def at_step(of: World, kind: str, now: datetime = MONDAY, **changes: Any) -> Dossier:
    """Accepted and carried by its officers to the step of this kind."""
    made = accepted(of, now, **changes)
    while made.step_kind != kind:
        made = step(of, made, now)
    return made


def step(of: World, dossier: Dossier, now: datetime) -> Dossier:
    """Whoever holds the present step does what it asks for."""
    actor = of.actor(Role(dossier.step_role))
    if dossier.step_kind == "appraise" and not hasattr(dossier, "result"):
        draft(of, dossier, now)
    if dossier.step_kind == "clerk":
        return dossiers.issue(dossier_id=dossier.pk, symbol="TLKS", opens_register=True, actor=actor, now=now)
    return dossiers.forward(dossier_id=dossier.pk, actor=actor, now=now)


def draft(of: World, dossier: Dossier, now: datetime, **changes: Any) -> Dossier:
    """The handler drafts the result."""
    values: dict[str, Any] = {
        "kind": ResultKind.GRANTED,
        "title": "Giấy khai sinh",
        "template_key": "generic",
        "body": {},
    }
    return dossiers.draft_result(dossier_id=dossier.pk, actor=of.actor(Role.HANDLER), now=now, **{**values, **changes})


def _hours() -> None:

    if not OfficeHours.objects.exists():
        OfficeHours.objects.bulk_create(
            OfficeHours(key="standard", weekday=day, opens=opens, closes=closes)
            for day in range(1, 6)
            for opens, closes in ((time(7, 30), time(11, 30)), (time(13), time(17)))
        )
    forget_calendars()
