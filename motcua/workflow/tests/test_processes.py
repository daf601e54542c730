"""Definitions as data: what is refused and why, and budgets that always add up."""

import copy
import csv
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.kernel.actor import Role
from motcua.workflow import rules
from motcua.workflow.enums import CutOff, Place, ResumePolicy, StepKind
from motcua.workflow.rules import BadDefinition, Step

PACK = Path(__file__).parents[3] / "packs" / "quangninh"
FILES = sorted((PACK / "processes").glob("*.toml"))
SOUND: dict[str, Any] = {
    "key": "two-steps",
    "name": "Hai bước",
    "valid_from": date(2025, 7, 1),
    "total": 8,
    "steps": [
        {"key": "receive", "name": "Nhận", "kind": "reception", "role": "reception", "place": "receiving", "share": 8},
        {"key": "return", "name": "Trả", "kind": "return", "role": "reception", "place": "receiving", "share": 0},
    ],
}  # fmt: skip


def test_a_sound_definition_is_read() -> None:
    process = rules.read(SOUND)
    assert process.steps[0] == Step("receive", "Nhận", StepKind.RECEPTION, Role.RECEPTION, Place.RECEIVING, 8)
    assert (process.supplement, process.policy.effect) == (ResumePolicy.RESTART, CutOff.TRANSFER_ONLY)
    assert process.return_position == 1
    assert not process.is_verified


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("total",), 9, "total"),
        (("total",), "8", "total"),
        (("key",), " ", "key"),
        (("colour",), "red", "colour"),
        (("valid_from",), "soon", "valid_from"),
        (("supplement",), "forget", "supplement"),
        (("cut_off",), {"effect": "midnight"}, "cut_off.effect"),
        (("cut_off",), {"at": "15:00"}, "cut_off.at"),
        (("cut_off",), {"before_closing": -60}, "cut_off.before_closing"),
        (("same_day",), 1, "same_day"),
        (("steps",), [], "steps"),
        (("steps", 0, "role"), "wizard", "steps[0].role"),
        (("steps", 0, "kind"), "sign", "steps[0].kind"),
        (("steps", 0, "place"), "elsewhere", "steps[0].place"),
        (("steps", 0, "share"), -1, "steps[0].share"),
        (("steps", 0, "share"), True, "steps[0].share"),
        (("steps", 0, "extra"), 1, "steps[0].extra"),
        (("steps", 1, "key"), "receive", "steps"),
        (("steps", 1, "kind"), "sign", "steps"),
        (("steps", 1, "share"), 1, "steps[1].share"),
        (("steps", 1), "return", "steps[1]"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: Any, place: str) -> None:
    data = copy.deepcopy(SOUND)
    inner: Any = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    with pytest.raises(BadDefinition) as refused:
        rules.read(data)
    assert refused.value.place == place
    assert refused.value.reason.endswith((".", "0."))


def test_shares_that_do_not_add_up_are_refused_with_the_article() -> None:
    with pytest.raises(BadDefinition, match="add up to 8, the total says 9 .*01/2018/TT-VPCP, Điều 8"):
        rules.read({**SOUND, "total": 9})


def test_the_last_hour_may_be_the_cut_off() -> None:
    process = rules.read({**SOUND, "cut_off": {"before_closing": 60, "effect": "start_next_day"}})
    assert (process.policy.before_closing, process.policy.effect) == (60, CutOff.START_NEXT_DAY)
    assert rules.from_json(rules.as_json(process)) == process


def test_the_day_of_force_must_be_there() -> None:
    with pytest.raises(BadDefinition, match="in force"):
        rules.read({name: value for name, value in SOUND.items() if name != "valid_from"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_pack_is_sound(file: Path) -> None:
    process = rules.read(tomllib.loads(file.read_text("utf-8")))
    assert process.key == file.stem
    assert rules.from_json(rules.as_json(process)) == process
    assert process.steps[0].place is Place.RECEIVING
    assert {StepKind.SIGN, StepKind.CLERK} <= {step.kind for step in process.steps}


def test_the_pack_has_the_processes_that_are_needed() -> None:
    needed = {"province-standard", "commune-standard", "same-day", "commune-civil-status", "certification"}
    assert needed <= {file.stem for file in FILES}


def test_procedures_are_mapped_to_processes_that_exist() -> None:
    catalogue = PACK / "catalogue"
    with (catalogue / "processes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (catalogue / "procedures.jsonl").open(encoding="utf-8") as file:
        known = {json.loads(line)["code"] for line in file}
    assert len({row["procedure_code"] for row in rows}) == len(rows) > 40
    assert {row["procedure_code"] for row in rows} <= known
    assert {row["process_key"] for row in rows} <= {file.stem for file in FILES}


def test_every_level_has_one_default() -> None:
    levels = [level for file in FILES for level in tomllib.loads(file.read_text("utf-8"))["default_for"]]
    assert sorted(levels) == ["commune", "district", "ministry", "province", "province_commune"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(0, 20_000), st.data())
def test_budgets_add_up_exactly(shares: list[int], total: int, data: st.DataObject) -> None:
    steps = [
        {"key": f"s{index}", "name": "B", "kind": "appraise", "role": "handler", "place": "competent", "share": share}
        for index, share in enumerate(shares)
    ]
    steps[0]["kind"] = "reception"
    steps.append({"key": "r", "name": "T", "kind": "return", "role": "reception", "place": "receiving", "share": 0})
    if not sum(shares):
        steps[0]["share"] = 1
    process = rules.read({**SOUND, "total": sum(int(step["share"]) for step in steps), "steps": steps})
    since = data.draw(st.integers(0, len(shares) - 1))
    found = rules.budgets(process, total, since=since)
    left = [step.share for step in process.steps[since:]]
    assert sum(found) == (total if sum(left) else 0)
    assert all(minutes >= 0 for minutes in found)
    assert all(minutes == 0 for minutes, step in zip(found, process.steps, strict=True) if step.share == 0)
    assert not any(found[:since])
    for minutes, share in zip(found[since:], left, strict=True):
        assert not sum(left) or abs(minutes - total * share / sum(left)) < 1
