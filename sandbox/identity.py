"""The national identity: an OpenID Connect provider whose page lets one be any invented person."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request

from sandbox.cast import Person
from sandbox.tokens import MISBEHAVIOURS, TOKEN_SECONDS, Desk, Grant, Request
from sandbox.words import words

pages = Blueprint("identity", __name__)
STRONG, WEAK = ("pwd", "otp"), ("pwd",)
Answer = Response | tuple[Any, int]


@pages.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """Where everything is."""
    base = _desk().issuer
    return jsonify(
        issuer=base,
        authorization_endpoint=f"{base}/identity/authorize",
        token_endpoint=f"{base}/identity/token",
        userinfo_endpoint=f"{base}/identity/userinfo",
        jwks_uri=f"{base}/identity/jwks",
        end_session_endpoint=f"{base}/identity/end-session",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
        code_challenge_methods_supported=["S256"],
        scopes_supported=["openid", "profile"],
        acr_values_supported=["LoA1", "LoA2"],
        claims_supported=["sub", "HoVaTen", "SoDinhDanh", "NgayThangNamSinh", "GioiTinh"],
    )


@pages.get("/identity/jwks")
def jwks() -> Response:
    """The public key of this start."""
    return jsonify(keys=[_desk().key.as_dict(private=False)])


@pages.get("/identity/authorize")
def authorize() -> Answer:
    """Choose who you are."""
    asked, problem = _asked(request.args)
    if asked is None:
        return _page("refused.html", problem=problem), 400
    people = current_app.config["PEOPLE"].values()
    response = _page(
        "authorize.html",
        citizens=[person for person in people if not person.is_staff],
        staff=[person for person in people if person.is_staff],
        asked=request.args,
        misbehaviours=MISBEHAVIOURS,
        client=urlsplit(asked.redirect_uri).netloc,
    )
    # The browser follows this page's form to the client: its policy must let the redirect through.
    target = urlsplit(asked.redirect_uri)
    response.headers["Content-Security-Policy"] += f" {target.scheme}://{target.netloc}"
    return response


@pages.post("/identity/authorize")
def choose() -> Answer:
    """Back to the client with a code, or with a refusal."""
    asked, problem = _asked(request.form)
    person: Person | None = current_app.config["PEOPLE"].get(request.form.get("person", ""))
    if asked is None or (person is None and request.form.get("act") != "cancel"):
        return _page("refused.html", problem=problem or "person"), 400
    wrong = request.form.get("misbehave", "")
    if person is None or wrong == "error":
        error = "access_denied" if person is None else "server_error"
        return _back(asked, error=error, error_description="The person turned back.")
    methods = WEAK if request.form.get("methods") == "pwd" else STRONG
    level = "LoA2" if methods == STRONG else "LoA1"
    return _back(asked, code=_desk().code(Grant(asked, person, methods, level, wrong)))


@pages.post("/identity/token")
def token() -> Answer:
    """A code, proven, becomes tokens."""
    client_id, secret = _client()
    wanted = current_app.config["SECRET"]
    if not client_id or (wanted and secret != wanted):
        return jsonify(error="invalid_client"), 401
    if request.form.get("grant_type") != "authorization_code":
        return jsonify(error="unsupported_grant_type"), 400
    grant = _desk().redeem(
        request.form.get("code", ""),
        client_id=client_id,
        redirect_uri=request.form.get("redirect_uri", ""),
        verifier=request.form.get("code_verifier", ""),
    )
    if grant is None:
        return jsonify(error="invalid_grant"), 400
    response = jsonify(
        access_token=_desk().access_token(grant),
        token_type="Bearer",  # noqa: S106
        expires_in=TOKEN_SECONDS,
        id_token=_desk().id_token(grant),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route("/identity/userinfo", methods=["GET", "POST"])
def userinfo() -> Answer:
    """What the national identity says of the person."""
    claims = _desk().user_info(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    if claims is None:
        return jsonify(error="invalid_token"), 401
    return jsonify(claims)


@pages.get("/identity/end-session")
def end_session() -> Response:
    """Nothing is kept, so there is nothing to end; a link leads back."""
    back = request.args.get("post_logout_redirect_uri", "")
    return _page("ended.html", back=back if urlsplit(back).scheme in {"http", "https"} else "")


def _asked(given: Any) -> tuple[Request | None, str]:
    asked = Request(
        client_id=given.get("client_id", ""),
        redirect_uri=given.get("redirect_uri", ""),
        state=given.get("state", ""),
        nonce=given.get("nonce", ""),
        challenge=given.get("code_challenge", ""),
    )
    target = urlsplit(asked.redirect_uri)
    checks = {
        "client_id": bool(asked.client_id),
        "redirect_uri": target.scheme in {"http", "https"} and target.path == current_app.config["CALLBACK"],
        "response_type": given.get("response_type") == "code",
        "scope": "openid" in given.get("scope", "").split(),
        "code_challenge": len(asked.challenge) == 43 and given.get("code_challenge_method") == "S256",
        "nonce": bool(asked.nonce),
        "misbehave": given.get("misbehave", "") in ("", *MISBEHAVIOURS),
    }
    problem = next((name for name, is_right in checks.items() if not is_right), "")
    return (None, problem) if problem else (asked, "")


def _back(asked: Request, **answer: str) -> Response:
    query = urlencode({**answer, "state": asked.state, "iss": _desk().issuer})
    response = redirect(f"{asked.redirect_uri}?{query}", code=303)
    return response  # type: ignore[return-value]


def _client() -> tuple[str, str]:
    if request.authorization and request.authorization.type == "basic":
        return request.authorization.username or "", request.authorization.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _page(template: str, **context: Any) -> Response:
    language = request.args.get("lang") or request.accept_languages.best_match(["vi", "en"]) or "vi"
    language = language if language in {"vi", "en"} else "vi"
    response = Response(render_template(template, t=words(language), language=language, **context))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _desk() -> Desk:
    desk: Desk = current_app.config["DESK"]
    return desk
