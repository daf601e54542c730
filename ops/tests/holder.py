"""A process that owns a server until it is ended: what the tests kill. ``holder.py FOLDER [WAY]``."""

import sys
import time
from pathlib import Path

from ops.postgres import Server

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    server = Server(
        folder / "pg",
        run_folder=folder / "run",
        log=folder / "pg.log",
        profile="test",
        settings={"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "16MB"},
        way=sys.argv[2] if len(sys.argv) > 2 else "",
    )
    print(server.start(), server.process.pid if server.process else 0, server.owned, flush=True)
    time.sleep(120)
