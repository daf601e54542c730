"""A house of one's own for the journeys: the real pack and the cast, web, worker and relay as in production.

The journeys know only addresses and pages. The database is filled once for a state of the pack and of the migrations,
kept on the test server, and copied for each run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from ops import cluster, paths, prepare, programs, templates
from ops.children import tied

PACK = paths.ROOT / "packs" / "quangninh"
PREFIX = "house_"
LOADERS = ("motcua/*/services/*.py", "motcua/*/services.py", "motcua/*/migrations/*.py")
CAST = """
from django.conf import settings
from motcua.identity.services import load_cast
from motcua.kernel import clock
from motcua.kernel.actor import system
load_cast(path=settings.PACK / "people" / "cast.toml", actor=system("e2e"), now=clock.now())
"""
SESSIONS = """
import json
from motcua.identity.models import Account
from motcua.identity.services import open_session
found = Account.objects.values_list("username", "pk")
print("SESSIONS " + json.dumps({name: open_session(account_id=key, has_second_factor=True) for name, key in found}))
"""


class House:
    """The running Motcua: its address, and a signed-in session for everybody of the cast."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"{PREFIX}run_{os.getpid()}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.sessions: dict[str, str] = {}
        self.examined: set[tuple[int, str]] = set()  # structures of pages for which axe has answered
        self._processes: list[subprocess.Popen[bytes]] = []

    def open(self) -> None:
        """Fill or copy the database, start the processes, open the sessions."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "assets").mkdir(exist_ok=True)
        template = self._template()
        self._copy(template, self.database)
        environment = self._environment(self.database)
        prepare.static_files(environment)
        manage = [sys.executable, "-m", "motcua"]
        self._start("worker", [*manage, "worker"], environment)
        self._start("relay", [*manage, "relay", "--every", "0.2"], environment)
        web = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        web += ["--blocking-threads", "4", "--http", "1", "--no-ws", "--log-level", "warning"]
        self._start("web", [sys.executable, "-m", "granian", *web, "config.wsgi:application"], environment)
        self.sessions = self._sessions(environment)
        self._wait()

    def close(self) -> None:
        """Stop the processes, drop the run's database."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database)

    def run(self, code: str, database: str = "") -> str:
        """Run code in the house's own settings; for looking behind the pages. Answers what it printed."""
        environment = self._environment(database or self.database)
        return self._manage("shell", "--verbosity", "0", environment=environment, given=code)

    # --- the database ---

    def _template(self) -> str:
        digest = hashlib.sha256(templates.name().encode())
        sources = [path for pattern in LOADERS for path in paths.ROOT.glob(pattern)]
        for path in sorted([*sources, *PACK.rglob("*")]):
            if path.is_file():
                digest.update(str(path).encode() + path.read_bytes())
        name = os.environ.get("MOTCUA_HOUSE") or PREFIX + digest.hexdigest()[:16]
        if not templates.exists(name):
            self._fill(name)
        return name

    def _fill(self, name: str) -> None:
        self._forget()
        draft = f"{PREFIX}draft_{os.getpid()}"
        if templates.exists(templates.name()):
            self._copy(templates.name(), draft)
        else:
            self._execute("CREATE DATABASE {} OWNER {}", draft, cluster.ROLE)
        environment = self._environment(draft)
        self._manage("migrate", "--verbosity", "0", environment=environment)
        self._manage("load_pack", str(PACK), environment=environment)
        self._manage("shell", "--verbosity", "0", environment=environment, given=CAST)
        self._execute("ALTER DATABASE {} RENAME TO {}", draft, name)

    def _forget(self) -> None:
        """Drop what earlier states and killed runs left behind."""
        with psycopg.connect(templates.server(), autocommit=True) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            for (old,) in rows.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(old))))

    def _copy(self, template: str, database: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        self._execute("CREATE DATABASE {} TEMPLATE {} OWNER {}", database, template, cluster.ROLE)

    @staticmethod
    def _execute(command: str, *names: str) -> None:
        with psycopg.connect(templates.server(), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*(sql.Identifier(name) for name in names)))

    # --- the processes ---

    def _environment(self, database: str) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "DATABASE_URL": os.environ["DATABASE_URL"].replace(f"/{cluster.ROLE}?", f"/{database}?"),
            "MOTCUA_DATA": str(self.folder),
            "MOTCUA_PACK": str(PACK),
            "MOTCUA_SECRET_KEY": "for-the-journeys-only-" + "x" * 40,
            "MOTCUA_BASE_URL": self.url,
            "PORT": str(self.port),
            "PYTHONPATH": str(paths.ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
        return {**kept, **own}

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                tied(command), cwd=paths.ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._processes.append(process)

    def _wait(self, patience: float = 60) -> None:
        is_ready, limit = programs.answers(f"{self.url}/health/ready"), time.monotonic() + patience
        while not is_ready():
            if self._processes[-1].poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"The house did not open:\n{(self.folder / 'web.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def _sessions(self, environment: dict[str, str]) -> dict[str, str]:
        printed = self._manage("shell", "--verbosity", "0", environment=environment, given=SESSIONS)
        line = next(line for line in printed.splitlines() if line.startswith("SESSIONS "))
        found: dict[str, str] = json.loads(line.removeprefix("SESSIONS "))
        return found

    @staticmethod
    def _manage(*words: str, environment: dict[str, str], given: str = "") -> str:
        command = [sys.executable, "-m", "motcua", *words]
        done = subprocess.run(
            command, cwd=paths.ROOT, env=environment, input=given, capture_output=True, text=True, timeout=600
        )
        if done.returncode != 0:
            raise RuntimeError(f"“{words[0]}” failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout


@contextlib.contextmanager
def opened() -> Iterator[House]:
    """The house of this run, closed at its end."""
    house = House(Path(os.environ["MOTCUA_TEST_FOLDER"]) / f"house-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    try:
        house.open()
        yield house
    finally:
        house.close()
