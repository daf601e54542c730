"""The benches' databases: a migrated, loaded one as a template, and copies of it."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ops import paths, prepare

BASE = "motcua_bench_base"


def url_of(name: str) -> str:
    """The address of a database on the bench's server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def _superuser() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(os.environ["MOTCUA_SUPERUSER_URL"], autocommit=True)


def _mark(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> str | None:
    """What a database was made from; None when there is no such database."""
    row = connection.execute(
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return None if row is None else str(row[0])


def _create(connection: "psycopg.Connection[tuple[object, ...]]", name: str, template: str) -> None:
    owner = urlsplit(os.environ["DATABASE_URL"]).username or "motcua"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    connection.execute(drop)
    create = "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY"
    names = [sql.Identifier(word) for word in (name, owner, template)]
    connection.execute(sql.SQL(create).format(*names))


def set_mark(name: str, mark: str) -> None:
    """Note what a database was made from."""
    with _superuser() as connection:
        words = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(mark))
        connection.execute(words)


def fingerprint() -> str:
    """Changes with the tables and with the pack."""
    pack = Path(os.environ.get("MOTCUA_PACK", paths.ROOT / "packs" / "quangninh"))
    return prepare.fingerprint_of_data(pack)


def base() -> None:
    """The template, made again when tables or pack have changed."""
    with _superuser() as connection:
        if _mark(connection, BASE) == fingerprint():
            return
        _create(connection, BASE, "template0")
    told = {**os.environ, "DATABASE_URL": url_of(BASE)}
    pack = os.environ.get("MOTCUA_PACK", str(paths.ROOT / "packs" / "quangninh"))
    for words in (["migrate", "--verbosity", "0"], ["load_pack", pack]):
        done = subprocess.run([sys.executable, "-m", "motcua", *words], env=told, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"The bench's database could not be made ({words[0]}):\n{done.stdout}{done.stderr}")
    set_mark(BASE, fingerprint())


def fresh(name: str) -> str:
    """A new copy of the template; answers its address."""
    base()
    with _superuser() as connection:
        _create(connection, name, BASE)
    return url_of(name)


def kept(name: str, mark: str) -> tuple[str, bool]:
    """A database made earlier from the same things, else a new copy of the template: its address and whether new."""
    with _superuser() as connection:
        if _mark(connection, name) == mark:
            return url_of(name), False
    return fresh(name), True
