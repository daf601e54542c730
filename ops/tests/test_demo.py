"""bin/demo's own promises: the order of the steps, a failing step's sentence, what --once and Ctrl-C mean."""

from pathlib import Path

import pytest

from ops import database, demo, environment, prepare, programs
from ops.environment import Address
from ops.supervisor import Stopped, Supervisor

FAILING = "nothing"


class FakeServer:
    def __init__(self, folder: Path, told: list[str]) -> None:
        self.data = folder / "data" / "postgres"
        self.told = told

    def start(self, *, join: bool) -> str:
        assert not join, "the demo must own its database"
        self.told.append("database")
        return "postgresql://x@/x"

    def is_running(self) -> bool:
        return True

    def stop(self) -> None:
        self.told.append("stop")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the demo did, in order; commands succeed, nothing is really started."""
    told: list[str] = []

    def run(self: Supervisor, command: list[str], environment: dict[str, str]) -> int:
        words = " ".join(command[3:])
        told.append(words)
        return 3 if words.startswith(FAILING) else 0

    for name in ("HOST", "PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_PACK", str(tmp_path / "pack"))
    monkeypatch.setattr(environment, "demo_server", lambda: FakeServer(tmp_path, told))
    monkeypatch.setattr(prepare, "static_files", lambda environment: told.append("static"))
    monkeypatch.setattr(programs, "of_demo", lambda address, environment: [])
    monkeypatch.setattr(Supervisor, "run", run)
    monkeypatch.setattr(Supervisor, "start", lambda self, *programs: told.append("processes"))
    return told


FILL = ["migrate --verbosity 0", "load_pack PACK"]
DRIVE = ["processes", "demo seed", "report"]


def without_paths(told: list[str]) -> list[str]:
    return ["load_pack PACK" if words.startswith("load_pack") else words for words in told]


def test_once_fills_reports_and_stops(told: list[str]) -> None:
    assert demo.main(["--once"]) == 0
    assert without_paths(told) == ["database", "static", *FILL, *DRIVE, "stop"]


def test_the_second_start_goes_straight_to_the_processes(told: list[str]) -> None:
    demo.main(["--once"])
    told.clear()
    assert demo.main(["--once"]) == 0
    assert told == ["database", "static", *DRIVE, "stop"]


def test_reset_fills_again(told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    demo.main(["--once"])
    told.clear()
    assert demo.main(["--once", "--reset"]) == 0
    assert without_paths(told) == ["database", "static", *FILL, *DRIVE, "stop"]
    assert "Throwing away the old data" in capsys.readouterr().out


def test_serving_shows_what_to_try_and_ends_cleanly_when_asked(
    told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ctrl_c(self: Supervisor) -> None:
        self.is_stop_asked = True
        raise Stopped

    monkeypatch.setattr(Supervisor, "watch", ctrl_c)
    assert demo.main([]) == 0
    assert told[-2:] == ["demo guide", "stop"]
    shown = capsys.readouterr().out
    for part in ("http://localhost:", "Stop: Ctrl-C", "--reset", "Data and logs:"):
        assert part in shown


@pytest.mark.parametrize("words", ["migrate", "load_pack", "demo seed", "report"])
def test_a_failing_step_ends_the_run_with_a_sentence(
    words: str, told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ops.tests.test_demo.FAILING", words)
    assert demo.main(["--once"]) == 1
    assert told[-1] == "stop"
    assert told[-2].startswith(words)
    assert f"The command “{words}" in capsys.readouterr().err


def test_a_named_database_is_checked_and_never_left_out_of_the_filling(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@elsewhere/x")
    monkeypatch.setattr(database, "check_for_demo", lambda url: told.append(f"checked {url}"))
    for _ in range(2):
        assert demo.main(["--once"]) == 0
    once = ["checked postgresql://x@elsewhere/x", "static", *FILL, *DRIVE]
    assert without_paths(told) == once + once


def test_the_code_for_the_phone_is_shown_only_when_a_phone_can_come(capsys: pytest.CaptureFixture[str]) -> None:
    demo.print_phone_code(Address("127.0.0.1", 8000, 8001))
    assert "Only this machine" in capsys.readouterr().out
    demo.print_phone_code(Address("198.51.100.7", 8000, 8001))
    shown = capsys.readouterr().out
    assert "http://198.51.100.7:8000" in shown
    assert "█" in shown or "▄" in shown
