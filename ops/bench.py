"""bin/bench NAME: a bench with production settings, a durable server and a folder of its own under var/bench."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from ops import environment, paths, prepare
from ops.cluster import ClusterError
from ops.postgres import Server
from ops.ways import WayError


def environment_for(server: Server, data: str) -> dict[str, str]:
    """Production settings over plain HTTP on this machine; the bench makes its own databases on this server."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": server.url(),
        "MOTCUA_DATA": data,
        "MOTCUA_SECRET_KEY": environment.secret_key(paths.data_folder() / "bench"),
        "MOTCUA_HOSTS": "127.0.0.1,localhost",
        "MOTCUA_BASE_URL": "http://127.0.0.1",
        "MOTCUA_SSL_REDIRECT": "0",
        "MOTCUA_LOCAL_ACCOUNTS": "1",
        "MOTCUA_LOG_LEVEL": "WARNING",
        "MOTCUA_SUPERUSER_URL": server.url("postgres", user="postgres"),
        "MOTCUA_DATABASE_PID": str(server.process.pid if server.process else ""),
    }
    return {**os.environ, **ours, "PYTHONPATH": str(paths.ROOT)}


def main(arguments: list[str]) -> int:
    """Run ``python -m bench ARGUMENTS`` and answer its exit code."""
    base = paths.made(paths.data_folder() / "bench")
    server = Server(base / "postgres", run_folder=base / "run", log=base / "postgres.log", profile="demo")
    try:
        with server:
            told = environment_for(server, str(base / "data"))
            prepare.compile_messages()
            prepare.static_files(told)
            process = subprocess.Popen([sys.executable, "-m", "bench", *arguments], cwd=paths.ROOT, env=told)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: process.terminate())
            return process.wait()
    except (ClusterError, WayError, prepare.PrepareError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
