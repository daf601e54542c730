"""bin/dev: the demo's data served with templates re-read and errors shown; worker, relay and sandbox beside it."""

from __future__ import annotations

import sys

from ops import database, environment, prepare, programs
from ops.children import Program
from ops.cluster import ClusterError
from ops.demo import say
from ops.environment import Address, AddressError
from ops.supervisor import StartError, Stopped, Supervisor
from ops.ways import WayError


def served(address: Address, told: dict[str, str]) -> list[Program]:
    """The demo's programs with Django's own reloading server as the web process."""
    command = [sys.executable, "-m", "motcua", "runserver", f"{address.host}:{address.port}"]
    return [
        Program("web", command, program.environment, program.is_healthy) if program.name == "web" else program
        for program in programs.of_demo(address, told)
    ]


def main() -> int:
    """Serve until Ctrl-C."""
    try:
        address = environment.choose_address(default_host="127.0.0.1")
        server = None if database.given() else environment.demo_server()
        supervisor = Supervisor(server, about=address.local_url)
        supervisor.claim()
        try:
            url = server.start(join=False) if server is not None else database.given()
            told = environment.for_demo(url, address, settings="dev")
            environment.remember(address)
            prepare.compile_messages()
            prepare.static_files(told)
            code = supervisor.run([sys.executable, "-m", "motcua", "migrate", "--verbosity", "1"], told)
            if code != 0:
                return code
            supervisor.start(*served(address, told))
            say(f"Serving at {address.local_url}; logs in {supervisor.children[0].log.parent}. Stop: Ctrl-C.")
            supervisor.watch()
        finally:
            supervisor.stop()
    except Stopped:
        return 0
    except (AddressError, ClusterError, StartError, WayError, prepare.PrepareError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
