"""What bin/test adds to pytest: browser tests are skipped by name without a browser, and required where asked."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

from ops import chromium


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
