"""Becomes another program, as another user if asked, tied to the life of its parent.

Run as a file by a bare interpreter (``python -I -S ops/launch.py …``), so that the switch of user and the
parent-death signal happen in a process of its own: safe whatever threads the parent has.

PROGRAM is an absolute path. Ways: ``plain`` (stay who we are), ``userns:UID:GID`` (root outside, an ordinary user
inside a user namespace: files stay root's, nothing needs opening), ``setuid:UID:GID`` (drop to that user).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
REFUSED = 111


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def enter_namespace(uid: int, gid: int) -> None:
    """Map (uid, gid) inside a new user namespace to who we are outside."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    with open("/proc/self/setgroups", "w") as file:
        file.write("deny")
    with open("/proc/self/uid_map", "w") as file:
        file.write(f"{uid} {outer_uid} 1")
    with open("/proc/self/gid_map", "w") as file:
        file.write(f"{gid} {outer_gid} 1")


def drop(uid: int, gid: int) -> None:
    """Become an unprivileged user for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def switch(way: str) -> None:
    """Become the user that the way names."""
    kind, _, ids = way.partition(":")
    if kind == "plain":
        return
    uid, gid = (int(part) for part in ids.split(":"))
    if kind == "userns":
        enter_namespace(uid, gid)
    elif kind == "setuid":
        drop(uid, gid)
    else:
        raise ValueError(f"unknown way {kind!r}")


def die_with(parent: int, number: int) -> None:
    """Receive the signal when the parent's thread ends. Set last: a change of user clears it."""
    if parent == 0 or not sys.platform.startswith("linux"):
        return
    _libc().prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(REFUSED)


def reachable(paths: list[str]) -> bool:
    """Whether the user we became can work in these folders and run these programs."""
    for path in paths:
        wanted = os.R_OK | os.X_OK
        if path.startswith("w:"):
            path, wanted = path[2:], wanted | os.W_OK
        if not os.access(path, wanted):
            return False
    return True


def main(argv: list[str]) -> int:
    """``launch.py WAY PARENT SIGNAL run PROGRAM ARG…`` or ``launch.py WAY 0 0 probe [w:]PATH…``."""
    way, parent, number, verb, rest = argv[0], int(argv[1]), int(argv[2]), argv[3], argv[4:]
    try:
        switch(way)
    except (OSError, ValueError) as problem:
        print(f"launch: cannot go the way {way}: {problem}", file=sys.stderr)
        return REFUSED
    if verb == "probe":
        return 0 if reachable(rest) else REFUSED
    die_with(parent, number)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_DFL)
    return os.execv(rest[0], rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
