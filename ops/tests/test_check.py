"""The static checks' own rules: what must not be committed, and how a failure is told."""

import re
import subprocess
import sys

import pytest

from ops import check, lock, paths

HOME = "/ho" + "me/ana/motcua"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("pip install --index" + "-url https://mirror.example/simple", "an index address"),
        ("--find" + "-links /wheels", "an index address"),
        (f"see {HOME}/var", "a path of one machine"),
        ("-----BEGIN PRIVATE" + " KEY-----", "a private key"),
    ],
)
def test_what_must_not_be_committed_is_found_with_its_line(line: str, complaint: str) -> None:
    assert check.complaints_about("notes.md", f"first\n{line}\n") == [f"notes.md:2: {complaint}"]


@pytest.mark.parametrize("line", ["var/run", "$HOME/work", "the working/home page", "https://motcua.example/home/"])
def test_ordinary_lines_pass(line: str) -> None:
    assert check.complaints_about("notes.md", line) == []


def test_an_unknown_check_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["beauty"]) == 2
    assert "ruff" in capsys.readouterr().err


def test_every_check_runs_and_one_failure_fails_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "CHECKS", {"first": lambda: "line 3: wrong", "second": lambda: ""})
    assert check.main([]) == 1
    told = capsys.readouterr().out
    assert re.search(r"first +failed", told)
    assert re.search(r"second +ok", told)
    assert "    line 3: wrong" in told


def test_long_complaints_are_cut_and_counted() -> None:
    told = check.shown("\n".join(f"line {number}" for number in range(100)))
    assert told.endswith("… and 40 lines more")


def test_the_lock_files_pin_and_hash_everything_and_carry_no_address() -> None:
    assert check.lock_is_current() == ""
    for name in ("base", "dev"):
        assert lock.addresses_in((paths.ROOT / "requirements" / f"{name}.txt").read_text()) == []


def test_bootstrap_needs_nothing_but_the_standard_library() -> None:
    code = "import ops.bootstrap, sys; print([m for m in ('django', 'psycopg', 'ops.postgres') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_nothing_here_imports_what_runs_inside_django() -> None:
    for path in (paths.ROOT / "ops").rglob("*.py"):
        assert not re.search(r"^\s*(?:from|import) (?:motcua|sandbox|config)\b", path.read_text(), re.M), path


def test_only_tables_in_use_are_guarded_against_long_locks() -> None:
    alters = 'ALTER TABLE "places_unit" ADD x int;\nALTER TABLE "old" ADD x int;'
    text = f'BEGIN;\nCREATE TABLE "places_unit" ("id" uuid);\n{alters}'
    complaints = "a/unreleased.sql:2:4: warning: some-rule\na/unreleased.sql:3:4: warning: some-rule"
    assert check.about_tables_in_use(complaints, text) == "a/unreleased.sql:3:4: warning: some-rule"
    assert check.about_tables_in_use("squawk broke", text) == "squawk broke"
