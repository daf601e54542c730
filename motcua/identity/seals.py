"""How identifiers are kept: sealed (readable with the installation's key) beside a keyed fingerprint (for look-up).

Both keys are derived from `MOTCUA_IDENTITY_KEY`, or from the secret key where that is not set. A dump of the database
alone gives no identifier away, and twelve digits cannot be found by trying them all without the key.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def fingerprint(text: str) -> bytes:
    """32 bytes that are the same for the same identifier, and tell nothing without the key."""
    return hmac.new(_key("fingerprint", _secrets()[0]), text.encode(), hashlib.sha256).digest()


def seal(text: str) -> bytes:
    """Encrypt and authenticate a short text."""
    return _box(_secrets()).encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The text that was sealed, with this key or an earlier one."""
    return _box(_secrets()).decrypt(bytes(sealed)).decode()


def masked(number: str) -> str:
    """An identifier for the screen: `022190001234` → `022•••••1234`; short ones keep their last two characters."""
    if len(number) < 9:
        return "•" * max(len(number) - 2, 0) + number[-2:]
    return f"{number[:3]}{'•' * (len(number) - 7)}{number[-4:]}"


def _secrets() -> tuple[str, ...]:
    own = str(getattr(settings, "IDENTITY_KEY", ""))
    return tuple(str(key) for key in ([own] if own else []) + [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])


@lru_cache(maxsize=8)
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key("seal", secret))) for secret in secrets])


@lru_cache(maxsize=32)
def _key(use: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), f"motcua.identity.{use}".encode(), hashlib.sha256).digest()
