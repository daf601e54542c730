"""The browser for the journeys: the system's own Chromium, installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str:
    """The path of a Chromium on this machine, or an empty string."""
    given = os.environ.get("MOTCUA_CHROMIUM", "")
    if given:
        return given
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return ""


def install() -> str:
    """Install Debian's chromium when root (or sudo without a password) lets us. Answers why not, or nothing."""
    apt = shutil.which("apt-get")
    if not apt:
        return "this system has no apt-get; install Chromium with its package manager"
    prefix: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode != 0:
            return "we are not root here; run “apt-get install chromium” as root"
        prefix = [sudo, "-n"]
    print("Installing Chromium for the browser tests …", file=sys.stderr, flush=True)
    quiet = ["-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, apt, *quiet, "update"], env=environment, capture_output=True)
    packages = [*prefix, apt, *quiet, "install", "-y", "--no-install-recommends", "chromium"]
    done = subprocess.run(packages, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        return f"apt-get could not install it: {(done.stderr or done.stdout).strip()[-400:]}"
    return ""


def ensure() -> str:
    """The browser's path after trying to install it; says why when there is none."""
    if path := find():
        return path
    reason = install()
    path = find()
    if not path:
        print(f"No Chromium, so the browser tests are skipped: {reason}.", file=sys.stderr, flush=True)
    return path
