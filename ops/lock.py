"""bin/lock: pins and hashes for every Python and machine we promise, without any address in the files."""

from __future__ import annotations

import re
import subprocess
import sys

from ops import paths

OLDEST = "3.11"


def compile_command(name: str) -> list[str]:
    """uv resolves once for all Pythons and platforms; pip installs from the result."""
    folder = "requirements"
    command = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", OLDEST]
    command += ["--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate", "--no-emit-index-url"]
    command += ["--no-emit-find-links", "--quiet"]
    if name == "dev":
        # The same versions in both files, or a test would run on other packages than the demo.
        command += ["--constraint", f"{folder}/base.txt"]
    return [*command, "--output-file", f"{folder}/{name}.txt", f"{folder}/{name}.in"]


def addresses_in(text: str) -> list[str]:
    """Lines that name a place on the network, which a lock file must not."""
    return [line for line in text.splitlines() if re.search(r"://|^--", line)]


def main(arguments: list[str]) -> int:
    """Write both files; ``--upgrade`` and ``--upgrade-package NAME`` are passed on."""
    try:
        import uv  # noqa: F401 - only to see whether it is there
    except ImportError:
        print("bin/lock needs uv: .venv/bin/python -m pip install uv", file=sys.stderr)
        return 1
    for name in ("base", "dev"):
        done = subprocess.run([*compile_command(name), *arguments], cwd=paths.ROOT)
        if done.returncode != 0:
            return done.returncode
        path = paths.ROOT / "requirements" / f"{name}.txt"
        if found := addresses_in(path.read_text()):
            print(f"requirements/{name}.txt carries an address: {found[0]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
