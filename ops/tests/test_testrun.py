"""bin/test's own promises: skipped or required browser tests, templates, arguments passed through."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ops import chromium, paths, templates, testrun

JOURNEY = """
import pytest

@pytest.mark.browser
def test_journey():
    pass

def test_rule():
    pass
"""


def run_pytest(folder: Path, **environment: str) -> str:
    (folder / "test_journey.py").write_text(JOURNEY)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")
    told = {"PYTHONPATH": str(paths.ROOT), "PATH": str(folder), "HOME": str(folder), **environment}
    command = [sys.executable, "-m", "pytest", "-p", "ops.pytest_plugin", "-p", "no:django", "-p", "no:randomly", "-rs"]
    done = subprocess.run([*command, str(folder)], env=told, cwd=folder, capture_output=True, text=True)
    return done.stdout


def test_browser_tests_run_where_there_is_a_browser(tmp_path: Path) -> None:
    assert "2 passed" in run_pytest(tmp_path, MOTCUA_CHROMIUM="/usr/bin/true")


def test_browser_tests_are_reported_as_skipped_without_one(tmp_path: Path) -> None:
    told = run_pytest(tmp_path)
    assert "1 passed, 1 skipped" in told
    assert "no Chromium on this machine" in told


def test_where_a_browser_is_required_a_skip_is_a_failure(tmp_path: Path) -> None:
    told = run_pytest(tmp_path, MOTCUA_REQUIRE="browser")
    assert "1 passed, 1 error" in told
    assert "forbids skipping" in told


def test_all_tests_are_spread_and_chosen_ones_run_as_asked() -> None:
    assert "-n" in testrun.pytest_command([])
    assert testrun.pytest_command(["-k", "due", "motcua/workflow"])[-3:] == ["-k", "due", "motcua/workflow"]
    assert "-n" not in testrun.pytest_command(["motcua/workflow"])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["e2e"], True),
        (["-m", "browser"], True),
        (["-x"], True),
        (["motcua/kernel"], False),
        (["-q", "motcua/places/tests/test_rules.py"], False),
    ],
)
def test_chromium_is_sought_only_when_journeys_may_run(arguments: list[str], wanted: bool) -> None:
    assert testrun.wants_browser(arguments) is wanted


def test_a_missing_browser_is_explained(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(chromium, "find", lambda: "")
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    assert chromium.ensure() == ""
    assert "the browser tests are skipped" in capsys.readouterr().err


@pytest.mark.skipif(not templates.server(), reason="run by bin/test")
def test_a_kept_database_replaces_those_of_older_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "PREFIX", "trial_")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for name in ("trial_source", "trial_old", "trial_new"):
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute("CREATE DATABASE trial_old")
        connection.execute("CREATE DATABASE ours_source")
    try:
        templates.keep("ours_source", "trial_new")
        assert templates.exists("trial_new")
        assert not templates.exists("trial_old")
        templates.keep("ours_source", "trial_new")
        assert templates.exists("trial_new")
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("DROP DATABASE ours_source")
            connection.execute("DROP DATABASE trial_new")


def test_the_templates_name_follows_the_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").write_text("django==5.2\n")
    migration = tmp_path / "motcua" / "places" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("first")
    first = templates.name()
    assert templates.name() == first
    migration.write_text("second")
    assert templates.name() != first
