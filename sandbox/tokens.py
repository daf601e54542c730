"""Keys of the start, codes and tokens in memory, and the ways a token can be wrong."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.cast import Person

CODE_SECONDS = 60
TOKEN_SECONDS = 300
MISBEHAVIOURS = (
    "wrong_nonce", "no_nonce", "expired", "bad_signature", "unsigned", "wrong_audience", "wrong_issuer",
    "other_subject", "error",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What a client asked for, and what it bound the answer to."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str


@dataclass(frozen=True)
class Grant:
    """A person chosen for a request."""

    request: Request
    person: Person
    methods: tuple[str, ...]
    level: str
    misbehaviour: str = ""
    at: float = field(default_factory=time.time)


class Desk:
    """Hands out codes and tokens; each code once."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}

    def code(self, grant: Grant) -> str:
        """A new code for a grant."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = grant
        return code

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> Grant | None:
        """The grant of a code that is known, fresh, of this client and proven by the PKCE verifier."""
        grant = self._codes.pop(code, None)
        if grant is None or time.time() - grant.at > CODE_SECONDS:
            return None
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        request = grant.request
        fits = (request.client_id, request.redirect_uri) == (client_id, redirect_uri)
        return grant if fits and hmac.compare_digest(digest, request.challenge) else None

    def access_token(self, grant: Grant) -> str:
        """A bearer token for the user-info place."""
        token = secrets.token_urlsafe(32)
        self._tokens[token] = grant
        return token

    def user_info(self, token: str) -> dict[str, Any] | None:
        """The claims behind a bearer token."""
        grant = self._tokens.get(token)
        if grant is None or time.time() - grant.at > TOKEN_SECONDS:
            return None
        claims = grant.person.claims()
        return {**claims, "sub": "sbx-somebody-else"} if grant.misbehaviour == "other_subject" else claims

    def id_token(self, grant: Grant) -> str:
        """The signed answer, or a wrong one where the grant asks for it."""
        now, wrong = int(time.time()), grant.misbehaviour
        claims: dict[str, Any] = {
            "iss": "https://elsewhere.invalid" if wrong == "wrong_issuer" else self.issuer,
            "sub": grant.person.subject,
            "aud": "another-client" if wrong == "wrong_audience" else grant.request.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": now,
            "nonce": grant.request.nonce,
            "acr": grant.level,
            "amr": list(grant.methods),
        }
        if wrong == "expired":
            claims |= {"iat": now - 7200, "exp": now - 3600, "auth_time": now - 7200}
        if wrong == "wrong_nonce":
            claims["nonce"] = "of-another-browser"
        if wrong == "no_nonce":
            del claims["nonce"]
        if wrong == "unsigned":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        key = RSAKey.generate_key(2048) if wrong == "bad_signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key, algorithms=["RS256"])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
