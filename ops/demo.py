"""bin/demo: from a clone to a filled, running system. ``--once`` ends after the report, ``--reset`` starts afresh."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops import database, environment, paths, prepare, programs
from ops.cluster import ClusterError
from ops.environment import Address, AddressError
from ops.postgres import Server, place_of
from ops.supervisor import StartError, Stopped, Supervisor
from ops.ways import WayError

KEPT = {
    "venv",
    "test",
    "bench",
    "pictures",
    "assets",
    "static",
    "assets.stamp",
    "static.stamp",
    "environment.lock",
    "run",
}


class StepFailed(RuntimeError):
    """A command of the set-up ended with an error, which it has printed."""


def say(text: str = "") -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step and say how long it took."""
    started = time.monotonic()
    say(f"• {name} …")
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


class Demo:
    """One run of the demo."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.address: Address = environment.choose_address()
        self.server: Server | None = None if database.given() else environment.demo_server()
        self.supervisor = Supervisor(self.server, about=self.address.local_url)
        self.environment: dict[str, str] = {}

    def run(self) -> int:
        """All steps; answers the exit code."""
        started = time.monotonic()
        self.supervisor.claim()
        try:
            if self.options.reset:
                self._reset()
            self._open_database()
            self._fill()
            self._start()
            self._drive()
            say(f"\nReady after {time.monotonic() - started:.0f} s.")
            if not self.options.once:
                self._invite()
                self.supervisor.watch()
        finally:
            if not self.options.once:
                say("\nStopping …")
            self.supervisor.stop()
        return 0

    def _reset(self) -> None:
        with step("Throwing away the old data"):
            if self.server is None:
                database.reset_demo(database.given())
            forget_data(paths.data_folder())

    def _open_database(self) -> None:
        with step("Opening the database"):
            if self.server is None:
                url = database.given()
                database.check_for_demo(url)
            else:
                url = self.server.start(join=False)
        environment.remember(self.address)
        self.environment = environment.for_demo(url, self.address)

    def _fill(self) -> None:
        with step("Preparing texts and static files"):
            prepare.compile_messages()
            prepare.static_files(self.environment)
        pack = Path(self.environment.get("MOTCUA_PACK", paths.ROOT / "packs" / "quangninh"))
        filled = prepare.Stamp(paths.data_folder() / "filled.stamp", prepare.fingerprint_of_data(pack))
        if self.server is not None and filled.is_current():
            return
        with step("Bringing the tables up to date"):
            self._command("migrate", "--verbosity", "0")
        with step("Loading the province's data"):
            self._command("load_pack", str(pack))
        filled.set()

    def _start(self) -> None:
        with step("Starting web, worker, relay and the stand-in neighbours"):
            self.supervisor.start(*programs.of_demo(self.address, self.environment))

    def _drive(self) -> None:
        with step("Driving dossiers through their life"):
            self._command("demo", "seed")
        say()
        self._command("report")

    def _command(self, *words: str) -> None:
        code = self.supervisor.run([sys.executable, "-m", "motcua", *words], self.environment)
        if code != 0:
            raise StepFailed(
                f"The command “{' '.join(words)}” failed (exit code {code}); the lines above say why. "
                "Nothing is lost: start bin/demo again, or bin/demo --reset to start afresh."
            )

    def _invite(self) -> None:
        say()
        self._command("demo", "guide")
        say()
        print_phone_code(self.address)
        say(f"On this machine: {self.address.local_url}")
        say(f"Data and logs:   {where_data_lie(self.server)}")
        say("Stop: Ctrl-C. Start again: bin/demo (keeps the data). Start afresh: bin/demo --reset.")


def forget_data(data: Path) -> None:
    """Remove what the demo has made: database, files, samples, clock. Keeps the environment and running locks."""
    place = place_of(data / "run", "postgres")
    if place.exists():
        shutil.rmtree(Path(place.read_text()), ignore_errors=True)
        place.unlink()
    for path in sorted(data.iterdir()) if data.is_dir() else []:
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (data / "run" / "clock-offset").unlink(missing_ok=True)


def where_data_lie(server: Server | None) -> str:
    """The folders a person may want to look at or remove."""
    data = paths.data_folder()
    if server is None:
        return f"{data}, and the database that DATABASE_URL names"
    return str(data) if server.data.parent == data else f"{data} and {server.data}"


def print_phone_code(address: Address) -> None:
    """A code to point the phone's camera at, when another machine can reach us."""
    if address.is_local or address.reached_as.startswith("127."):
        say("Only this machine can reach this demo (HOST=0.0.0.0 and a network let a phone in).")
        return
    import segno

    say("Point a phone of the same network at this code:")
    segno.make(address.url, error="l").terminal(compact=True)
    say(f"On the phone:    {address.url}")
    say("Everyone in this network can open it; HOST=127.0.0.1 bin/demo keeps it to this machine.")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Set up Motcua, fill it with a real province and invented people, and serve it.",
        epilog="Environment: HOST, PORT, DATABASE_URL (PostgreSQL 17+), MOTCUA_DATA (folder for data, default var/).",
    )
    parser.add_argument("--once", action="store_true", help="end after the report instead of serving")
    parser.add_argument("--reset", action="store_true", help="throw the old data away first, without asking")
    return parser.parse_args(arguments)


EXPECTED = (
    StepFailed,
    StartError,
    AddressError,
    ClusterError,
    WayError,
    database.DatabaseError,
    prepare.PrepareError,
)


def main(arguments: list[str]) -> int:
    """Run the demo; every expected failure is a sentence."""
    options = parse(arguments)
    demo = None
    try:
        demo = Demo(options)
        return demo.run()
    except (Stopped, *EXPECTED) as problem:
        # Ctrl-C also ends the step that was running, which then complains: that complaint is not the news.
        if demo is not None and demo.supervisor.is_stop_asked:
            say("Stopped.")
            return 130 if options.once else 0
        print(f"\n{problem}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
