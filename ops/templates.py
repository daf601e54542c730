"""Migrated, empty databases on the test server, one per state of the migrations, copied instead of migrated again."""

from __future__ import annotations

import contextlib
import hashlib
import os

import psycopg
from psycopg import sql

from ops import paths
from ops.cluster import ROLE

PREFIX = "kept_"


def server() -> str:
    """The superuser's address of the run's own server; empty when not run by bin/test."""
    return os.environ.get("MOTCUA_SUPERUSER_URL", "")


def name() -> str:
    """Changes with every migration of ours and with every pinned package (some bring migrations)."""
    digest = hashlib.sha256((paths.ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted(paths.ROOT.glob("motcua/*/migrations/*.py")):
        digest.update(f"{path.parent.parent.name}/{path.name}\n".encode() + path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def exists(template: str) -> bool:
    """Whether a copy can be made of it."""
    with psycopg.connect(server(), autocommit=True) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone())


def keep(database: str, template: str) -> None:
    """Copy a fresh test database before a test touches it, and forget the templates of older migrations."""
    with psycopg.connect(server(), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]).fetchall()
        # Another worker may be first, or hold its own connection: then that one's copy serves, or the next run's.
        with contextlib.suppress(psycopg.Error):
            for (old,) in rows:
                if old != template:
                    connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(str(old))))
            words = (sql.Identifier(template), sql.Identifier(database), sql.Identifier(ROLE))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*words))
