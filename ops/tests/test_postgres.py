"""The embedded server under bad treatment: killed parents, killed servers, second starters, stale files."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops import cluster, paths, ways
from ops.postgres import Server

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes its user")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="parent-death signals are Linux's")


def server_in(folder: Path, way: str = "") -> Server:
    return Server(folder / "pg", run_folder=folder / "run", log=folder / "pg.log", profile="test", way=way)


class Holder:
    """Another process with a server of its own."""

    def __init__(self, folder: Path, way: str = "") -> None:
        command = [sys.executable, "-m", "ops.tests.holder", str(folder), *([way] if way else [])]
        self.process = subprocess.Popen(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        words = self.process.stdout.readline().split()
        assert words, "the holder did not start"
        self.url, self.server_pid, self.owned = words[0], int(words[1]), words[2] == "True"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("server")
    yield folder
    deadline = time.monotonic() + 20
    while cluster.processes_inside(folder / "pg") and time.monotonic() < deadline:
        time.sleep(0.05)
    if (record := folder / "run" / "pg.json").exists():
        shutil.rmtree(json.loads(record.read_text())["socket"], ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    cluster.wait_until_left(folder / "pg")
    shutil.rmtree(folder)


@pytest.fixture
def holder(folder: Path) -> Iterator[Holder]:
    holder = Holder(folder)
    yield holder
    if holder.process.poll() is None:
        holder.kill()


def test_starts_empty_stops_and_keeps_what_was_written(folder: Path) -> None:
    with server_in(folder) as server:
        assert server.owned
        assert server.is_running()
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('Đông Triều')")
        socket = server.socket
    assert socket is not None
    assert not socket.exists()
    assert cluster.processes_inside(folder / "pg") == []
    with server_in(folder) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT lower(word) FROM kept").fetchone() == ("đông triều",)


def test_only_the_socket_is_open_and_only_its_owner_may_enter(folder: Path) -> None:
    with server_in(folder) as server, server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW jit").fetchone() == ("off",)
        assert server.socket is not None
        assert server.socket.stat().st_mode & 0o777 == 0o700
        assert len(str(server.socket)) < 90


def test_the_application_is_no_superuser_but_may_make_databases(folder: Path) -> None:
    with server_in(folder) as server, psycopg.connect(server.url(), autocommit=True) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        connection.execute("CREATE DATABASE another")
        for extension in ("unaccent", "pg_trgm", "btree_gin", "btree_gist"):
            connection.execute(f"CREATE EXTENSION {extension}")


def test_create_and_drop_database(folder: Path) -> None:
    with server_in(folder) as server:
        assert server.create_database("motcua_bench_10")
        assert not server.create_database("motcua_bench_10")
        with psycopg.connect(server.url("motcua_bench_10")) as connection:
            connection.execute("CREATE TABLE ours ()")
            server.drop_database("motcua_bench_10")
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")


def test_a_second_starter_joins_and_leaves_the_server_running(folder: Path, holder: Holder) -> None:
    second = server_in(folder)
    assert second.start() == holder.url
    assert not second.owned
    with pytest.raises(cluster.ClusterError, match="Only the process"):
        second.restart()
    second.stop()
    psycopg.connect(holder.url).close()


@LINUX
def test_kill_9_of_the_parent_ends_in_a_clean_shutdown_and_the_next_start_works(folder: Path, holder: Holder) -> None:
    with psycopg.connect(holder.url) as idle:
        idle.execute("CREATE TABLE kept AS SELECT 1 AS one")
        idle.commit()
        holder.kill()
        with server_in(folder) as server, psycopg.connect(server.url()) as connection:
            assert server.owned
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert "was not properly shut down" not in (folder / "pg.log").read_text()


@LINUX
def test_kill_9_of_server_and_parent_together_loses_nothing_committed(folder: Path, holder: Holder) -> None:
    with psycopg.connect(holder.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        os.kill(holder.server_pid, signal.SIGKILL)
    holder.kill()
    assert (folder / "pg" / "postmaster.pid").exists()
    with server_in(folder) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_killed_server_is_brought_back_on_the_same_address(folder: Path) -> None:
    with server_in(folder) as server:
        url = server.url()
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not server.is_running()
        server.restart()
        assert server.url() == url
        psycopg.connect(url).close()


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_stop_the_start(folder: Path) -> None:
    with server_in(folder):
        pass
    (folder / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pg'}\n1\n5432\n\n\n\nready   \n")
    with server_in(folder) as server:
        psycopg.connect(server.url()).close()


def test_the_socket_folder_of_a_killed_run_is_removed(folder: Path, holder: Holder) -> None:
    old = Path(json.loads((folder / "run" / "pg.json").read_text())["socket"])
    holder.kill()
    with server_in(folder) as server:
        assert server.socket != old
        assert not old.exists()


def test_an_interrupted_initdb_is_made_anew(folder: Path) -> None:
    (folder / "pg.init").mkdir(parents=True)
    (folder / "pg.init" / "half").write_text("of a cluster")
    with server_in(folder) as server:
        psycopg.connect(server.url()).close()
    assert not (folder / "pg.init").exists()


def test_a_folder_that_is_no_database_is_refused_and_kept(folder: Path) -> None:
    (folder / "pg").mkdir(parents=True)
    (folder / "pg" / "letter.txt").write_text("dear reader")
    with pytest.raises(cluster.ClusterError, match="not a database"):
        server_in(folder).start()
    assert (folder / "pg" / "letter.txt").read_text() == "dear reader"


def test_data_of_another_version_are_refused_in_a_sentence(folder: Path) -> None:
    with server_in(folder):
        pass
    (folder / "pg" / "PG_VERSION").write_text("15\n")
    with pytest.raises(cluster.ClusterError, match="written by PostgreSQL 15"):
        server_in(folder).start()


@ROOT_ONLY
@pytest.mark.parametrize("way", ["userns", "setuid"])
def test_both_ways_of_root_work_and_survive_a_killed_parent(open_folder: Path, way: str) -> None:
    try:
        holder = Holder(open_folder, way)
    except AssertionError:
        if way == "userns":
            pytest.skip("this machine gives no user namespaces")
        raise
    with psycopg.connect(holder.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    holder.kill()
    with server_in(open_folder, way) as server, psycopg.connect(server.url()) as connection:
        assert server.way.kind == way
        assert server.data.stat().st_uid == server.way.owner[0]
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


@ROOT_ONLY
def test_data_made_one_way_are_taken_over_by_the_other(open_folder: Path) -> None:
    with server_in(open_folder, "setuid"):
        pass
    try:
        with server_in(open_folder, "userns") as server:
            psycopg.connect(server.url()).close()
    except ways.WayError:
        pytest.skip("this machine gives no user namespaces")
    with server_in(open_folder, "setuid") as server:
        psycopg.connect(server.url()).close()


@ROOT_ONLY
def test_setuid_from_a_closed_folder_uses_a_copy_of_the_programs_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder.chmod(0o700)
    elsewhere = Path("/var/tmp") / f"motcua-test-{os.getpid()}"
    elsewhere.mkdir(mode=0o755)
    package = cluster.find_programs().parent
    closed = folder / "wheel"
    shutil.copytree(package / "pginstall", closed / package.name / "pginstall", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs", symlinks=True)
    monkeypatch.setattr(ways, "_outside", lambda parent: elsewhere)
    monkeypatch.setattr(cluster, "find_programs", lambda: closed / package.name / "pginstall")
    try:
        with server_in(folder, "setuid") as server:
            assert server.data.parent == elsewhere
            assert elsewhere in server.programs.parents
            psycopg.connect(server.url()).close()
    finally:
        shutil.rmtree(elsewhere)
