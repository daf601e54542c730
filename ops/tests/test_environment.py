"""Addresses, secrets, what the processes are told, and whose data the demo may touch."""

import os
import socket
import stat
from pathlib import Path

import psycopg
import pytest

from ops import database, demo, environment, paths, prepare, slots
from ops.cluster import ClusterError
from ops.environment import Address, AddressError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "data"))
    for name in ("HOST", "PORT", "DATABASE_URL", "MOTCUA_BASE_URL", "MOTCUA_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_host_and_port_are_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", str(port))
    address = environment.choose_address()
    assert (address.host, address.port, address.is_local) == ("127.0.0.1", port, True)
    assert address.url == f"http://127.0.0.1:{port}"
    assert address.sandbox_port > port


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_when_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "127.0.0.1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(AddressError, match=f"Port {port} is taken"):
            environment.choose_address()
        assert environment._next_free("127.0.0.1", port) > port


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(AddressError, match="PORT must be a number"):
        environment.choose_address()


def test_addresses_with_colons_are_bracketed() -> None:
    assert Address("::1", 8000, 8001).url == "http://[::1]:8000"


def test_the_secret_is_made_once_and_is_ours_only(folder: Path) -> None:
    first = environment.secret_key(folder / "data")
    assert len(first) >= 50
    assert environment.secret_key(folder / "data") == first
    assert stat.S_IMODE((folder / "data" / "secret-key").stat().st_mode) == 0o600


def test_processes_are_told_the_addresses_and_the_users_own_settings_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address("127.0.0.1", 8100, 8101)
    told = environment.for_demo("postgresql:///x", address)
    assert told["DATABASE_URL"] == "postgresql:///x"
    assert told["MOTCUA_BASE_URL"] == "http://127.0.0.1:8100"
    assert told["MOTCUA_OIDC_URL"] == "http://127.0.0.1:8101"
    monkeypatch.setenv("MOTCUA_BASE_URL", "https://demo.example")
    assert environment.for_demo("postgresql:///x", address)["MOTCUA_BASE_URL"] == "https://demo.example"


def test_a_command_beside_the_demo_knows_its_address() -> None:
    assert environment.running_address() is None
    environment.remember(Address("127.0.0.1", 8100, 8101))
    assert environment.running_address() == Address("127.0.0.1", 8100, 8101)


def test_reset_forgets_what_the_demo_made_and_keeps_what_is_costly(folder: Path) -> None:
    data = paths.made(folder / "data")
    for name in ("postgres", "blobs", "samples", "venv", "test", "assets", "run"):
        paths.made(data / name)
    (data / "run" / "clock-offset").write_text("3")
    elsewhere = paths.made(folder / "elsewhere" / "postgres")
    (data / "run" / "postgres.place").write_text(str(elsewhere))
    demo.forget_data(data)
    assert {path.name for path in data.iterdir()} == {"venv", "test", "assets", "run"}
    assert not (data / "run" / "clock-offset").exists()
    assert not elsewhere.exists()


def test_runs_beside_each_other_get_folders_of_their_own(folder: Path) -> None:
    first, second = slots.take(folder), slots.take(folder)
    assert first.folder != second.folder
    first.close()
    third = slots.take(folder)
    assert third.folder == first.folder
    second.close()
    third.close()


def test_too_many_runs_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "MOST", 1)
    held = slots.take(folder)
    with pytest.raises(ClusterError, match="wait for one"):
        slots.take(folder)
    held.close()


def test_messages_are_compiled_when_they_are_newer(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "pt" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Due"\nmsgstr "Prazo"\n', "utf-8"
    )
    assert prepare.compile_messages(tmp_path) == 1
    assert prepare.compile_messages(tmp_path) == 0
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert prepare.compile_messages(tmp_path) == 1


def test_a_stamp_follows_its_sources(tmp_path: Path) -> None:
    pack = paths.made(tmp_path / "pack")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==5.2")
    (pack / "fields.csv").write_text("code,name")
    stamp = prepare.Stamp(tmp_path / "stamp", prepare.fingerprint_of_data(pack, tmp_path))
    assert not stamp.is_current()
    stamp.set()
    assert stamp.is_current()
    assert prepare.fingerprint_of_data(pack, tmp_path) == stamp.fingerprint
    (pack / "fields.csv").write_text("code,name,more")
    assert prepare.fingerprint_of_data(pack, tmp_path) != stamp.fingerprint


def test_messages_of_a_clone_that_may_not_be_written_to_lie_with_the_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder / "clone" / "locale" / "pt" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n', "utf-8")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert prepare.compile_messages(folder / "clone") == 1
    assert (folder / "data" / "locale" / "pt" / "LC_MESSAGES" / "django.mo").exists()


@pytest.fixture
def empty_database() -> str:
    """A fresh database on the run's own server."""
    url = os.environ["MOTCUA_SUPERUSER_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS ops_named WITH (FORCE)")
        connection.execute("CREATE DATABASE ops_named OWNER motcua")
    return url.replace("postgres@", "motcua@").replace("/postgres?", "/ops_named?")


needs_server = pytest.mark.skipif("MOTCUA_SUPERUSER_URL" not in os.environ, reason="run by bin/test")


@needs_server
def test_the_demo_takes_an_empty_named_database_and_comes_back_to_it(empty_database: str) -> None:
    database.check_for_demo(empty_database)
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE TABLE dossiers ()")
    database.check_for_demo(empty_database)
    database.reset_demo(empty_database)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT to_regclass('dossiers')").fetchone() == (None,)


@needs_server
def test_the_demo_never_mixes_with_real_data(empty_database: str) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE TABLE real_dossiers ()")
    with pytest.raises(database.DatabaseError, match="not the demo's"):
        database.check_for_demo(empty_database)
    with pytest.raises(database.DatabaseError, match="does not touch"):
        database.reset_demo(empty_database)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT to_regclass('real_dossiers')").fetchone() == ("real_dossiers",)


def test_a_database_that_does_not_answer_is_a_sentence() -> None:
    with pytest.raises(database.DatabaseError, match="does not answer"):
        database.check_for_demo("postgresql://x@/x?host=/nowhere")
