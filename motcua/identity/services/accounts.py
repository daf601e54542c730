"""Accounts, the roles of staff, open sessions."""

from datetime import date, datetime
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.identity import queries
from motcua.identity.events import RoleEnded, RoleGranted
from motcua.identity.models import Account, SecondFactor, Session, StaffRole
from motcua.identity.sessions import ACTING_FOR_KEY, SECOND_FACTOR_KEY, SIGN_IN_KEY, SessionStore, hashed
from motcua.kernel import audit, clock, outbox
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused

BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def create_account(
    *, username: str, person_id: UUID | None, email: str = "", password: str | None = None, actor: Actor, now: datetime
) -> Account:
    """A new account; without a password only the national identity opens it.

    Raises:
        Refused: `username_taken`, `person_has_account`.
    """
    username = username.strip().lower()
    if Account.objects.filter(username=username).exists():
        raise Refused("username_taken", _("This account name is taken: choose another one."), field="username")
    if person_id and Account.objects.filter(person_id=person_id).exists():
        raise Refused("person_has_account", _("This person already has an account."), field="person")
    account = Account(username=username, person_id=person_id, email=email, created_at=now)
    account.set_password(password)
    account.save(force_insert=True)
    audit.record(actor, "identity.create_account", account, now=now, username=username)
    return account


@transaction.atomic
def set_password(*, account_id: UUID, password: str, keep_session: str = "", actor: Actor, now: datetime) -> None:
    """A new password; every other browser of the account is signed out."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    _sign_out_everywhere(account_id, keep_session)
    audit.record(actor, "identity.set_password", account, now=now)


@transaction.atomic
def close_account(*, account_id: UUID, actor: Actor, now: datetime) -> None:
    """Nobody signs in with it any more; open sessions end at once. Raises `Refused` as `reset_second_factor`."""
    _require_admin_of(account_id, actor, now)
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    account.is_active = False
    account.save(update_fields=["is_active"])
    _sign_out_everywhere(account_id)
    audit.record(actor, "identity.close_account", account, now=now)


@transaction.atomic
def grant_role(
    *, account_id: UUID, agency_id: UUID, role: Role | str, valid_from: date, valid_to: date | None = None,
    decision: str = "", actor: Actor, now: datetime,
) -> StaffRole:  # fmt: skip
    """The account may act in the agency from a day on (inclusive), by a decision; the same grant twice is one.

    Raises:
        Refused: `not_admin`, `own_account`, `period`.
    """
    _require_admin(actor, agency_id)
    _require_another(account_id, actor)
    if valid_to and valid_to < valid_from:
        raise Refused("period", _("The role ends before it begins: correct the dates."), field="valid_to")
    Account.objects.select_for_update(no_key=True).get(pk=account_id)
    known = StaffRole.objects.filter(account_id=account_id, agency_id=agency_id, role=Role(role), ended_at__isnull=True)
    if grant := known.first():
        if (grant.valid_from, grant.valid_to) == (valid_from, valid_to):
            return grant
        grant.ended_at = now
        grant.save(update_fields=["ended_at"])
    grant = StaffRole(
        account_id=account_id, agency_id=agency_id, role=Role(role).value, valid_from=valid_from, valid_to=valid_to,
        decision=decision, created_at=now,
    )  # fmt: skip
    grant.save(force_insert=True)
    audit.record(actor, "identity.grant_role", grant, now=now, role=grant.role, agency=str(agency_id))
    outbox.publish(RoleGranted(account_id, agency_id, grant.role, now))
    return grant


@transaction.atomic
def end_role(*, staff_role_id: UUID, actor: Actor, now: datetime, reason: str = "") -> None:
    """The role ends now, at the account's very next request; the reason stands in the audit.

    Raises:
        Refused: `not_admin`, `own_account`.
    """
    grant = StaffRole.objects.filter(pk=staff_role_id).for_update().get()
    _require_admin(actor, grant.agency_id)
    _require_another(grant.account_id, actor)
    if grant.ended_at is None:
        grant.ended_at = now
        grant.save(update_fields=["ended_at"])
        facts = {"role": grant.role, "agency": str(grant.agency_id), "reason": reason}
        audit.record(actor, "identity.end_role", grant, now=now, **facts)
        outbox.publish(RoleEnded(grant.account_id, grant.agency_id, grant.role, now))


@transaction.atomic
def reset_second_factor(*, account_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """The authenticator app is lost: the next sign-in sets up another one, and every open browser is signed out.

    Raises:
        Refused: `not_admin` unless the actor administers every agency the account works in, `own_account`,
            `no_second_factor`.
    """
    _require_admin_of(account_id, actor, now)
    _require_another(account_id, actor)
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    removed, _rows = SecondFactor.objects.filter(account=account).delete()
    if not removed:
        raise Refused("no_second_factor", _("This account has no authenticator app: there is nothing to remove."))
    _sign_out_everywhere(account_id)
    audit.record(actor, "identity.reset_second_factor", account, now=now, reason=reason)


def open_session(*, account_id: UUID, has_second_factor: bool = False, acting_for: UUID | None = None) -> str:
    """A signed-in session without the pages, for commands that speak HTTP to their own web (demo, bench, tests).

    Returns the value of the session cookie.
    """
    account = Account.objects.get(pk=account_id, is_active=True)
    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store[SECOND_FACTOR_KEY] = has_second_factor
    store[SIGN_IN_KEY] = {"way": "command"}
    if acting_for:
        store[ACTING_FOR_KEY] = str(acting_for)
    store.save()
    return str(store.session_key)


def _sign_out_everywhere(account_id: UUID, keep_session: str = "") -> None:
    Session.objects.filter(account_id=account_id).exclude(pk=hashed(keep_session)).delete()


def _require_admin(actor: Actor, agency_id: UUID) -> None:
    """An administrator of the agency or of one it belongs to."""
    if not (actor.is_system or (actor.has_second_factor and queries.administers(actor, agency_id))):
        raise Refused("not_admin", _("Only an administrator changes accounts and roles: ask yours to do it."))


def _require_admin_of(account_id: UUID, actor: Actor, now: datetime) -> None:
    """An administrator of every agency the account works in; of any agency, where it works in none."""
    works_in = StaffRole.objects.valid(clock.local(now).date()).filter(account_id=account_id)
    for agency_id in set(works_in.values_list("agency_id", flat=True)) or actor.agencies(Role.ADMIN) or {account_id}:
        _require_admin(actor, agency_id)


def _require_another(account_id: UUID, actor: Actor) -> None:
    """Nobody gives or takes powers of their own: a second person has to want it."""
    if not actor.is_system and account_id == actor.account_id:
        raise Refused("own_account", _("Nobody changes their own roles: ask another administrator to do it."))
