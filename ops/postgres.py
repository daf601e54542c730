"""The embedded PostgreSQL: a direct child of the process that starts it, reached through a Unix socket only.

    with Server(data_parent / "postgres", run_folder=…, profile="demo") as server:
        server.url("motcua")

One lock file per data folder says whose server it is. A second starter joins the running server. When the owner dies,
however hard, the kernel tells the server to shut down cleanly; the next starter waits for that.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops import cluster, ways
from ops.cluster import ROLE, SUPERUSER, ClusterError

SOCKET_LIMIT = 80

_COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_error_verbosity": "terse",  # no DETAIL: it repeats rows, and rows are people
    "log_min_error_statement": "panic",
    "random_page_cost": "1.1",
    "shared_preload_libraries": "pg_stat_statements",
}
PROFILES: dict[str, dict[str, str]] = {
    "demo": {
        **_COMMON,
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "100",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
    },
    "test": {
        **_COMMON,
        "shared_buffers": "128MB",
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "autovacuum_naptime": "5min",
    },
}


def place_of(run_folder: Path, name: str) -> Path:
    """The note of where the cluster lies, which is elsewhere when its user may not enter the data folder."""
    return run_folder / f"{name}.place"


class Server:
    """An embedded server over one data folder.

    ``data`` is the cluster's folder (made when missing), ``run_folder`` keeps the lock and the record of the running
    server, ``log`` receives its output. ``profile`` is ``demo`` (every commit is on the disk) or ``test`` (none is).
    """

    def __init__(
        self,
        data: Path,
        *,
        run_folder: Path,
        log: Path,
        profile: str = "demo",
        settings: dict[str, str] | None = None,
        way: str = "",
    ) -> None:
        self.wanted = data
        self.data = data
        self.log = log
        self.run_folder = run_folder
        self.settings = {**PROFILES[profile], **(settings or {})}
        self.durable = self.settings.get("fsync", "on") != "off"
        self.forced_way = way
        self.record = run_folder / f"{data.name}.json"
        self.process: subprocess.Popen[bytes] | None = None
        self.socket: Path | None = None
        self._lock: IO[str] | None = None
        self._joined: IO[str] | None = None

    # --- life ---

    def start(self, *, wait: float = 60.0, join: bool = True) -> str:
        """Start the server, or join the one that runs over these data. Answers the URL of the database ``motcua``.

        ``join=False`` is for who must outlive everyone else: it waits for the other's server to end instead.
        """
        self.run_folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        limit = time.monotonic() + wait
        while not self._take_lock():
            if join and self._join():
                return self.url()
            if time.monotonic() > limit:
                raise ClusterError(f"Another process holds the database in {self.wanted}: end it and start again.")
            time.sleep(0.05)
        try:
            self._start_own(limit)
        except BaseException:
            self.stop()
            raise
        return self.url()

    @property
    def owned(self) -> bool:
        """Whether this object started the server (and will stop it), or joined another's."""
        return self._lock is not None

    def is_running(self) -> bool:
        """Whether our child lives; always true for a server we joined."""
        return not self.owned or (self.process is not None and self.process.poll() is None)

    def restart(self) -> None:
        """Bring back a server that died, on the same socket, so that every client's address stays true."""
        if not self.owned:
            raise ClusterError("Only the process that started the database may restart it.")
        self._end_child()
        self._run(time.monotonic() + 120)

    def stop(self, *, wait_for_joined: bool = False) -> None:
        """Shut down cleanly (clients are disconnected) if the server is ours; forget it if we joined.

        ``wait_for_joined``: a command that happened to start the server lets those that joined it finish first.
        """
        if self._lock is not None:
            if wait_for_joined:
                with self._joined_file() as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
            self._end_child()
            self.record.unlink(missing_ok=True)
            if self.socket is not None:
                shutil.rmtree(self.socket, ignore_errors=True)
            self._lock.close()
        if self._joined is not None:
            self._joined.close()
        self._lock = self._joined = None
        self.socket = None

    def __enter__(self) -> Server:
        """Start or join."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop if ours."""
        self.stop()

    # --- addresses ---

    def url(self, database: str = ROLE, *, user: str = ROLE) -> str:
        """The libpq address of a database, through the socket."""
        if self.socket is None:
            raise ClusterError("The database is not running.")
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket), safe='')}"

    def connect(self, database: str = SUPERUSER, *, user: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        """A connection outside any transaction, as the superuser unless told otherwise."""
        return psycopg.connect(
            host=str(self.socket),
            dbname=database,
            user=user,
            autocommit=True,
            connect_timeout=10,
            client_encoding="utf8",
        )

    def create_database(self, name: str = ROLE) -> bool:
        """Create the database for the application's role unless it exists. True when it is new."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            command = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(ROLE))
            connection.execute(command)
        return True

    def drop_database(self, name: str) -> None:
        """Drop the database, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # --- inside ---

    def _take_lock(self) -> bool:
        """The lock ends with this process, however it ends."""
        file = open(self.run_folder / f"{self.wanted.name}.lock", "a")  # noqa: SIM115 - held for the server's life
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock = file
        return True

    def _join(self) -> bool:
        """Use another process's server if its record is there and it answers."""
        try:
            record = json.loads(self.record.read_text())
            self.socket, self.data = Path(record["socket"]), Path(record["data"])
            self.connect(user=ROLE, database=ROLE).close()
        except (OSError, ValueError, KeyError, psycopg.Error):
            self.socket = None
            return False
        self._joined = self._joined_file()
        fcntl.flock(self._joined, fcntl.LOCK_SH)
        return True

    def _joined_file(self) -> IO[str]:
        """Held (shared) by everyone who uses another's server."""
        return open(self.run_folder / f"{self.wanted.name}.joined", "a")

    def _start_own(self, limit: float) -> None:
        self._clear_record()
        parent = self.wanted.parent
        parent.mkdir(parents=True, exist_ok=True)
        self.way, self.programs, parent = ways.choose(
            programs=cluster.find_programs(), data_parent=parent, forced=self.forced_way
        )
        self.data = parent / self.wanted.name
        place_of(self.run_folder, self.wanted.name).write_text(str(self.data))
        if not (self.data / "PG_VERSION").is_file():
            cluster.initialise(self.data, programs=self.programs, way=self.way, durable=self.durable)
        cluster.own(self.data, self.way.owner)
        self.socket = self._make_socket_folder()
        self._run(limit)
        self._ensure_role()

    def _clear_record(self) -> None:
        """Remove the socket folder of a run that was killed."""
        try:
            left = Path(json.loads(self.record.read_text())["socket"])
        except (OSError, ValueError, KeyError):
            return
        if left.name.startswith("motcua-"):
            shutil.rmtree(left, ignore_errors=True)
        self.record.unlink(missing_ok=True)

    def _make_socket_folder(self) -> Path:
        """A short path (a socket's is limited to 107 bytes) that only the server's user and root may enter."""
        base = tempfile.gettempdir()
        folder = Path(tempfile.mkdtemp(prefix="motcua-", dir=base if len(base) < SOCKET_LIMIT else "/tmp"))  # noqa: S108
        folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(folder, *self.way.owner)
        return folder

    def _run(self, limit: float) -> None:
        cluster.wait_until_left(self.data)
        cluster.check_version(self.data, self.programs, self.way)
        cluster.write_access_rules(self.data, self.way)
        settings = {**self.settings, "unix_socket_directories": str(self.socket)}
        program = [str(self.programs / "bin" / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            program += ["-c", f"{name}={value}"]
        command = self.way.command(parent=os.getpid(), number=signal.SIGINT, program=program)
        with self.log.open("ab") as log:
            process = self.process = subprocess.Popen(
                command,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(process, limit)
        facts = {"pid": process.pid, "socket": str(self.socket), "data": str(self.data), "way": self.way.kind}
        fresh = self.record.with_suffix(".new")
        fresh.write_text(json.dumps(facts))
        fresh.rename(self.record)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], limit: float) -> None:
        while not cluster.is_ready(self.data):
            if process.poll() is not None:
                raise ClusterError(f"The database ended at once; its log says why: {self.log}\n{self._log_end()}")
            if time.monotonic() > limit:
                raise ClusterError(f"The database did not get ready in time; its log: {self.log}\n{self._log_end()}")
            time.sleep(0.01)

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-5:])

    def _ensure_role(self) -> None:
        """The application's role may make databases and read statistics, and is no superuser."""
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
                connection.execute(sql.SQL("GRANT pg_monitor, pg_checkpoint TO {}").format(sql.Identifier(ROLE)))
        self.create_database(ROLE)

    def _end_child(self) -> None:
        """Fast shutdown; immediate when that takes too long (the next start then recovers from the log)."""
        process, self.process = self.process, None
        if process is None:
            return
        for number, patience in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if process.poll() is not None:
                return
            process.send_signal(number)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
