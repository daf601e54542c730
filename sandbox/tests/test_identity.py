import base64
import hashlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from sandbox import cast
from sandbox.app import create
from sandbox.tokens import MISBEHAVIOURS

CAST = Path(__file__).resolve().parents[2] / "packs" / "quangninh" / "people" / "cast.toml"
BACK = "http://motcua.test/sign-in/national/callback/"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "motcua", "redirect_uri": BACK, "response_type": "code", "scope": "openid profile", "state": "s1",
    "nonce": "n1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture
def client():
    return create(people=CAST, issuer="http://sandbox.test").test_client()


def choose(client, **more):
    answer = client.post("/identity/authorize", data={**ASKED, "person": "nguyen.thu.ha", **more})
    assert answer.status_code == 303
    assert answer.location.startswith(BACK)
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.location).query).items()}


def redeem(client, code, **more):
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": "motcua",
        "code_verifier": VERIFIER, **more,
    }  # fmt: skip
    return client.post("/identity/token", data=form)


def decoded(client, token):
    return jwt.decode(token, KeySet.import_key_set(client.get("/identity/jwks").json), algorithms=["RS256"]).claims


def test_the_whole_way(client):
    back = choose(client)
    assert back["state"] == "s1"
    answer = redeem(client, back["code"]).json
    claims = decoded(client, answer["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == ("http://sandbox.test", "motcua", "n1")
    assert (claims["acr"], claims["amr"]) == ("LoA2", ["pwd", "otp"])
    info = client.get("/identity/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"}).json
    assert info["sub"] == claims["sub"]
    assert (info["HoVaTen"], info["SoDinhDanh"]) == ("NGUYỄN THU HÀ", "022193999001")
    assert info["NgayThangNamSinh"] == "19930412"


def test_a_code_counts_once_and_needs_its_verifier(client):
    code = choose(client)["code"]
    assert redeem(client, code, code_verifier="w" * 64).status_code == 400
    assert redeem(client, code).status_code == 400
    code = choose(client)["code"]
    assert redeem(client, code, redirect_uri=BACK + "x").status_code == 400
    code = choose(client)["code"]
    assert redeem(client, code, client_id="somebody").status_code == 400
    code = choose(client)["code"]
    assert redeem(client, code).status_code == 200
    assert redeem(client, code).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": ""}, {"code_challenge_method": "plain"}, {"nonce": ""}, {"redirect_uri": "http://evil.test/x"},
        {"redirect_uri": "javascript:alert(1)"}, {"response_type": "token"}, {"scope": "profile"}, {"client_id": ""},
        {"misbehave": "made-up"},
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_on_a_page(client, change):
    answer = client.get("/identity/authorize", query_string={**ASKED, **change})
    assert answer.status_code == 400
    assert next(iter(change)).split("_")[0] in answer.text


def test_the_page_lets_its_form_reach_the_client_and_nothing_else(client):
    answer = client.get("/identity/authorize", query_string=ASKED, headers={"Accept-Language": "en"})
    assert "everybody here is invented" in answer.text
    assert "form-action 'self' http://motcua.test" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text


def test_turning_back_is_told(client):
    assert choose(client, act="cancel", person="")["error"] == "access_denied"
    assert client.post("/identity/authorize", data={**ASKED, "person": "nobody"}).status_code == 400


def test_one_factor_is_told(client):
    claims = decoded(client, redeem(client, choose(client, methods="pwd")["code"]).json["id_token"])
    assert (claims["acr"], claims["amr"]) == ("LoA1", ["pwd"])


@pytest.mark.parametrize(
    "wrong", [name for name in MISBEHAVIOURS if name not in {"error", "bad_signature", "unsigned"}]
)
def test_signed_misbehaviours_are_signed(client, wrong):
    claims = decoded(client, redeem(client, choose(client, misbehave=wrong)["code"]).json["id_token"])
    assert claims["sub"].startswith("sbx-")


def test_a_bad_signature_is_bad(client):
    token = redeem(client, choose(client, misbehave="bad_signature")["code"]).json["id_token"]
    with pytest.raises(BadSignatureError):
        decoded(client, token)


def test_a_secret_is_asked_for_where_one_is_set():
    client = create(people=CAST, issuer="http://sandbox.test", secret="s3").test_client()
    assert redeem(client, choose(client)["code"]).status_code == 401
    assert redeem(client, choose(client)["code"], client_secret="s3").status_code == 200


def test_userinfo_needs_a_token(client):
    assert client.get("/identity/userinfo").status_code == 401
    assert client.get("/identity/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401


def test_everybody_is_invented():
    people = cast.read(CAST).values()
    assert len([person for person in people if not person.is_staff]) >= 10
    for person in people:
        assert person.id_number[6:10] == "9990"
        assert person.phone.startswith("0900000")
        assert person.email.endswith("@vidu.example")
    assert len({person.id_number for person in people}) == len(people)


def test_ended_leads_back_only_to_pages(client):
    page = client.get("/identity/end-session?post_logout_redirect_uri=http://motcua.test/")
    assert 'href="http://motcua.test/"' in page.text
    assert "javascript" not in client.get("/identity/end-session?post_logout_redirect_uri=javascript:x").text
