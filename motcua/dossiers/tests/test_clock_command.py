"""`motcua clock due` and `motcua clock explain`, for people and for machines."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.dossiers.tests.factories import World, accepted, submitted, world
from motcua.places import queries as places
from motcua.places.models import CalendarDay, OfficeHours
from motcua.places.services import load_places
from motcua.places.tests.test_calendar import pack_calendar
from motcua.workflow import services
from motcua.workflow.tests.factories import LAW, MONDAY, PACK, agency, office_hours

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hours() -> Iterator[None]:
    places.forget_calendars()
    office_hours()
    yield
    places.forget_calendars()


def due(*arguments: str) -> str:
    out = StringIO()
    call_command("clock", "due", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> dict[str, Any]:
    return json.loads(due(*arguments, "--json"))  # type: ignore[no-any-return]


def test_for_machines() -> None:
    found = told("--start", "2026-06-04T09:00", "--amount", "1", "--unit", "working_day", "--office", "standard")
    assert found["due_at"] == "2026-06-08T09:00:00+07:00"
    assert found["budget_minutes"] == sum(part["counted_minutes"] for part in found["segments"]) == 480
    assert [part["note"] for part in found["segments"] if part["kind"] == "holiday"] == ["Ngày nghỉ"]


def test_for_people() -> None:
    table = due("--start", "2026-06-04T09:00", "--amount", "0.5")
    assert table.splitlines()[-1] == "due 2026-06-04 14:30"
    assert [line.split()[4:6] for line in table.splitlines()[1:-1]] == [["150", "150"], ["90", "0"], ["90", "90"]]


def test_by_an_agency_and_by_the_same_day() -> None:
    agency("H49.1")
    found = told("--start", "2026-06-03T15:10+07:00", "--amount", "1", "--office", "H49.1", "--same-day")
    assert (found["started_at"], found["due_at"]) == ("2026-06-04T07:30:00+07:00", "2026-06-04T17:00:00+07:00")


def test_with_the_days_of_the_pack_as_they_are_loaded() -> None:
    OfficeHours.objects.all().delete()
    CalendarDay.objects.all().delete()
    load_places(PACK, now=MONDAY)
    assert places.working_calendar() == pack_calendar()
    found = told("--start", "2026-02-13T09:17", "--amount", "3")
    assert (found["due_at"], found["touches_unverified"]) == ("2026-02-25T09:17:00+07:00", False)
    found = told("--start", "2026-11-23T15:30", "--amount", "1", "--same-day")
    assert (found["due_at"], found["touches_unverified"]) == ("2026-11-25T17:00:00+07:00", True)


def test_pauses_extension_and_cut_off() -> None:
    services.load_law(PACK, now=MONDAY)
    two = ["--start", "2026-06-08T09:00", "--amount", "2"]
    pause = "supplement:2026-06-08T10:00:2026-06-09T10:00:{}"
    assert told(*two)["due_at"] == "2026-06-10T09:00:00+07:00"
    assert told(*two, "--pause", pause.format("pause"))["due_at"] == "2026-06-11T09:00:00+07:00"
    assert told(*two, "--pause", pause.format("restart"))["due_at"] == "2026-06-11T10:00:00+07:00"
    counts = told(*two, "--pause", pause.format("counts"))
    assert counts["due_at"] == "2026-06-10T09:00:00+07:00"
    assert [(p["cause"], p["owner"], p["counted_minutes"]) for p in counts["segments"] if p["kind"] == "waiting"] == [
        ("supplement", "citizen", 480)
    ]
    later = told(*two, "--extend", "2026-06-09T09:00:2026-06-12T16:00")
    assert (later["due_at"], later["unextended_due_at"]) == ("2026-06-12T16:00:00+07:00", "2026-06-10T09:00:00+07:00")
    assert {p["is_extension"] for p in later["segments"]} == {True, False}
    assert "put off from 2026-06-10 09:00" in due(*two, "--extend", "2026-06-09T09:00:2026-06-12T16:00")
    late = ["--start", "2026-06-08T16:10", "--amount", "1"]
    assert told(*late)["started_at"] == "2026-06-08T16:10:00+07:00"
    assert told(*late, "--cut-off", "60", "--moves", "start_next_day")["started_at"] == "2026-06-09T07:30:00+07:00"
    assert told(*late, "--cut-off", "16:30", "--moves", "start_next_day")["started_at"] == "2026-06-08T16:10:00+07:00"


def test_every_stretch_names_its_owner_and_its_basis() -> None:
    services.load_law(PACK, now=MONDAY)
    found = told("--start", "2026-06-04T16:00", "--amount", "2", "--pause",
                 "supplement:2026-06-05T10:00:2026-06-08T10:00:pause")  # fmt: skip
    assert found["law"] == {"key": "one-stop", "version": 2, "legal_basis": LAW[2025].legal_basis}
    assert all(part["basis"] and part["owner"] for part in found["segments"])
    old = told("--start", "2025-06-16T16:00", "--amount", "2")
    assert (old["law"]["version"], old["segments"][0]["basis"]) == (1, "61/2018/NĐ-CP, Điều 19")


def test_by_a_procedure_and_its_channel() -> None:
    made = world(days=5)
    made.procedure.channels.filter(channel="online").update(amount=3)
    found = {
        channel: told("--start", "2026-06-08T09:00", "--procedure", made.procedure.code, "--channel", channel)["amount"]
        for channel in ("counter", "online")
    }
    assert {channel: int(float(amount)) for channel, amount in found.items()} == {"counter": 5, "online": 3}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--amount", "0"], "longer than nothing.*91/2015/QH13"),
        ([], "not known.*91/2015/QH13"),
        (["--procedure", "9.999999"], "no procedure"),
        (["--amount", "1", "--cut-off", "noon"], "write a time"),
        (["--amount", "1", "--cut-off", "15:00+07:00"], "write a time"),
        (["--amount", "1", "--cut-off", "²"], "write a time"),
        (["--amount", "1", "--cut-off", "99999999999"], "91/2015/QH13"),
        (["--amount", "nan"], "number"),
        (["--amount", "1", "--pause", "supplement"], "KIND:FROM:TO:POLICY.*Điều 19 khoản 4"),
        (["--amount", "1", "--pause", "rain:2026-06-08T10:00:2026-06-09T10:00:pause"], "Kinds: supplement"),
        (["--amount", "1", "--pause", "supplement:2026-06-31T10:00::pause"], "moment .* that exists"),
        (["--amount", "1", "--pause", "supplement:2026-06-09T10:00:2026-06-08T10:00:pause"], "Điều 19 khoản 4"),
        (["--amount", "1", "--extend", "tomorrow"], "GRANTED:TO"),
        (["--amount", "1", "--office", "H49.999"], r"no agency .*H49\.999"),
        (["--amount", "1e400"], r"no law gives so long.*91/2015/QH13"),
        (["--amount", "99999", "--unit", "month"], r"no law gives so long.*91/2015/QH13"),
        (["--amount", "9999", "--unit", "month"], r"too far from the years.*|beyond the years.*"),
        (["--amount", "1", "--extend", "2026-06-04T09:00:2026-06-12T16:00"], r"too late .*118/2025/NĐ-CP"),
        (["--amount", "9", "--extend", "2026-06-04T09:00:2026-06-05T16:00"], r"after the present one.*118/2025/NĐ-CP"),
    ],
)
def test_bad_input_is_refused_with_the_rule_and_its_article(arguments: list[str], sentence: str) -> None:
    services.load_law(PACK, now=MONDAY)
    with pytest.raises(CommandError, match=sentence):
        due("--start", "2026-06-03T15:10", *arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--start", "yesterday", "--amount", "1"], "isoformat"),
        (["--start", "2026-06-03T15:10", "--amount", "many"], "write a number"),
        (["--start", "2026-06-03T15:10", "--amount", "0"], "longer than nothing"),
        (["--start", "2026-06-03T15:10", "--amount", "1.5", "--unit", "month"], "counted whole"),
        (["--start", "2190-06-03T15:10", "--amount", "1"], "too far"),
        (["--start", "2026-06-03T15:10", "--amount", "1", "--office", "nowhere"], "hours"),
    ],
)
def test_what_cannot_be_computed_is_said(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        due(*arguments)


# ── a dossier's own clock ───────────────────────────────────────────────────────────────────────────────────────


def explain(*arguments: str) -> str:
    out = StringIO()
    call_command("clock", "explain", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def made() -> World:
    OfficeHours.objects.all().delete()
    return world()


def test_the_clock_of_a_dossier(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = accepted(made)
    assert dossier.accepted_at is not None
    monkeypatch.setattr("motcua.kernel.clock.now", lambda: dossier.accepted_at)
    found = json.loads(explain(str(dossier.code), "--json"))
    assert (found["code"], found["state"], found["law"]["version"]) == (dossier.code, int(dossier.state), 2)
    assert datetime.fromisoformat(found["due_at"]) == dossier.due_at
    assert sum(part["counted_minutes"] for part in found["segments"]) == found["budget_minutes"]
    assert (found["standing"], found["index_standing"]) == ("open_in_time", "open_in_time")
    assert explain(dossier.tracking_code).splitlines()[0].startswith(str(dossier.code))


def test_before_acceptance_the_eight_hours_are_told(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = submitted(made)
    monkeypatch.setattr("motcua.kernel.clock.now", lambda: dossier.submitted_at)
    found = json.loads(explain(dossier.tracking_code, "--json"))
    assert datetime.fromisoformat(found["due_at"]) == dossier.acceptance_due_at
    assert (found["budget_minutes"], "Điều 17 khoản 2" in found["note"]) == (480, True)


def test_a_dossier_without_a_due_date_and_one_that_is_not_there(made: World) -> None:
    made.procedure.channels.update(amount=None, unit="", has_no_due_date=True)
    found = json.loads(explain(str(accepted(made).code), "--json"))
    assert (found["due_at"], found["segments"]) == (None, [])
    with pytest.raises(CommandError, match="no dossier H49-1"):
        explain("H49-1")
