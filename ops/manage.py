"""bin/motcua: a management command on the demo's database, with a server of its own if none is running."""

from __future__ import annotations

import signal
import subprocess
import sys

from ops import database, environment, paths, prepare
from ops.cluster import ClusterError
from ops.ways import WayError


def run(arguments: list[str], *, settings: str = "demo") -> int:
    """Run ``python -m motcua ARGUMENTS`` and answer its exit code."""
    server = None if database.given() else environment.demo_server()
    prepare.compile_messages()
    try:
        url = server.start() if server is not None else database.given()
        command = [sys.executable, "-m", "motcua", *arguments]
        told = environment.for_demo(url, environment.running_address(), settings=settings)
        process = subprocess.Popen(command, cwd=paths.ROOT, env=told)
        # Ctrl-C reaches the command itself; we wait for it and stop the server after it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()
    finally:
        if server is not None:
            server.stop(wait_for_joined=True)


def main(arguments: list[str]) -> int:
    """Run it; a database that cannot be opened is a sentence."""
    if not arguments:
        arguments = ["help"]
    try:
        return run(arguments)
    except (ClusterError, WayError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
