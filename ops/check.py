"""bin/check: every static check, each reported, exit code 1 if one failed. ``bin/check NAME…`` runs only those."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ops import paths, prepare, slots
from ops.postgres import Server

# Built from parts, so that this file does not find itself.
_MACHINE = "|".join(["/" + "root/", "/" + "home/" + r"\w+/", "/" + "Users/", "/" + "work/"])
FORBIDDEN = {
    "an index address": re.compile(
        "--" + r"(?:extra-)?index-url|--find" + r"-links|--trusted" + r"-host"
        r"|files\.python" + r"hosted\.org|/simple/?(?:\s|$)"
    ),
    "a path of one machine": re.compile(rf"(?<![\w.$}}])(?:{_MACHINE})"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE" + r" KEY-----"),
}
# Time limits belong to the role that migrates; types are Django's choice.
NOT_ASKED_OF_MIGRATIONS = [
    "require-lock-timeout",
    "require-statement-timeout",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
    "prefer-robust-stmts",
]
# One process and one file for all of them, in the order of the graph: what is done to a table that the same release
# creates locks nobody out, and squawk sees that only within one transaction.
WRITE_SQL = """
import django, io, sys
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
django.setup()
executor = MigrationExecutor(connection)
wanted = set(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write("BEGIN;\\n")
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        if f"{migration.app_label}.{migration.name}" in wanted:
            text = io.StringIO()
            call_command("sqlmigrate", migration.app_label, migration.name, stdout=text, no_color=True)
            lines = [line for line in text.getvalue().splitlines() if line not in ("BEGIN;", "COMMIT;")]
            file.write(f"-- {migration}\\n" + "\\n".join(lines) + "\\n")
    file.write("COMMIT;\\n")
"""
NOT_TEXT = {".png", ".jpg", ".jpeg", ".pdf", ".woff2", ".xlsx", ".ico", ".webp", ".zip"}


def _environment() -> dict[str, str]:
    """The checks need settings, not a database: nobody listens at this address."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": "postgresql://motcua@/motcua?host=nowhere",
    }
    ours["MOTCUA_DATA"] = str(paths.data_folder() / "test" / "check")
    return {**os.environ, **ours, "PYTHONPATH": str(paths.ROOT)}


def _module(*words: str) -> Callable[[], str]:
    """A check that is a Python module's exit code; its output is the complaint."""

    def check() -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=paths.ROOT, env=_environment(), capture_output=True, text=True
        )
        return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"

    return check


def _script(name: str, *words: str) -> Callable[[], str]:
    """A check that is an installed script's exit code."""

    def check() -> str:
        program = str(Path(sys.executable).parent / name)
        done = subprocess.run([program, *words], cwd=paths.ROOT, env=_environment(), capture_output=True, text=True)
        return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"

    return check


def tracked_files() -> list[Path]:
    """The files under version control, or all outside the ignored folders when there is no git."""
    git = shutil.which("git")
    if git and (paths.ROOT / ".git").exists():
        words = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(words, cwd=paths.ROOT, capture_output=True, text=True, check=True)
        return [path for name in done.stdout.split("\0") if name and (path := paths.ROOT / name).is_file()]
    skipped = {".git", ".venv", "var"}
    return [path for path in paths.ROOT.rglob("*") if path.is_file() and not skipped & set(path.parts)]


