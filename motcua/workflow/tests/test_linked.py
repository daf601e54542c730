"""Parts of other agencies in a process: what is refused, and that their time always fits."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.workflow import rules
from motcua.workflow.rules import BadDefinition

STEPS = [
    {"key": "receive", "name": "Nhận", "kind": "reception", "role": "reception", "place": "receiving", "share": 2},
    {"key": "appraise", "name": "Thẩm định", "kind": "appraise", "role": "handler", "place": "competent", "share": 10},
    {"key": "sign", "name": "Ký", "kind": "sign", "role": "leader", "place": "competent", "share": 4},
    {"key": "return", "name": "Trả", "kind": "return", "role": "reception", "place": "receiving", "share": 0},
]  # fmt: skip
PLAIN: dict[str, Any] = {"key": "plain", "name": "Một", "valid_from": date(2025, 7, 1), "total": 16, "steps": STEPS}
PART: dict[str, Any] = {
    "key": "police", "name": "Ý kiến phòng cháy", "kind": "consultation", "agency": "H49.10", "stage": 1,
    "share": 1, "opens_at": "appraise",
}  # fmt: skip


def with_parts(*parts: dict[str, Any]) -> dict[str, Any]:
    return {**PLAIN, "parts": list(parts)}


def test_a_process_with_parts_is_kept_as_it_was_read() -> None:
    process = rules.read(with_parts(PART, {**PART, "key": "next", "stage": 2, "agency": "", "outside": "Công an xã"}))
    assert rules.from_json(rules.as_json(process)) == process
    first, second = process.parts
    assert (first.opens_at, first.closes_at, first.is_required, first.is_verified) == (
        "appraise",
        "appraise",
        True,
        False,
    )
    assert (second.stage, second.outside) == (2, "Công an xã")


def test_a_process_without_parts_keeps_its_digest() -> None:
    assert "parts" not in rules.as_json(rules.read(PLAIN))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"opens_at": "nowhere"}, "parts[0].opens_at"),
        ({"opens_at": "return"}, "parts[0].opens_at"),
        ({"opens_at": "receive"}, "parts[0].opens_at"),
        ({"opens_at": "sign", "closes_at": "appraise"}, "parts[0].closes_at"),
        ({"outside": "Công an xã"}, "parts[0].outside"),
        ({"stage": 2}, "parts"),
        ({"stage": 0}, "parts[0].stage"),
        ({"share": 0}, "parts[0].share"),
        ({"share": 11}, "parts"),
        ({"kind": "help"}, "parts[0].kind"),
        ({"limit": 3}, "parts[0].limit"),
    ],
)
def test_what_is_wrong_with_a_part_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadDefinition) as bad:
        rules.read(with_parts({**PART, **changes}))
    assert bad.value.place == place


def test_stages_that_take_more_than_their_steps_are_refused_with_the_article() -> None:
    with pytest.raises(BadDefinition, match="take 11, their steps have 10 .*Điều 19"):
        rules.read(with_parts({**PART, "share": 6}, {**PART, "key": "two", "stage": 2, "share": 5}))


def test_a_key_used_twice_is_refused() -> None:
    with pytest.raises(BadDefinition, match="police"):
        rules.read(with_parts(PART, PART))


@given(
    stages=st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=3), min_size=1, max_size=4),
    total=st.integers(0, 40_000),
)
def test_stages_one_after_the_other_fit_into_the_time_of_their_steps(stages: list[list[int]], total: int) -> None:
    parts = [
        {**PART, "key": f"{stage}-{at}", "stage": stage + 1, "share": share, "closes_at": "sign"}
        for stage, shares in enumerate(stages)
        for at, share in enumerate(shares)
    ]
    if sum(max(shares) for shares in stages) > 14:
        with pytest.raises(BadDefinition):
            rules.read(with_parts(*parts))
        return
    process = rules.read(with_parts(*parts))
    budgets = rules.budgets(process, total)
    minutes = {part.key: rules.part_minutes(part, process.steps, budgets) or 0 for part in process.parts}
    taken = sum(max(minutes[f"{stage}-{at}"] for at in range(len(shares))) for stage, shares in enumerate(stages))
    assert taken <= budgets[1] + budgets[2]
    assert rules.part_minutes(process.parts[0], process.steps, []) is None
