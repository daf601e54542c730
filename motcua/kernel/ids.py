"""Identifiers: time-ordered keys for rows, short codes that people can read out."""

import secrets
from uuid import UUID

import uuid6
from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def uuid7() -> UUID:
    """A new time-ordered UUID (version 7)."""
    return UUID(int=uuid6.uuid7().int)


def code(length: int = 8) -> str:
    """A random code in groups of four with a check character at its end, such as `7K3M-9P2X-P`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return _grouped(body + _check(body))


def normalise(text: str) -> str | None:
    """The code as it was issued, from what a person typed (case, spaces, look-alikes); None if the check fails."""
    raw = "".join(char for char in text.upper().translate(_READ_AS) if char in ALPHABET)
    if len(raw) < 2 or _check(raw[:-1]) != raw[-1]:
        return None
    return _grouped(raw)


def _check(body: str) -> str:
    """By ISO 7064, hybrid system: every single slip is noticed, and nearly every swap of neighbours."""
    return mod_37_36.calc_check_digit(body, ALPHABET)


def _grouped(raw: str) -> str:
    return "-".join(raw[start : start + 4] for start in range(0, len(raw), 4))
