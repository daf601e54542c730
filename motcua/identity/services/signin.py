"""Signing in: by the national identity or a local account, with a second factor, against guessing."""

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.identity import rules, seals
from motcua.identity.enums import FAILURES, Outcome, Way
from motcua.identity.models import Account, Person, SecondFactor, SignInEvent
from motcua.identity.services.people import PersonFacts, find_or_register_person
from motcua.kernel import audit, ids
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Refused

PERIOD = 30  # seconds a code lives (RFC 6238)
RECOVERY_CODES = 10
ISSUER_NAME = "Motcua"


@dataclass(frozen=True, slots=True)
class NationalIdentity:
    """What the provider vouched for, after every check of its token."""

    issuer: str
    subject: str
    facts: PersonFacts
    level: str = ""
    methods: tuple[str, ...] = ()


def sign_in_locally(*, username: str, password: str, address: str, browser: str, now: datetime) -> Account:
    """The account that this name and password open. Every attempt leaves a row, also the refused one.

    Raises:
        Refused: `locked` (too many failures for the account or from the address) or `wrong`.
    """
    with transaction.atomic():  # the row is locked: guesses sent at once are counted one after the other
        named = Account.objects.filter(username=username.strip().lower())
        account = named.select_for_update(no_key=True).first()
        outcome = _try_password(account, password, address, now)
        account_id = account.pk if account else None
        methods = ("pwd",) if outcome is Outcome.SUCCEEDED else ()
        _note(account_id, Way.LOCAL, outcome, address, browser, now, methods=methods)
    if outcome is Outcome.LOCKED:
        raise Refused(
            "locked",
            _("Too many attempts. Wait 15 minutes and try again, or sign in with your national identity."),
        )
    if account is None or outcome is not Outcome.SUCCEEDED:
        raise Refused("wrong", _("The account name or the password is wrong: check both and try again."))
    return account


def _try_password(account: Account | None, password: str, address: str, now: datetime) -> Outcome:
    if _locked(account.pk if account else None, address, now):
        return Outcome.LOCKED
    if account is None:
        make_password(password)  # an unknown name takes as long as a wrong password
        return Outcome.FAILED
    return Outcome.SUCCEEDED if account.is_active and account.check_password(password) else Outcome.FAILED


@transaction.atomic
def sign_in_nationally(*, identity: NationalIdentity, address: str, browser: str, now: datetime) -> Account:
    """The account of the person the provider vouched for, made at the first visit.

    Found by the provider's subject, else by the personal number, so that a person met at a counter finds their
    dossiers again. Neither number is kept in plain.

    Raises:
        Refused: `account_closed`, or what `find_or_register_person` refuses.
    """
    actor = system("national_identity")
    subject_hash = seals.fingerprint(f"{identity.issuer}|{identity.subject}")
    person = find_or_register_person(facts=identity.facts, actor=actor, now=now) if identity.facts.id_number else None
    account = Account.objects.filter(national_hash=subject_hash).select_related("person").first()
    if account is None and person is not None:
        account = Account.objects.select_for_update(no_key=True).filter(person=person).first()
    if account is None:
        account = _first_visit(identity, person, actor, now)
    elif person is not None and account.person_id != person.pk:
        raise Refused(
            "identity_changed",
            _("The national identity now names another person for this account. Ask a service centre to look at it."),
        )
    if not account.is_active:
        raise Refused("account_closed", _("This account is closed. Ask a service centre if you think this is wrong."))
    if account.national_hash != subject_hash:
        account.national_hash = subject_hash
        account.save(update_fields=["national_hash"])
    _note(
        account.pk, Way.NATIONAL, Outcome.SUCCEEDED, address, browser, now, level=identity.level,
        methods=identity.methods,
    )  # fmt: skip
    return account


def note_sign_out(*, account_id: UUID, way: str, address: str, browser: str, now: datetime) -> None:
    """Somebody left."""
    _note(account_id, Way(way) if way in Way.values else Way.LOCAL, Outcome.SIGNED_OUT, address, browser, now)


@transaction.atomic
def prepare_second_factor(*, account_id: UUID, now: datetime) -> str:
    """The address (`otpauth://`) an authenticator app reads; the same one until it is confirmed by a code.

    Raises:
        Refused: `second_factor_exists`.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    factor = SecondFactor.objects.filter(pk=account_id).first()
    if factor is None:
        factor = SecondFactor(account=account, secret_sealed=seals.seal(new_secret()), created_at=now)
        factor.save(force_insert=True)
    if factor.confirmed_at is not None:
        raise Refused("second_factor_exists", _("This account already has an authenticator app."))
    return totp(factor).get_provisioning_uri(account.username, ISSUER_NAME)


@transaction.atomic
def confirm_second_factor(*, account_id: UUID, code: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The first code proves the app; returns the recovery codes, shown once and kept as fingerprints.

    Raises:
        Refused: `code`.
    """
    factor = SecondFactor.objects.select_for_update(no_key=True).get(pk=account_id)
    if factor.confirmed_at is not None or not _matches(factor, code):
        raise Refused("code", _("This code does not fit: type the six digits your app shows now."), field="code")
    recovery = tuple(ids.code(8) for _n in range(RECOVERY_CODES))
    factor.confirmed_at, factor.recovery_hashes = now, [seals.fingerprint(code) for code in recovery]
    factor.save()
    audit.record(actor, "identity.confirm_second_factor", factor.account, now=now)
    return recovery


