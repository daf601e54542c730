"""As whom the embedded PostgreSQL runs: it refuses to run as root, and nobody should have to open a folder for it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ops import paths

LAUNCHER = Path(__file__).with_name("launch.py")


class WayError(RuntimeError):
    """No user could be found as whom the database can run."""


@dataclass(frozen=True)
class Way:
    """A way to run the server: its name for the launcher, who owns the files, and as whom it sees its clients."""

    argument: str
    owner: tuple[int, int]
    client_names: tuple[str, ...]

    @property
    def kind(self) -> str:
        """plain, userns or setuid."""
        return self.argument.partition(":")[0]

    def command(self, *, parent: int, number: int, program: list[str]) -> list[str]:
        """The command that becomes the program, tied to this parent by this signal."""
        return [*_launcher(), self.argument, str(parent), str(number), "run", *program]

    def reaches(self, *places: str) -> bool:
        """Whether the program could work there; a place to be written to starts with ``w:``."""
        done = subprocess.run([*_launcher(), self.argument, "0", "0", "probe", *places], capture_output=True)
        return done.returncode == 0


def _launcher() -> list[str]:
    return [sys.executable, "-I", "-S", str(LAUNCHER)]


def _unprivileged() -> pwd.struct_passwd:
    """An ordinary user that exists everywhere; initdb insists on a name for its user id."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        for entry in pwd.getpwall():
            if entry.pw_uid != 0:
                return entry
    raise WayError("This machine knows no user but root, and PostgreSQL refuses to run as root: add an ordinary user.")


def _plain() -> Way:
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise WayError(
            f"User id {os.geteuid()} has no name on this machine and PostgreSQL needs one: "
            "run as a named user, or give DATABASE_URL."
        ) from None
    return Way("plain", (os.geteuid(), os.getegid()), (name,))


def _userns() -> Way:
    user = _unprivileged()
    return Way(f"userns:{user.pw_uid}:{user.pw_gid}", (0, 0), (user.pw_name,))


def _setuid() -> Way:
    user = _unprivileged()
    root = pwd.getpwuid(0).pw_name
    return Way(f"setuid:{user.pw_uid}:{user.pw_gid}", (user.pw_uid, user.pw_gid), (root, user.pw_name))


def choose(*, programs: Path, data_parent: Path, forced: str = "") -> tuple[Way, Path, Path]:
    """The way for this user, with the folder of programs and the parent of the data folder to use.

    Not root: plain. Root: a user namespace, else an ordinary user with its own copy of the programs, and with data
    outside the clone when the clone lies in a closed folder. ``forced`` (or $MOTCUA_PG_WAY) takes one way only.
    """
    forced = forced or os.environ.get("MOTCUA_PG_WAY", "")
    if os.geteuid() != 0:
        return _plain(), programs, data_parent
    if forced in ("", "userns") and sys.platform.startswith("linux"):
        way = _userns()
        if way.reaches(str(programs / "bin" / "postgres"), f"w:{data_parent}"):
            return way, programs, data_parent
        if forced:
            raise WayError("A user namespace was asked for (MOTCUA_PG_WAY) and this machine does not give one.")
    return _setuid_places(programs, data_parent)


def _setuid_places(programs: Path, data_parent: Path) -> tuple[Way, Path, Path]:
    way = _setuid()
    if not way.reaches(str(data_parent)):
        data_parent = _outside(data_parent)
        if not way.reaches(str(data_parent)):
            raise WayError(f"The database's own user cannot reach {data_parent}: set MOTCUA_DATA to an open folder.")
    if not way.reaches(str(programs / "bin" / "postgres"), str(programs / "share"), str(programs / "lib")):
        programs = _copied(programs, data_parent)
    return way, programs, data_parent


def _outside(data_parent: Path) -> Path:
    """A folder of the machine's for a clone in a closed folder (/root, say), one per data folder."""
    folder = Path("/var/lib/motcua") / f"{data_parent.name}-{paths.short_key(data_parent)}"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def _copied(programs: Path, data_parent: Path) -> Path:
    """A copy of the server's programs where its user can read them, made once per version.

    The wheel's layout is kept, because the programs find their libraries by it.
    """
    package = programs.parent
    facts = (programs / "bin" / "postgres").stat()
    target = data_parent / f"programs-{facts.st_size}-{int(facts.st_mtime)}"
    if not target.is_dir():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(programs, fresh / package.name / programs.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_read(fresh)
        try:
            fresh.rename(target)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
    return target / package.name / programs.name


def _open_to_read(tree: Path) -> None:
    """Everyone may read our copy, whatever the umask was."""
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103 - programs, no data
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
