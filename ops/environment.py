"""What the processes of the demo are told: settings module, database, folders, addresses, secrets."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from ops import paths
from ops.postgres import Server


class AddressError(RuntimeError):
    """The asked-for address cannot be served on."""


@dataclass(frozen=True)
class Address:
    """Where the web process listens, and how this machine and the others of its network reach it."""

    host: str
    port: int
    sandbox_port: int

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @property
    def reached_as(self) -> str:
        """The name that works on every machine that can reach us: an address of this machine, or the given name."""
        return network_address() if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        """The portal's address for everyone, the phone included."""
        return f"http://{_bracketed(self.reached_as)}:{self.port}"

    @property
    def local_url(self) -> str:
        """The portal's address on this machine."""
        name = "localhost" if self.host in {"0.0.0.0", "127.0.0.1", "localhost", "::"} else _bracketed(self.host)  # noqa: S104
        return f"http://{name}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The stand-in neighbours' address; browsers are sent there to sign in."""
        return f"http://{_bracketed(self.reached_as)}:{self.sandbox_port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def network_address() -> str:
    """This machine's address in its network (no packet is sent to find it), or the loop when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_address(*, default_host: str = "0.0.0.0") -> Address:  # noqa: S104 - the demo is for the phone beside it
    """From $HOST (default: every interface, so that a phone can reach the demo) and $PORT (default: 8000 or next)."""
    host = os.environ.get("HOST", "") or default_host
    given = os.environ.get("PORT", "")
    if given:
        if not given.isdigit() or not 0 < int(given) < 65535:
            raise AddressError(f"PORT must be a number between 1 and 65534, not “{given}”.")
        port = int(given)
        if not is_free(host, port):
            raise AddressError(f"Port {port} is taken on {host}: choose another with PORT=… or free it.")
        return Address(host, port, _next_free(host, port + 1))
    port = _next_free(host, 8000)
    return Address(host, port, _next_free(host, port + 1))


def remember(address: Address) -> None:
    """Note the addresses for the commands that run beside the demo and print links."""
    (paths.run_folder() / "address.json").write_text(json.dumps(asdict(address)))


def running_address() -> Address | None:
    """The addresses of the demo that ran last, if any did."""
    try:
        return Address(**json.loads((paths.run_folder() / "address.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _next_free(host: str, first: int) -> int:
    for port in range(first, min(first + 100, 65536)):
        if is_free(host, port):
            return port
    raise AddressError(f"No free port on {host} from {first} on: check HOST, or choose a port with PORT=….")


def secret_key(data: Path) -> str:
    """The installation's own secret, made once and readable by its user only."""
    path = paths.made(data) / "secret-key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def for_demo(database_url: str, address: Address | None = None, *, settings: str = "demo") -> dict[str, str]:
    """The environment of the demo's processes and commands; what the user has set stays."""
    data = paths.data_folder()
    paths.made(data / "assets")  # Django looks there for static files from the first command on
    ours = {
        "DJANGO_SETTINGS_MODULE": f"config.settings.{settings}",
        "MOTCUA_DATA": str(data),
        "MOTCUA_SECRET_KEY": secret_key(data),
        "PYTHONUNBUFFERED": "1",
    }
    if address is not None:
        ours |= {
            "HOST": address.host,
            "PORT": str(address.port),
            "MOTCUA_BASE_URL": address.url,
            "MOTCUA_ORIGINS": f"{address.url},{address.local_url}",
            "MOTCUA_OIDC_URL": address.sandbox_url,
        }
    fixed = {"DATABASE_URL": database_url, "PYTHONPATH": str(paths.ROOT)}
    given = {name: os.environ[name] for name in ours if name.startswith("MOTCUA_") and os.environ.get(name)}
    return {**os.environ, **ours, **given, **fixed}


def demo_server(*, way: str = "") -> Server:
    """The demo's embedded server over $MOTCUA_DATA/postgres."""
    log = paths.log_folder() / "database.log"
    return Server(paths.data_folder() / "postgres", run_folder=paths.run_folder(), log=log, profile="demo", way=way)
