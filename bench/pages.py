"""`bench list` and `bench search`: the office's pages over many dossiers, for the worst cast."""

import argparse
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import django

from bench import database, inside, output
from bench.processes import System, spent

OFFICER, LEADER, STRANGER = "chuyenvien.tuphap", "giamdoc.tinh", "chuyenvien.honggai"
WARM = 6


def run(options: argparse.Namespace) -> int:
    """Make the database once, then measure its pages."""
    name = f"motcua_bench_{options.size}"
    recipe = hashlib.sha256((Path(__file__).parent / "bulk.py").read_bytes()).hexdigest()[:16]
    mark = f"{database.fingerprint()} {recipe} {options.size}"
    url, is_new = database.kept(name, mark)
    os.environ["DATABASE_URL"] = url
    django.setup()
    from bench import bulk, world

    if is_new:
        output.say(f"Making {options.size:,} dossiers in {name}; kept for the next time …")
        world.load_cast()
        bulk.fill(options.size)
        database.set_mark(name, mark)
    system = System(url)
    system.start()
    try:
        _measure(system, options)
    finally:
        system.stop()
    return 0


def _measure(system: System, options: argparse.Namespace) -> None:
    from django.core.handlers.wsgi import WSGIHandler

    from bench import world

    browsers = {name: world.signed_in(system.address, name) for name in (OFFICER, LEADER, STRANGER)}
    application = WSGIHandler()
    for what, username, path in _pages(options.name):
        browser = browsers[username]
        for _ in range(WARM):
            _look(browser, path)
        local = inside.turned_inside(browser, application)
        _look(local, path)
        with inside.counted() as found:
            _look(local, path)
        before, seconds = system.cpu(), []
        for _ in range(options.n):
            _look(browser, path)
            seconds.append(browser.seconds)
        cpu = sum(spent(before, system.cpu()).values())
        output.line(what, seconds, cpu=cpu, sql=found.count, rss_mb=system.rss_mb(), size=options.size)


def _look(browser: "Browser", path: str) -> None:  # type: ignore[name-defined]  # noqa: F821
    answer = browser.get(path, follows=0)
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{path} answered {answer.status_code}")


def _pages(name: str) -> Iterator[tuple[str, str, str]]:
    """(what, who, address) of every page measured."""
    from django.urls import reverse

    from bench import bulk

    inbox, search = reverse("dossiers:inbox"), reverse("dossiers:office_search")
    deep = quote(bulk.deep_mark(bulk.leader_agency()))
    if name == "list":
        yield "inbox, officer with 50 rows", OFFICER, inbox
        yield "inbox, leader with all", LEADER, inbox
        yield "inbox, stranger", STRANGER, inbox
        yield "list, officer with 50 rows", OFFICER, search
        yield "list, leader with all", LEADER, search
        yield "list, stranger", STRANGER, search
        yield "list, leader, deep page", LEADER, f"{search}?page={deep}"
        return
    asked = {
        "Nguyễn": {"q": "Nguyễn"}, "a full name": {"q": "nguyen thi lan"}, "a name nobody has": {"q": "Zuzana"},
        "a procedure": {"procedure": "1.001193"}, "Nguyễn in progress": {"q": "Nguyễn", "state": "4"},
    }  # fmt: skip
    for words, query in asked.items():
        yield f"search {words}, leader with all", LEADER, f"{search}?{urlencode(query)}"
    yield "search Nguyễn, leader, deep page", LEADER, f"{search}?{urlencode({'q': 'Nguyễn'})}&page={deep}"
    yield "search Nguyễn, officer with 50 rows", OFFICER, f"{search}?{urlencode({'q': 'Nguyễn'})}"
    yield "search Nguyễn, stranger", STRANGER, f"{search}?{urlencode({'q': 'Nguyễn'})}"
