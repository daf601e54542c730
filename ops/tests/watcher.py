"""A supervisor in a process of its own: what the tests kill. ``watcher.py FOLDER``; $MOTCUA_DATA names its data."""

import sys
from pathlib import Path

from ops.children import Program
from ops.postgres import Server
from ops.supervisor import StartError, Stopped, Supervisor

SLEEPER = """
import os, pathlib, signal, sys, time
place = pathlib.Path(sys.argv[1])
def end(*_):
    with open(place.parent / "order", "a") as file: file.write(place.name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
place.write_text(str(os.getpid()))
while True: time.sleep(0.02)
"""


def sleeper(folder: Path, name: str) -> Program:
    command = [sys.executable, "-c", SLEEPER, str(folder / name)]
    return Program(name, command, {"PATH": "/usr/bin:/bin"}, is_healthy=(folder / name).exists)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    server = Server(folder / "pg", run_folder=folder / "run", log=folder / "pg.log", profile="demo")
    supervisor = Supervisor(server, about="http://somewhere")
    try:
        supervisor.claim()
        server.start(join=False)
        supervisor.start(sleeper(folder, "sandbox"), sleeper(folder, "worker"), sleeper(folder, "web"), wait=20)
        print("ready", server.url(), flush=True)
        supervisor.watch()
    except Stopped:
        supervisor.stop()
        print("stopped", flush=True)
    except StartError as problem:
        print(f"refused {problem}", flush=True)
        sys.exit(1)
