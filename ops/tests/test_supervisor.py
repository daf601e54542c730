"""The supervisor: killed children come back, Ctrl-C stops in order, a killed run leaves nothing in the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ops import children, cluster, paths
from ops.children import Child, Program, end_leftovers
from ops.supervisor import StartError, Stopped, Supervisor


def eventually(look: Callable[[], object], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if look():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Watcher:
    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "MOTCUA_DATA": str(folder / "data")}
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ops.tests.watcher", str(folder)],
            cwd=paths.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.first = self.line()

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    @property
    def url(self) -> str:
        return self.first.removeprefix("ready ")

    def pid_of(self, name: str) -> int:
        text = (self.folder / name).read_text()
        return int(text) if text else 0

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Watcher]]:
    folder = tmp_path_factory.mktemp("watched")
    watchers: list[Watcher] = []

    def begin() -> Watcher:
        watchers.append(Watcher(folder))
        return watchers[-1]

    yield begin
    for watcher in watchers:
        watcher.close()
    eventually(lambda: not cluster.processes_inside(folder / "pg"))


def test_a_killed_child_comes_back_and_the_others_stay(watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    assert watcher.first.startswith("ready")
    web, worker = watcher.pid_of("web"), watcher.pid_of("worker")
    os.kill(web, signal.SIGKILL)
    eventually(lambda: watcher.pid_of("web") not in (0, web) and lives(watcher.pid_of("web")))
    assert watcher.pid_of("worker") == worker
    assert lives(worker)


def test_a_killed_database_comes_back_on_the_same_address(watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    with psycopg.connect(watcher.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(int((watcher.folder / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def answers() -> bool:
        try:
            with psycopg.connect(watcher.url) as connection:
                return connection.execute("SELECT one FROM kept").fetchone() == (1,)
        except psycopg.Error:
            return False

    eventually(answers)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(watch: Callable[[], Watcher], number: int) -> None:
    watcher = watch()
    watcher.process.send_signal(number)
    assert watcher.process.wait(20) == 0
    assert watcher.line() == "stopped"
    assert (watcher.folder / "order").read_text().split() == ["web", "worker", "sandbox"]
    assert cluster.processes_inside(watcher.folder / "pg") == []
    assert (watcher.folder / "pg.log").read_text().rstrip().endswith("database system is shut down")


def test_kill_9_of_the_supervisor_ends_all_and_the_next_start_is_clean(watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    pids = [watcher.pid_of(name) for name in ("web", "worker", "sandbox")]
    watcher.process.kill()
    watcher.process.wait()
    eventually(lambda: not any(lives(pid) for pid in pids))
    again = watch()
    assert again.first.startswith("ready")
    psycopg.connect(again.url).close()


def test_a_second_supervisor_is_told_where_the_first_serves(watch: Callable[[], Watcher]) -> None:
    first = watch()
    second = watch()
    assert second.first.startswith("refused Motcua already runs on these data at http://somewhere")
    assert str(first.process.pid) in second.first
    assert first.process.poll() is None


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "data"))
    supervisor = Supervisor(None, cwd=tmp_path)
    yield supervisor
    supervisor.stop()


def test_a_program_that_cannot_start_is_named_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with pytest.raises(StartError, match="(?s)web does not start.*the port is taken"):
        supervisor.start(Program("web", command, {}, is_healthy=lambda: False), wait=10)


def test_a_command_is_run_to_its_end_with_its_exit_code(supervisor: Supervisor) -> None:
    assert supervisor.run([sys.executable, "-c", "raise SystemExit(7)"], {}) == 7


def test_a_request_to_stop_ends_the_running_command(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = f"import os,time; open({str(mark)!r},'w').write(str(os.getpid())); time.sleep(60)"
    supervisor.is_stop_asked = False

    def stop_soon() -> bool:
        if mark.exists():
            supervisor.is_stop_asked = True
        return True

    watched = Child(Program("bell", [sys.executable, "-c", "import time; time.sleep(60)"], {}), tmp_path)
    watched.tend = lambda cwd: str(stop_soon() and "")  # type: ignore[method-assign]
    supervisor.children.append(watched)
    with pytest.raises(Stopped):
        supervisor.run([sys.executable, "-c", code], {})
    supervisor.stop()
    assert not lives(int(mark.read_text()))


def test_restarts_wait_longer_each_time(tmp_path: Path) -> None:
    child = Child(Program("worker", [sys.executable, "-c", "raise SystemExit(3)"], {}), tmp_path)
    child.start(tmp_path)
    eventually(child.has_ended)
    assert "exit code 3" in child.tend(tmp_path)
    assert child.tend(tmp_path) == ""
    assert child.process is None, "the pause is kept"
    eventually(lambda: child.tend(tmp_path) == "" and child.process is not None)
    eventually(child.has_ended)
    assert "in 1 s" in child.tend(tmp_path)


def test_a_long_log_is_put_aside_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LONGEST_LOG", 10)
    (tmp_path / "web.log").write_text("a line of an earlier run\n")
    child = Child(Program("web", [sys.executable, "-c", "print('new')"], {}), tmp_path)
    child.start(tmp_path)
    eventually(child.has_ended)
    assert (tmp_path / "web.log.1").read_text() == "a line of an earlier run\n"
    assert (tmp_path / "web.log").read_text() == "new\n"


def test_what_a_dead_leader_left_behind_is_ended_with_its_group(tmp_path: Path) -> None:
    grandchild = "import os,subprocess,sys; p=subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)'])"
    command = [
        sys.executable,
        "-c",
        f"{grandchild}; open({str(tmp_path / 'pid')!r},'w').write(str(p.pid)); os._exit(1)",
    ]
    child = Child(Program("web", command, {}), tmp_path)
    child.start(tmp_path)
    eventually(child.has_ended)
    eventually(lambda: not lives(int((tmp_path / "pid").read_text())))


def test_leftovers_are_ended_only_when_they_carry_the_mark() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen(command, env={"MOTCUA_RUN": "abc"}, start_new_session=True)
    other = subprocess.Popen(command, env={"MOTCUA_RUN": "xyz"}, start_new_session=True)
    try:
        time.sleep(0.1)
        assert end_leftovers([ours.pid, other.pid], "abc", patience=5) == [ours.pid]
        assert ours.wait(5) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
