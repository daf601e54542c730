"""Sessions of our own: one query a request brings the session, its account, the person, roles, businesses and kin.

The cookie holds a random key, the table its SHA-256. Data is plain JSON of the database. A role or account that ends is
gone at the next request, for nothing about powers is kept in the session. Times here are real ones, never the demo's
moved clock: a session must not die because the demo looks at next week.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as ACCOUNT_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection, transaction
from django.db.utils import IntegrityError

from motcua.identity.models import Session
from motcua.kernel import clock
from motcua.kernel.actor import Absent, Grant, Role

LONGEST = timedelta(hours=24)  # however active, a person signs in again after this
REFRESH_AFTER = timedelta(hours=1)
SWEEP = 100
SECOND_FACTOR_KEY = "second_factor"
ACTING_FOR_KEY = "acting_for"
SIGN_IN_KEY = "sign_in"  # way, level and methods of the sign-in

WHO = """
SELECT s.data::json, s.created_at, s.expires_at, a.id, a.username, p.id, p.full_name, p.language,
    (SELECT json_agg(json_build_array(r.role, r.agency_id) ORDER BY r.role, r.agency_id) FROM identity_staffrole r
      WHERE r.account_id = a.id AND r.ended_at IS NULL AND r.valid_from <= %(today)s
        AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)),
    (SELECT json_agg(json_build_array(b.id, b.name) ORDER BY b.sort_key) FROM identity_business b WHERE b.id IN (
      SELECT t.business_id FROM identity_representation t WHERE t.person_id = p.id AND t.ended_at IS NULL
         AND t.valid_from <= %(today)s AND (t.valid_to IS NULL OR t.valid_to >= %(today)s))),
    (SELECT json_agg(DISTINCT CASE WHEN k.person_id = p.id THEN k.relative_id ELSE k.person_id END)
      FROM identity_kinship k WHERE k.relation IN ('spouse', 'child', 'parent')
        AND (k.person_id = p.id OR k.relative_id = p.id AND k.verified_at IS NOT NULL)
        AND EXISTS (SELECT 1 FROM identity_staffrole r WHERE r.account_id = a.id)),
    (SELECT json_agg(json_build_array(y.id, COALESCE(o.full_name, y.username), x.valid_to, r.role, r.agency_id)
        ORDER BY y.id, r.role, r.agency_id)
      FROM identity_absence x JOIN identity_account y ON y.id = x.account_id AND y.is_active
        LEFT JOIN identity_person o ON o.id = y.person_id
        JOIN identity_staffrole r ON r.account_id = y.id AND r.ended_at IS NULL AND r.valid_from <= %(today)s
          AND (r.valid_to IS NULL OR r.valid_to >= %(today)s) AND r.role <> 'admin'
      WHERE x.substitute_id = a.id AND x.state = 'granted' AND %(today)s BETWEEN x.valid_from AND x.valid_to)
FROM identity_session s
LEFT JOIN identity_account a ON a.id = s.account_id
LEFT JOIN identity_person p ON p.id = a.person_id
WHERE s.key_hash = %(key)s AND s.expires_at > %(now)s AND (a.id IS NULL OR a.is_active)
"""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is behind a session, as the database says now."""

    account_id: UUID | None = None
    username: str = ""
    person_id: UUID | None = None
    full_name: str = ""
    language: str = ""
    grants: tuple[Grant, ...] = ()
    businesses: tuple[tuple[UUID, str], ...] = ()
    kin: tuple[UUID, ...] = ()
    absent: tuple[Absent, ...] = ()


NOBODY = Who()


def hashed(key: str) -> bytes:
    """What the table holds of a session key."""
    return hashlib.sha256(key.encode()).digest()


class SessionStore(SessionBase):
    """`SESSION_ENGINE`: rows of `identity_session`."""

    who: Who = NOBODY
    created_at: datetime | None = None
    expires_at: datetime | None = None

    def load(self) -> dict[str, Any]:
        """The session's data; an unknown or expired key, or a closed account, starts afresh without a row."""
        row = _row(self.session_key) if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        data, self.created_at, self.expires_at, *who = row
        self.who = _who(*who)
        return dict(data)

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        return Session.objects.filter(pk=hashed(session_key)).exists()

    def create(self) -> None:
        """A new row under a new random key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            self.created_at = None
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            self.clear_expired()
            return

    def save(self, must_create: bool = False) -> None:
        """Write the data and move the end of the session."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = _now()
        created_at = self.created_at or now
        expires_at = min(now + timedelta(seconds=settings.SESSION_COOKIE_AGE), created_at + LONGEST)
        values = {"data": data, "account_id": data.get(ACCOUNT_KEY), "expires_at": expires_at}
        if must_create:
            try:
                with transaction.atomic():
                    Session(key_hash=hashed(self.session_key), created_at=created_at, **values).save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
        elif not Session.objects.filter(pk=hashed(self.session_key)).update(**values):
            raise UpdateError
        self.created_at, self.expires_at = created_at, expires_at

    def delete(self, session_key: str | None = None) -> None:
        """Remove the row; the key is worth nothing from now on."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=hashed(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove some of what has ended: every new session sweeps, so that no timetable is needed."""
        ended = Session.objects.filter(expires_at__lte=_now()).values("pk")[:SWEEP]
        Session.objects.filter(pk__in=ended).delete()

    @property
    def needs_refresh(self) -> bool:
        """Whether the end should move on, at most once an hour."""
        if self.expires_at is None or self.created_at is None:
            return False
        longest = self.created_at + LONGEST
        wanted = min(_now() + timedelta(seconds=settings.SESSION_COOKIE_AGE), longest)
        return wanted - self.expires_at > REFRESH_AFTER


def _now() -> datetime:
    return datetime.now(UTC)


def _row(key: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(WHO, {"key": hashed(key), "now": _now(), "today": clock.today()})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _who(
    account_id: UUID | None, username: str, person_id: UUID | None, full_name: str, language: str,
    roles: list[tuple[str, str]] | None, businesses: list[tuple[str, str]] | None,
    kin: list[str] | None, instead: list[tuple[str, str, str, str, str]] | None,
) -> Who:  # fmt: skip
    if account_id is None:
        return NOBODY
    own = (Grant(Role(role), UUID(agency)) for role, agency in roles or ())
    held = (Grant(Role(role), UUID(agency), UUID(key)) for key, _name, _day, role, agency in instead or ())
    absent = (Absent(UUID(key), name, date.fromisoformat(day)) for key, name, day, _role, _agency in instead or ())
    return Who(
        account_id, username, person_id, full_name or "", language or "", (*own, *held),
        tuple((UUID(key), name) for key, name in businesses or ()), tuple(map(UUID, kin or ())),
        tuple(dict.fromkeys(absent)),
    )  # fmt: skip
