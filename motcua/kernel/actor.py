"""Who acts: one frozen value per request, built by `identity`, taken by every service."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

_JOB = re.compile(r"[a-z_]+([. ][a-z_]+)*")  # how jobs and commands are named; a person's name has a capital


class ActorKind(StrEnum):
    """What stands behind an act."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    SYSTEM = "system"


class Role(StrEnum):
    """What a member of staff may do in an agency. The Vietnamese title stands in the glossary."""

    RECEPTION = "reception"  # cán bộ tiếp nhận, trả kết quả
    HANDLER = "handler"  # chuyên viên thụ lý
    HEAD = "head"  # lãnh đạo phòng
    LEADER = "leader"  # lãnh đạo cơ quan, người ký
    CLERK = "clerk"  # văn thư
    DIRECTOR = "director"  # giám đốc trung tâm, theo dõi toàn đơn vị
    ADMIN = "admin"  # quản trị


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one agency. `instead_of` is the account of the absent colleague it is held for; None: one's own."""

    role: Role
    agency_id: UUID
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A colleague one stands in for, until their absence ends."""

    account_id: UUID
    name: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the system itself, with what they may do now.

    `businesses` are those the person represents by law; `kin` are, for staff, their spouse, children and parents as far
    as they are known; `absent` are the colleagues stood in for, whose roles are among the grants;
    `on_behalf_of` is the party acted for in this request,
    `purpose` the reason given for reading personal data.
    """

    kind: ActorKind
    name: str = ""
    account_id: UUID | None = None
    person_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    businesses: tuple[UUID, ...] = ()
    kin: tuple[UUID, ...] = ()
    absent: tuple[Absent, ...] = ()
    on_behalf_of: UUID | None = None
    has_second_factor: bool = False
    purpose: str = ""
    address: str = ""

    @property
    def is_authenticated(self) -> bool:
        """Signed in, or the system."""
        return self.kind is not ActorKind.ANONYMOUS

    @property
    def is_system(self) -> bool:
        """A job or a command, not a person."""
        return self.kind is ActorKind.SYSTEM

    @property
    def is_staff(self) -> bool:
        """Holds a role in some agency."""
        return bool(self.grants)

    def agencies(self, *roles: Role) -> frozenset[UUID]:
        """The agencies in which the actor holds one of these roles (any role, if none is named)."""
        return frozenset(grant.agency_id for grant in self.grants if not roles or grant.role in roles)

    @property
    def accounts(self) -> tuple[UUID, ...]:
        """The accounts whose work is the actor's: their own, and those of the colleagues they stand in for."""
        return (*([self.account_id] if self.account_id else []), *(one.account_id for one in self.absent))

    def has_own(self, roles: Role | Iterable[Role], agency_id: UUID | None = None) -> bool:
        """`has` without the roles held for absent colleagues: a signature or a decision on staff is nobody else's."""
        wanted = {roles} if isinstance(roles, Role) else set(roles)
        own = (grant for grant in self.grants if grant.instead_of is None)
        return any(g.role in wanted and (agency_id is None or g.agency_id == agency_id) for g in own)

    def has(self, roles: Role | Iterable[Role], agency_id: UUID | None = None) -> bool:
        """Whether one of the roles is held, in this agency or (None) anywhere."""
        wanted = {roles} if isinstance(roles, Role) else set(roles)
        return any(g.role in wanted and (agency_id is None or g.agency_id == agency_id) for g in self.grants)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)


def system(name: str) -> Actor:
    """The system acting under the name of a job or command, as the audit will show it."""
    return Actor(kind=ActorKind.SYSTEM, name=name)


def is_job(name: str) -> bool:
    """Whether this is what a job or a command is called (`dossiers.expiry`), not somebody's name."""
    return _JOB.fullmatch(name) is not None


def shown_name(name: str) -> str:
    """Who did it, as a person reads it: the name, “The system” for a job or a command."""
    return _("The system") if is_job(name) else name
