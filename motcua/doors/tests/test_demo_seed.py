"""`demo seed` against the real pack: every ending of the plan, and what a second start does."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from motcua.doors.demo import bundled, guide, life, seed
from motcua.doors.demo.plan import Ending, Story, stories
from motcua.dossiers.enums import State
from motcua.dossiers.models import Bundle, Dossier
from motcua.dossiers.versions import versions_of
from motcua.kernel import clock
from motcua.kernel.clock import ZONE
from motcua.payments import queries as payments

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 10, 20, tzinfo=ZONE)
STANDS = {
    Ending.NEW: State.NEW, Ending.OVERDUE: State.NEW, Ending.REFUSED: State.NOT_ACCEPTED,
    Ending.EARLY: State.SUPPLEMENT, Ending.WAITING: State.SUPPLEMENT, Ending.WITHDRAWN: State.WITHDRAWN,
    Ending.STOPPED: State.STOPPED, Ending.READY: State.RESOLVED, Ending.UNPAID: State.RESOLVED,
    Ending.DONE: State.HANDED_OVER, Ending.ANSWERED: State.HANDED_OVER, Ending.DELAYED: State.HANDED_OVER,
    Ending.NEGATIVE: State.HANDED_OVER, Ending.EXTERNAL: State.HANDED_OVER,
    Ending.CORRECTED: State.RESOLVED, Ending.REOPENED: State.IN_PROGRESS,
}  # fmt: skip


def one_of_each() -> list[Story]:
    """The first story of every ending."""
    found: dict[Ending, Story] = {}
    for story in stories():
        found.setdefault(story.ending, story)
    return list(found.values())


@pytest.fixture
def pack(tmp_path: Path, settings: Any) -> Path:
    """The real pack, and a folder of its own for what is written."""
    settings.DATA = tmp_path
    settings.BLOBS = tmp_path / "blobs"
    call_command("load_pack", settings.PACK, stdout=io.StringIO())
    return tmp_path


@pytest.mark.slow
def test_every_ending_stands_where_the_plan_wants_it(pack: Path) -> None:
    cast = seed.load_cast(MORNING)
    driver = life.Driver(cast, seed._held(seed.write_samples(cast, MORNING)), MORNING)
    found = {story.ending: driver.drive(story) for story in one_of_each()}
    for ending, state in STANDS.items():
        assert Dossier.objects.get(pk=found[ending].pk).state == state, ending
    late, today, running = (found[ending] for ending in (Ending.LATE, Ending.TODAY, Ending.RUNNING))
    assert late.is_open
    assert late.due_at
    assert late.due_at < MORNING
    assert today.is_open
    assert today.due_at
    assert clock.local(today.due_at).date() == MORNING.date()
    assert running.is_open
    assert running.due_at
    assert clock.local(running.due_at).date() > MORNING.date()
    delayed, overdue, unpaid = (found[ending] for ending in (Ending.DELAYED, Ending.OVERDUE, Ending.UNPAID))
    assert delayed.finished_at
    assert delayed.due_at
    assert delayed.finished_at > delayed.due_at
    assert overdue.acceptance_due_at
    assert overdue.acceptance_due_at < MORNING
    assert payments.due_amount(unpaid.pk) > 0
    assert found[Ending.NEGATIVE].result.reason
    assert found[Ending.EXTERNAL].result.external_system
    assert [one.result.version for one in versions_of(found[Ending.CORRECTED])] == [2, 1]
    assert found[Ending.REOPENED].reopenings.count() == 1
    for dossier in Dossier.objects.all():
        moments = [line.at for line in dossier.story.order_by("pk")]
        assert moments == sorted(moments), dossier.shown_code
        assert moments[-1] <= MORNING, dossier.shown_code
    assert len({tip.what for tip in guide.tips()}) == 5
    known = Dossier.objects.count()
    again = [story for story in stories() if story.number in {one.number for one in one_of_each()}]
    assert seed.figures(MORNING)["dossiers"] == known == len(again)


@pytest.mark.slow
def test_a_second_seed_drives_nothing(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = one_of_each()[:3]
    monkeypatch.setattr(seed, "stories", lambda: iter(some))
    cast, out = seed.load_cast(MORNING), io.StringIO()
    folder = seed.write_samples(cast, MORNING)
    assert seed.drive(cast, folder, MORNING, out) == 3
    assert seed.drive(cast, folder, MORNING, out) == 0
    assert Dossier.objects.count() == 3
    assert "3 dossiers are there already" in out.getvalue()
    assert (folder / "id-card-nguyen.thu.ha.png").exists()


def test_the_clock_moves_forward_only(tmp_path: Path, settings: Any) -> None:
    settings.CLOCK_OFFSET_FILE = tmp_path / "run" / "clock-offset"
    before = clock.now()
    call_command("demo", "tick", days=3, stdout=io.StringIO())
    call_command("demo", "tick", days=2, stdout=io.StringIO())
    assert (clock.now() - before).days == 5
    with pytest.raises(CommandError, match="forward"):
        call_command("demo", "tick", days=0)


def test_a_clock_that_cannot_be_moved_says_so(settings: Any) -> None:
    settings.CLOCK_OFFSET_FILE = None
    with pytest.raises(CommandError, match="cannot be moved"):
        call_command("demo", "tick", days=1)


@pytest.mark.parametrize("words", [("demo", "seed"), ("demo", "guide"), ("pictures",)])
def test_outside_the_demo_nothing_is_done(words: tuple[str, ...], settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo"):
        call_command(*words)


def test_pictures_need_a_running_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert settings.DEMO
    with pytest.raises(CommandError, match="start bin/demo first"):
        call_command("pictures")


@pytest.mark.slow
def test_the_familys_bundle_is_half_done(pack: Path) -> None:
    cast = seed.load_cast(MORNING)
    folder = seed.write_samples(cast, MORNING)
    assert bundled.drive(cast, folder, MORNING) == 1
    assert bundled.drive(cast, folder, MORNING) == 0
    members = {one.key: one for one in Bundle.objects.get().members.select_related("dossier")}
    assert {key: one.state for key, one in members.items()} == {
        "birth": "open", "copies": "open", "residence": "ready", "insurance": "ready",
    }  # fmt: skip
    assert [members[key].dossier.state for key in ("birth", "copies")] == [State.RESOLVED, State.NEW]
