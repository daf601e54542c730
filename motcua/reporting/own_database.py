"""A database of one's own on the present server, made fresh and filled with the pack, for a command that fills it."""

import os
import subprocess
import sys

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql


def run(name: str, command: list[str]) -> str:
    """Make the database anew, load the pack, run a management command in it; the step that failed, or nothing."""
    told = {**os.environ, "DATABASE_URL": _fresh(name)}
    for step in (["migrate", "--verbosity", "0"], ["load_pack", str(settings.PACK)], command):
        quiet = None if step is command else subprocess.DEVNULL
        done = subprocess.run([sys.executable, "-m", "motcua", *step], env=told, stdout=quiet, check=False)
        if done.returncode:
            return step[0]
    return ""


def _fresh(name: str) -> str:
    """Drop and create the database beside the present one, on the same server; its address."""
    own = connection.settings_dict
    where = {"host": own["HOST"], "port": own["PORT"] or None, "user": own["USER"], "password": own["PASSWORD"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **{k: v for k, v in where.items() if v}) as server:
        named = sql.Identifier(name)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        server.execute(sql.SQL("CREATE DATABASE {}").format(named))
    head, _, tail = os.environ["DATABASE_URL"].partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}{'?' + tail if tail else ''}"
