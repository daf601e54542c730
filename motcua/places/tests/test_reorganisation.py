"""Plans of reorganisation: what no plan may leave open, and how plans come with the pack."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.kernel.actor import system
from motcua.kernel.clock import ZONE
from motcua.places import rules, services, tasks
from motcua.places.enums import LineKind
from motcua.places.models import Agency, Plan, PlanLine
from motcua.places.rules import Passing
from motcua.places.tests import factories

NOW = datetime(2025, 7, 1, 7, tzinfo=ZONE)
ACTOR = system("test")


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, int], list[Passing], set[str]]:
    """Old agencies with what they hold, new ones, and lines: merges, divisions, some that stay as they are."""
    old = [f"O{number}" for number in range(draw(st.integers(1, 12)))]
    new = [f"N{number}" for number in range(draw(st.integers(1, 5)))]
    staying = {code for code in old if draw(st.booleans())}
    lines = [
        Passing(code, draw(st.sampled_from(new)), draw(st.sampled_from([LineKind.WHOLE, LineKind.SPLIT])), "decided")
        for code in old
        if code not in staying
    ]
    return {code: draw(st.integers(0, 50)) for code in old}, lines, staying | set(new)


@given(trees())
def test_a_sound_plan_keeps_the_total_and_leaves_nobody_homeless(
    tree: tuple[dict[str, int], list[Passing], set[str]],
) -> None:
    holdings, lines, alive = tree
    ending = set(holdings) - alive
    assert rules.faults(lines, ending=ending, alive=alive, has_default=False) == []
    after = rules.carried(holdings, lines)
    assert sum(after.values()) == sum(holdings.values())
    assert rules.homeless(after, alive) == {}


@given(trees(), st.data())
def test_a_dropped_heir_is_named(tree: tuple[dict[str, int], list[Passing], set[str]], data: st.DataObject) -> None:
    _holdings, lines, alive = tree
    if not lines:
        return
    lost = data.draw(st.sampled_from(lines))
    others = [line for line in lines if line is not lost]
    ending = {line.ending for line in lines}
    for plan in (others, [*others, Passing(lost.ending, None, lost.kind)]):
        found = rules.faults(plan, ending=ending, alive=alive, has_default=True)
        assert [fault.agency for fault in found] == [lost.ending]
        assert lost.ending in found[0].message


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Passing("O", "gone", LineKind.WHOLE), "heir_ended"),
        (Passing("O", "N", LineKind.SPLIT, "  "), "undecided"),
        (Passing("O", "N", LineKind.COMPETENCE), "no_level"),
        (Passing("O", None, LineKind.WHOLE), "no_heir"),
    ],
)
def test_what_a_plan_may_not_leave_open(line: Passing, code: str) -> None:
    found = rules.faults([line], ending={"O"}, alive={"N"}, has_default=False)
    assert [fault.code for fault in found] == [code]


def test_the_rule_for_a_field_goes_before_the_one_for_all() -> None:
    assert rules.level_of("dat-dai", {"": "commune", "dat-dai": "province"}) == "province"
    assert rules.level_of("ho-tich", {"": "commune", "dat-dai": "province"}) == "commune"
    assert rules.level_of("ho-tich", {"dat-dai": "province"}) is None


PLANS = "key,name,on,legal_basis,verified\n2025-07-01,Sắp xếp,2025-07-01,1679/NQ-UBTVQH15,1\n"
LINES = "from_code,to_code,kind,decision,verified\nH49.206,H49.106,whole,,1\n"
OLD = "H49.206,Ủy ban nhân dân phường Hồng Hải,,,,people_committee,commune,H49,06688,2020-01-01,{end},,0,,standard\n"


def pack(root: Path, *, end: str = "", lines: str = LINES) -> Path:
    agencies = factories.FILES["places/agencies.csv"] + OLD.format(end=end)
    factories.write(root, agencies=agencies)
    (root / "places" / "plans").mkdir(exist_ok=True)
    (root / "places" / "plans.csv").write_text(PLANS, "utf-8")
    (root / "places" / "plans" / "2025-07-01.csv").write_text(lines, "utf-8")
    return root


@pytest.mark.django_db
def test_plans_come_with_the_pack_and_a_later_load_does_not_undo_them(tmp_path: Path) -> None:
    assert [bad for file in services.load_places(pack(tmp_path), now=NOW).files for bad in file.refused] == []
    plan = Plan.objects.get()
    assert [(line.from_agency.code, line.kind) for line in plan.lines.all()] == [("H49.206", "whole")]
    services.apply(plan_id=plan.pk, actor=ACTOR, now=NOW)
    services.load_places(pack(tmp_path, lines=LINES.replace("whole", "split")), now=NOW, force=True)
    ended = Agency.objects.get(code="H49.206")
    assert (ended.valid_to, ended.successor and ended.successor.code) == (date(2025, 6, 30), "H49.106")
    assert plan.lines.get().kind == "whole"
    services.reverse(plan_id=plan.pk, actor=ACTOR, now=NOW)
    assert Agency.objects.get(code="H49.206").valid_to is None
    services.load_places(pack(tmp_path, lines=LINES.replace("whole", "split")), now=NOW, force=True)
    assert Plan.objects.get().lines.get().kind == "split"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "column"),
    [("H49.999,H49.106,whole,,1", "from_code"), ("H49.206,H49.999,whole,,1", "to_code"),
     ("H49.206,H49.206,whole,,1", "to_code"), ("H49.206,H49.106,half,,1", "kind")],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_with_its_reason(tmp_path: Path, row: str, column: str) -> None:
    header = LINES.splitlines()[0]
    report = services.load_places(pack(tmp_path, lines=f"{header}\n{row}\n"), now=NOW)
    assert [(bad.file, bad.column) for file in report.files for bad in file.refused] == [
        ("places/plans/2025-07-01.csv", column)
    ]
    assert not PlanLine.objects.exists()


@pytest.mark.django_db
def test_the_job_carries_what_was_ordered_and_twice_changes_nothing(tmp_path: Path) -> None:
    services.load_places(pack(tmp_path), now=NOW)
    plan = services.order(plan_id=Plan.objects.get().pk, actor=ACTOR, now=NOW)
    for _ in range(2):
        tasks.carry_on(plan_id=str(plan.pk))
        plan.refresh_from_db()
        assert (plan.state, plan.lines.get().applied_at is not None) == ("applied", True)
