"""What bin/test adds to pytest: browser tests skipped by name, or required; migrated databases copied."""

from __future__ import annotations

import atexit
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from ops import chromium, templates
from ops.postgres import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    """Called before any settings are read: a worker of a spread run starts a server of its own.

    Not only a database: the event log is read up to the oldest running transaction of the whole server, so that tests
    of one worker would wait for the other's.
    """
    worker, folder = os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get("MOTCUA_TEST_FOLDER", "")
    if not worker or not folder:
        return
    base = Path(folder)
    server = Server(base / f"postgres-{worker}", run_folder=base / "run", log=base / f"{worker}.log", profile="test")
    os.environ["DATABASE_URL"] = server.start()
    os.environ["MOTCUA_SUPERUSER_URL"] = server.url("postgres", user="postgres")
    os.environ["MOTCUA_DATA"] = str(base / f"data-{worker}")
    atexit.register(server.stop)


def _required() -> bool:
    return "browser" in os.environ.get("MOTCUA_REQUIRE", "").split(",")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; order and fixtures stay as they are."""
    if chromium.find():
        return
    reason = "no Chromium on this machine"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Where browser tests are required (CI), a skipped one has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("browser") and _required():
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"MOTCUA_REQUIRE=browser forbids skipping this test. {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Migrate once per change of a migration: the first run keeps its fresh database, later ones copy it."""
    if fixturedef.argname != "django_db_setup" or not _may_copy(request.config):
        return (yield)
    from django.db import connection

    name = templates.name()
    found = templates.exists(name)
    test_settings: dict[str, Any] = connection.settings_dict["TEST"]
    test_settings["TEMPLATE"] = name if found else None
    result = yield
    if not found:
        connection.close()
        templates.keep(str(connection.settings_dict["NAME"]), name)
    return result


def _may_copy(config: pytest.Config) -> bool:
    return bool(templates.server()) and not any(
        config.getoption(option, default=False) for option in ("reuse_db", "create_db", "no_migrations")
    )
