"""Loading processes: twice changes nothing, a change is a version, a bad file stops nothing."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from motcua.places.models import Refusal
from motcua.places.services import LoadReport
from motcua.workflow import services
from motcua.workflow.models import ProcessDefinition
from motcua.workflow.tests.factories import MONDAY, PACK

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(PACK / "processes", tmp_path / "processes")
    return tmp_path


def counted(report: LoadReport) -> tuple[int, int, int, int]:
    files = report.files
    return (
        sum(file.new for file in files),
        sum(file.changed for file in files),
        sum(file.same for file in files),
        sum(len(file.refused) for file in files),
    )


def edit(pack: Path, name: str, old: str, new: str) -> None:
    file = pack / "processes" / f"{name}.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_twice_changes_nothing(pack: Path) -> None:
    files = len(list((pack / "processes").glob("*.toml")))
    assert counted(services.load_processes(pack, now=MONDAY)) == (files, 0, 0, 0)
    assert services.load_processes(pack, now=MONDAY).is_skipped
    assert counted(services.load_processes(pack, now=MONDAY, force=True)) == (0, 0, files, 0)
    assert ProcessDefinition.objects.count() == files


def test_a_change_is_a_new_version_from_today(pack: Path) -> None:
    services.load_processes(pack, now=MONDAY)
    edit(pack, "same-day", "Quy trình giải quyết trong ngày", "Quy trình trong ngày")
    assert counted(services.load_processes(pack, now=MONDAY))[1] == 1
    first, second = ProcessDefinition.objects.filter(key="same-day").order_by("version")
    assert (first.version, first.valid_to) == (1, MONDAY.date() - timedelta(days=1))
    assert (second.version, second.valid_from, second.valid_to) == (2, MONDAY.date(), None)
    assert second.name == "Quy trình trong ngày"
    assert ProcessDefinition.objects.in_force(date(2024, 1, 1)).get(key="same-day") == first


def test_a_change_may_be_announced_for_a_later_day(pack: Path) -> None:
    services.load_processes(pack, now=MONDAY)
    edit(pack, "same-day", "valid_from = 2018-06-21", "valid_from = 2027-01-01")
    services.load_processes(pack, now=MONDAY)
    assert ProcessDefinition.objects.in_force(date(2026, 12, 31)).get(key="same-day").version == 1
    assert ProcessDefinition.objects.in_force(date(2027, 1, 1)).get(key="same-day").version == 2


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("total = 32", "total = 33", "total", "add up to 32"),
        ('role = "handler"', 'role = "wizard"', "steps[1].role", "is not one of: reception"),
        ("[[steps]]", "[[steps", "file", "not readable as TOML"),
        ('key = "same-day"', 'key = "certification"', "key", "Another file already defines"),
    ],
)
def test_a_bad_file_is_refused_and_kept(pack: Path, old: str, new: str, column: str, reason: str) -> None:
    edit(pack, "same-day", old, new)
    files = len(list((pack / "processes").glob("*.toml")))
    assert counted(services.load_processes(pack, now=MONDAY)) == (files - 1, 0, 0, 1)
    kept = Refusal.objects.get()
    assert (kept.file, kept.column) == ("processes/same-day.toml", column)
    assert reason in kept.reason
    edit(pack, "same-day", new, old)
    assert counted(services.load_processes(pack, now=MONDAY))[3] == 0
    assert not Refusal.objects.exists()


def test_a_refused_change_leaves_what_is_loaded(pack: Path) -> None:
    services.load_processes(pack, now=MONDAY)
    edit(pack, "same-day", "share = 16", "share = 15")
    services.load_processes(pack, now=MONDAY)
    assert ProcessDefinition.objects.get(key="same-day").valid_to is None


def test_bytes_that_are_no_text_are_refused(pack: Path) -> None:
    (pack / "processes" / "odd.toml").write_bytes(b"\xff\xfe\x00")
    assert counted(services.load_processes(pack, now=MONDAY))[3] == 1