def complaints_about(name: str, text: str) -> list[str]:
    """What must not be committed and stands in this text, each with its line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{name}:{number}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(line)]
    return found


def nothing_of_this_machine() -> str:
    """No address of a package index, no path of a machine, no key in a committed file."""
    found: list[str] = []
    for path in tracked_files():
        if path.suffix.lower() in NOT_TEXT:
            continue
        try:
            text = path.read_text("utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        found += complaints_about(str(path.relative_to(paths.ROOT)), text)
    return "\n".join(found)


def lock_is_current() -> str:
    """Every package named in the .in files is pinned, and every pin has a hash."""
    found = []
    for name in ("base", "dev"):
        lock = (paths.ROOT / "requirements" / f"{name}.txt").read_text()
        pinned = {_plain(word) for word in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", lock, re.M)}
        source = (paths.ROOT / "requirements" / f"{name}.in").read_text()
        for wanted in re.findall(r"^([A-Za-z0-9._-]+)", source, re.M):
            if not wanted.startswith("-") and _plain(wanted) not in pinned:
                found.append(f"requirements/{name}.in names {wanted}, which {name}.txt does not pin: run bin/lock")
        blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
        found += [
            f"{name}.txt: no hash for {block.split()[0]}" for block in blocks if "==" in block and "--hash" not in block
        ]
    return "\n".join(found)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def released_migrations() -> set[str]:
    """The migrations of the last tagged version: their tables hold people's data."""
    git = shutil.which("git")
    if not git or not (paths.ROOT / ".git").exists():
        return set()
    tag = subprocess.run([git, "describe", "--tags", "--abbrev=0"], cwd=paths.ROOT, capture_output=True, text=True)
    if tag.returncode != 0:
        return set()
    words = [git, "ls-tree", "-r", "--name-only", tag.stdout.strip(), "motcua/"]
    listed = subprocess.run(words, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    return {_migration(Path(line)) for line in listed.splitlines() if "/migrations/0" in line}


def _migration(path: Path) -> str:
    return f"{path.parent.parent.name}.{path.stem}"


def migrations_are_safe() -> str:
    """squawk over the SQL of every migration since the last tagged version: no long lock on a table in use."""
    released = released_migrations()
    files = sorted(paths.ROOT.glob("motcua/*/migrations/[0-9]*.py"))
    names = [name for path in files if (name := _migration(path)) not in released]
    if not names:
        return ""
    target = paths.made(paths.data_folder() / "test" / "squawk") / "unreleased.sql"
    slot = slots.take(paths.data_folder() / "test")
    server = Server(
        slot.folder / "postgres", run_folder=slot.folder / "run", log=slot.folder / "postgres.log", profile="test"
    )
    with server:
        environment = {**_environment(), "DATABASE_URL": server.url()}
        command = [sys.executable, "-c", WRITE_SQL, str(target), *names]
        done = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True)
    slot.close()
    if done.returncode != 0:
        return done.stderr.strip()
    words = ["--pg-version=17", "--reporter=gcc", f"--exclude={','.join(NOT_ASKED_OF_MIGRATIONS)}"]
    return about_tables_in_use(_script("squawk", *words, str(target))(), target.read_text())


def about_tables_in_use(complaints: str, text: str) -> str:
    """The complaints without those about a table that the same SQL creates: nobody waits for it yet.

    squawk counts lines from 0 in this form.
    """
    lines = text.splitlines()
    fresh = set(re.findall(r'^CREATE TABLE "(\w+)"', text, re.M))
    kept = []
    for complaint in complaints.splitlines():
        place = re.search(r"\.sql:(\d+):", complaint)
        table = re.match(r'ALTER TABLE "(\w+)"', lines[int(place[1])]) if place else None
        if table is None or table[1] not in fresh:
            kept.append(complaint)
    return "\n".join(kept)


CHECKS: dict[str, Callable[[], str]] = {
    "ruff": _module("ruff", "check", "--quiet", "--output-format=concise", "."),
    "format": _module("ruff", "format", "--check", "--quiet", "--output-format=concise", "."),
    "mypy": _module("mypy", "--no-error-summary", "motcua", "config", "ops", "sandbox"),
    "imports": _script("lint-imports", "--no-cache", "--no-logo"),
    "templates": _script("djlint", "--lint", "--quiet", "motcua"),
    "system": _module("motcua", "check", "--fail-level", "WARNING"),
    "migrations": _module("motcua", "makemigrations", "--check", "--dry-run", "--verbosity", "1"),
    "squawk": migrations_are_safe,
    "messages": _module("motcua", "messages", "--check"),
    "lock": lock_is_current,
    "clean": nothing_of_this_machine,
}


def shown(complaint: str, most: int = 60) -> str:
    """The complaint, indented, without the hundredth repetition."""
    lines = complaint.splitlines()
    more = [f"… and {len(lines) - most} lines more"] if len(lines) > most else []
    return "\n".join(f"    {line}" for line in lines[:most] + more)


def main(names: list[str]) -> int:
    """Run the named checks, or all, and answer the exit code."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"There is no check called {unknown[0]}; there are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    prepare.compile_messages()
    (paths.data_folder() / "assets").mkdir(parents=True, exist_ok=True)
    (paths.data_folder() / "test" / "check").mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names or CHECKS:
        started = time.monotonic()
        complaint = CHECKS[name]()
        print(f"{name:<12}{'failed' if complaint else 'ok':<8}{time.monotonic() - started:5.1f} s", flush=True)
        if complaint:
            failed.append(name)
            print(shown(complaint), flush=True)
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
