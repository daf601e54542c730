"""One browser and one house for all journeys; visitors who look at every page with axe."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from e2e.house import House, opened
from e2e.visitor import FLAGS, Visitor
from ops import chromium

sync_api = pytest.importorskip("playwright.sync_api")
Visit = Callable[..., Visitor]
SEEN = pytest.StashKey[dict[str, list[Visitor]]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys need the browser, and go to one worker of a spread run: they share the house."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("house"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """A journey that fails leaves a picture of what each visitor saw last."""
    report = yield
    if report.when == "call" and report.failed and "visitors" in item.stash.get(SEEN, {}):
        for number, visitor in enumerate(item.stash[SEEN]["visitors"]):
            path = visitor.house.folder / f"{item.name}-{number}.png"
            visitor.page.screenshot(path=path, full_page=True)
            report.sections.append(("picture", f"{visitor.page.url} {path}"))
    return report


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    if "MOTCUA_TEST_FOLDER" not in os.environ:
        pytest.skip("the journeys need the server of bin/test")
    with opened() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(house: House, browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Let somebody of the cast (or a stranger) come in: `visit("nguyen.thu.ha", width=360)`."""
    visitors: list[Visitor] = []
    request.node.stash[SEEN] = {"visitors": visitors}

    def come(who: str = "", **options: Any) -> Visitor:
        visitors.append(Visitor(house, browser, who, **options))
        return visitors[-1]

    yield come
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert complaints == []
