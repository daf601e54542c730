"""Makes the environment and hands over to a module in it. Runs on a bare Python 3.11–3.13: standard library only.

``python -I ops/bootstrap.py REQUIREMENTS MODULE ARG…`` with REQUIREMENTS ``base`` or ``dev``. The stamp in the
environment carries the hash of the lock file, so that a second start costs nothing; a mark is set while packages are
being installed, so that an interrupted start begins again from nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
MARK = "motcua-installing"


def say(text: str) -> None:
    """A line for the person at the terminal, kept off the standard output, which belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """End the start with a sentence."""
    say(text)
    sys.exit(1)


def check_python() -> None:
    """Refuse what the pinned packages were not made for."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        fail(f"Motcua runs on Python 3.11, 3.12 or 3.13, and this is {found}: install one of these.")


def environment_folder() -> Path:
    """.venv in the clone, or venv in the data folder when the clone may not be written to."""
    if (ROOT / ".venv").is_dir() or os.access(ROOT, os.W_OK):
        return ROOT / ".venv"
    data = os.environ.get("MOTCUA_DATA")
    if not data:
        fail(f"{ROOT} may not be written to: name a folder for environment and data in MOTCUA_DATA.")
    return Path(str(data)).expanduser().resolve() / "venv"


def stamp_of(folder: Path, requirements: str) -> Path:
    """The file that says the environment is whole."""
    return folder / f"motcua-{requirements}.stamp"


def is_current(folder: Path, requirements: str) -> bool:
    """Whether nothing needs doing. The dev lock contains the base lock."""
    if (folder / MARK).exists() or not (folder / "bin" / "python").exists():
        return False
    for name in {requirements, "dev"}:
        stamp = stamp_of(folder, name)
        if stamp.exists() and stamp.read_text() == _expected(folder, name):
            return True
    return False


def _expected(folder: Path, requirements: str) -> str:
    """The fingerprint with the environment's own Python version (we may be run by another one)."""
    lock = (ROOT / "requirements" / f"{requirements}.txt").read_bytes()
    version = "?"
    for line in (folder / "pyvenv.cfg").read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() in {"version", "version_info"}:
            version = ".".join(value.strip().split(".")[:2])
    return f"{hashlib.sha256(lock).hexdigest()} {version}"


def make_environment(folder: Path) -> None:
    """An empty environment of this Python."""
    say(f"Making the environment {folder} …")
    done = subprocess.run([sys.executable, "-I", "-m", "venv", str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        fail(
            f"This Python ({sys.executable}) could not make an environment: install its venv module "
            f"(on Debian and Ubuntu: apt install python3-venv) and start again.\n{done.stdout}{done.stderr}".rstrip()
        )


def install(folder: Path, requirements: str) -> None:
    """Install exactly the pinned packages, by hash, as wheels."""
    lock = ROOT / "requirements" / f"{requirements}.txt"
    count = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    say(f"Installing {count} pinned packages (the first time takes a minute or two) …")
    words = "-m pip -qq install --require-hashes --only-binary :all: --no-deps --no-input --disable-pip-version-check"
    command = [str(folder / "bin" / "python"), "-I", *words.split(), "--requirement", str(lock)]
    (folder / MARK).touch()
    done = subprocess.run(command)
    if done.returncode != 0:
        fail(
            "The packages could not be installed; the lines above say why. "
            "Check the network or the package index your pip is set to, and start again: it goes on from here."
        )
    stamp_of(folder, requirements).write_text(_expected(folder, requirements))
    (folder / MARK).unlink()


def prepare(requirements: str) -> Path:
    """The environment's Python, with everything installed. One process at a time works on it."""
    folder = environment_folder()
    if is_current(folder, requirements):
        return folder / "bin" / "python"
    place = ROOT / "var" if folder.parent == ROOT else folder.parent
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "environment.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(folder, requirements):
            _build(folder, requirements)
    return folder / "bin" / "python"


def _build(folder: Path, requirements: str) -> None:
    inside = Path(sys.prefix).resolve() == folder.resolve()
    broken = (folder / MARK).exists() or not _works(folder)
    if folder.exists() and broken:
        if inside:
            # We were started by the environment that must go: go on with the Python it was made from.
            base = Path(sys._base_executable)  # type: ignore[attr-defined]
            os.execv(base, [str(base), "-I", *sys.argv])
        say("An earlier installation was interrupted or does not run any more: making it anew.")
        shutil.rmtree(folder)
    if not folder.exists():
        make_environment(folder)
    install(folder, requirements)


def _works(folder: Path) -> bool:
    """Whether the environment's Python runs (its system Python may have been upgraded away)."""
    python = folder / "bin" / "python"
    if not python.exists():
        return False
    return subprocess.run([str(python), "-I", "-m", "pip", "--version"], capture_output=True).returncode == 0


def main(argv: list[str]) -> None:
    """Prepare, then become the module."""
    check_python()
    requirements, module, rest = argv[0], argv[1], argv[2:]
    python = prepare(requirements)
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH", "")]))
    environment["PATH"] = os.pathsep.join([str(python.parent), environment.get("PATH", os.defpath)])
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", module, *rest], environment)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
