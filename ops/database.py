"""Whose database a command works on: the embedded one, or the one that DATABASE_URL names."""

from __future__ import annotations

import os

import psycopg
from psycopg import sql

MARK = "Motcua demo: invented people"


class DatabaseError(RuntimeError):
    """The database that was named cannot be used; the message says why."""


def given() -> str:
    """$DATABASE_URL, or nothing when the embedded server is to be used."""
    return os.environ.get("DATABASE_URL", "")


def check_for_demo(url: str) -> None:
    """The demo fills only an empty database or its own: real data are never mixed with invented people."""
    with _connected(url) as connection:
        if _version(connection) < 170000:
            raise DatabaseError("The server that DATABASE_URL names is too old: Motcua needs PostgreSQL 17 or newer.")
        if _is_empty(connection):
            connection.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(sql.Literal(MARK)))
        elif not _is_demo(connection):
            raise DatabaseError(
                "The database that DATABASE_URL names holds data that are not the demo's, and the demo would mix "
                "invented people into them: give it an empty database."
            )


def reset_demo(url: str) -> None:
    """Empty a named database, provided that it is the demo's own."""
    with _connected(url) as connection:
        if not _is_empty(connection) and not _is_demo(connection):
            raise DatabaseError("The database that DATABASE_URL names is not the demo's: --reset does not touch it.")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as problem:
        raise DatabaseError(f"The database that DATABASE_URL names does not answer: {problem}") from problem


def _version(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    return connection.info.server_version


def _is_empty(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return row == (0,)


def _is_demo(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("SELECT obj_description('public'::regnamespace)").fetchone()
    return row == (MARK,)
