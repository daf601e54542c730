"""What silence means: only where a row says so, of its days, after the time the law gives."""

import tomllib
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings

from motcua.kernel.clock import ZONE
from motcua.places.calendar import WorkingCalendar
from motcua.workflow.enums import Silence
from motcua.workflow.rules import BadDefinition, tacit

CALENDAR = WorkingCalendar.of({day: [(datetime.min.time().replace(hour=8), datetime.min.time().replace(hour=17))]
                               for day in range(1, 6)})  # fmt: skip


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "key": "opinion", "means": "assent", "processes": ["building-permit"], "legal_basis": "50/2014/QH13, Điều 102",
        "valid_from": date(2015, 1, 1), "after": {"amount": 12, "unit": "calendar_day"}, **changes,
    }  # fmt: skip


def law(*rules: Any) -> dict[str, Any]:
    return {"key": "tacit", "version": 1, "name": "Im lặng", "valid_from": date(2015, 1, 1), "rules": list(rules)}


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=ZONE)


def test_only_what_a_row_names_on_its_days() -> None:
    found = tacit.read(law(rule(valid_to=date(2026, 6, 30))))
    ask = {"procedure": "1.1", "process": "building-permit"}
    assert found.rule(Silence.ASSENT, **ask, on=date(2026, 6, 30)) is not None
    assert found.rule(Silence.ASSENT, **ask, on=date(2026, 7, 1)) is None
    assert found.rule(Silence.ASSENT, procedure="1.1", process="other", on=date(2026, 6, 1)) is None
    assert found.rule(Silence.GRANT, **ask, on=date(2026, 6, 1)) is None


def test_never_before_the_limit_that_was_set_nor_before_the_laws_time() -> None:
    (found,) = tacit.read(law(rule())).rules
    assert found.since(at(1), at(3), CALENDAR) == at(15, 8), "twelve days end on Saturday: on the next working day"
    assert found.since(at(1), at(22), CALENDAR) == at(22)
    (plain,) = tacit.read(law({key: value for key, value in rule().items() if key != "after"})).rules
    assert plain.since(at(1), at(3), CALENDAR) == at(3)


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (rule(means="maybe"), "means"),
        (rule(legal_basis=" "), "legal_basis"),
        (rule(processes=[]), "procedures"),
        (rule(valid_to=date(2014, 1, 1)), "valid_to"),
        (rule(after={"amount": -1, "unit": "calendar_day"}), "after"),
        (rule(means="grant"), "processes"),
        (rule(means="grant", processes=[], procedures=["1.1"]), "after"),
        (rule(processes=[3]), "processes"),
        (rule(since="2015"), "since"),
        ("no table", "rules[0]"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(bad: Any, place: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        tacit.read(law(bad))
    assert place in refused.value.place


def test_a_key_twice_is_refused() -> None:
    with pytest.raises(BadDefinition, match="twice"):
        tacit.read(law(rule(), rule()))


def test_the_pack_names_an_article_for_each_and_verifies_none_it_has_not_read() -> None:
    found = tacit.read(tomllib.loads((settings.PACK / "law" / "tacit.toml").read_text("utf-8")))
    assert {one.means for one in found.rules} == set(Silence)
    assert all("Điều" in one.legal_basis for one in found.rules)