def check_second_factor(*, account_id: UUID, code: str, address: str, browser: str, now: datetime) -> None:
    """A code of the app, or a recovery code; each counts once, and failures count towards the lock.

    Raises:
        Refused: `locked` or `code`.
    """
    with transaction.atomic():  # as with passwords: the row is locked before the failures are counted
        factor = SecondFactor.objects.select_for_update(no_key=True).filter(pk=account_id).first()
        if _locked(account_id, address, now):
            outcome = Outcome.LOCKED
        else:
            is_right = factor is not None and factor.confirmed_at is not None and _use(factor, code)
            outcome = Outcome.SECOND_FACTOR if is_right else Outcome.SECOND_FACTOR_FAILED
        methods = ("otp",) if outcome is Outcome.SECOND_FACTOR else ()
        _note(account_id, Way.LOCAL, outcome, address, browser, now, methods=methods)
    if outcome is Outcome.LOCKED:
        raise Refused("locked", _("Too many attempts. Wait 15 minutes and try again."))
    if outcome is not Outcome.SECOND_FACTOR:
        raise Refused(
            "code",
            _("This code does not fit or was used before: type the six digits your app shows now."),
            field="code",
        )


def new_secret() -> str:
    """160 random bits for an authenticator app, as hexadecimal text."""
    return secrets.token_hex(20)


def totp(factor: SecondFactor) -> TOTP:
    """The generator of an account's codes."""
    return TOTP(bytes.fromhex(seals.unseal(factor.secret_sealed)), 6, SHA1(), PERIOD, enforce_key_length=True)  # noqa: S303


def _matches(factor: SecondFactor, code: str) -> bool:
    """Compare with the codes of now, before and after, none of them used yet; real time, never the demo's clock."""
    typed = "".join(char for char in code if char.isdigit()).encode()
    present, codes = int(time.time()) // PERIOD, totp(factor)
    for counter in (present, present - 1, present + 1):
        if counter > factor.last_counter and hmac.compare_digest(codes.generate(counter * PERIOD), typed):
            factor.last_counter = counter
            return True
    return False


def _use(factor: SecondFactor, code: str) -> bool:
    if _matches(factor, code):
        factor.save(update_fields=["last_counter"])
        return True
    recovery = ids.normalise(code)
    spent = seals.fingerprint(recovery) if recovery else b""
    left = [kept for kept in factor.recovery_hashes if bytes(kept) != spent]
    if len(left) == len(factor.recovery_hashes):
        return False
    factor.recovery_hashes = left
    factor.save(update_fields=["recovery_hashes"])
    return True


def _first_visit(identity: NationalIdentity, person: Person | None, actor: Actor, now: datetime) -> Account:
    if person is None:
        person = find_or_register_person(facts=identity.facts, actor=actor, now=now)
    account = Account(
        username=f"n-{ids.code(8).lower()}", person=person, email=identity.facts.email, created_at=now
    )  # fmt: skip
    account.set_unusable_password()
    account.save(force_insert=True)
    audit.record(actor, "identity.create_account", account, now=now, username=account.username)
    return account


def _locked(account_id: UUID | None, address: str, now: datetime) -> bool:
    since = now - rules.LOCK_FOR
    by_address = SignInEvent.objects.filter(address=address, at__gt=since, outcome__in=FAILURES)
    if address and by_address.count() >= rules.LOCK_AFTER_FROM_ADDRESS:
        return True
    if account_id is None:
        return False
    rows = SignInEvent.objects.filter(account_id=account_id, at__gt=since).order_by("-at", "-id")
    until = rules.locked_until(rules.failures_since_success(rows.values_list("at", "outcome")[:200]))
    return until is not None and now < until


def _note(
    account_id: UUID | None, way: Way, outcome: Outcome, address: str, browser: str, now: datetime, *,
    level: str = "", methods: tuple[str, ...] = (),
) -> None:  # fmt: skip
    SignInEvent(
        at=now, account_id=account_id, way=way, outcome=outcome, level=level, methods=list(methods), address=address,
        browser=browser[:200],
    ).save(force_insert=True)  # fmt: skip
