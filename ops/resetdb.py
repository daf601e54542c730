"""bin/resetdb: an empty, migrated database in place of the demo's; files and samples stay."""

from __future__ import annotations

import subprocess
import sys

from ops import database, environment, paths
from ops.cluster import ROLE, ClusterError
from ops.supervisor import AlreadyRunning, Supervisor
from ops.ways import WayError


def main() -> int:
    """Drop, create, migrate."""
    server = None if database.given() else environment.demo_server()
    supervisor = Supervisor(None)
    try:
        supervisor.claim()
        if server is None:
            url = database.given()
            database.reset_demo(url)
            database.check_for_demo(url)
        else:
            url = server.start(join=False)
            server.drop_database(ROLE)
            server.create_database(ROLE)
        command = [sys.executable, "-m", "motcua", "migrate", "--verbosity", "0"]
        done = subprocess.run(command, cwd=paths.ROOT, env=environment.for_demo(url))
        return done.returncode
    except (AlreadyRunning, ClusterError, WayError, database.DatabaseError) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        if server is not None:
            server.stop()
        supervisor.stop()


if __name__ == "__main__":
    sys.exit(main())
