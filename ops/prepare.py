"""What is made once at set-up and again when its source changes: compiled messages, static files from wheels."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from ops import paths


class PrepareError(RuntimeError):
    """A step of the set-up failed; the message says which and shows the reason."""


def compile_messages(root: Path = paths.ROOT) -> int:
    """Compile every locale/*/LC_MESSAGES/*.po that is newer than its .mo (msgfmt may be missing). Answers how many.

    The result lies beside its source, or under the data folder when the clone may not be written to.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    done = 0
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not os.access(target.parent, os.W_OK):
            target = paths.data_folder() / target.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        fresh = target.with_name(f"{target.name}.new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
        done += 1
    return done


class Stamp:
    """A file that says for which sources a piece of work was done."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        self.fingerprint = fingerprint

    def is_current(self) -> bool:
        """Whether the work was done for these sources."""
        return self.path.exists() and self.path.read_text() == self.fingerprint

    def set(self) -> None:
        """Note that it is done."""
        paths.made(self.path.parent)
        self.path.write_text(self.fingerprint)


def fingerprint_of_data(pack: Path, root: Path = paths.ROOT) -> str:
    """Changes with every migration, every file of the pack and the code that loads it."""
    digest = hashlib.sha256((root / "requirements" / "base.txt").read_bytes())
    sources = [*root.glob("motcua/*/migrations/*.py"), *root.glob("motcua/*/services/*.py"), *pack.rglob("*")]
    _add(digest, sources)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, sources: list[Path]) -> None:
    for path in sorted(sources):
        if path.is_file():
            facts = path.stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())


def _assets_fingerprint(root: Path) -> str:
    """Changes with the pinned packages (fonts, icons, htmx come from them) and with our own static files."""
    digest = hashlib.sha256((root / "requirements" / "base.txt").read_bytes())
    sources = [
        *root.glob("motcua/*/static/**/*"),
        *root.glob("motcua/**/prepare_assets.py"),
        *root.glob("motcua/ui/*.py"),
    ]
    _add(digest, sources)
    return digest.hexdigest()


def static_files(environment: dict[str, str], *, collect: bool = True) -> bool:
    """Make fonts, icons and htmx from their wheels and gather what the web process serves. True when work was done."""
    data = Path(environment.get("MOTCUA_DATA") or paths.data_folder())
    stamp = Stamp(data / ("static.stamp" if collect else "assets.stamp"), _assets_fingerprint(paths.ROOT))
    if stamp.is_current() and (data / "assets").is_dir():
        return False
    stamp.path.unlink(missing_ok=True)
    command("prepare_assets", environment=environment)
    if collect:
        command("collectstatic", "--noinput", "--verbosity", "0", environment=environment)
    stamp.set()
    return True


def command(*words: str, environment: dict[str, str]) -> None:
    """Run a management command quietly; its output is shown only when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "motcua", *words], cwd=paths.ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise PrepareError(f"The step “{words[0]}” of the set-up failed:\n{done.stdout}{done.stderr}".rstrip())
