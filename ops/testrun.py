"""bin/test: pytest on an embedded server of its own under var/test, one server per worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ops import chromium, paths, prepare, slots
from ops.postgres import Server


def wants_browser(arguments: list[str]) -> bool:
    """Whether journeys in a browser are part of this run: all tests, or their folder, or their mark."""
    return not any(not word.startswith("-") for word in arguments) or any(
        "e2e" in word or "browser" in word for word in arguments
    )


def pytest_command(arguments: list[str]) -> list[str]:
    """Everything on both cores when no argument is given; else exactly what was asked."""
    spread = [] if arguments else ["-n", "auto", "--maxprocesses", "8", "--dist", "loadgroup"]
    return [sys.executable, "-m", "pytest", "-p", "ops.pytest_plugin", *spread, *arguments]


def environment_for(server: Server, folder: Path) -> dict[str, str]:
    """Settings of the tests: this server, a data folder of the run's own, and where its workers put theirs."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment |= {"MOTCUA_DATA": str(folder / "data"), "MOTCUA_TEST_FOLDER": str(folder)}
    environment["DATABASE_URL"] = server.url()
    environment["MOTCUA_SUPERUSER_URL"] = server.url("postgres", user="postgres")
    return environment


def run(arguments: list[str]) -> int:
    """Run pytest and answer its exit code."""
    if wants_browser(arguments):
        os.environ["MOTCUA_CHROMIUM"] = chromium.ensure()
    prepare.compile_messages()
    slot = slots.take(paths.data_folder() / "test")
    server = Server(
        slot.folder / "postgres",
        run_folder=slot.folder / "run",
        log=slot.folder / "postgres.log",
        profile="test",
    )
    # Ctrl-C belongs to pytest, which prints what it has; we wait for it and then stop the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    with server:
        process = subprocess.Popen(
            pytest_command(arguments),
            cwd=paths.ROOT,
            env=environment_for(server, slot.folder),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        code = process.wait()
    slot.close()
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
