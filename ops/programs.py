"""The processes of a running Motcua: how each is started and how one sees that it works."""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ops import paths
from ops.children import Program
from ops.environment import Address

SANDBOX = paths.ROOT / "sandbox" / "__main__.py"


def web_command(host: str, port: int) -> list[str]:
    """granian over WSGI: a process per core (two at least, four at most), four threads each."""
    workers = max(2, min(4, os.cpu_count() or 2))
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": "4",
        "--http": "1",
        "--respawn-interval": "1",
        "--workers-kill-timeout": "10",
        "--log-level": "warning",
    }
    words = [word for pair in options.items() for word in pair]
    return [sys.executable, "-m", "granian", *words, "--no-ws", "--respawn-failed-workers", "config.wsgi:application"]


def answers(url: str) -> Callable[[], bool]:
    """Whether a GET is answered with success."""

    def look() -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=5) as response:
                return bool(response.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    return look


def listens(host: str, port: int) -> Callable[[], bool]:
    """Whether someone accepts connections there."""

    def look() -> bool:
        try:
            socket.create_connection((host, port), timeout=2).close()
        except OSError:
            return False
        return True

    return look


def loop_of(host: str) -> str:
    """The address by which this machine reaches what listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def of_demo(address: Address, environment: dict[str, str]) -> list[Program]:
    """Sandbox, relay, worker, web: started in this order and stopped in the reverse."""
    manage = [sys.executable, "-m", "motcua"]
    near = loop_of(address.host)
    programs = []
    if SANDBOX.is_file():
        cast = Path(environment.get("MOTCUA_PACK", paths.ROOT / "packs" / "quangninh")) / "people" / "cast.toml"
        command = [sys.executable, "-m", "sandbox", "--host", address.host, "--port", str(address.sandbox_port)]
        command += ["--issuer", address.sandbox_url, "--cast", str(cast)]
        programs.append(Program("sandbox", command, environment, listens(near.strip("[]"), address.sandbox_port), 5))
    programs += [
        Program("relay", [*manage, "relay"], environment),
        Program("worker", [*manage, "worker"], environment, patience=30),
        Program(
            "web",
            web_command(address.host, address.port),
            environment,
            answers(f"http://{near}:{address.port}/health/ready"),
        ),
    ]
    return programs
