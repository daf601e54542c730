"""The law as dated data: read strictly, refused with its place, and what it decides."""

import tomllib
from dataclasses import fields
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from motcua.kernel.actor import Role
from motcua.workflow import rules
from motcua.workflow.enums import ClockKind, CutOff, DurationUnit, Owner, PauseKind, ResumePolicy
from motcua.workflow.rules import regime, thresholds
from motcua.workflow.tests.factories import LAW, PACK

WARNINGS = tomllib.loads((PACK / "law" / "warnings.toml").read_text("utf-8"))


def data() -> dict[str, Any]:
    return tomllib.loads((PACK / "law" / "one-stop-2018.toml").read_text("utf-8"))


def test_the_numbers_of_2018() -> None:
    law = LAW[2018]
    assert (law.acceptance_minutes, law.transfer.cut_off, law.transfer.effect) == (480, time(15), CutOff.TRANSFER_ONLY)
    assert (law.supplement.requests, law.supplement.policy) == (1, ResumePolicy.RESTART)
    assert (law.supplement.ask_within.amount, law.supplement.ask_within.unit) == (3, DurationUnit.WORKING_DAY)
    assert (law.extension.times, law.extension.notice.amount, law.extension.notice.unit) == (1, 1, "working_day")
    assert law.pauses[PauseKind.FINANCIAL_OBLIGATION].owner is Owner.CITIZEN


def test_the_two_decrees_follow_each_other_without_a_gap() -> None:
    assert LAW[2018].valid_to == date(2025, 6, 30)
    assert (LAW[2025].valid_from, LAW[2025].valid_to) == (date(2025, 7, 1), None)
    assert "118/2025/NĐ-CP" in LAW[2025].legal_basis


@pytest.mark.parametrize("year", [2018, 2025])
def test_every_kind_of_time_and_pause_has_its_rule(year: int) -> None:
    assert set(LAW[year].basis) == set(ClockKind) - {ClockKind.WAITING}
    assert set(LAW[year].pauses) == set(PauseKind)
    assert all(LAW[year].basis.values())


def test_a_second_request_counts_against_the_agency() -> None:
    law = LAW[2018]
    assert law.supplement_policy(0) is ResumePolicy.RESTART
    assert law.supplement_policy(0, ResumePolicy.PAUSE) is ResumePolicy.PAUSE
    assert law.supplement_policy(1, ResumePolicy.PAUSE) is ResumePolicy.COUNTS


def put(found: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *way, last = path.split("/")
    inner = found
    for name in way:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("key", "other", "key"),
        ("version", 0, "version"),
        ("valid_from", None, "valid_from"),
        ("valid_from", "soon", "valid_from"),
        ("valid_to", date(2018, 1, 1), "valid_to"),
        ("acceptance/minutes", None, "acceptance.minutes"),
        ("acceptance/minutes", True, "acceptance.minutes"),
        ("acceptance/basis", " ", "acceptance.basis"),
        ("acceptance", None, "acceptance"),
        ("transfer/at", "15h", "transfer.at"),
        ("transfer/effect", "sometimes", "transfer.effect"),
        ("supplement/requests", 0, "supplement.requests"),
        ("supplement/again", "forget", "supplement.again"),
        ("supplement/ask_within", 3, "supplement.ask_within"),
        ("supplement/ask_within/amount", "many", "supplement.ask_within.amount"),
        ("supplement/ask_within/amount", 0, "supplement.ask_within.amount"),
        ("supplement/ask_within/unit", "week", "supplement.ask_within.unit"),
        ("extension/notice/unit", "month", "extension.notice.unit"),
        ("extension/notice/amount", 0.5, "extension.notice.amount"),
        ("correction/within", None, "correction.within"),
        ("correction/ordered_by", [], "correction.ordered_by"),
        ("reopening", None, "reopening"),
        ("reopening/reception", ["mayor"], "reopening.reception"),
        ("pauses/appraisal", None, "pauses.appraisal"),
        ("pauses/appraisal/owner", "nobody", "pauses.appraisal.owner"),
        ("pauses/rain", {}, "pauses.rain"),
        ("basis/holiday", None, "basis.holiday"),
        ("surprise", 1, "surprise"),
    ],
)
def test_a_bad_law_is_refused_with_its_place(path: str, value: Any, place: str) -> None:
    with pytest.raises(rules.BadDefinition) as bad:
        regime.read(put(data(), path, value))
    assert bad.value.place == place


# ── thresholds ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "limit", "level"),
    [
        (961, 4800, None),
        (960, 4800, Role.HANDLER),
        (481, 4800, Role.HANDLER),
        (480, 4800, Role.HEAD),
        (240, 4800, Role.LEADER),
        (-60, 4800, Role.LEADER),
        (400, 480, None),  # one day: no warning before half of it is over
        (240, 480, Role.LEADER),
    ],
)
def test_who_is_warned_first_the_handler_then_the_head_then_the_leader(
    left: int, limit: int, level: Role | None
) -> None:
    assert thresholds.read(WARNINGS).reached(left, limit=limit) is level


def test_a_step_has_its_own_thresholds() -> None:
    found = thresholds.read(WARNINGS)
    assert found.reached(240, limit=2880, what=thresholds.Watched.STEP) is Role.HANDLER
    assert found.reached(60, limit=2880, what=thresholds.Watched.STEP) is Role.LEADER
    assert found.apology_minutes == 960


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("key", "one-stop", "key"),
        ("share_at_most", 101, "share_at_most"),
        ("dossier/head", {"amount": 3, "unit": "working_day"}, "dossier.head"),
        ("step/leader", {"amount": 3, "unit": "month"}, "step.leader.unit"),
        ("step/clerk", {"amount": 3, "unit": "working_hour"}, "step.clerk"),
        ("apology", None, "apology"),
    ],
)
def test_bad_thresholds_are_refused(path: str, value: Any, place: str) -> None:
    found = tomllib.loads((PACK / "law" / "warnings.toml").read_text("utf-8"))
    with pytest.raises(rules.BadDefinition) as bad:
        thresholds.read(put(found, path, value))
    assert bad.value.place == place


def test_every_value_of_the_law_is_read_by_something() -> None:
    """A number that nothing reads is kept twice, or kept for nothing."""
    root = Path(regime.__file__).parents[2]
    code = "".join(
        path.read_text("utf-8")
        for path in root.rglob("*.py")
        if "tests" not in path.parts and path.name not in {"regime.py"}
    )
    parts = (
        regime.Regime, regime.SupplementLaw, regime.ExtensionLaw, regime.PauseLaw, regime.CorrectionLaw,
        regime.ReopeningLaw,
    )  # fmt: skip
    names = {field.name for part in parts for field in fields(part)}
    assert {name for name in names if f".{name}" not in code} == set()
