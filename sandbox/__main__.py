"""`python -m sandbox`: serve the neighbours until stopped."""

import argparse
import signal
import sys
from pathlib import Path
from typing import NoReturn

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.app import CALLBACK, create


class Quiet(WSGIRequestHandler):
    """No line for every request: codes and tokens stand in their addresses."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Read the arguments, bind, print where, serve."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Plays the systems Motcua talks to; everybody is invented."
    )
    parser.add_argument("--cast", type=Path, required=True, help="file of the invented people")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--issuer", default="", help="address browsers reach it by (default: host and port)")
    parser.add_argument("--secret", default="", help="secret that clients must show (default: none)")
    parser.add_argument("--callback", default=CALLBACK, help="path that redirect addresses must have")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    server = make_server(given.host, given.port, _later, threaded=True, request_handler=Quiet)
    address = f"http://{f'[{given.host}]' if ':' in given.host else given.host}:{server.server_port}"
    server.app = create(people=given.cast, issuer=given.issuer or address, secret=given.secret, callback=given.callback)
    sys.stdout.write(f"listening {address}\n")
    sys.stdout.flush()
    server.serve_forever()


def _later(environ: object, start_response: object) -> NoReturn:
    raise RuntimeError("The application is set before the first request is taken.")


def _stop(*_signal: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
