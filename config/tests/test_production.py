"""Production as an operator starts it: strict without being told, and refusing to start half-told."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from config import env

TOLD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
    "MOTCUA_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJ",
    "MOTCUA_HOSTS": "dichvucong.example.vn",
    "MOTCUA_BASE_URL": "https://dichvucong.example.vn",
    "DATABASE_URL": "postgresql://motcua@db.example/motcua",
}
ASK = (
    "import json, django; django.setup(); from django.conf import settings as s;"
    "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper() and isinstance(getattr(s, n), bool | int | str)"
    " or n in ('ALLOWED_HOSTS', 'CONTENT_SECURITY_POLICY')}, default=str))"
)


def start(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "DATABASE", "DJANGO"))}
    environment = {**kept, **TOLD, "MOTCUA_DATA": os.environ["MOTCUA_DATA"], **changes}
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, *words], env=environment, cwd=env.ROOT, capture_output=True, text=True, timeout=60
    )


def test_the_framework_finds_nothing_to_say_about_a_production_set_up(tmp_path: Any) -> None:
    (tmp_path / "assets").mkdir()
    done = start("-m", "django", "check", "--deploy", "--fail-level", "INFO", MOTCUA_DATA=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_not_said_is_strict(tmp_path: Any) -> None:
    done = start("-c", ASK, MOTCUA_DATA=str(tmp_path))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["DEBUG"] is found["DEMO"] is found["LOCAL_ACCOUNTS"] is False
    assert found["ALLOWED_HOSTS"] == ["dichvucong.example.vn"]
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"):
        assert found[name] is True
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["X_FRAME_OPTIONS"] == "DENY"
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["default-src"] == ["'none'"]
    assert not any("unsafe" in word or word == "*" or "http:" in word for words in policy.values() for word in words)


@pytest.mark.parametrize("name", ["MOTCUA_SECRET_KEY", "DATABASE_URL"])
def test_a_missing_variable_stops_the_start_with_a_sentence(tmp_path: Any, name: str) -> None:
    done = start("-m", "django", "check", MOTCUA_DATA=str(tmp_path), **{name: ""})
    assert done.returncode != 0
    assert f"Set the environment variable {name}" in done.stderr


def test_the_demo_has_no_secret_of_its_own(tmp_path: Any) -> None:
    """A secret in the sources is everybody's: each installation makes its own."""
    done = start(
        "-m", "django", "check", MOTCUA_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings.demo",
        MOTCUA_SECRET_KEY="",
    )  # fmt: skip
    assert "Set the environment variable MOTCUA_SECRET_KEY" in done.stderr


def test_the_web_process_wants_to_know_its_names(tmp_path: Any) -> None:
    assert start("-c", "import config.wsgi", MOTCUA_DATA=str(tmp_path)).returncode == 0
    done = start("-c", "import config.wsgi", MOTCUA_DATA=str(tmp_path), MOTCUA_HOSTS="")
    assert "Set the environment variable MOTCUA_HOSTS" in done.stderr


@pytest.mark.parametrize("named", [True, False])
def test_the_settings_of_the_tests_leave_no_folder_behind(tmp_path: Any, named: bool) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    look = "import os; from config.settings import test; print(os.path.isdir(os.environ['MOTCUA_DATA']))"
    done = start("-c", look, TMPDIR=str(temporary), MOTCUA_DATA=str(data) if named else "", MOTCUA_SECRET_KEY="x" * 60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(not named)
    assert list(temporary.iterdir()) == []
