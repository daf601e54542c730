"""The national identity as an OpenID Connect provider: code flow with PKCE, every check of the token made here.

Checked: state (bound to the session), nonce, signature by a published key and a pinned algorithm, issuer, audience,
expiry, and that the user-info answer speaks of the same subject. Claims are read by the names of the national portal
and by the standard ones; `settings.OIDC["claims"]` may name others.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from motcua.identity import rules
from motcua.identity.services import NationalIdentity, PersonFacts
from motcua.kernel.errors import Permanent, Temporary

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
SECONDS = 10
CLIENT = "motcua"
SCOPE = "openid profile"
CLAIMS = {
    "full_name": ("HoVaTen", "name"),
    "id_number": ("SoDinhDanh", "id_number"),
    "birth_date": ("NgayThangNamSinh", "birthdate"),
    "sex": ("GioiTinh", "gender"),
    "phone": ("SoDienThoai", "phone_number"),
    "email": ("ThuDienTu", "email"),
    "language": ("locale",),
    "subject": ("TechID", "sub"),
}
log = structlog.get_logger(__name__)


def is_configured() -> bool:
    """Whether an identity provider is named in the settings."""
    return bool(settings.OIDC.get("server_url"))


def name() -> str:
    """The name people know the provider by."""
    return str(settings.OIDC.get("name") or "VNeID")


def origin() -> str:
    """Where the browser is sent; the sign-in page's content policy lets its form go there."""
    parts = urlsplit(settings.OIDC.get("server_url", ""))
    return f"{parts.scheme}://{parts.netloc}"


def start(request: HttpRequest, callback: str) -> HttpResponse:
    """Send the browser to the provider; state, nonce and verifier stay in the session.

    Raises:
        Temporary: the provider does not answer.
    """
    try:
        response: HttpResponse = _client().authorize_redirect(request, callback)
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise _down(error) from error
    return response


def finish(request: HttpRequest) -> NationalIdentity:
    """What the provider vouches for, from the browser's return.

    Raises:
        Permanent: the answer fails a check, or the person turned back.
        Temporary: the provider does not answer.
    """
    client = _client()
    try:
        metadata = _metadata(client)
        options = {"iss": {"values": [metadata["issuer"]]}, "aud": {"values": [client.client_id]}}
        token = client.authorize_access_token(request, claims_options=options, leeway=30)
        claims = dict(token.get("userinfo") or {})
        more = client.userinfo(token=token)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _down(error) from error
    except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError, RuntimeError) as error:
        log.warning("national_identity_refused", error=type(error).__name__, code=getattr(error, "error", ""))
        raise Permanent(
            _("The sign-in with %(name)s was not completed. Start it again from here.") % {"name": name()}
        ) from error
    if not claims or more.get("sub") != claims.get("sub"):
        log.warning("national_identity_refused", error="subject_differs")
        raise Permanent(_("The answer of %(name)s does not fit together. Start again from here.") % {"name": name()})
    return read(metadata["issuer"], {**more, **claims})


def read(issuer: str, claims: dict[str, Any]) -> NationalIdentity:
    """Our words for the provider's claims (pure).

    Raises:
        Permanent: a name is missing.
    """
    value = {key: _first(claims, names) for key, names in _names().items()}
    if not value["full_name"]:
        raise Permanent(_("%(name)s did not tell a name. Ask a service centre to look at it.") % {"name": name()})
    facts = PersonFacts(
        full_name=value["full_name"],
        id_number=value["id_number"],
        birth_date=_day(value["birth_date"]),
        sex=rules.SEX_WORDS.get(value["sex"].lower(), ""),
        phone=value["phone"],
        email=value["email"],
        language=value["language"][:2] if value["language"][:2] in dict(settings.LANGUAGES) else "vi",
        is_vouched=True,
    )
    methods = tuple(str(method) for method in claims.get("amr") or ())
    return NationalIdentity(
        issuer, value["subject"], facts, str(claims.get("acr") or claims.get("loAs") or ""), methods
    )


def sign_out_address(back: str) -> str:
    """Where the person ends the provider's own session too; empty where there is no such place.

    Without an id-token hint: it would have to be kept, and it holds the personal number.
    """
    if not is_configured():
        return ""
    try:
        client = _client()
        if not _metadata(client).get("end_session_endpoint"):
            return ""
        found = client.create_logout_url(post_logout_redirect_uri=back, client_id=client.client_id)
    except (requests.RequestException, AuthlibBaseError, ValueError):
        return ""
    return str(found["url"])


def _client() -> Any:
    known = settings.OIDC
    return _register(known["server_url"], known["client_id"] or CLIENT, known["secret"])


@lru_cache(maxsize=8)
def _register(server_url: str, client_id: str, secret: str) -> Any:
    if not (settings.DEMO or server_url.startswith("https://")):
        raise Permanent("MOTCUA_OIDC_URL must start with https://.")
    well_known = "/.well-known/openid-configuration"
    return OAuth().register(
        "national",
        client_id=client_id,
        client_secret=secret or None,  # without one we are a public client, held by PKCE alone
        server_metadata_url=server_url if well_known in server_url else server_url.rstrip("/") + well_known,
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            **({} if secret else {"token_endpoint_auth_method": "none"}),
        },
    )


def _metadata(client: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = client.load_server_metadata()
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
    return metadata


def _names() -> dict[str, tuple[str, ...]]:
    own: dict[str, list[str]] = settings.OIDC.get("claims") or {}  # type: ignore[assignment]
    return {**CLAIMS, **{key: tuple(names) for key, names in own.items()}}


def _first(claims: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(claims[key]).strip() for key in names if claims.get(key)), "")


def _day(text: str) -> date | None:
    for form in ("%Y%m%d", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _down(error: Exception) -> Temporary:
    log.warning("national_identity_down", error=type(error).__name__)
    return Temporary(_("%(name)s does not answer at the moment. Try again in a few minutes.") % {"name": name()})
